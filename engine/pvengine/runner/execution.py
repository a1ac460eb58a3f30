"""Run one request in this process: import, check, validate, measure."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pvengine.models.trial import Failure, TrialResult
from pvengine.plugin import Trial, iter_registered
from pvengine.plugin.registration import registering_aside
from pvengine.plugin.trial import seed_global_generators
from pvengine.registry.closure import RESERVED_NAMES, is_project_file
from pvengine.runner.calling import TrialError, call_plugin, measure_once, refuse_returned, validate_params
from pvengine.runner.environment import describe_environment
from pvengine.runner.protocol import (
    DescribeRequest,
    Description,
    FalsifierDescription,
    TrialRequest,
)
from pvengine.runner.searches import run_search
from pvengine.runner.served_modules import import_aside, serve_modules
from pvengine.runner.stand_ins import STAND_INS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from pvengine.plugin import Falsifier

__all__ = ["run_request"]


def run_request(request: TrialRequest | DescribeRequest) -> TrialResult | Description:
    """Run a request; whatever the plug-in raises becomes part of the answer."""
    if isinstance(request, DescribeRequest):
        try:
            return _describe(request)
        except TrialError as error:
            return Description(failure=error.failure, reason=error.reason, detail=error.detail)
    try:
        return _run_trial(request)
    except TrialError as error:
        return TrialResult(
            fault=request.fault,
            failure=error.failure,
            reason=error.reason,
            detail=error.detail,
            refusals=error.refusals,
            environment=describe_environment(),
        )


def _run_trial(request: TrialRequest) -> TrialResult:
    seed_global_generators(request.seed)
    falsifier = _load_falsifier(request)
    params = validate_params(falsifier.params_model, request.params)
    if request.is_params_only:
        return TrialResult(fault=request.fault, environment=describe_environment())
    inputs = {name: Path(path) for name, path in request.inputs}
    subject = _make_subject(falsifier, request)
    if request.search is not None:
        result = run_search(falsifier, subject, request, params, inputs)
        _check_covered(request)
        return result
    trial = Trial(subject, seed=request.seed, inputs=inputs)
    seed_global_generators(request.seed)  # importing may have drawn from them
    started = time.perf_counter()
    returned = measure_once(falsifier.function, trial, params, request.mebibytes)
    duration_s = time.perf_counter() - started
    _check_covered(request)
    refuse_returned(falsifier.name, returned)
    return TrialResult(
        fault=request.fault,
        measurements=trial.measurements,
        duration_s=duration_s,
        environment=describe_environment(),
    )


def _check_covered(request: TrialRequest) -> None:
    """Refuse a trial that ran code of the project which the source digest does not cover."""
    project = Path(request.project) if request.project else None
    covered = {module.name for module in request.modules}
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name in covered or not isinstance(file, str) or name.partition(".")[0] in RESERVED_NAMES:
            continue
        if name != "__main__" and is_project_file(Path(file), project):
            raise TrialError(
                Failure.REGISTRATION,
                f"{name} ({file}) is not covered by the source digest: it was imported from a path that "
                "the falsifier set; install the project, or list its folder under [tool.pv] falsifiers",
            )


def _load_falsifier(request: TrialRequest) -> Falsifier:
    _import_module(request)
    found = {falsifier.name: falsifier for falsifier in iter_registered()}
    if request.falsifier not in found:
        raise TrialError(
            Failure.REGISTRATION,
            f"importing {request.module} registered no falsifier {request.falsifier!r}, "
            f"only {', '.join(map(repr, found)) or 'none'}",
        )
    return found[request.falsifier]


def _import_module(request: TrialRequest | DescribeRequest) -> None:
    def load() -> None:
        serve_modules(request.modules, request.first_party)
        importlib.import_module(request.module)

    call_plugin(load, Failure.REGISTRATION, request.mebibytes)


def _make_subject(falsifier: Falsifier, request: TrialRequest) -> Callable[..., Any]:
    """Find what the trial calls: the subject, a fault, what stands in for it, or the subject of a mutant."""
    if request.mutated:
        falsifier = _load_mutant(request)
    subject = _find_subject(falsifier, request.fault)
    return STAND_INS[request.stand_in](subject, request.seed) if request.stand_in else subject


def _load_mutant(request: TrialRequest) -> Falsifier:
    """Import the falsifier's module once more, beside the first, with the modules that are mutated."""

    def load() -> None:
        import_aside(request.module, request.modules, request.mutated, request.first_party)

    with registering_aside() as registered:
        call_plugin(load, Failure.EXCEPTION, request.mebibytes)
        return registered[request.falsifier]


def _find_subject(falsifier: Falsifier, fault: str | None) -> Callable[..., Any]:
    if fault is None:
        return falsifier.subject
    if fault not in falsifier.planted_faults:
        known = ", ".join(map(repr, falsifier.planted_faults))
        raise TrialError(
            Failure.REGISTRATION, f"{falsifier.name} has no planted fault {fault!r}, only {known}"
        )
    return falsifier.planted_faults[fault]


def _describe(request: DescribeRequest) -> Description:
    _import_module(request)

    def describe_all() -> tuple[FalsifierDescription, ...]:
        return tuple(_describe_falsifier(falsifier) for falsifier in iter_registered())

    return Description(falsifiers=call_plugin(describe_all, Failure.REGISTRATION, request.mebibytes))


def _describe_falsifier(falsifier: Falsifier) -> FalsifierDescription:
    return FalsifierDescription(
        name=falsifier.name,
        summary=falsifier.summary,
        subject=_name_callable(falsifier.subject),
        planted_faults=tuple(falsifier.planted_faults),
        params_schema=_make_schema(falsifier.params_model),
    )


def _name_callable(subject: Callable[..., Any]) -> str:
    name = getattr(subject, "__qualname__", None) or type(subject).__qualname__
    return f"{getattr(subject, '__module__', None) or type(subject).__module__}.{name}"


def _make_schema(model: type[BaseModel]) -> dict[str, Any] | None:
    """Make the JSON schema of a parameter model; None where it has types that JSON Schema cannot say."""
    try:
        schema: dict[str, Any] = json.loads(json.dumps(model.model_json_schema()))
    except Exception:  # noqa: BLE001 - the schema is the plug-in's code too
        return None
    return schema
