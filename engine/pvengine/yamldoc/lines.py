"""Turn character offsets into lines and columns.

The parser counts NEL, LS and PS as line breaks, as YAML 1.1 did; editors and YAML 1.2 do not. So lines are
counted here, and only LF, CR LF and a lone CR end one.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

from pvengine.diagnostics import SourceRange

__all__ = ["MAX_SNIPPET", "LineTable"]

MAX_SNIPPET = 1000
"""Longest part of a line that a place carries, from its beginning, in characters."""

_BREAK = re.compile(r"\r\n|\r|\n")


class LineTable:
    """The lines of one text."""

    __slots__ = ("_snippet", "_starts", "path", "text")

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self._starts = array("L", [0])  # a list would take 40 bytes a line, and a line can be empty
        self._starts.extend(match.end() for match in _BREAK.finditer(text))
        self._snippet = (-1, "")

    def locate(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both counted from 1."""
        index = bisect_right(self._starts, offset) - 1
        return index + 1, offset - self._starts[index] + 1

    def line_start(self, offset: int) -> int:
        """Return the offset at which the line of ``offset`` begins."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Return the offset at which the line of ``offset`` ends, before its line break."""
        index = bisect_right(self._starts, offset) - 1
        return max(offset, self._end_of(index)) if offset < len(self.text) else len(self.text)

    def column(self, offset: int) -> int:
        """Return how many characters stand before ``offset`` on its line."""
        return offset - self.line_start(offset)

    def break_near(self, offset: int) -> str:
        """Return the line break at the end of this line, else the one before it, else LF."""
        match = _BREAK.search(self.text, offset)
        if match is None and len(self._starts) > 1:
            match = _BREAK.search(self.text, self._starts[-2])
        return match.group() if match else "\n"

    def place(self, start: int, end: int) -> SourceRange:
        """Return the range between two offsets; both are moved into the text where they are outside.

        The snippet is the first line, without what lies beyond `MAX_SNIPPET`; places of one line share it.
        """
        start = min(max(start, 0), len(self.text))
        end = min(max(end, start), len(self.text))
        line, column = self.locate(start)
        end_line, end_column = self.locate(end)
        return SourceRange(self.path, line, column, end_line, end_column, self._snippet_of(line - 1))

    def _snippet_of(self, index: int) -> str:
        if self._snippet[0] != index:
            start = self._starts[index]
            self._snippet = (index, self.text[start : min(self._end_of(index), start + MAX_SNIPPET)])
        return self._snippet[1]

    def _end_of(self, index: int) -> int:
        """Return where the line with this index ends, before its break; without a look at its characters."""
        if index + 1 == len(self._starts):
            return len(self.text)
        following = self._starts[index + 1]
        return following - (2 if self.text.startswith("\r\n", following - 2) else 1)
