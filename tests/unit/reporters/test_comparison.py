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
from pvengine.models.report import DiagnosticEntry
from pvengine.reporters.comparison import escape_markdown, render_comparison, show_values

ENOUGH = "1.0.0 says enough"
UNTOLD = "one is not MAJOR.MINOR.PATCH, so what was declared cannot be told"


def value(data: Any, path: str = "x", line: int | None = 3) -> ComparedValue:
    return ComparedValue(path=path, line=line, column=None if line is None else 5, value=data)


def change(kind: Any = "weakened", bump: Any = "major", **keys: Any) -> ChangeEntry:
    known: dict[str, Any] = {"what": "F accept[0].lt", "before": value(1), "after": value(2), "why": "looser"}
    return ChangeEntry(kind=kind, class_=bump, row="accept", **{"engine": False, **known, **keys})


def report(*changes: ChangeEntry, summary: dict[str, int] | None = None, **version: Any) -> ComparisonReport:
    known: dict[str, Any] = {"from_": "1.0.0", "to": "1.0.0", "declared": "none", "needed": "none"}
    known |= {"suffices": True, "problem": None, "suggested": "1.0.0"}
    sides = [
        ComparedContract(path=name, id="C-X", version="1.0.0", digest="sha256:0")
        for name in ("a.yaml", "b.yaml")
    ]
    return ComparisonReport(
        before=sides[0],
        after=sides[1],
        changes=changes,
        version=VersionJudgement(**{**known, **version}),
        summary=ChangeSummary(**(summary or {})),
    )


def last_line(found: ComparisonReport) -> str:
    return render_comparison(found, "text").splitlines()[-1]


def test_the_same_is_said_in_three_lines() -> None:
    assert render_comparison(report(), "text") == (
        "a.yaml  1.0.0  ->  b.yaml  1.0.0\n"
        "\n"
        "no change: both say the same\n"
        "version 1.0.0 -> 1.0.0: nothing declared, no bump follows: enough\n"
    )


def test_changes_stand_by_class_and_those_of_the_engine_behind_them() -> None:
    found = report(
        change(),
        change("changed", "minor", engine=True, what="F status", before=None, after=value("NEW", line=None)),
        change("removed", "patch", after=None),
        change("moved", "none", before=value({}, "x[0]"), after=value({}, "x[1]"), what="hypothesis H"),
        summary={
            "changes": 4,
            "weakened": 1,
            "changed": 1,
            "removed": 1,
            "moved": 1,
            "major": 1,
            "minor": 1,
            "patch": 1,
            "none": 1,
        },
        needed="major",
        suffices=False,
        suggested="2.0.0",
    )
    assert render_comparison(found, "text") == (
        "a.yaml  1.0.0  ->  b.yaml  1.0.0\n"
        "\n"
        "major\n"
        "  weakened  F accept[0].lt: 1 -> 2\n"
        "    b.yaml:3:5, was a.yaml:3:5\n"
        "    why: looser\n"
        "\n"
        "patch\n"
        "  removed  F accept[0].lt: was 1\n"
        "    was a.yaml:3:5\n"
        "    why: looser\n"
        "\n"
        "none\n"
        "  moved  hypothesis H: x[0] -> x[1]\n"
        "    b.yaml:3:5, was a.yaml:3:5\n"
        "    why: looser\n"
        "\n"
        "written by pv\n"
        '  changed  F status (minor): is new: "NEW"\n'
        "    why: looser\n"
        "\n"
        "4 changes: 1 weakened, 1 changed, 1 removed, 1 moved; 1 major, 1 minor, 1 patch, 1 none\n"
        "version 1.0.0 -> 1.0.0: nothing declared, major follows: too little; 2.0.0 says enough\n"
    )


@pytest.mark.parametrize(
    ("version", "line"),
    [
        (
            {"declared": "minor", "needed": "minor", "to": "1.1.0"},
            "version 1.0.0 -> 1.1.0: minor declared, minor follows: enough",
        ),
        (
            {"problem": "lower", "to": "0.9.0", "suffices": False},
            "version 1.0.0 -> 0.9.0: it goes down, and a version only ever rises; no bump follows; " + ENOUGH,
        ),
        (
            {"problem": "missing", "from_": None, "needed": "major", "suffices": False, "suggested": None},
            "version none -> 1.0.0: one is missing, so what was declared cannot be told; major follows",
        ),
        (
            {"problem": "not semver", "to": "2", "needed": "patch", "suffices": False, "suggested": "1.0.1"},
            f"version 1.0.0 -> 2: {UNTOLD}; patch follows; 1.0.1 says enough",
        ),
        (
            {"problem": "not semver", "from_": "2", "to": "2"},
            f"version 2 -> 2: {UNTOLD}; no bump follows",
        ),
    ],
)
def test_the_last_line_is_about_the_version(version: dict[str, Any], line: str) -> None:
    assert last_line(report(**version)) == line


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (1e-5, 0.1, ("1e-05", "0.1")),
        ("a\nb", None, ('"a\\nb"', "null")),
        ("x" * 100 + "1 then", "x" * 100 + "2 then", ('...xxxxxxxxxxxx1 then"', '...xxxxxxxxxxxx2 then"')),
        ("y" * 70, "y", ('"' + "y" * 59 + "...", '"y"')),
    ],
)
def test_long_values_are_shown_where_they_differ(before: Any, after: Any, shown: tuple[str, str]) -> None:
    assert show_values(value(before), value(after)) == shown


def test_markdown_is_one_table_in_which_nothing_is_active() -> None:
    found = report(
        change(before=value("<b>|"), why="`x`"),
        change("moved", "none", before=value({}, "x[0]"), after=value({}, "x[1]"), engine=True),
        summary={"changes": 2, "weakened": 1, "moved": 1, "major": 1, "none": 1},
    )
    assert render_comparison(found, "markdown") == (
        "### pv diff: C-X\n"
        "\n"
        "2 changes: 1 weakened, 1 moved; 1 major, 1 none.\n"
        "\n"
        "version 1.0.0 -&#62; 1.0.0: nothing declared, no bump follows: enough.\n"
        "\n"
        "| class | change | field | was | is | why |\n"
        "|---|---|---|---|---|---|\n"
        "| major | weakened | F accept&#91;0&#93;.lt | &#34;&#60;b&#62;&#124;&#34; | 2 | &#96;x&#96; |\n"
        "| none, by pv | moved | F accept&#91;0&#93;.lt | x&#91;0&#93; | x&#91;1&#93; | looser |\n"
    )


def test_markdown_names_what_makes_a_version_invalid() -> None:
    entry = DiagnosticEntry(
        path="b.yaml", line=1, column=1, code="PV201", severity="error", message="it is bad"
    )
    found = ComparisonReport(**{**report().__dict__, "diagnostics": (entry,)})
    assert "| PV201 | b.yaml:1:1 | it is bad |\n" in render_comparison(found, "markdown")
    assert "b.yaml:1:1: error[PV201]: it is bad\n" in render_comparison(found, "text")


def test_no_control_character_reaches_a_terminal() -> None:
    found = report(change(what="F\x1b[31m", before=value("\x9b"), why="a\nb"))
    assert "\x1b" not in render_comparison(found, "text")
    assert "\x9b" not in render_comparison(found, "json")
    assert "why: a b\n" in render_comparison(found, "text")


def test_text_is_escaped_for_markdown() -> None:
    assert escape_markdown("a_b *c* [d](e)") == "a&#95;b &#42;c&#42; &#91;d&#93;(e)"
