"""By which leaves two claims differ: what was written when a record was made, and what is written now."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ClaimChange", "list_claim_changes", "say_claim_changes"]

_ABSENT: Any = object()
_MOST = 5
"""Leaves that a message names; the rest are counted."""
_WIDTH = 60
"""Characters of a value that a message shows."""
_BEFORE = 12
"""Characters shown before the first one in which two long texts differ."""
_CRITERION = frozenset({"accept", "decides"})
_PLAIN_KEY = re.compile(r"[\w'-]+")


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """One leaf of a claim that differs; ``text`` says what it was and what it is."""

    path: tuple[str | int, ...]
    text: str

    @property
    def is_criterion(self) -> bool:
        """Whether it is about what the claim is judged by: a condition or a band."""
        return self.path[0] in _CRITERION


def list_claim_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ClaimChange]:
    """List the leaves by which two claims differ, in the order of the later one; what is gone comes last.

    1 equals 1.0, as in the digest of a claim. Items of lists are compared by their index.

    Examples
    --------
    >>> before = {"accept": [{"metric": "m", "lt": 1.0}], "params": {"n": 3}}
    >>> after = {"accept": [{"metric": "m", "lt": 3.0}], "params": {"n": 3.0, "k": 2}}
    >>> [change.text for change in list_claim_changes(before, after)]
    ['accept[0].lt was 1.0, is 3.0', 'params.k is new: 2']
    """
    return list(_iter_changes((), dict(before), dict(after)))


def say_claim_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Say the first leaves by which two claims differ, and how many more there are."""
    changes = list_claim_changes(before, after)
    named = [change.text for change in changes[:_MOST]]
    if len(changes) > _MOST:
        named.append(f"and {len(changes) - _MOST} more")
    return "; ".join(named)


def _iter_changes(path: tuple[str | int, ...], before: Any, after: Any) -> Iterator[ClaimChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*after, *before]):
            yield from _iter_changes((*path, key), before.get(key, _ABSENT), after.get(key, _ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        for index, (old, new) in enumerate(zip_longest(before, after, fillvalue=_ABSENT)):
            yield from _iter_changes((*path, index), old, new)
    elif before is _ABSENT:
        yield ClaimChange(path, f"{_name(path)} is new: {_show(after)}")
    elif after is _ABSENT:
        yield ClaimChange(path, f"{_name(path)} was {_show(before)}, is gone")
    elif isinstance(before, bool) is not isinstance(after, bool) or before != after:
        old, new = _show_both(before, after)
        yield ClaimChange(path, f"{_name(path)} was {old}, is {new}")


def _name(path: tuple[str | int, ...]) -> str:
    """Name a path as people write it: ``accept[0].lt``."""
    text = ""
    for part in path:
        is_plain = isinstance(part, str) and _PLAIN_KEY.fullmatch(part)
        text += f".{part}" if is_plain else f"[{json.dumps(part, ensure_ascii=False)}]"
    return text.removeprefix(".")


def _show(value: Any, start: int = 0) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    left = "..." if start else ""
    right = "..." if len(text) > start + _WIDTH else ""
    return f"{left}{text[start : start + _WIDTH]}{right}"


def _show_both(before: Any, after: Any) -> tuple[str, str]:
    """Show two values; of long texts the part in which they differ."""
    old, new = (json.dumps(value, ensure_ascii=False, default=str) for value in (before, after))
    if max(len(old), len(new)) <= _WIDTH:
        return old, new
    same = next((index for index, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), 0)
    start = max(0, same - _BEFORE)
    return _show(before, start), _show(after, start)
