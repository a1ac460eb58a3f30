"""Replace ranges of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Plan", "Splice", "splice_text"]


@dataclass(frozen=True, slots=True)
class Splice:
    """Text that takes the place of the characters from ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The splices of one edit, and the data that the container at ``path`` must have behind it."""

    path: tuple[str | int, ...]
    data: Any
    splices: tuple[Splice, ...]


def splice_text(text: str, splices: Iterable[Splice]) -> str:
    """Apply splices that do not overlap; several at one offset keep their order."""
    parts: list[str] = []
    position = 0
    for splice in sorted(splices, key=lambda item: (item.start, item.end)):
        if splice.start < position:
            raise ValueError(f"two changes overlap at offset {splice.start}")
        parts += [text[position : splice.start], splice.text]
        position = splice.end
    return "".join([*parts, text[position:]])
