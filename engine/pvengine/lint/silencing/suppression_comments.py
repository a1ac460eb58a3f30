"""Find the comments of a contract that set findings aside.

A comment ``# pv: ignore[PV204] reason`` silences these codes on its line; alone on a line, on the next line
that has more than a comment. Where a text of several lines, or its key, begins on that line, all lines of
the text are covered. A comment ``# pv: ignore-file[PV204] reason``, alone on any line, silences them in the
whole file. Only comments count: the same characters inside a text are text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import RULES, SourceRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pvengine.yamldoc import Document, Node

__all__ = ["Suppression", "find_suppressions"]

_MARK = "pv: ignore"
# As texts: a run that is answered from the cache compiles none of them.
_COMMENT = (
    r"#[ \t]*pv: ignore(?P<file>-file)?(?![\w-])[ \t]*(?:\[(?P<codes>[^\]\r\n]*)\])?"
    r"(?P<reason>(?:(?!#[ \t]*pv: ignore)[^\r\n])*)"
)
_LINE = r"(?P<blank>[ \t]*(?:---)?[ \t]*(?:#[^\r\n]*)?)?[^\r\n]*(?:\r\n|\r|\n)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A comment that silences codes.

    Attributes
    ----------
    codes
        As written, each once; ``unknown_codes`` are those of them that no rule has.
    place
        Where the comment stands.
    first_line, last_line
        Lines on which a finding must begin to be silenced; for a whole file the line of the comment.
    is_whole_file
        Whether it speaks about the whole file.
    is_misplaced
        Whether it does so behind a value, where nobody looks for it: it silences nothing.
    """

    codes: tuple[str, ...]
    reason: str
    place: SourceRange
    first_line: int
    last_line: int
    is_whole_file: bool = False
    is_misplaced: bool = False
    unknown_codes: tuple[str, ...] = ()

    @classmethod
    def restore(cls, data: dict[str, Any]) -> Suppression:
        """Make a suppression from its data, as ``dataclasses.asdict`` gives them and JSON keeps them."""
        codes, unknown = tuple(data["codes"]), tuple(data["unknown_codes"])
        place = SourceRange(**data["place"])
        return cls(**{**data, "codes": codes, "unknown_codes": unknown, "place": place})


def find_suppressions(document: Document) -> tuple[Suppression, ...]:
    """Find the suppressions of a document, in the order of the text."""
    text = document.text
    if _MARK not in text:
        return ()
    found = list(_iter_comments(document))
    targets = _find_targets(document, found)
    last_lines = _find_last_lines(document, [(start, end) for start, end in targets if start < end])
    return tuple(
        _make_suppression(document, match, target, last_lines)
        for match, target in zip(found, targets, strict=True)
    )


def _iter_comments(document: Document) -> Iterator[re.Match[str]]:
    """Iterate over the marks that stand in comments: behind white space and outside every scalar."""
    text = document.text
    found = [
        match
        for match in re.finditer(_COMMENT, text)
        if match.start() == 0 or text[match.start() - 1] in " \t\r\n#"
    ]
    offsets = [match.start() for match in found]
    covered: set[int] = set()
    for _, node in _iter_scalars_at(document.root, offsets):
        # What follows `|` on its line is a comment; the text begins on the next line.
        start = document.lines.line_end(node.start) if node.is_block_scalar else node.start
        covered.update(range(bisect_left(offsets, start), bisect_left(offsets, node.end)))
    return (match for index, match in enumerate(found) if index not in covered)


def _iter_scalars_at(root: Node, offsets: Sequence[int]) -> Iterator[tuple[int, Node]]:
    """Iterate over the scalars whose entries hold one of these sorted offsets: start of the entry, scalar.

    An entry is a key with its value, or a list item. Only branches with an offset in them are walked.
    """
    waiting = [root]
    while waiting:
        node = waiting.pop()
        entries = [(key.start, child) for key, child in node.entries.values()]
        entries += [(key.start, key) for key, _ in node.entries.values()]
        entries += [(child.start, child) for child in node.items]
        for start, child in entries:
            index = bisect_left(offsets, start)
            if child.is_alias or index == len(offsets) or offsets[index] > child.end:
                continue
            if child.kind == "scalar":
                yield start, child
            else:
                waiting.append(child)


def _find_targets(document: Document, found: Sequence[re.Match[str]]) -> list[tuple[int, int]]:
    """Find start and end of the line that each comment speaks about; an empty range where there is none."""
    text, lines, pattern = document.text, document.lines, re.compile(_LINE)
    below: dict[int, int] = {}  # line of a comment that stands alone -> the line that it speaks about
    starts: list[int] = []
    for match in reversed(found):
        own = start = lines.line_start(match.start())
        if _is_alone(document, match):
            start = match.end()
            while start < len(text) and start not in below:
                line = pattern.match(text, start)
                if line is None or line.end("blank") < lines.line_end(start):
                    break
                start = line.end()
            start = below[own] = below.get(start, start)
        starts.append(start)
    return [(start, lines.line_end(start) if start < len(text) else start) for start in reversed(starts)]


def _is_alone(document: Document, match: re.Match[str]) -> bool:
    """Whether nothing but white space, or a comment, stands before a comment on its line."""
    before = document.text[document.lines.line_start(match.start()) : match.start()].lstrip(" \t")
    return not before or before.startswith("#")


def _find_last_lines(document: Document, targets: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Find the last line of the texts of several lines that begin on some lines, by the start of the line."""
    ends = sorted({end: start for start, end in targets}.items())
    offsets = [end for end, _ in ends]
    found: dict[int, int] = {}
    for entry, node in _iter_scalars_at(document.root, offsets):
        for begin in (entry, node.start):
            index = bisect_left(offsets, begin)
            if index < len(offsets) and ends[index][1] <= begin:
                start = ends[index][1]
                found[start] = max(found.get(start, 0), document.lines.locate(node.end)[0])
    return found


def _make_suppression(
    document: Document, match: re.Match[str], target: tuple[int, int], last_lines: dict[int, int]
) -> Suppression:
    codes = tuple(dict.fromkeys(code.strip() for code in (match["codes"] or "").split(",") if code.strip()))
    end = match.end() - (len(match[0]) - len(match[0].rstrip()))
    place = document.lines.place(match.start(), end)
    is_whole_file = match["file"] is not None
    first = place.line
    if not is_whole_file and target[0] < target[1]:
        first = document.lines.locate(target[0])[0]
    return Suppression(
        codes=codes,
        reason=match["reason"].strip(),
        place=place,
        first_line=first,
        last_line=first if is_whole_file else max(first, last_lines.get(target[0], 0)),
        is_whole_file=is_whole_file,
        is_misplaced=is_whole_file and not _is_alone(document, match),
        unknown_codes=tuple(code for code in codes if code not in RULES),
    )
