"""What makes one point of a search worse than another."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.models.search import Aim

__all__ = ["Scorer"]


@dataclass
class Scorer:
    """Turns values of the searched metric into scores: the worst point has the largest.

    Attributes
    ----------
    aim
        ``maximise`` scores the value itself, ``minimise`` its negative. ``margin`` scores by the distance to
        the nearest value at which the outcome changes: negative where the outcome is that of the first point
        that was scored, positive beyond.
    cuts
        The values at which an outcome changes, in rising order.
    """

    aim: Aim
    cuts: Sequence[float] = ()
    home: tuple[tuple[bool, bool], ...] | None = field(default=None, init=False)

    def score(self, value: float) -> float:
        """Score a value; one that is NaN is the worst there is, so that nothing hides behind it."""
        if math.isnan(value):
            return math.inf
        if self.aim == "maximise":
            return value
        if self.aim == "minimise":
            return -value
        if self.home is None:
            self.home = self.place(value)
        distance = min((abs(value - cut) for cut in self.cuts), default=math.inf)
        return -distance if self.place(value) == self.home else distance

    def place(self, value: float) -> tuple[tuple[bool, bool], ...]:
        """Return where a value lies among the cuts; two with the same place have the same outcome."""
        return tuple((value < cut, value == cut) for cut in self.cuts)
