"""The ways of looking for the worst point: each takes its share of the budget.

Random points come from the generator of the search alone, so that the same seed gives the same points.
"""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pvengine.searching.evaluating import BudgetSpentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pvengine.searching.evaluating import Evaluated, Evaluator
    from pvengine.searching.space import Point

__all__ = ["SHARES", "evolve", "find_minimal", "find_nearest", "refine", "sample"]

SHARES = {"random": 0.3, "evolution": 0.4, "refinement": 0.2, "nearest": 0.07}
"""Shares of the budget; what is left goes to analytic candidates and the minimal example."""

_POPULATION = 8
"""Members of the evolution for each coordinate; 12 at least, 96 at most."""
_ROUND = 24
"""Points that are drawn before any of them is measured."""
_DRAWS = 3
"""Draws for each point of the share: in a small domain most of them were measured before."""
_LEAST_STEP = 1e-12
"""Step at which a climb ends, relative to the range."""
_HALVINGS = 40
_LARGEST_COST = 1e150
_MOST_DRAWN = 64
"""Coordinates up to which Hypothesis draws; with hundreds it takes a second for a few points."""
_EXAMPLES = 400
"""Points that the minimal example may take."""


def sample(evaluator: Evaluator, rng: np.random.Generator, share: int) -> None:
    """Measure at corners, at vertices that are drawn, and at points that are drawn in the box.

    An extreme of a function that is convex in each coordinate lies at a vertex, so a third of the points are
    such. A third changes a few coordinates of the worst point so far.
    """
    low, high = evaluator.space.bounds
    with evaluator.limit_to(share):
        evaluator.evaluate_many(list(evaluator.space.iter_corners(max(2, share // 3))))
        for _ in range(math.ceil(_DRAWS * share / _ROUND)):
            evaluator.evaluate_many([_draw(evaluator, rng, low, high, kind % 3) for kind in range(_ROUND)])


def _draw(evaluator: Evaluator, rng: np.random.Generator, low: Point, high: Point, kind: int) -> Point:
    drawn = rng.uniform(low, high)
    if kind == 0:
        return np.where(rng.integers(2, size=low.size) == 0, low, high)
    if kind == 1 and evaluator.worst is not None:
        keep = rng.random(low.size) >= min(1.0, 2.0 / low.size)
        return np.where(keep, evaluator.worst.point, drawn)
    return drawn


def evolve(evaluator: Evaluator, rng: np.random.Generator, share: int) -> None:
    """Let a population of points evolve (differential evolution, `scipy.optimize`).

    Storn and Price, Differential evolution, Journal of Global Optimization 11 (1997) 341-359.
    """
    from scipy.optimize import Bounds, differential_evolution  # noqa: PLC0415 - heavy, and only searches need it

    def find_costs(columns: Point) -> Point:
        return np.array([_to_cost(score) for score in evaluator.score_many(list(columns.T))])

    low, high = evaluator.space.bounds
    size = low.size
    members = min(96, max(12, _POPULATION * size))
    start = [rng.uniform(low, high) for _ in range(members - 1)]
    start.append(low if evaluator.worst is None else evaluator.worst.point)
    with evaluator.limit_to(share):
        differential_evolution(
            find_costs,  # type: ignore[arg-type]  # the stubs know no vectorised function
            Bounds(low, high),
            init=np.clip(np.array(start), low, high),
            maxiter=max(1, share // members),
            tol=0.0,
            polish=False,
            integrality=evaluator.space.integral,
            vectorized=True,
            updating="deferred",
            rng=rng,
        )


def refine(evaluator: Evaluator, rng: np.random.Generator, share: int) -> None:
    """Climb from the worst point along its coordinates: to their bounds first, then by steps that shrink.

    Going to the bounds until none is better is coordinate ascent over vertices, which is where a function
    that is convex in each coordinate has its largest value. What follows is compass search: Kolda, Lewis and
    Torczon, Optimization by direct search, SIAM Review 45 (2003) 385-482. It needs no derivative, and keeps
    to the box.
    """
    del rng
    low, high = evaluator.space.bounds
    with evaluator.limit_to(share):
        best = evaluator.worst
        while best is not None:
            best = _go_to_bounds(evaluator, best)
        best, step = evaluator.worst, (high - low) / 4
        while best is not None and float(np.max(step / (high - low))) > _LEAST_STEP:
            moved = _climb(evaluator, best, step)
            step = step if moved is not None else step / 2
            best = moved or best


def _go_to_bounds(evaluator: Evaluator, best: Evaluated) -> Evaluated | None:
    """Move each coordinate in turn to the bound that is better; None where none is."""
    low, high = evaluator.space.bounds
    is_better = False
    for index in range(low.size):
        for bound in (low[index], high[index]):
            found = _evaluate_at(evaluator, best, index, float(bound))
            if found is not None and found.score > best.score:
                best, is_better = found, True
    return best if is_better else None


def _climb(evaluator: Evaluator, best: Evaluated, step: Point) -> Evaluated | None:
    """Take the steps along the coordinates that are better; None where none is."""
    start = best
    for index in range(step.size):
        for sign in (1.0, -1.0):
            value = float(best.point[index] + sign * step[index])
            found = _evaluate_at(evaluator, best, index, value)
            if found is not None and found.score > best.score:
                best = found
                break
    return None if best is start else best


@dataclass
class _Bracket:
    """One coordinate: a value with the published outcome, and a point at which the outcome is another."""

    index: int
    same: float
    found: Evaluated
    halvings: int = 0
    is_done: bool = False

    @property
    def other(self) -> float:
        """The value of the coordinate at which the outcome is another."""
        return float(self.found.point[self.index])


def find_nearest(
    evaluator: Evaluator, published: Evaluated, is_other: Callable[[Evaluated], bool], share: int
) -> Evaluated | None:
    """Find the smallest edit of one coordinate of the published point that changes the outcome.

    Bisection between the published value and each bound, at the coordinate first that may need the smallest
    edit, while one may need a smaller than is known. Where the outcome changes more than once on the way, one
    of the changes is found, and not always the nearest; where the budget ends, what was found until then.
    """
    low, high = evaluator.space.bounds
    brackets: list[_Bracket] = []

    def measure_edit(bracket: _Bracket, value: float) -> float:
        edit = abs(value - published.point[bracket.index])
        return float(edit / (high[bracket.index] - low[bracket.index]))

    with contextlib.suppress(BudgetSpentError), evaluator.limit_to(share):
        for index in range(low.size):
            for bound in (low[index], high[index]):
                found = _evaluate_at(evaluator, published, index, float(bound))
                if found is not None and is_other(found):
                    brackets.append(_Bracket(index, float(published.point[index]), found))
        while True:
            least = min((measure_edit(each, each.other) for each in brackets), default=0.0)
            unsure = [each for each in brackets if not each.is_done and measure_edit(each, each.same) < least]
            if not unsure:
                break
            _halve(evaluator, is_other, min(unsure, key=lambda each: measure_edit(each, each.same)))
    best = min(brackets, key=lambda each: measure_edit(each, each.other), default=None)
    return None if best is None else best.found


def _halve(evaluator: Evaluator, is_other: Callable[[Evaluated], bool], bracket: _Bracket) -> None:
    """Measure in the middle of a bracket, which is done where there is no point between its ends."""
    point = bracket.found.point.copy()
    point[bracket.index] = bracket.same + (bracket.other - bracket.same) / 2
    middle = float(evaluator.space.snap(point)[bracket.index])
    bracket.halvings += 1
    if middle in (bracket.same, bracket.other) or bracket.halvings > _HALVINGS:
        bracket.is_done = True
        return
    found = evaluator.evaluate(point)
    if found is not None and is_other(found):
        bracket.found = found
    else:
        bracket.same = middle


def _evaluate_at(evaluator: Evaluator, start: Evaluated, index: int, value: float) -> Evaluated | None:
    point = start.point.copy()
    point[index] = value
    return evaluator.evaluate(point)


def find_minimal(evaluator: Evaluator, is_wanted: Callable[[Evaluated], bool], seed: int) -> Evaluated | None:
    """Find a small example on a grid that a person can read: few numbers that are not 0, and those small.

    The worst point is shrunk first: its coordinates are rounded to the grid, and set to 0 one by one. Then
    Hypothesis draws and shrinks, where the coordinates are not too many; it may find nothing where such
    points are rare. What was found before the budget ended counts.
    """
    units = _choose_units(evaluator)
    wanted: list[Evaluated] = []
    with contextlib.suppress(BudgetSpentError):
        for found in _shrink_worst(evaluator, is_wanted, units):
            wanted.append(found)  # noqa: PERF402 - what was found before the budget ends is kept
    if evaluator.space.size <= _MOST_DRAWN:
        wanted += _find_by_hypothesis(evaluator, is_wanted, units, seed)
    return min(wanted, key=lambda each: _count_digits(each.point / units), default=None)


def _choose_units(evaluator: Evaluator) -> Point:
    """Choose the step of the grid: 1, or the power of ten that leaves at least ten steps of the range."""
    low, high = evaluator.space.bounds
    exponents = np.floor(np.log10((high - low) / 10))
    units = np.where(evaluator.space.integral, 1.0, 10.0 ** np.minimum(0.0, exponents))
    return np.asarray(units, dtype=np.float64)


def _take_steps(steps: Point, units: Point) -> Point:
    """Return steps of the grid as numbers that a person writes: 33 tenths are 3.3, which 33 * 0.1 is not."""
    return np.where(units < 1.0, steps / np.rint(1.0 / units), steps)


def _find_by_hypothesis(
    evaluator: Evaluator, is_wanted: Callable[[Evaluated], bool], units: Point, seed: int
) -> list[Evaluated]:
    """Return all that was wanted among the points that Hypothesis tried."""
    import random  # noqa: PLC0415 - beside hypothesis, which is heavy

    from hypothesis import HealthCheck, Phase, Verbosity, find, settings  # noqa: PLC0415 - heavy
    from hypothesis import strategies as st  # noqa: PLC0415 - heavy
    from hypothesis.errors import NoSuchExample  # noqa: PLC0415 - heavy

    low, high = evaluator.space.bounds
    grid = st.tuples(
        *(
            st.integers(math.ceil(a / unit), math.floor(b / unit))
            for a, b, unit in zip(low, high, units, strict=True)
        )
    )

    wanted: dict[tuple[int, ...], Evaluated] = {}

    def is_found(steps: tuple[int, ...]) -> bool:
        at = wanted.get(steps)  # the same answer, also when the budget has ended meanwhile
        if at is None:
            with contextlib.suppress(BudgetSpentError):
                at = evaluator.evaluate(_take_steps(np.array(steps, dtype=np.float64), units))
        if at is None or not is_wanted(at):
            return False
        wanted[steps] = at
        return True

    with contextlib.suppress(NoSuchExample):
        find(
            grid,
            is_found,
            settings=settings(
                max_examples=_EXAMPLES,
                database=None,
                deadline=None,
                derandomize=False,  # the generator below is seeded by the search
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.quiet,
            ),
            random=random.Random(seed),  # noqa: S311 - repeats by its seed
        )
    return list(wanted.values())


def _shrink_worst(
    evaluator: Evaluator, is_wanted: Callable[[Evaluated], bool], units: Point
) -> Iterator[Evaluated]:
    """Iterate over ever simpler points that are wanted."""
    if evaluator.worst is None:
        return
    best = evaluator.evaluate(_take_steps(np.rint(evaluator.worst.point / units), units))
    if best is None or not is_wanted(best):
        return
    yield best
    for index in range(best.point.size):
        point = best.point.copy()
        point[index] = 0.0
        found = evaluator.evaluate(point)
        if found is not None and is_wanted(found):
            best = found
            yield best


def _count_digits(steps: Point) -> tuple[int, float]:
    """Return how hard numbers are to read: how many are not 0, and how large they are."""
    return int(np.count_nonzero(steps)), float(np.sum(np.abs(steps)))


def _to_cost(score: float) -> float:
    """Return what an optimiser minimises: no infinities, and nothing whose square overflows."""
    return -min(max(score, -_LARGEST_COST), _LARGEST_COST)
