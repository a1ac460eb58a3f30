"""The record of an edit in the library; `tests/acceptance/test_bump.py` has every refusal and text."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.errors import UsageError

if TYPE_CHECKING:
    from pvengine.project.bumping import RecordedEdit

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_{part}": "ada@x" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")},
}


def git(bench: Any, *arguments: str) -> None:
    subprocess.run(  # noqa: S603 - git in a scratch folder
        ["git", *arguments],  # noqa: S607 - as above
        cwd=bench.root,
        env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | GIT,
        capture_output=True,
        check=True,
    )


@pytest.fixture
def edited(bench: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a repository whose one commit has a contract with two tests, T of them discharged."""
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)
    bench.contract(bench.test(), bench.test("U"))
    bench.record()
    git(bench, "init", "--quiet", "--initial-branch=main")
    git(bench, "add", ".")
    git(bench, "commit", "--quiet", "-m", "one")
    return bench


def bump(bench: Any, **options: Any) -> RecordedEdit:
    found: RecordedEdit = bench.project.bump(bench.path, **options)
    return found


def loosen(bench: Any) -> None:
    """Loosen the bar of T, which stands first."""
    bench.write("contracts/x-v1.yaml", bench.path.read_text().replace("lt: 1.0", "lt: 2.0", 1))


def list_found(found: RecordedEdit) -> list[tuple[str, str, str]]:
    return [(entry.severity, entry.code, entry.message) for entry in found.report.diagnostics]


def test_an_edit_has_one_amendment_that_names_no_test(edited: Any) -> None:
    loosen(edited)
    found = bump(edited, reason="Noise")
    assert (found.base, found.report.command, found.report.exit_code) == ("HEAD", "bump", 0)
    assert (found.report.version.from_, found.report.version.to, found.report.written) == (
        "1.1.0",
        "2.0.0",
        True,
    )
    assert (found.comparison.version.needed, found.comparison.version.suggested) == ("major", "2.0.0")
    first, last = edited.view().loaded.contract.amendments
    assert (first.kind, last.kind, last.version, last.reason, last.tests) == (
        "discharge",
        "edit",
        "2.0.0",
        "Noise",
        (),
    )
    assert edited.view().chain_diagnostics == ()
    assert bump(edited).report.diff == ""


def test_a_dry_run_gives_the_same_diff_and_writes_nothing(edited: Any) -> None:
    loosen(edited)
    before = edited.path.read_bytes()
    planned = bump(edited, dry_run=True)
    assert (planned.report.written, edited.path.read_bytes()) == (False, before)
    assert not (edited.path.parent / "evidence" / ".x-v1.lock").exists()
    assert bump(edited).report.diff == planned.report.diff != ""


def test_the_base_may_be_any_commit(edited: Any) -> None:
    loosen(edited)
    git(edited, "commit", "--quiet", "-am", "two")
    assert bump(edited).report.diff == ""
    assert bump(edited, base="HEAD~1").report.version.to == "2.0.0"


def test_what_the_edit_made_stale_is_named_and_nothing_else(edited: Any) -> None:
    edited.edit("value + 10", "value + 11", "probe.py")
    edited.edit("id: C-X", "id: C-X, title: A name")
    assert edited.view().assessments["T"].standing.value == "stale"
    assert list_found(bump(edited, dry_run=True, reason="A title")) == []
    loosen(edited)
    note = "T is stale: the evidence speaks of the contract before the edit"
    assert list_found(bump(edited, dry_run=True)) == [("note", "PV606", note)]


def test_evidence_under_another_id_of_the_contract_is_stale_by_the_edit(edited: Any) -> None:
    edited.record("U")
    git(edited, "commit", "--quiet", "-am", "two")
    edited.edit("id: C-X", "id: C-Y")
    note = "T, U are stale: the evidence speaks of the contract before the edit"
    assert list_found(bump(edited)) == [("note", "PV606", note)]
    assert edited.view().loaded.contract.metadata.version == "2.0.0"


def test_findings_stand_at_the_lines_that_the_written_file_has(edited: Any) -> None:
    edited.write("contracts/x-v1.yaml", _put_amendments_first(edited.path.read_text()))
    git(edited, "commit", "--quiet", "-am", "two")
    loosen(edited)
    edited.edit("- id: U\n", "- id: U\n  status: DISCHARGED\n")
    places = [bump(edited, dry_run=is_dry).report.diagnostics[-1].line for is_dry in (True, False)]
    lines = edited.path.read_text().splitlines()
    assert places == [places[1] - 5, lines.index("- id: U") + 2]


def _put_amendments_first(text: str) -> str:
    head, _, amendments = text.partition("amendments:\n")
    return f"amendments:\n{amendments.rstrip()}\n{head}"


def test_an_amendment_of_the_base_that_was_edited_is_missed(edited: Any) -> None:
    text = edited.path.read_text()
    edited.write(
        "contracts/x-v1.yaml", text.replace("kind: discharge", "kind: edit").replace("lt: 1.0", "lt: 2.0", 1)
    )
    found = bump(edited)
    assert found.report.exit_code == 3
    ((severity, code, message),) = list_found(found)
    assert (severity, code) == ("error", "PV604")
    assert message.endswith(" is not there any more, or was edited; HEAD has it")


def test_amendments_of_the_base_that_cannot_be_read_are_not_missed(edited: Any) -> None:
    text = edited.path.read_text()
    edited.write("contracts/x-v1.yaml", text.replace("kind: discharge", "kind: unheard-of"))
    git(edited, "commit", "--quiet", "-am", "two")
    edited.write("contracts/x-v1.yaml", text)
    loosen(edited)
    assert (bump(edited).report.version.to, bump(edited).report.exit_code) == ("2.0.0", 0)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.0.5", "version 1.0.5 is below 1.2.0 of the last amendment"),
        ("1.2.5", "version 1.2.5 is below 1.3.0 of HEAD"),
    ],
)
def test_what_a_version_is_below_is_named(edited: Any, version: str, message: str) -> None:
    edited.edit("{id: C-X, version: 1.1.0}", "{id: C-X, version: 1.3.0}")
    git(edited, "commit", "--quiet", "-am", "two")
    edited.edit("version: 1.3.0}", "version: 1.1.0}")
    edited.record("U")
    edited.edit("version: 1.2.0}", f"version: {version}}}")
    assert list_found(bump(edited)) == [("error", "PV607", message)]


@pytest.mark.parametrize(
    ("edits", "fix"),
    [
        ([], "write `version: 1.1.0` under metadata"),
        ([("- version: 1.1.0", "- version: one")], "write `version: 1.1.0` under metadata"),
    ],
)
def test_where_there_is_no_version_the_one_to_write_is_named(
    edited: Any, edits: list[tuple[str, str]], fix: str
) -> None:
    edited.edit("{id: C-X, version: 1.1.0}", "{id: C-X, version: two}")
    for edit in edits:
        edited.edit(*edit)
    found = bump(edited).report
    assert (found.exit_code, [(entry.code, entry.fix) for entry in found.diagnostics]) == (
        1,
        [("PV205", fix)],
    )


@pytest.mark.parametrize("reason", ["", " \n"])
def test_an_empty_reason_is_refused(edited: Any, reason: str) -> None:
    loosen(edited)
    with pytest.raises(UsageError, match=r"^the reason is empty\n"):
        bump(edited, reason=reason)
