"""Sections of a Markdown document that must not be larger than a service takes: each gets a fair part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.reporters.plain import count_noun

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Fitted", "Section", "fit_sections"]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a document: rows below a head, each of which can be left out, and lines that stay."""

    title: str
    noun: str
    rows: tuple[str, ...] = ()
    head: str = ""
    tail: str = ""

    def render(self, rows: Sequence[str]) -> str:
        """Render it with some of its rows; that others are left out is said below them."""
        left = len(self.rows) - len(rows)
        note = f"{count_noun(left, f'more {self.noun}')} left out for want of room.\n" if left else ""
        shown = "".join([self.head, *rows]).rstrip("\n") + "\n" if rows else ""
        return "\n".join([f"### {self.title}\n", *filter(None, (shown, note, self.tail)), ""])


@dataclass(frozen=True)
class Fitted:
    """Sections as text, and how many rows of each are left out."""

    text: str
    left: tuple[int, ...]


def fit_sections(sections: Sequence[Section], room: int) -> Fitted | None:
    """Render sections in at most ``room`` bytes of UTF-8; None where not even their frames have room.

    A section that needs less than its part leaves the rest to the others, and a row that does not fit is left
    out: it is never cut.
    """
    whole = "".join(section.render(section.rows) for section in sections)
    if _measure(whole) <= room:
        return Fitted(whole, (0,) * len(sections))
    frames = [_measure(section.head) + _measure(section.render(())) + 1 for section in sections]
    parts = _share([_measure("".join(section.rows)) for section in sections], room - sum(frames))
    if parts is None:
        return None
    kept = [_take(section.rows, part) for section, part in zip(sections, parts, strict=True)]
    text = "".join(section.render(rows) for section, rows in zip(sections, kept, strict=True))
    return Fitted(text, tuple(len(each.rows) - len(rows) for each, rows in zip(sections, kept, strict=True)))


def _share(wanted: Sequence[int], room: int) -> list[int] | None:
    """Share room among those who want some: the small ones get theirs, the large ones equal parts."""
    if room < 0:
        return None
    parts = [0] * len(wanted)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    for done, index in enumerate(order):
        parts[index] = min(wanted[index], room // (len(order) - done))
        room -= parts[index]
    return parts


def _take(rows: Sequence[str], room: int) -> list[str]:
    kept = []
    for row in rows:
        if _measure(row) <= room:
            room -= _measure(row)
            kept.append(row)
    return kept


def _measure(text: str) -> int:
    return len(text.encode())
