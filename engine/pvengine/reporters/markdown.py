"""Text as Markdown in which nothing of a contract is active: no link, tag or mention, no end of a cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pvengine.reporters.plain import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["cut_text", "escape_markdown", "join_cells", "make_head", "make_row", "show_code", "show_text"]

_ACTIVE = re.compile(
    r"(?P<sign>[@#!$~%&])(?=\w)"  # a mention or a reference to an issue, where a name follows
    r"|[^\w\s.,;:()/'-]|_"  # every character that Markdown or HTML may read as more than itself
    r"|(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=\bGH)(?=-\d)",  # between the parts of an address or a reference
    re.IGNORECASE,
)
_GAP = "&#8203;"
"""A space of no width. Services look for mentions and addresses in what Markdown gave, where a character
reference is its character again: nothing but a character in between keeps them from one."""
_QUOTED = re.compile(r"`([^`]+)`")
_NOT_IN_CODE = frozenset("`|@")
"""What ends a code span or a cell; and a mention, which an answer by mail would send as plain text."""

_MOST = 400
"""Characters of one text that are shown."""


def escape_markdown(text: str) -> str:
    """Write text as one line of Markdown in which nothing is a link, a tag, a mention or the end of a cell.

    Examples
    --------
    >>> escape_markdown("a|b <img>")
    'a&#124;b &#60;img&#62;'
    >>> escape_markdown("@ada, see #7")
    '&#64;&#8203;ada, see &#35;&#8203;7'
    """
    return _ACTIVE.sub(_escape, clean_line(text))


def _escape(match: re.Match[str]) -> str:
    if not match[0]:
        return _GAP
    return f"&#{ord(match[0])};{_GAP if match['sign'] else ''}"


def make_row(cells: Iterable[str]) -> str:
    """Make a row of a table from plain text.

    Examples
    --------
    >>> make_row(("a|b", "c"))
    '| a&#124;b | c |'
    """
    return join_cells(map(escape_markdown, cells))


def join_cells(cells: Iterable[str]) -> str:
    """Make a row of a table from cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def make_head(*cells: str) -> str:
    r"""Make the first two lines of a table.

    Examples
    --------
    >>> make_head("a", "b")
    '| a | b |\n|---|---|\n'
    """
    return f"{make_row(cells)}\n{'|---' * len(cells)}|\n"


def cut_text(text: str) -> str:
    """Cut a text that would fill the page.

    Examples
    --------
    >>> len(cut_text("x" * 1000)), cut_text("short")
    (403, 'short')
    """
    return text if len(text) <= _MOST else f"{text[:_MOST]}..."


def show_code(text: str) -> str:
    """Write text as a code span; as escaped text where a span cannot hold it.

    Examples
    --------
    >>> show_code("FT-001: NEW -> DISCHARGED"), show_code("a`b")
    ('`FT-001: NEW -> DISCHARGED`', 'a&#96;b')
    """
    line = clean_line(text)
    return f"`{line}`" if line and not _NOT_IN_CODE.intersection(line) else escape_markdown(text)


def show_text(text: str) -> str:
    """Write text that is cut where it is long; what it has between backticks stays a code span.

    Examples
    --------
    >>> show_text("run `pv check` <now>")
    'run `pv check` &#60;now&#62;'
    """
    parts = _QUOTED.split(clean_line(cut_text(text)))
    shown = [
        show_code(part) if number % 2 else _ACTIVE.sub(_escape, part) for number, part in enumerate(parts)
    ]
    return "".join(shown)
