"""A finding in the coordinates of the data: a path of keys and indexes instead of a line."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Issue"]


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong at a path of the contract; the loader knows where that stands in the text.

    Attributes
    ----------
    at_key
        Whether it is about the key at the end of the path, not about its value.
    span
        Characters of the text from the first to behind the last, where it is about a part of a value.
    replacement
        The text that mends it, where that is certain: it takes the place of the key, value or span.
    """

    code: str
    path: tuple[str | int, ...]
    message: str
    fix: str | None = None
    at_key: bool = False
    span: tuple[int, int] | None = None
    replacement: str | None = None
