"""A finding in the coordinates of the data: a path of keys and indexes instead of a line."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Issue"]


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong at a path of the contract; the loader knows where that stands in the text."""

    code: str
    path: tuple[str | int, ...]
    message: str
    fix: str | None = None
    at_key: bool = False
