"""The lines of `.gitattributes`: git itself says which paths they match."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pvengine.errors import UsageError
from pvengine.project.git_setup import add_attributes, describe_driver, list_merge_attributes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("entry", "matched", "other"),
    [
        ("contracts", "contracts/x.yaml", "x.yaml"),
        ("contracts/", "contracts/a/b/x.yml", "contracts/x.json"),
        ("./a/b", "a/b/x.yaml", "a/x.yaml"),
        (".", "a/x.yaml", "x.json"),
        ("one.yaml", "one.yaml", "two.yaml"),
        ("my claims", "my claims/x.yaml", "claims/x.yaml"),
        ('a"b', 'a"b/x.yaml', "ab/x.yaml"),
        ("a*[b]?", "a*[b]?/x.yaml", "ab/x.yaml"),
        ("#a", "#a/x.yaml", "a/x.yaml"),
        ("a\\b", "a\\b/x.yaml", "ab/x.yaml"),
    ],
)
def test_git_gives_these_paths_the_driver(tmp_path: Path, entry: str, matched: str, other: str) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)  # noqa: S607 - git in a scratch folder
    assert add_attributes(tmp_path / ".gitattributes", list_merge_attributes(tmp_path, [entry]))
    done = subprocess.run(  # noqa: S603 - as above
        ["git", "check-attr", "-z", "merge", "--", matched, other],  # noqa: S607 - as above
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split("\0")[:-1] == [matched, "merge", "pv", other, "merge", "unspecified"]


@pytest.mark.parametrize("entry", ["..", "../contracts", "/contracts"])
def test_contracts_outside_of_the_project_are_refused(tmp_path: Path, entry: str) -> None:
    with pytest.raises(UsageError, match="lie outside of the project"):
        list_merge_attributes(tmp_path, [entry])


def test_lines_are_added_once(tmp_path: Path) -> None:
    path = tmp_path / ".gitattributes"
    path.write_bytes(b"* text")
    assert add_attributes(path, ["a", "b"])
    assert not add_attributes(path, ["b", "a"])
    assert path.read_bytes() == b"* text\na\nb\n"


def test_an_interpreter_with_a_blank_in_its_path_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/my tools/python")
    driver = describe_driver()["merge.pv.driver"]
    assert driver.startswith(
        "if '/my tools/python' -P -c 'import pvengine' 2>/dev/null; then '/my tools/python' -P"
    )
