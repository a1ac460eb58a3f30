from __future__ import annotations

from pathlib import Path

import pytest

from pvengine import open_project
from pvengine.errors import UsageError
from pvengine.project.diffing import diff_contracts, load_version

TEXT = """\
metadata:
  id: C-X
  version: 1.0.0
hypotheses:
- {id: H, statement: The drift is below 5, status: UNTESTED}
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_report_has_both_sides_and_every_count(tmp_path: Path) -> None:
    before = write(tmp_path, "a.yaml", TEXT)
    after = write(tmp_path, "b.yaml", TEXT.replace("1.0.0", "1.1.0").replace("UNTESTED", "CONFIRMED"))
    report = diff_contracts(before, after)
    assert [(side.id, side.version) for side in (report.before, report.after)] == [
        ("C-X", "1.0.0"),
        ("C-X", "1.1.0"),
    ]
    assert report.before.digest != report.after.digest
    assert [(one.what, one.class_, one.engine) for one in report.changes] == [
        ("H status", "minor", True),
        ("metadata.version", "none", True),
    ]
    counted = report.summary
    assert (counted.changes, counted.engine, counted.changed, counted.minor, counted.none) == (2, 2, 2, 1, 1)
    assert (report.version.declared, report.version.needed, report.version.suffices) == (
        "minor",
        "minor",
        True,
    )
    assert report.exit_code == 0


@pytest.mark.parametrize(
    ("edit", "code", "problem", "suggested"),
    [
        (("below 5", "below 6"), 11, None, "2.0.0"),
        (("1.0.0", "0.9.0"), 1, "lower", "1.0.0"),
        (("1.0.0", "'1.0'"), 11, "not semver", "1.0.0"),
        (("  version: 1.0.0\n", ""), 11, "missing", "1.0.0"),
        (("statement: The drift is below 5, ", ""), 1, None, "2.0.0"),
        (("status", " status"), 0, None, "1.0.0"),
    ],
)
def test_the_exit_code(
    tmp_path: Path, edit: tuple[str, str], code: int, problem: str | None, suggested: str
) -> None:
    report = diff_contracts(write(tmp_path, "a.yaml", TEXT), write(tmp_path, "b.yaml", TEXT.replace(*edit)))
    assert (report.exit_code, report.version.problem, report.version.suggested) == (code, problem, suggested)


@pytest.mark.parametrize(
    ("old", "new"), [("", "  version: 1.0.0\n"), ("  version: '1'\n", "  version: 1.0.0\n"), ("", "")]
)
def test_a_contract_without_a_version_may_get_one(tmp_path: Path, old: str, new: str) -> None:
    texts = [TEXT.replace("  version: 1.0.0\n", each) for each in (old, new)]
    report = diff_contracts(write(tmp_path, "a.yaml", texts[0]), write(tmp_path, "b.yaml", texts[1]))
    assert (report.exit_code, report.version.suffices, report.version.suggested) == (0, True, None)


def test_a_file_whose_name_has_a_colon_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "HEAD:x.yaml", TEXT)
    monkeypatch.chdir(tmp_path)
    assert load_version("HEAD:x.yaml", Path()).display_path == "HEAD:x.yaml"


@pytest.mark.parametrize("name", ["nope.yaml", "HEAD:", ":"])
def test_a_name_of_nothing_is_a_missing_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no such file or directory"):
        load_version(name, tmp_path)


def test_numbers_that_json_has_not_are_texts(tmp_path: Path) -> None:
    before = write(tmp_path, "a.yaml", TEXT + "x: [.nan, {y: .inf}]\n")
    after = write(tmp_path, "b.yaml", TEXT + "x: {z: -.inf}\n")
    (change,) = diff_contracts(before, after).changes
    assert change.before is not None
    assert change.after is not None
    assert (change.before.value, change.after.value) == (["nan", {"y": "inf"}], {"z": "-inf"})


def test_the_library_has_the_command(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", TEXT)
    assert open_project(tmp_path).diff(path, path).changes == ()
