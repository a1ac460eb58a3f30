"""Intervals of the real line with open and closed ends, and whether a set of them partitions it.

All comparisons are exact: bounds are Python ints and floats, which compare without rounding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.models.claim import Band

__all__ = ["Cut", "Interval", "find_partition_faults", "interval_of"]

Cut = tuple[int | float, int]
"""A place between two neighbouring sets of reals: (x, 0) is just below x, (x, 1) just above it."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The reals between two cuts; empty where the upper cut is not above the lower.

    Examples
    --------
    >>> Interval((1.0, 1), (5.0, 1)).contains(5.0), Interval((1.0, 1), (5.0, 1)).contains(1)
    (True, False)
    """

    lower: Cut
    upper: Cut

    @property
    def is_empty(self) -> bool:
        """Whether no real number lies in it."""
        return self.lower >= self.upper

    def contains(self, value: float) -> bool:
        """Whether a finite number lies in it; False for NaN and the infinities."""
        is_finite = isinstance(value, int) or math.isfinite(value)
        return is_finite and self.lower <= (value, 0) and (value, 1) <= self.upper

    def __str__(self) -> str:
        """Return the usual notation, such as ``(1.0, 5.0]``."""
        left = "(" if self.lower[1] or self.lower[0] == -math.inf else "["
        right = "]" if self.upper[1] and self.upper[0] != math.inf else ")"
        return f"{left}{self.lower[0]!r}, {self.upper[0]!r}{right}"


def interval_of(band: Band) -> Interval:
    """Return the interval that a band describes; a missing bound is infinite."""
    lower: Cut = (-math.inf, 0)
    upper: Cut = (math.inf, 1)
    if band.gt is not None:
        lower = (band.gt, 1)
    elif band.ge is not None:
        lower = (band.ge, 0)
    if band.lt is not None:
        upper = (band.lt, 0)
    elif band.le is not None:
        upper = (band.le, 1)
    return Interval(lower, upper)


def find_partition_faults(intervals: Sequence[Interval]) -> list[tuple[int | None, str]]:
    """Find why intervals do not partition the real line: every number in exactly one of them.

    Returns
    -------
    list of (index, reason)
        Empty where they do. The index is that of the interval at fault, None for a gap above the highest.

    Examples
    --------
    >>> low, high = Interval((-math.inf, 0), (1, 1)), Interval((1, 0), (math.inf, 1))
    >>> find_partition_faults([low, high])
    [(1, 'overlaps (-inf, 1]: both hold 1')]
    """
    faults: list[tuple[int | None, str]] = [
        (index, f"{interval} is empty") for index, interval in enumerate(intervals) if interval.is_empty
    ]
    order = sorted(
        (index for index, interval in enumerate(intervals) if not interval.is_empty),
        key=lambda index: (intervals[index].lower, intervals[index].upper),
    )
    reached: Cut = (-math.inf, 0)
    highest: int | None = None
    for index in order:
        lower, upper = intervals[index].lower, intervals[index].upper
        if lower > reached:
            faults.append((index, f"no band holds {_show(Interval(reached, lower))}"))
        elif lower < reached and highest is not None:
            shared = Interval(lower, min(upper, reached))
            faults.append((index, f"overlaps {intervals[highest]}: both hold {_show(shared)}"))
        if upper >= reached:
            reached, highest = upper, index
    if reached < (math.inf, 1):
        faults.append((None, f"no band holds {_show(Interval(reached, (math.inf, 1)))}"))
    return faults


def _show(interval: Interval) -> str:
    """Write an interval, or the number where it holds one alone."""
    number = interval.lower[0]
    is_single = interval.lower == (number, 0) and interval.upper == (number, 1)
    return str(number) if is_single else str(interval)
