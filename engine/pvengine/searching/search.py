"""Search the domain of a claim for its worst point, within a budget."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pvengine.models.search import METHODS, Example, Extremes, MethodReport, Profile, SearchReport
from pvengine.searching.aims import Scorer
from pvengine.searching.bounds import report_bounds
from pvengine.searching.evaluating import BudgetSpentError, Evaluated, Evaluator
from pvengine.searching.methods import SHARES, evolve, find_minimal, find_nearest, refine, sample
from pvengine.searching.space import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pvengine.models.measurement import Measurement
    from pvengine.models.search import Method, Search
    from pvengine.plugin.domain import Bound

__all__ = ["Found", "Instrument", "search_domain"]

_LOOKING = {"random": sample, "evolution": evolve, "refinement": refine}
_PROFILE = 41
"""Points of a profile, both ends included."""
_AGREEMENT = 1e-6
"""Relative difference up to which the vectorised form of a falsifier measures what the falsifier does."""


@dataclass(frozen=True)
class Instrument:
    """What measures, and what it says about its domain.

    Attributes
    ----------
    measure
        Measures at the params that vary; None where they are refused, so that they are outside of the domain.
    measure_many
        The same for many at once, where the falsifier can; None where it cannot.
    candidates
        Params at which the worst is expected.
    bounds
        What is proved about metrics over the domain.
    """

    measure: Callable[[dict[str, Any]], Mapping[str, Measurement] | None]
    measure_many: Callable[[Sequence[dict[str, Any]]], Sequence[Mapping[str, Measurement] | None]] | None = (
        None
    )
    candidates: Iterable[Mapping[str, Any]] = ()
    bounds: Iterable[Bound] = ()


@dataclass(frozen=True)
class Found:
    """What a search found: the report, and what was measured at the worst point."""

    report: SearchReport
    measurements: Mapping[str, Measurement]


def search_domain(  # noqa: PLR0913 - keyword-only facts of one search
    search: Search,
    params: Mapping[str, Any],
    instrument: Instrument,
    *,
    seed: int,
    cuts: Sequence[float] = (),
    watched: Sequence[str] = (),
    share: float = 1.0,
) -> Found:
    """Search for the worst point: the published one first, then by each method in turn.

    Parameters
    ----------
    search
        Domain, aim and budget.
    params
        The published params.
    instrument
        What measures.
    seed
        Seed of every random number of the search.
    cuts
        Values of the metric at which an outcome or verdict changes, by the claim.
    watched
        Metrics that the claim names.
    share
        Part of the budget that may be spent.

    Raises
    ------
    ValueError
        The params do not have the variables of the domain, every point of it is refused, a candidate of the
        falsifier is outside, or its vectorised form measures something else than the falsifier.
    """
    started = time.perf_counter()
    session = _Session(search, params, instrument, seed, share, cuts=sorted(cuts), watched=watched)
    ended_by = session.run()
    return session.finish(ended_by, started)


class _Session:
    """One search: its methods in turn, with what each of them did."""

    def __init__(  # noqa: PLR0913 - the facts of one search
        self,
        search: Search,
        params: Mapping[str, Any],
        instrument: Instrument,
        seed: int,
        share: float,
        *,
        cuts: Sequence[float],
        watched: Sequence[str],
    ) -> None:
        self.search, self.instrument, self.seed = search, instrument, seed
        self.scorer = Scorer(search.aim, cuts)
        self.params = params
        self.is_whole = share >= 1
        many = instrument.measure_many
        seconds = search.budget.seconds
        self.evaluator = Evaluator(
            Space(dict(sorted(search.domain.items())), params, search.constraints),
            many if many is not None else lambda points: [instrument.measure(each) for each in points],
            search.metric,
            self.scorer,
            limit=max(1, math.ceil(search.budget.evaluations * share)),
            watched=tuple(dict.fromkeys((search.metric, *watched))),
            deadline=math.inf if seconds is None else time.perf_counter() + float(seconds) * share,
        )
        self.rng = np.random.default_rng(seed)
        self.published: Evaluated | None = None
        self.nearest: Evaluated | None = None
        self.minimal: Evaluated | None = None
        self.found_by = "published"
        self.methods: list[MethodReport] = []

    def run(self) -> str:
        """Run all methods; return what ended the search."""
        try:
            self._note("published", self._measure_published)
            for method in self._iter_methods():
                self._note(method, lambda method=method: self._run_method(method))  # type: ignore[misc]  # bound now
        except BudgetSpentError as error:
            return error.by
        return self.evaluator.spent or "methods"

    def _iter_methods(self) -> Iterator[Method]:
        chosen = self.search.methods or METHODS
        wanted = METHODS if self.is_whole else METHODS[: METHODS.index("nearest")]
        return (method for method in wanted if method in chosen)

    def _note(self, name: Any, work: Callable[[], None]) -> None:
        """Do the work of a method, and note what it did, also where the budget ends it."""
        evaluator = self.evaluator
        before, started, worst = evaluator.evaluations, time.perf_counter(), evaluator.worst
        try:
            work()
        finally:
            if evaluator.worst is not worst:
                self.found_by = name
            best = None if evaluator.worst is None else _write(evaluator.worst.value)
            spent = evaluator.evaluations - before
            seconds = round(time.perf_counter() - started, 6)
            self.methods.append(MethodReport(method=name, evaluations=spent, seconds=seconds, best=best))

    def _measure_published(self) -> None:
        point = self.evaluator.space.encode(self.params)
        if point is not None:
            self.published = self.evaluator.evaluate(point)

    def _run_method(self, method: Method) -> None:
        if method == "analytic":
            self._measure_candidates()
        elif method in _LOOKING:
            share = max(1, int(self.evaluator.limit * SHARES[method]))
            _LOOKING[method](self.evaluator, self.rng, share)
        elif method == "nearest" and self.published is not None:
            share = max(1, int(self.evaluator.limit * SHARES[method]))
            self.nearest = find_nearest(self.evaluator, self.published, self._is_other, share)
        elif method == "minimal" and self._is_refuted:
            self.minimal = find_minimal(self.evaluator, self._is_like_worst, self.seed)

    def _measure_candidates(self) -> None:
        """Measure where analysis expects the worst; one outside is a mistake."""
        points = []
        for candidate in self.instrument.candidates:
            varying = {name: candidate.get(name, self.params.get(name)) for name in self.search.domain}
            point = self.evaluator.space.encode(varying)
            unknown = sorted(set(candidate) - set(self.search.domain))
            if point is None or unknown:
                where = (
                    f"varies {unknown[0]!r}, which the domain does not"
                    if unknown
                    else "is outside of the domain"
                )
                msg = f"a candidate of worst_case {where}: {dict(candidate)!r:.120}"
                raise ValueError(msg)
            points.append(point)
        self.evaluator.evaluate_many(points)

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
        return self.scorer.place(found.value)

    def finish(self, ended_by: str, started: float) -> Found:
        """Measure again by the falsifier itself what a vectorised form found, and report."""
        evaluator, space = self.evaluator, self.evaluator.space
        worst = evaluator.worst
        if worst is None:
            msg = f"no point of the domain could be measured: {evaluator.refused} were refused"
            raise ValueError(msg)
        final = self._confirm(worst)
        extremes = {
            name: Extremes(
                least=self._confirm(seen.least)[name],
                least_params=space.decode(seen.least.point) if self.is_whole else None,
                largest=self._confirm(seen.largest)[name],
                largest_params=space.decode(seen.largest.point) if self.is_whole else None,
            )
            for name, seen in evaluator.extremes.items()
        }
        metric = self.search.metric
        report = SearchReport(
            metric=metric,
            aim=self.search.aim,
            published=self._show(self.published) if self.is_whole else None,
            worst=Example(params=space.decode(worst.point), value=final.get(metric)),
            found_by=self.found_by,
            nearest=self._show(self.nearest),
            minimal=self._show(self.minimal),
            evaluations=evaluator.evaluations,
            refused=evaluator.refused,
            seconds=round(time.perf_counter() - started, 6),
            ended_by=ended_by,  # type: ignore[arg-type]  # the words of the budget are those of the report
            is_vectorised=self.instrument.measure_many is not None,
            extremes=extremes,
            bounds=report_bounds(self.instrument.bounds, extremes),
            methods=tuple(self.methods),
            profile=self._draw_profile(worst) if self.is_whole else None,
        )
        return Found(report, final)

    def _draw_profile(self, worst: Evaluated) -> Profile | None:
        """Measure on the straight line to the worst point, beside the budget; it is drawn, and not judged."""
        start = self.published or self.evaluator.best
        if start is None or np.array_equal(start.point, worst.point):
            return None
        space = self.evaluator.space
        parts = np.linspace(0.0, 1.0, _PROFILE)
        points = [space.snap(start.point + part * (worst.point - start.point)) for part in parts]
        values: list[float | str | None] = []
        for point in points:
            measured = self.instrument.measure(space.decode(point)) if space.admits(point) else None
            metric = None if measured is None else measured.get(self.search.metric)
            values.append(None if metric is None else metric.value)
        return Profile(
            start=space.decode(start.point),
            end=space.decode(worst.point),
            at=tuple(float(part) for part in parts),
            values=tuple(values),  # type: ignore[arg-type]  # the texts are those of a measurement
        )

    def _show(self, found: Evaluated | None) -> Example | None:
        if found is None:
            return None
        params = self.evaluator.space.decode(found.point)
        return Example(params=params, value=self._confirm(found).get(self.search.metric))

    def _confirm(self, found: Evaluated) -> Mapping[str, Measurement]:
        """Return what the falsifier itself measures at a point; ValueError where its other form disagrees."""
        if self.instrument.measure_many is None:
            return found.measurements
        params = self.evaluator.space.decode(found.point)
        own = self.instrument.measure(params)
        for name in self.evaluator.watched:
            one = None if own is None or name not in own else float(own[name].number)
            many = float(found.measurements[name].number) if name in found.measurements else None
            if not _agree(one, many):
                where = f"{params!r:.120}"
                msg = f"the vectorised form measures {many} as {name!r}, the falsifier {one}, at {where}"
                raise ValueError(msg)
        return own or {}


def _agree(one: float | None, many: float | None) -> bool:
    if one is None or many is None:
        return one is many
    if math.isnan(one) or math.isnan(many):
        return math.isnan(one) and math.isnan(many)
    return math.isclose(one, many, rel_tol=_AGREEMENT)


def _write(value: float) -> Any:
    """Return a number as JSON has it."""
    return value if math.isfinite(value) else str(value)
