"""Run the search of a trial: the worst point of a domain, measured by the falsifier."""

from __future__ import annotations

import contextlib
import importlib
import time
from typing import TYPE_CHECKING, Any

from pvengine.models.search import Search
from pvengine.models.trial import Failure, TrialResult
from pvengine.plugin import Bound, Range, Trial
from pvengine.plugin.trial import seed_global_generators
from pvengine.runner.calling import (
    TrialError,
    call_plugin,
    measure_once,
    refuse_compared,
    refuse_returned,
    validate_params,
)
from pvengine.runner.environment import describe_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pydantic import BaseModel

    from pvengine.models.measurement import Measurement
    from pvengine.plugin import Domain, Falsifier
    from pvengine.runner.protocol import SearchRequest, TrialRequest
    from pvengine.searching.search import Instrument

__all__ = ["preload_optimisers", "run_search"]

_SHOWN = 160
"""Characters of params that a message shows."""


def preload_optimisers() -> None:
    """Import what searches need, once for all trials that are forked from this process.

    What is not installed is told by the search that needs it.
    """
    with contextlib.suppress(ImportError):
        importlib.import_module("scipy.optimize")
        importlib.import_module("hypothesis.strategies")
        importlib.import_module("pvengine.searching.search")


def run_search(
    falsifier: Falsifier,
    subject: Callable[..., Any],
    request: TrialRequest,
    params: BaseModel,
    inputs: Mapping[str, Path],
) -> TrialResult:
    """Search the domain of a request; the trial ends with what was measured at its worst point.

    Raises
    ------
    TrialError
        The search cannot be made, or measuring failed at one of its points.
    """
    asked = _demand(request)
    from pvengine.searching.search import search_domain  # noqa: PLC0415 - heavy, and only searches need it

    search = Search.model_validate(asked.search)
    probe = _Probe(falsifier, subject, request, inputs)
    started = time.perf_counter()
    try:
        found = search_domain(
            search,
            request.params,
            probe.make_instrument(search, params),
            seed=request.seed,
            cuts=asked.cuts,
            watched=asked.watched,
            share=asked.share,
        )
    except ImportError as error:  # of an optimiser: what the plug-in fails to import is a TrialError by now
        name = (error.name or "").partition(".")[0]
        reason = f"a search needs {name}, which is not installed: pip install 'pvengine[search]'"
        raise TrialError(Failure.UNAVAILABLE, reason) from error
    except ValueError as error:
        raise TrialError(Failure.SEARCH, str(error)) from error
    return TrialResult(
        fault=request.fault,
        measurements=dict(found.measurements),
        search=found.report,
        duration_s=time.perf_counter() - started,
        environment=describe_environment(),
    )


def _demand(request: TrialRequest) -> SearchRequest:
    if request.search is None:
        msg = "a request without a search is no search"
        raise LookupError(msg)
    return request.search


def _demand_bound(given: object) -> Bound:
    if not isinstance(given, Bound):
        msg = f"bounds gives a {type(given).__name__}, not a pvengine.plugin.Bound"
        raise TypeError(msg)
    return given


class _Probe:
    """Measures at points of the domain, each with a trial of its own."""

    def __init__(
        self,
        falsifier: Falsifier,
        subject: Callable[..., Any],
        request: TrialRequest,
        inputs: Mapping[str, Path],
    ) -> None:
        self._falsifier, self._subject, self._request, self._inputs = falsifier, subject, request, inputs

    def make_instrument(self, search: Search, params: BaseModel) -> Instrument:
        """Make what the search measures by, with what the falsifier says about the domain."""
        from pvengine.searching.search import Instrument  # noqa: PLC0415 - heavy, as above

        aids, mebibytes = self._falsifier, self._request.mebibytes
        domain: Domain = {
            name: Range(*variable.bounds, tuple(variable.shape), variable.kind, tuple(variable.values or ()))
            for name, variable in search.domain.items()
        }
        is_own = self._request.fault is None and not self._request.stand_in and not self._request.mutated
        candidates, bounds = aids.worst_case, aids.bounds if is_own else None
        return Instrument(
            self.measure,
            self.measure_many if aids.vectorised is not None else None,
            candidates=call_plugin(
                lambda: [dict(each) for each in candidates(params, domain)], Failure.EXCEPTION, mebibytes
            )
            if candidates is not None
            else (),
            bounds=call_plugin(
                lambda: [_demand_bound(each) for each in bounds(params, domain)], Failure.EXCEPTION, mebibytes
            )
            if bounds is not None
            else (),
        )

    def measure(self, varying: dict[str, Any]) -> Mapping[str, Measurement] | None:
        """Measure at one point; None where the parameter model refuses it: outside of the domain."""
        model = self._validate(varying)
        if model is None:
            return None
        trial = self._begin_trial()
        try:
            returned = measure_once(self._falsifier.function, trial, model, self._request.mebibytes)
            refuse_returned(self._falsifier.name, returned)
        except TrialError as error:
            raise _tell_where(error, varying) from error
        return trial.measurements

    def measure_many(self, points: Sequence[dict[str, Any]]) -> Sequence[Mapping[str, Measurement] | None]:
        """Measure at many points by the vectorised form."""
        vectorised = self._falsifier.vectorised
        models = [self._validate(varying) for varying in points]
        trials = {index: self._begin_trial() for index, model in enumerate(models) if model is not None}
        if trials and vectorised is not None:
            taken = [models[index] for index in trials]
            try:
                call_plugin(
                    lambda: vectorised(list(trials.values()), taken),
                    Failure.EXCEPTION,
                    self._request.mebibytes,
                )
            finally:
                for index, trial in trials.items():
                    _refuse_compared_at(trial, points[index])
        return [trials[index].measurements if index in trials else None for index in range(len(points))]

    def _validate(self, varying: dict[str, Any]) -> BaseModel | None:
        try:
            return validate_params(self._falsifier.params_model, {**self._request.params, **varying})
        except TrialError:
            return None

    def _begin_trial(self) -> Trial:
        seed_global_generators(self._request.seed)
        return Trial(self._subject, seed=self._request.seed, inputs=self._inputs)


def _refuse_compared_at(trial: Trial, varying: Mapping[str, Any]) -> None:
    try:
        refuse_compared(trial)
    except TrialError as error:
        raise _tell_where(error, varying) from error


def _tell_where(error: TrialError, varying: Mapping[str, Any]) -> TrialError:
    """Name the point at which measuring failed."""
    shown = repr(dict(varying))
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}..."
    return TrialError(error.failure, f"{error.reason}, at the point {shown}", error.detail, error.refusals)
