from __future__ import annotations

import re

import pytest

from pvengine.yamldoc.lines import MAX_SNIPPET, LineTable

TEXT = "ab\r\ncd\r\re\x85f\u2028g\nlast"


@pytest.mark.parametrize(
    ("offset", "place"),
    [
        (0, (1, 1)),
        (2, (1, 3)),
        (3, (1, 4)),
        (4, (2, 1)),
        (7, (3, 1)),
        (8, (4, 1)),
        (12, (4, 5)),
        (14, (5, 1)),
        (18, (5, 5)),
    ],
)
def test_lines_end_at_lf_crlf_and_cr_only(offset: int, place: tuple[int, int]) -> None:
    assert LineTable(TEXT, "c.yaml").locate(offset) == place


def test_bounds_of_a_line() -> None:
    table = LineTable(TEXT, "c.yaml")
    assert (table.line_start(5), table.line_end(5), table.column(5)) == (4, 6, 1)
    assert table.line_end(15) == len(TEXT)


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("a\r\nb\n", 0, "\r\n"),
        ("a\r\nb\n", 3, "\n"),
        ("a\n\rb", 3, "\r"),
        ("a\r\nb", 3, "\r\n"),
        ("a", 0, "\n"),
        ("", 0, "\n"),
    ],
)
def test_the_line_break_used_around(text: str, offset: int, expected: str) -> None:
    assert LineTable(text, "c.yaml").break_near(offset) == expected


def test_a_range_over_lines_shows_the_first() -> None:
    place = LineTable(TEXT, "c.yaml").place(1, 5)
    assert (place.line, place.column, place.end_line, place.end_column, place.snippet) == (1, 2, 2, 2, "ab")


@pytest.mark.parametrize("text", [TEXT, "", "\n", "\r\n", "\n\r", "\r\r\n\n", "a\nb", "\nab\r\n"])
def test_the_end_of_a_line_is_where_its_break_begins(text: str) -> None:
    table = LineTable(text, "c.yaml")
    for offset in range(len(text) + 1):
        match = re.compile(r"\r\n|\r|\n").search(text, offset)
        assert table.line_end(offset) == (match.start() if match else len(text)), offset


def test_a_long_line_is_cut_and_shared() -> None:
    table = LineTable("x" * MAX_SNIPPET + "y\nz", "c.yaml")
    first, second = table.place(3, 4), table.place(MAX_SNIPPET, MAX_SNIPPET + 1)
    assert first.snippet == "x" * MAX_SNIPPET
    assert second.snippet is first.snippet
    assert (second.line, second.column) == (1, MAX_SNIPPET + 1)
    assert table.place(MAX_SNIPPET + 2, MAX_SNIPPET + 3).snippet == "z"
