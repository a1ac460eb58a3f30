"""Find the markers that a merge leaves in a text where two versions of it conflict."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Conflict", "find_conflicts", "has_markers"]

_MARKER = re.compile(r"^(?P<sign>[<>])(?P=sign){6,}(?= |\r|$)[^\r\n]*", re.MULTILINE)
"""A first or last marker at the left margin, where no line of a contract can begin like this."""
_MOST = 100
"""Conflicts of one text that are told apart."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A first marker, or a last one without a first; ``end`` is where its last marker begins, if any."""

    start: int
    stop: int
    end: int | None


def find_conflicts(text: str) -> list[Conflict]:
    """Find the places where two versions of a text stand between merge markers, the first 100 of them."""
    return list(islice(_iter_conflicts(text), _MOST))


def has_markers(content: bytes) -> bool:
    r"""Whether some line of a file is a merge marker.

    Examples
    --------
    >>> has_markers(b"a: 1\n<<<<<<< ours\na: 2\n"), has_markers(b"a: <<<<<<< ours\n")
    (True, False)
    """
    return _MARKER.search(content.decode("utf-8", "replace")) is not None


def _iter_conflicts(text: str) -> Iterator[Conflict]:
    opened: re.Match[str] | None = None
    for marker in _MARKER.finditer(text):
        if marker["sign"] == "<":
            if opened is not None:
                yield Conflict(*opened.span(), None)
            opened = marker
        elif opened is not None:
            yield Conflict(*opened.span(), marker.start())
            opened = None
        else:
            yield Conflict(*marker.span(), None)
    if opened is not None:
        yield Conflict(*opened.span(), None)
