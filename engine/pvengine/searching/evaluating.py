"""Evaluate points within a budget, and keep what was found on the way."""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pvengine.models.measurement import Measurement
    from pvengine.searching.aims import Scorer
    from pvengine.searching.space import Point, Space

__all__ = ["BudgetSpentError", "Evaluated", "Evaluator", "Seen"]


_REFUSALS = 10
"""Refused points for each that may be measured: a domain that is mostly empty ends, too."""
_BATCH = 64
"""Points that are measured at once."""
_REMEMBERED = 64
"""Coordinates up to which points are remembered; in a larger box none is met twice by chance."""


class BudgetSpentError(Exception):
    """The budget of the search is spent; ``by`` says which part of it."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class _ShareSpentError(Exception):
    """The share of one method is spent."""


@dataclass(frozen=True)
class Evaluated:
    """A point at which the falsifier measured: the value of the searched metric, and its score."""

    point: Point
    value: float
    score: float
    measurements: Mapping[str, Measurement] = field(repr=False)


@dataclass(frozen=True)
class Seen:
    """The least and the largest value of one metric so far, with the points."""

    least: Evaluated
    largest: Evaluated


@dataclass
class Evaluator:
    """Measures at points, counts, and keeps the worst and the extremes.

    Attributes
    ----------
    measure
        Measures at the params of many points.
    metric
        The metric that is searched.
    watched
        Metrics that the claim names; one that is not finite makes its point the worst there is.
    limit, deadline
        How many points may be measured, and until when by `time.perf_counter`.
    """

    space: Space
    measure: Callable[[Sequence[dict[str, Any]]], Sequence[Mapping[str, Measurement] | None]]
    metric: str
    scorer: Scorer
    limit: int
    watched: Sequence[str] = ()
    deadline: float = math.inf
    evaluations: int = 0
    refused: int = 0
    worst: Evaluated | None = None
    best: Evaluated | None = None
    extremes: dict[str, Seen] = field(default_factory=dict, repr=False)
    share_end: int | None = None
    known: dict[bytes, Evaluated | None] = field(default_factory=dict, repr=False)

    def evaluate(self, point: Point) -> Evaluated | None:
        """Measure at the nearest point of the box; None where it is outside of the domain.

        A point that was measured before is not measured again.

        Raises
        ------
        BudgetSpentError
            No further point may be measured.
        """
        return self.evaluate_many([point])[0]

    def evaluate_many(self, points: Sequence[Point]) -> list[Evaluated | None]:
        """Measure at many points, in their order; see `evaluate`."""
        found: list[Evaluated | None] = []
        for start in range(0, len(points), _BATCH):
            found += self._evaluate_batch(
                [self.space.snap(point) for point in points[start : start + _BATCH]]
            )
        return found

    def _evaluate_batch(self, points: Sequence[Point]) -> list[Evaluated | None]:
        keys = [point.tobytes() for point in points]
        known = {key: self.known[key] for key in keys if key in self.known}
        fresh: dict[bytes, Point] = {}
        for key, point in zip(keys, points, strict=True):
            if key in known or key in fresh:
                continue
            if self.space.admits(point):
                fresh[key] = point
            else:
                self.refused += 1
                known[key] = None
        while fresh:  # once, unless the params' model refuses what the budget had room for
            room = self._demand_room()
            taken = dict(list(fresh.items())[:room])
            known |= self._measure(taken)
            fresh = {key: point for key, point in fresh.items() if key not in taken}
        return [known[key] for key in keys]

    @property
    def spent(self) -> str | None:
        """Which part of the budget is spent; None where some of both is left."""
        if self.evaluations >= self.limit or self.refused >= _REFUSALS * self.limit:
            return "evaluations"
        return "seconds" if time.perf_counter() > self.deadline else None

    def _demand_room(self) -> int:
        """Return how many points may be measured; the budget's error where none may."""
        spent = self.spent
        if spent is not None:
            raise BudgetSpentError(spent)
        end = self.limit if self.share_end is None else min(self.limit, self.share_end)
        if self.evaluations >= end:
            raise _ShareSpentError
        return end - self.evaluations

    def _measure(self, fresh: Mapping[bytes, Point]) -> dict[bytes, Evaluated | None]:
        measured = self.measure([self.space.decode(point) for point in fresh.values()])
        known: dict[bytes, Evaluated | None] = {}
        for (key, point), measurements in zip(fresh.items(), measured, strict=True):
            known[key] = None if measurements is None else self._note(point, measurements)
            self.refused += measurements is None
        if self.space.size <= _REMEMBERED:
            self.known |= known
        return known

    def _note(self, point: Point, measurements: Mapping[str, Measurement]) -> Evaluated:
        self.evaluations += 1
        value = float(measurements[self.metric].number) if self.metric in measurements else math.nan
        score = self.scorer.score(value)
        if any(name not in measurements or not measurements[name].is_finite for name in self.watched):
            score = math.inf
        found = Evaluated(point, value, score, measurements)
        if self.worst is None or score > self.worst.score:
            self.worst = found
        if self.best is None or score < self.best.score:
            self.best = found
        for name in self.watched:
            if name in measurements and measurements[name].is_finite:
                self._note_extremes(name, found)
        return found

    def _note_extremes(self, name: str, found: Evaluated) -> None:
        seen = self.extremes.get(name, Seen(found, found))
        number = found.measurements[name].number
        if number < seen.least.measurements[name].number:
            seen = Seen(found, seen.largest)
        if number > seen.largest.measurements[name].number:
            seen = Seen(seen.least, found)
        self.extremes[name] = seen

    @contextlib.contextmanager
    def limit_to(self, share: int) -> Iterator[None]:
        """End what is done within when it has measured at so many points."""
        before, self.share_end = self.share_end, self.evaluations + share
        try:
            with contextlib.suppress(_ShareSpentError):
                yield
        finally:
            self.share_end = before

    def score_many(self, points: Sequence[Point]) -> list[float]:
        """Return the scores at points; minus infinity outside of the domain."""
        return [-math.inf if each is None else each.score for each in self.evaluate_many(points)]
