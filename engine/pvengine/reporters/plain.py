"""Text that is safe to print: no control character of a contract reaches a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["align", "clean"]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    r"""Replace control characters and direction marks by their escapes; tabs and line feeds stay.

    Examples
    --------
    >>> clean("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


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
        max(len(row[column]) for row in rows if column < len(row)) for column in range(max(map(len, rows)))
    ]
    return [
        (indent + "  ".join(cell.ljust(widths[column]) for column, cell in enumerate(row))).rstrip()
        for row in rows
    ]
