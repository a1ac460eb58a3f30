"""Know the shape of block scalars: header, content, chomping."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["BlockHeader", "find_content_end", "read_header"]

_HEADER = re.compile(r"[|>]([-+0-9]*)")
_REST_OF_LINE = re.compile(r"[^\r\n]*")
_FIRST_VISIBLE = re.compile(r"(?: *+(?:\r\n|\r|\n))*+( *)[^ \r\n]")
_SPACES = re.compile(r" +")


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """The indicator that opens a block scalar, as in ``|2-``."""

    start: int
    end: int
    chomping: str
    has_indentation: bool


def read_header(text: str, start: int) -> BlockHeader:
    """Read the header of the block scalar whose ``|`` or ``>`` is at ``start``."""
    match = _HEADER.match(text, start)
    marks = match.group(1) if match else ""
    chomping = "-" if "-" in marks else "+" if "+" in marks else ""
    return BlockHeader(start, start + 1 + len(marks), chomping, any(mark.isdigit() for mark in marks))


def find_content_end(text: str, start: int, end: int) -> int:
    """Return where the last line of content of a block scalar ends, before its line break.

    ``start`` is at its ``|`` or ``>``; ``end`` is where the parser ends it, behind trailing blank lines. A
    line of spaces is content where it is longer than the indentation, which the first line of content sets.
    Where the header gives it as a number, every line with a space in it is taken for content.
    """
    header_end = _line_end(text, start, end)
    if read_header(text, start).has_indentation:
        indentation = 0
    else:
        first = _FIRST_VISIBLE.match(text, header_end, end)
        if first is None:
            return header_end
        indentation = len(first[1])
    visible = text[header_end:end].rstrip(" \r\n")
    content_end = text_end = _line_end(text, header_end + len(visible), end)
    for spaces in _SPACES.finditer(text, text_end, end):  # behind the last visible line, each is a line
        if spaces.end() - spaces.start() > indentation:
            content_end = spaces.end()
    return content_end


def _line_end(text: str, position: int, end: int) -> int:
    match = _REST_OF_LINE.match(text, position, end)
    return match.end() if match else end
