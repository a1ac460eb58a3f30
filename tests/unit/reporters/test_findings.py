from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pvengine.errors import UsageError
from pvengine.models.report import DiagnosticEntry
from pvengine.reporters.findings import render_error, render_finding


def finding(snippet: str | None, column: int, end_column: int, **facts: Any) -> DiagnosticEntry:
    return DiagnosticEntry(
        **{
            "path": "x.yaml",
            "line": 7,
            "column": column,
            "end_line": 7,
            "end_column": end_column,
            "code": "PV203",
            "severity": "warning",
            "message": "odd",
            "snippet": snippet,
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("snippet", "column", "end", "shown", "carets"),
    [
        ("key: value", 6, 11, "key: value", "     ^^^^^"),
        ("", 1, 1, "", "^"),
        ("key:", 5, 5, "key:", "    ^"),
        ("\tkey: value", 7, 12, " key: value", "      ^^^^^"),
        ("键: 值", 4, 5, "键: 值", "    ^^"),
        ("a: b\x1bc", 4, 7, "a: b\\x1bc", "   ^^^^^^"),
        ("e\u0301: x", 5, 6, "e\u0301: x", "   ^"),
        ("ab   ", 3, 6, "ab", "  ^"),
    ],
)
def test_carets_stand_below_what_is_shown(
    snippet: str, column: int, end: int, shown: str, carets: str
) -> None:
    lines = render_finding(finding(snippet, column, end)).split("\n")
    assert lines == [
        "x.yaml:7:" + str(column) + ": warning[PV203]: odd",
        f"  7 | {shown}".rstrip(),
        f"    | {carets}",
    ]


@pytest.mark.parametrize("position", [0, 1, 19, 60, 150, 280, 296])
def test_a_long_line_is_cut_around_the_place(position: int) -> None:
    snippet = "-" * position + "HERE" + "-" * (300 - position - 4)
    _, shown, carets = render_finding(finding(snippet, position + 1, position + 5)).split("\n")
    assert len(shown) <= 6 + 110 + 6
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "HERE"
    assert shown.startswith("  7 | ...") == (position > 20), "a cut at the left is shown"
    assert shown.endswith("...") == (position < 200), "and one at the right"


def test_a_place_that_ends_on_another_line_is_marked_to_the_end() -> None:
    text = render_finding(finding("- id: FT-001", 3, 4, end_line=9))
    assert text.endswith("  7 | - id: FT-001\n    |   ^^^^^^^^^^")


def test_a_whole_file_has_no_line() -> None:
    nowhere = {"line": None, "column": None, "end_line": None, "end_column": None}
    entry = replace(finding(None, 1, 1, why="so", fix="do"), **nowhere)
    assert render_finding(entry) == "x.yaml: warning[PV203]: odd\n  why: so\n  fix: do"
    assert render_finding(replace(entry, path="")).startswith("warning[PV203]: odd\n")


def test_a_message_cannot_forge_a_line() -> None:
    entry = finding("x", 1, 2, message="odd\nx.yaml:1:1: all is well")
    assert render_finding(entry).split("\n")[0] == "x.yaml:7:1: warning[PV203]: odd x.yaml:1:1: all is well"


def test_an_error_says_what_where_why_and_fix() -> None:
    error = UsageError("there is \x1b no x", where="pv.toml", why="so", fix="do")
    assert render_error(error) == "pv: pv.toml: there is \\x1b no x\n  why: so\n  fix: do"
