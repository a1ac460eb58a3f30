from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from pvengine.diagnostics import ContractError
from pvengine.errors import UsageError
from pvengine.project.base_version import load_base_version

if TYPE_CHECKING:
    from pathlib import Path

ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
WHO = ("-c", "user.name=ada", "-c", "user.email=ada@x")
TEXT = "metadata: {id: C-X, version: 1.0.0}\n"


def git(folder: Path, *arguments: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(  # noqa: S603 - git in a scratch folder
        ["git", "-C", str(folder), *WHO, *arguments],  # noqa: S607 - as above
        env=kept | ALONE,
        capture_output=True,
        check=True,
    )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose files have been edited since its one commit."""
    root = tmp_path_factory.mktemp("repository")
    git(root, "init", "--quiet", "--initial-branch=main")
    (root / "a b").mkdir()
    for name in ("top.yaml", "a b/x.yaml", "-x.yaml"):
        (root / name).write_text(TEXT)
    (root / "torn.yaml").write_text("metadata: [\n")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "one")
    (root / "a b" / "x.yaml").write_text("metadata: {id: C-X, version: 2.0.0}\n")
    (root / "new").mkdir()
    return root


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ALONE.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("name", "base", "shown"),
    [
        ("top.yaml", "HEAD", "HEAD:./top.yaml"),
        ("a b/x.yaml", "main", "main:./x.yaml"),
        ("-x.yaml", "HEAD^{tree}", "HEAD^{tree}:./-x.yaml"),
    ],
)
def test_the_version_of_the_commit_is_read(repository: Path, name: str, base: str, shown: str) -> None:
    found = load_base_version(repository / name, base)
    assert (found.display_path, found.path) == (shown, repository / name)
    assert found.contract.metadata.version == "1.0.0"


@pytest.mark.parametrize(
    ("name", "base", "what"),
    [
        ("top.yaml", "nope", "cannot read nope:./top.yaml: git knows no revision 'nope'"),
        ("top.yaml", " ", "the base is empty"),
        ("y.yaml", "HEAD", "HEAD does not have y.yaml: the contract is new, and needs no bump"),
        ("new/x.yaml", "HEAD", "HEAD does not have x.yaml: the contract is new, and needs no bump"),
        ("a b", "HEAD", "cannot read HEAD:./a b: it is a folder there, and no file"),
    ],
)
def test_what_cannot_be_read_is_a_mistake_of_the_command_line(
    repository: Path, name: str, base: str, what: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_base_version(repository / name, base)
    assert caught.value.what == what
    assert caught.value.why
    assert caught.value.fix


def test_outside_of_a_repository_there_is_no_base(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"x\.yaml is in no git repository\n") as caught:
        load_base_version(tmp_path / "x.yaml", "HEAD")
    assert caught.value.where == str(tmp_path)


def test_what_is_no_yaml_is_told_at_its_line(repository: Path) -> None:
    with pytest.raises(ContractError) as caught:
        load_base_version(repository / "torn.yaml", "HEAD")
    assert caught.value.diagnostics[0].path == "HEAD:./torn.yaml"
