"""Search the domain of a claim for its worst point, within a budget."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pvengine.models.search import METHODS, MethodReport, SearchReport
from pvengine.searching.evaluating import BudgetSpentError, Evaluated, Evaluator
from pvengine.searching.methods import SHARES, evolve, find_minimal, find_nearest, refine, sample
from pvengine.searching.space import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pvengine.models.measurement import Measurement
    from pvengine.models.search import Method, Search

__all__ = ["Found", "search_domain"]

_LOOKING = {"random": sample, "evolution": evolve, "refinement": refine}


@dataclass(frozen=True)
class Found:
    """What a search found: the report, and what was measured at the worst point."""

    report: SearchReport
    measurements: Mapping[str, Measurement]


def search_domain(  # noqa: PLR0913 - keyword-only facts of one search
    search: Search,
    params: Mapping[str, Any],
    measure: Callable[[dict[str, Any]], Mapping[str, Measurement] | None],
    *,
    seed: int,
    cuts: Sequence[float] = (),
    share: float = 1.0,
) -> Found:
    """Search for the worst point: the published one first, then by each method in turn.

    Parameters
    ----------
    search
        Domain, aim and budget.
    params
        The published params.
    measure
        Measures at params; None where they are refused, so that they are outside of the domain.
    seed
        Seed of every random number of the search.
    cuts
        Values of the metric at which an outcome or verdict changes, by the claim.
    share
        Part of the budget that may be spent, for a planted fault.

    Raises
    ------
    ValueError
        The params do not have the variables of the domain, or every point of it is refused.
    """
    space = Space(search.domain, params)
    started = time.perf_counter()
    seconds = search.budget.seconds
    evaluator = Evaluator(
        space,
        measure,
        search.metric,
        search.sign,
        limit=max(1, math.ceil(search.budget.evaluations * share)),
        deadline=math.inf if seconds is None else started + float(seconds) * share,
    )
    session = _Session(search, evaluator, np.random.default_rng(seed), seed, tuple(sorted(cuts)))
    ended_by = session.run()
    if evaluator.worst is None:
        msg = f"no point of the domain could be measured: {evaluator.refused} were refused"
        raise ValueError(msg)
    return Found(session.report(ended_by, time.perf_counter() - started), evaluator.worst.measurements)


class _Session:
    """One search: its methods in turn, with what each of them did."""

    def __init__(
        self,
        search: Search,
        evaluator: Evaluator,
        rng: np.random.Generator,
        seed: int,
        cuts: tuple[float, ...],
    ) -> None:
        self.search = search
        self.evaluator = evaluator
        self.rng = rng
        self.seed = seed
        self.cuts = cuts
        self.published: Evaluated | None = None
        self.nearest: Evaluated | None = None
        self.minimal: Evaluated | None = None
        self.found_by = "published"
        self.methods: list[MethodReport] = []

    def run(self) -> str:
        """Run all methods; return what ended the search."""
        try:
            self._note("published", self._measure_published)
            for method in self._list_methods():
                self._note(method, lambda method=method: self._run_method(method))  # type: ignore[misc]  # bound now
        except BudgetSpentError as error:
            return error.by
        return "methods"

    def _list_methods(self) -> Iterator[Method]:
        chosen = self.search.methods or METHODS
        return (method for method in METHODS if method in chosen)

    def _note(self, name: Any, work: Callable[[], None]) -> None:
        """Do the work of a method, and note what it did, also where the budget ends it."""
        evaluator = self.evaluator
        before, started, worst = evaluator.evaluations, time.perf_counter(), evaluator.worst
        try:
            work()
        finally:
            if evaluator.worst is not worst:
                self.found_by = name
            best = None if evaluator.worst is None else self.search.sign * evaluator.worst.score
            spent = evaluator.evaluations - before
            seconds = round(time.perf_counter() - started, 6)
            self.methods.append(MethodReport(method=name, evaluations=spent, seconds=seconds, best=best))

    def _measure_published(self) -> None:
        point = self.evaluator.space.encode()
        if point is not None:
            self.published = self.evaluator.evaluate(point)

    def _run_method(self, method: Method) -> None:
        if method in _LOOKING:
            share = max(1, int(self.evaluator.limit * SHARES[method]))
            _LOOKING[method](self.evaluator, self.rng, share)
        elif method == "nearest" and self.published is not None:
            self.nearest = find_nearest(self.evaluator, self.published, self._is_other)
        elif method == "minimal" and self._is_refuted:
            self.minimal = find_minimal(self.evaluator, self._is_like_worst, self.seed)

    @property
    def _is_refuted(self) -> bool:
        """Whether the worst point has another outcome than the published one, so that an example is news."""
        worst = self.evaluator.worst
        return worst is not None and (self.published is None or self._is_other(worst))

    def _is_other(self, found: Evaluated) -> bool:
        return self.published is None or self._place(found) != self._place(self.published)

    def _is_like_worst(self, found: Evaluated) -> bool:
        worst = self.evaluator.worst
        return worst is not None and self._place(found) == self._place(worst)

    def _place(self, found: Evaluated) -> tuple[tuple[bool, bool], ...]:
        """Return where a value of the metric lies among the values at which an outcome changes."""
        value = self.search.sign * found.score
        return tuple((value < cut, value == cut) for cut in self.cuts)

    def report(self, ended_by: str, seconds: float) -> SearchReport:
        """Return the report of a search that measured somewhere."""
        evaluator, sign = self.evaluator, self.search.sign
        worst = evaluator.worst
        if worst is None:
            msg = "a search that measured nowhere has no report"
            raise LookupError(msg)
        published = self.published
        return SearchReport(
            metric=self.search.metric,
            aim="maximise" if sign > 0 else "minimise",
            published=None if published is None else sign * published.score,
            worst=sign * worst.score,
            found_by=self.found_by,
            params=worst.params,
            nearest=None if self.nearest is None else self.nearest.params,
            minimal=None if self.minimal is None else self.minimal.params,
            evaluations=evaluator.evaluations,
            refused=evaluator.refused,
            seconds=round(seconds, 6),
            ended_by=ended_by,  # type: ignore[arg-type]  # the words of the budget are those of the report
            spread=worst.score - evaluator.least,
            methods=tuple(self.methods),
            measurements_published={} if published is None else dict(published.measurements),
        )
