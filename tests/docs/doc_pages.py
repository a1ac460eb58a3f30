"""Read the pages of the documentation: their fenced blocks, their markers, their headings and links.

A marker is an HTML comment alone on its line. Above a fenced block it says what the block is:

``<!-- file: PATH -->``
    The block is the whole content of this file.
``<!-- edit: PATH -->``
    The block, in the language ``diff``, changes this file: its lines with ``-`` and a space are there
    once, and its lines with ``+`` and a space take their place.
``<!-- not run: REASON -->``
    The block is shown only. The test lists these, so that nothing is left out without a word.

On its own, ``<!-- new folder -->`` starts an empty scratch folder, and ``<!-- setup: COMMAND -->`` runs a
command that the reader is not shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["REPOSITORY", "Action", "Block", "Page", "list_pages", "read_page"]

REPOSITORY = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"(?P<indent> *)(?P<fence>```+|~~~+)(?P<language>[\w-]*)\s*")
_COMMENT = re.compile(r"\s*<!--\s*(?P<text>.*?)\s*-->\s*")
_BLOCK_MARKERS = ("file", "edit", "not run")
_HEADING = re.compile(r"(#+)\s+(?P<text>.*?)\s*#*")
_LINK = re.compile(r"(?<!!)\[(?:[^\]\[]|\[[^\]]*\])*\]\((?P<target>[^)\s]+)\)")
_CODE_SPAN = re.compile(r"`[^`]*`")


@dataclass(frozen=True)
class Block:
    """A fenced block with the marker above it; ``line`` is that of its first line of content."""

    language: str
    lines: tuple[str, ...]
    line: int
    marker: str | None = None
    argument: str = ""

    @property
    def text(self) -> str:
        """The content, with a line break at its end."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True)
class Action:
    """A marker on its own: what the test does between two blocks."""

    name: str
    argument: str
    line: int


@dataclass(frozen=True)
class Page:
    """A page: its blocks and actions in order, its prose with line numbers, its anchors."""

    path: Path
    items: tuple[Block | Action, ...]
    prose: tuple[tuple[int, str], ...]

    @property
    def name(self) -> str:
        """Path below the repository."""
        return self.path.relative_to(REPOSITORY).as_posix()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The fenced blocks."""
        return tuple(item for item in self.items if isinstance(item, Block))

    @property
    def headings(self) -> tuple[str, ...]:
        """The text of every heading."""
        found = (_HEADING.fullmatch(line) for _, line in self.prose)
        return tuple(match["text"] for match in found if match)

    @property
    def anchors(self) -> frozenset[str]:
        """The anchors of the headings, as the common Markdown viewers make them."""
        anchors: dict[str, int] = {}
        result = set()
        for heading in self.headings:
            plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            count = anchors.get(plain, 0)
            anchors[plain] = count + 1
            result.add(f"{plain}-{count}" if count else plain)
        return frozenset(result)

    def iter_links(self) -> Iterator[tuple[int, str]]:
        """Iterate over line and target of every inline link."""
        for number, line in self.prose:
            for match in _LINK.finditer(_CODE_SPAN.sub("``", line)):
                yield number, match["target"]


def list_pages() -> list[Path]:
    """List the README and every page below `docs/`."""
    return [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def read_page(path: Path) -> Page:
    """Read one page; ValueError where a fence is not closed or a marker is not known."""
    items: list[Block | Action] = []
    prose: list[tuple[int, str]] = []
    marker: Action | None = None
    lines = iter(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
    for number, line in lines:
        opening = _FENCE.fullmatch(line)
        if opening:
            content = tuple(_read_content(lines, opening, f"{path}:{number}"))
            name, argument = (marker.name, marker.argument) if marker else (None, "")
            items.append(Block(opening["language"], content, number + 1, name, argument))
            marker = None
            continue
        comment = _COMMENT.fullmatch(line)
        action = _read_marker(comment["text"], number) if comment else None
        if action is not None and action.name in _BLOCK_MARKERS:
            marker = action
        elif action is not None:
            items.append(action)
        elif line.strip() and not comment:
            if marker is not None:
                raise ValueError(f"{path}:{marker.line}: no block follows the marker {marker.name!r}")
            prose.append((number, line))
    return Page(path, tuple(items), tuple(prose))


def _read_content(lines: Iterator[tuple[int, str]], opening: re.Match[str], where: str) -> Iterator[str]:
    for _, line in lines:
        if line.strip() == opening["fence"]:
            return
        yield line.removeprefix(opening["indent"])
    raise ValueError(f"{where}: the block is not closed")


def _read_marker(text: str, line: int) -> Action | None:
    """Read a marker; None for any other comment."""
    if text == "new folder":
        return Action(text, "", line)
    name, colon, argument = text.partition(": ")
    return Action(name, argument, line) if colon and name in (*_BLOCK_MARKERS, "setup") else None
