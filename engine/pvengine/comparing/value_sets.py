"""Sets of real numbers as unions of intervals, with exact bounds: what conditions and bands accept.

All comparisons are of Python integers and doubles, which are exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.numerics.intervals import Cut, Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["EVERYTHING", "NOTHING", "ValueSet", "set_of_comparator"]

_LOWEST: Cut = (-math.inf, 0)
_HIGHEST: Cut = (math.inf, 1)
_SHOWN = 3
"""Intervals of a set that a message shows."""


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A union of intervals that are not empty, do not touch, and stand in order.

    Examples
    --------
    >>> tight, loose = set_of_comparator("lt", 1.0), set_of_comparator("lt", 3)
    >>> str(loose.minus(tight)), tight.minus(loose).is_empty
    ('[1.0, 3)', True)
    """

    intervals: tuple[Interval, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no number lies in it."""
        return not self.intervals

    def contains(self, value: float) -> bool:
        """Whether a finite number lies in it; False for NaN and the infinities."""
        return any(interval.contains(value) for interval in self.intervals)

    def union(self, other: ValueSet) -> ValueSet:
        """Return what lies in either."""
        return ValueSet(tuple(_join((*self.intervals, *other.intervals))))

    def intersect(self, other: ValueSet) -> ValueSet:
        """Return what lies in both."""
        return ValueSet(tuple(_iter_shared(self.intervals, other.intervals)))

    def minus(self, other: ValueSet) -> ValueSet:
        """Return what lies in this set and not in the other."""
        gaps = []
        reached = _LOWEST
        for interval in other.intervals:
            gaps.append(Interval(reached, interval.lower))
            reached = interval.upper
        gaps.append(Interval(reached, _HIGHEST))
        return self.intersect(ValueSet(tuple(gap for gap in gaps if not gap.is_empty)))

    def __str__(self) -> str:
        """Return the first intervals in the usual notation; a single number as ``{1.0}``."""
        shown = [_show(interval) for interval in self.intervals[:_SHOWN]]
        if len(self.intervals) > _SHOWN:
            shown.append(f"{len(self.intervals) - _SHOWN} more")
        return " or ".join(shown) or "nothing"


def _join(intervals: Iterable[Interval]) -> Iterator[Interval]:
    current: Interval | None = None
    for interval in sorted(intervals, key=lambda each: (each.lower, each.upper)):
        if current is not None and interval.lower <= current.upper:
            current = Interval(current.lower, max(current.upper, interval.upper))
            continue
        if current is not None:
            yield current
        current = interval
    if current is not None:
        yield current


def _iter_shared(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> Iterator[Interval]:
    one = two = 0
    while one < len(left) and two < len(right):
        shared = Interval(max(left[one].lower, right[two].lower), min(left[one].upper, right[two].upper))
        if not shared.is_empty:
            yield shared
        if left[one].upper <= right[two].upper:
            one += 1
        else:
            two += 1


def _show(interval: Interval) -> str:
    number = interval.lower[0]
    is_single = interval.lower == (number, 0) and interval.upper == (number, 1)
    return f"{{{number!r}}}" if is_single else str(interval)


def _point(value: float) -> Interval:
    return Interval((value, 0), (value, 1))


NOTHING = ValueSet(())
"""The empty set."""
EVERYTHING = ValueSet((Interval(_LOWEST, _HIGHEST),))
"""All real numbers."""


def set_of_comparator(comparator: str, operand: float | tuple[float, ...]) -> ValueSet:
    """Return the numbers that a comparator of a condition accepts; not for `bits`."""
    many = operand if isinstance(operand, tuple) else (operand,)
    points = ValueSet(tuple(_join(_point(value) for value in many)))
    value = many[0]
    if comparator in ("eq", "in"):
        return points
    if comparator == "ne":
        return EVERYTHING.minus(points)
    if comparator in ("lt", "le"):
        return ValueSet((Interval(_LOWEST, (value, int(comparator == "le"))),))
    return ValueSet((Interval((value, int(comparator == "gt")), _HIGHEST),))
