"""Text that is safe to print: no control character of a contract reaches a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["align", "clean", "clean_line", "count_noun", "escape_json", "measure_width"]

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters, line separators, direction marks, and surrogates, which no encoding can write."""
_BREAKS = re.compile(r"\s*\n\s*")


def clean(text: str) -> str:
    r"""Replace control characters and direction marks by their escapes; tabs and line feeds stay.

    Examples
    --------
    >>> clean("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def clean_line(text: str) -> str:
    r"""Clean text that must stay on one line: what a contract says must not look like a line of a report.

    Examples
    --------
    >>> clean_line("a\nFT-001 survived")
    'a FT-001 survived'
    """
    return clean(_BREAKS.sub(" ", text.strip()).replace("\t", " "))


def escape_json(text: str) -> str:
    r"""Escape the same characters in JSON text, where they can only stand inside strings.

    Examples
    --------
    >>> print(escape_json('"a\x9bb"'))
    "a\u009bb"
    """
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def count_noun(count: int, noun: str) -> str:
    """Return a count with its noun, such as ``1 test`` or ``0 tests``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def measure_width(text: str) -> int:
    """Return how many columns of a terminal text takes: East Asian wide characters take two, marks none.

    Examples
    --------
    >>> measure_width("ab"), measure_width("\u4f60"), measure_width("e\u0301")
    (2, 2, 1)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in ("W", "F"))
        for one in text
    )


def align(rows: Sequence[tuple[str, ...]], indent: str = "  ") -> list[str]:
    """Lay out rows in columns two spaces apart; the last column is not padded.

    Examples
    --------
    >>> align([("a", "1"), ("bcd", "2")])
    ['  a    1', '  bcd  2']
    """
    if not rows:
        return []
    widths = [
        max(measure_width(row[column]) for row in rows if column < len(row))
        for column in range(max(map(len, rows)))
    ]
    return [
        (
            indent
            + "  ".join(
                cell + " " * (widths[column] - measure_width(cell)) for column, cell in enumerate(row)
            )
        ).rstrip()
        for row in rows
    ]
