from __future__ import annotations

import time

import pytest

from pvengine.yamldoc.blocks import find_content_end, read_header


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|\n  x\n", "|\n  x"),
        ("|\n  x\n\n  y\n\n\n", "|\n  x\n\n  y"),
        ("|\n  x\n  \n \n", "|\n  x"),
        ("|\n  x\n   \n\n", "|\n  x\n   "),
        ("|2\n   x\n \n", "|2\n   x\n "),
        ("| # c\n\n\n", "| # c"),
        ("|\n\n  x", "|\n\n  x"),
        (">+\r\n  x\r\n\r\n", ">+\r\n  x"),
        ("|\r  x\r\r", "|\r  x"),
        ("|\n  x  \n  \t\n", "|\n  x  \n  \t"),
        ("|", "|"),
        ("|2\n\n \n\n", "|2\n\n "),
        ("|\n \n\n", "|"),
        ("|\n    \n  x\n\n    \n  \n", "|\n    \n  x\n\n    "),
        ("|  \n  x", "|  \n  x"),
    ],
)
def test_content_ends_before_trailing_blank_lines(text: str, expected: str) -> None:
    padded = f"k: {text}"
    assert padded[3 : find_content_end(padded, 3, len(padded))] == expected


@pytest.mark.parametrize(
    ("text", "chomping", "has_indentation", "end"),
    [("|\n", "", False, 1), (">-\n", "-", False, 2), ("|2+ # c\n", "+", True, 3), ("|+2\n", "+", True, 3)],
)
def test_headers(text: str, chomping: str, has_indentation: bool, end: int) -> None:  # noqa: FBT001 - a case of the table
    header = read_header(text, 0)
    assert (header.chomping, header.has_indentation, header.end) == (chomping, has_indentation, end)


def test_millions_of_blank_lines_are_no_work() -> None:
    text = "|\n  x\n" + "\n" * 5_000_000 + " \n" * 100
    start = time.perf_counter()
    assert find_content_end(text, 0, len(text)) == 5
    assert time.perf_counter() - start < 1  # some milliseconds; line by line it takes seconds
