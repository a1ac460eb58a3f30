"""Evaluate points within a budget, and keep what was found on the way."""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pvengine.models.measurement import Measurement
    from pvengine.searching.space import Point, Space

__all__ = ["BudgetSpentError", "Evaluated", "Evaluator"]
_REFUSALS = 10
"""Refused points for each that may be measured: a domain that is mostly empty ends, too."""


class BudgetSpentError(Exception):
    """The budget of the search is spent; ``by`` says which part of it."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class _ShareSpentError(Exception):
    """The share of one method is spent."""


@dataclass(frozen=True)
class Evaluated:
    """A point at which the falsifier measured: the score is the metric, with the sign of the aim."""

    point: Point
    params: dict[str, Any]
    score: float
    measurements: Mapping[str, Measurement]


@dataclass
class Evaluator:
    """Measures at points, counts, and keeps the worst.

    Attributes
    ----------
    sign
        1 where the metric is maximised, -1 where it is minimised; a score is the metric times it.
    limit, deadline
        How many points may be measured, and until when by `time.perf_counter`.
    """

    space: Space
    measure: Callable[[dict[str, Any]], Mapping[str, Measurement] | None]
    metric: str
    sign: int
    limit: int
    deadline: float = math.inf
    evaluations: int = 0
    refused: int = 0
    worst: Evaluated | None = None
    least: float = math.inf
    share_end: int | None = None
    known: dict[bytes, Evaluated | None] = field(default_factory=dict, repr=False)

    def evaluate(self, point: Point) -> Evaluated | None:
        """Measure at the nearest point of the box; None where its params are refused.

        A point that was measured before is not measured again. A metric that is NaN counts as the worst there
        is: nothing may hide behind it.

        Raises
        ------
        BudgetSpentError
            No further point may be measured.
        """
        snapped = self.space.snap(point)
        key = snapped.tobytes()
        if key in self.known:
            return self.known[key]
        if self.evaluations >= self.limit:
            raise BudgetSpentError("evaluations")
        if self.share_end is not None and self.evaluations >= self.share_end:
            raise _ShareSpentError
        if time.perf_counter() > self.deadline:
            raise BudgetSpentError("seconds")
        if self.refused >= _REFUSALS * self.limit:
            raise BudgetSpentError("evaluations")
        params = self.space.decode(snapped)
        measured = self.measure(params)
        if measured is None:
            self.refused += 1
            self.known[key] = None
            return None
        self.evaluations += 1
        found = Evaluated(snapped, params, self._score(measured), measured)
        self.known[key] = found
        self.least = min(self.least, found.score)
        if self.worst is None or found.score > self.worst.score:
            self.worst = found
        return found

    @contextlib.contextmanager
    def limit_to(self, share: int) -> Iterator[None]:
        """End what is done within when it has measured at so many points."""
        before, self.share_end = self.share_end, self.evaluations + share
        try:
            with contextlib.suppress(_ShareSpentError):
                yield
        finally:
            self.share_end = before

    def score(self, point: Point) -> float:
        """Return the score at a point; minus infinity outside of the domain."""
        found = self.evaluate(point)
        return -math.inf if found is None else found.score

    def _score(self, measured: Mapping[str, Measurement]) -> float:
        number = float(measured[self.metric].number) if self.metric in measured else math.nan
        return math.inf if math.isnan(number) else self.sign * number
