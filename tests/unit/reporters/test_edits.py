from __future__ import annotations

from typing import Any

import pytest

from pvengine.models.comparison import (
    ChangeEntry,
    ChangeSummary,
    ComparedContract,
    ComparedValue,
    ComparisonReport,
    VersionJudgement,
)
from pvengine.models.report import DiagnosticEntry, Report, VersionEntry
from pvengine.project.bumping import RecordedEdit
from pvengine.reporters.edits import render_edit

COUNT = (
    "0 tests: 0 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, 0 self-declared"
)

ENOUGH = "nothing to record: version 1.0.0 is enough"
ALL_THE_SAME = "--reason TEXT records the edit all the same"


def change(kind: Any = "weakened", bump: Any = "major", *, engine: bool = False, new: Any = 2) -> ChangeEntry:
    values = (ComparedValue(path="x", line=3, column=5, value=value) for value in (1, new))
    before, after = values
    return ChangeEntry(
        kind=kind, class_=bump, row="r", what="F x", engine=engine, before=before, after=after, why="looser"
    )


def edit(
    *changes: ChangeEntry, versions: tuple[str, str] = ("1.0.0", "2.0.0"), judged: Any = None, **facts: Any
) -> RecordedEdit:
    known = {"from_": "1.0.0", "to": versions[0], "declared": "none", "needed": "major", "suffices": False}
    judgement = VersionJudgement(**{**known, "problem": None, "suggested": "2.0.0", **(judged or {})})
    sides = [ComparedContract(path=name, id="C-X", version="1.0.0", digest="sha256:0") for name in ("a", "b")]
    compared = ComparisonReport(
        before=sides[0], after=sides[1], changes=changes, version=judgement, summary=ChangeSummary()
    )
    version = VersionEntry(from_=versions[0], to=versions[1])
    report = Report(command="bump", contract="x.yaml", version=version, **facts)
    return RecordedEdit(report, compared, "HEAD")


def test_what_was_written_stands_behind_the_changes() -> None:
    found = edit(
        change(),
        change("reworded", "patch"),
        change("moved", "none"),
        change("changed", "minor", engine=True),
        change("added", "none", engine=True),
        diff="--- a\n+++ b\n",
        written=True,
    )
    assert render_edit(found) == (
        "changed since HEAD\n"
        "  major  weakened  F x: 1 -> 2\n"
        "  patch  reworded  F x: 1 -> 2\n"
        "  none  moved  F x: x -> x\n"
        "  minor  in fields that only pv writes: 1 change\n"
        "\n"
        "wrote x.yaml  1.0.0 -> 2.0.0: major follows from 1.0.0 in HEAD\n"
        "\n"
        "--- a\n+++ b\n"
        "\n"
        f"{COUNT}\n"
    )


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"diff": "d"}, "would write x.yaml  1.0.0 -> 2.0.0: major follows from 1.0.0 in HEAD"),
        (
            {"diff": "d", "written": True, "versions": ("2.0.0", "2.0.0")},
            "wrote x.yaml  2.0.0, as it was raised by hand: major follows from 1.0.0 in HEAD",
        ),
        (
            {"diff": "d", "judged": {"from_": None, "problem": "missing"}},
            "would write x.yaml  1.0.0 -> 2.0.0: HEAD has no version to rise from",
        ),
        (
            {"diff": "d", "judged": {"needed": "none"}},
            "would write x.yaml  1.0.0 -> 2.0.0: no bump follows from 1.0.0 in HEAD",
        ),
        (
            {"judged": {"declared": "major"}},
            f"{ENOUGH}, major is declared and major follows from 1.0.0 in HEAD; {ALL_THE_SAME}",
        ),
        (
            {"judged": {"needed": "none"}},
            f"{ENOUGH}, nothing is declared and no bump follows from 1.0.0 in HEAD; {ALL_THE_SAME}",
        ),
        (
            {"judged": {"problem": "not semver"}},
            f"{ENOUGH}, HEAD has no version to rise from; {ALL_THE_SAME}",
        ),
    ],
)
def test_the_step_of_the_version(facts: dict[str, Any], line: str) -> None:
    assert f"\n\n{line}\n\n" in render_edit(edit(change(), **facts))


def test_without_an_edit_there_is_one_line() -> None:
    assert render_edit(edit(change("added", "none", engine=True))) == (
        f"nothing to record: people changed nothing since HEAD\n\n{COUNT}\n"
    )


def test_a_refusal_is_its_findings() -> None:
    entry = DiagnosticEntry(path="x.yaml", line=1, column=1, code="PV607", severity="error", message="no")
    assert render_edit(edit(change(), diagnostics=(entry,), exit_code=1)) == (
        f"x.yaml:1:1: error[PV607]: no\n\n{COUNT}; 1 error, 0 warnings\n"
    )


def test_no_control_character_reaches_a_terminal() -> None:
    shown = render_edit(edit(change(new="a\x1b[31m\nb"), diff="+\x1b[31m\n"))
    assert "\x1b" not in shown
    assert '  major  weakened  F x: 1 -> "a\\u001b[31m\\nb"\n' in shown
