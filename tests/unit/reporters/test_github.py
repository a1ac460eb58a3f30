from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.reporters.check_words import iter_denominators
from pvengine.reporters.github import _escape_property, render_annotations

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.check import CheckReport
    from pvengine.models.report import DiagnosticEntry, Report

    Maker = Callable[..., DiagnosticEntry]
    ReportMaker = Callable[..., Report]

COUNTS = (
    "2 contracts, 3 tests: 1 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, "
    "0 self-declared; "
)


def test_worst_first_and_then_the_counts(make_entry: Maker, make_report: ReportMaker) -> None:
    report = make_report(
        make_entry("PV605", None, severity="note"),
        make_entry(why="so", fix="write NEW: 50 %, or more"),
        make_entry("PV201", severity="error", path="a,b:c 5%.yaml"),
        make_entry("PV001", None, path="", severity="error", message="two\nlines"),
    )
    assert render_annotations(report) == (
        "::error file=a%2Cb%3Ac 5%25.yaml,line=7,endLine=7,col=3,endColumn=6,title=PV201 missing key::odd\n"
        "::error title=PV001 usage::two%0Alines\n"
        "::warning file=contracts/x-v1.yaml,line=7,endLine=7,col=3,endColumn=6,title=PV203 unknown status"
        "::odd%0Awhy: so%0Afix: write NEW: 50 %25, or more\n"
        "::notice file=contracts/x-v1.yaml,title=PV605 unlinked record::odd\n"
        f"{COUNTS}2 errors, 1 warning\n"
    )


def test_ten_of_each_and_the_rest_is_counted(make_entry: Maker, make_report: ReportMaker) -> None:
    severities = ["note"] * 9 + ["warning"] * 10 + ["error"] * 12
    report = make_report(*(make_entry(severity=severity) for severity in severities))
    lines = render_annotations(report).splitlines()
    assert [line.split(" ")[0] for line in lines[:29]] == ["::error"] * 10 + ["::warning"] * 10 + [
        "::notice"
    ] * 9
    assert lines[29:] == [
        "2 more findings without an annotation (2 errors, 0 warnings, 0 notes): a step shows 10 of each",
        f"{COUNTS}12 errors, 10 warnings",
    ]


@pytest.mark.parametrize(
    ("end_line", "end_column", "place"),
    [
        (7, 6, "line=7,endLine=7,col=3,endColumn=6"),
        (9, 4, "line=7,endLine=9"),  # columns are refused where the lines differ
        (9, 1, "line=7,endLine=8"),  # nothing of line 9 belongs to it
        (8, 1, "line=7,endLine=7"),
        (None, None, "line=7,endLine=7"),
    ],
)
def test_the_place(
    make_entry: Maker, make_report: ReportMaker, end_line: int | None, end_column: int | None, place: str
) -> None:
    text = render_annotations(make_report(make_entry("X1", end_line=end_line, end_column=end_column)))
    assert text.startswith(f"::warning file=contracts/x-v1.yaml,{place},title=X1::odd\n")


def test_paths_are_those_of_the_repository(make_entry: Maker, make_report: ReportMaker) -> None:
    report = make_report(make_entry("X1", None), make_entry("X1", None, path="/a/x.yaml"))
    assert re.findall("file=([^,]+)", render_annotations(report, prefix="sub/")) == [
        "sub/contracts/x-v1.yaml",
        "/a/x.yaml",
    ]


@pytest.mark.parametrize("place", ["message", "why", "fix", "path", "code", "snippet"])
def test_hostile_text_starts_no_other_command(
    make_entry: Maker, make_report: ReportMaker, hostile: str, place: str
) -> None:
    facts: dict[str, Any] = {place: hostile}
    text = render_annotations(make_report(make_entry(**facts)))
    text.encode()
    command, counts = text.splitlines()
    assert re.match(r"::warning file=[^:]*,title=[^:,]*::", command)
    assert counts == f"{COUNTS}0 errors, 1 warning"
    assert not [character for character in "\x00\x1b\r\u202e\ud800\x85" if character in text]
    if place in ("message", "why", "fix"):
        assert "a\\x00\\x1b[31m%0D%0A::error::x,y:z 100%25 ]]>" in command
    elif place == "path":
        assert "file=a\\x00\\x1b[31m%0D%0A%3A%3Aerror%3A%3Ax%2Cy%3Az 100%25 ]]>" in command


def test_an_escape_that_stands_there_already_is_not_taken_for_one() -> None:
    assert _escape_property("%0A%2C") == "%250A%252C"


def test_a_report_without_findings(make_report: ReportMaker) -> None:
    assert render_annotations(make_report()) == f"{COUNTS}0 errors, 0 warnings\n"


def test_a_check_ends_with_its_denominators_and_what_fails(
    make_check: Callable[..., CheckReport], make_entry: Maker
) -> None:
    report = make_check(diagnostics=(make_entry("PV701", severity="error"),), exit_code=11)
    command, *counts = render_annotations(report).splitlines()
    assert command.startswith("::error file=contracts/x-v1.yaml,line=7,")
    assert counts == [*iter_denominators(report), "check fails: 1 error (PV701); exit 11"]
