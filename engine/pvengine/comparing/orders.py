"""Which of two words is the weaker one: severities, strategies, states of a proof, targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.comparing.change import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SEVERITY_SCALES", "compare_lean", "compare_severities", "compare_strategies", "compare_targets"]

SEVERITY_SCALES: tuple[tuple[str, ...], ...] = (
    ("info", "warning", "error", "critical"),
    ("note", "warn", "error", "fatal"),
    ("low", "medium", "high", "critical"),
    ("minor", "major", "blocker"),
    ("p4", "p3", "p2", "p1", "p0"),
)
"""Scales of severities, the lowest word first; words of different scales are not compared."""
_COVERS_ALL = "exhaustive"
_PROVED = "proved"
_UNPROVED = ("sorry", "wip")
_APPLIES_TO_ALL = "all"


def _step(was: int, is_now: int) -> ChangeKind:
    if was == is_now:
        return ChangeKind.REWORDED
    return ChangeKind.STRENGTHENED if is_now > was else ChangeKind.WEAKENED


def compare_severities(before: Any, after: Any) -> ChangeKind:
    """Compare two severities, whatever the case of their letters.

    Examples
    --------
    >>> str(compare_severities("ERROR", "warning")), str(compare_severities("P1", "error"))
    ('weakened', 'changed')
    """
    if not isinstance(before, str) or not isinstance(after, str):
        return ChangeKind.CHANGED
    old, new = before.strip().lower(), after.strip().lower()
    if old == new:
        return ChangeKind.REWORDED
    for scale in SEVERITY_SCALES:
        if old in scale and new in scale:
            return _step(scale.index(old), scale.index(new))
    return ChangeKind.CHANGED


def compare_strategies(before: Any, after: Any) -> ChangeKind:
    """Compare two strategies of a harness: one that goes through every input covers all others."""
    if _COVERS_ALL in (before, after):
        return ChangeKind.STRENGTHENED if after == _COVERS_ALL else ChangeKind.WEAKENED
    return ChangeKind.CHANGED


def compare_lean(before: Any, after: Any) -> ChangeKind:
    """Compare how far two proofs are: the whole block `lean`, or the words of its `status`."""
    old, new = (value.get("status") if isinstance(value, dict) else value for value in (before, after))
    ranks = [_rank_proof(word) for word in (old, new)]
    if ranks[0] is None or ranks[1] is None:
        return ChangeKind.CHANGED
    return _step(ranks[0], ranks[1])


def _rank_proof(word: Any) -> int | None:
    """Rank a state: proved, under way in either way of saying so, and none at all."""
    if word == _PROVED:
        return 2
    if word in _UNPROVED:
        return 1
    return 0 if word == "not-applicable" else None


def compare_targets(before: Any, after: Any) -> ChangeKind:
    """Compare what an obligation applies to: a word, or one for everything."""
    everything = [_is_all(value) for value in (before, after)]
    if everything[0] != everything[1]:
        return ChangeKind.STRENGTHENED if everything[1] else ChangeKind.WEAKENED
    return ChangeKind.CHANGED


def _is_all(value: Sequence[Any] | Any) -> bool:
    return value == _APPLIES_TO_ALL or (isinstance(value, list) and _APPLIES_TO_ALL in value)
