"""Run one request in this process: import, check, validate, measure."""

from __future__ import annotations

import difflib
import importlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from pvengine.models.search import Search
from pvengine.models.trial import Failure, ParamsRefusal, TrialResult
from pvengine.plugin import Trial, iter_registered
from pvengine.plugin.registration import registering_aside
from pvengine.plugin.trial import seed_global_generators
from pvengine.registry.closure import RESERVED_NAMES, is_project_file
from pvengine.runner.confinement import lift_memory_limit
from pvengine.runner.environment import describe_environment
from pvengine.runner.protocol import (
    DescribeRequest,
    Description,
    FalsifierDescription,
    SearchRequest,
    TrialRequest,
)
from pvengine.runner.served_modules import import_aside, serve_modules
from pvengine.runner.stand_ins import STAND_INS
from pvengine.runner.tracebacks import describe_error, format_plugin_traceback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from pvengine.models.measurement import Measurement
    from pvengine.plugin import Falsifier

__all__ = ["run_request"]


class _TrialError(Exception):
    """A trial that measured nothing, with what is reported about it."""

    def __init__(
        self,
        failure: Failure,
        reason: str,
        detail: str | None = None,
        refusals: tuple[ParamsRefusal, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
        self.detail = detail
        self.refusals = refusals


def run_request(request: TrialRequest | DescribeRequest) -> TrialResult | Description:
    """Run a request; whatever the plug-in raises becomes part of the answer."""
    if isinstance(request, DescribeRequest):
        try:
            return _describe(request)
        except _TrialError as error:
            return Description(failure=error.failure, reason=error.reason, detail=error.detail)
    try:
        return _run_trial(request)
    except _TrialError as error:
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
    params = _validate_params(falsifier.params_model, request.params)
    if request.is_params_only:
        return TrialResult(fault=request.fault, environment=describe_environment())
    inputs = {name: Path(path) for name, path in request.inputs}
    subject = _make_subject(falsifier, request)
    if request.search is not None:
        return _run_search(falsifier, subject, request, request.search, inputs)
    trial = Trial(subject, seed=request.seed, inputs=inputs)
    seed_global_generators(request.seed)  # importing may have drawn from them
    started = time.perf_counter()
    returned = _measure(falsifier, trial, params, request.mebibytes)
    duration_s = time.perf_counter() - started
    _check_covered(request)
    if returned is not None:
        raise _TrialError(
            Failure.REPLY,
            f"{falsifier.name} returned a {type(returned).__name__}: "
            "a falsifier returns nothing and measures through trial.measure",
        )
    return TrialResult(
        fault=request.fault,
        measurements=trial.measurements,
        duration_s=duration_s,
        environment=describe_environment(),
    )


def _run_search(
    falsifier: Falsifier,
    subject: Callable[..., Any],
    request: TrialRequest,
    asked: SearchRequest,
    inputs: dict[str, Path],
) -> TrialResult:
    """Search the domain; the trial ends with what was measured at its worst point."""
    from pvengine.searching.search import search_domain  # noqa: PLC0415 - NumPy, which most trials do without

    def measure(params: dict[str, Any]) -> dict[str, Measurement] | None:
        try:
            model = _validate_params(falsifier.params_model, params)
        except _TrialError:  # outside of the domain
            return None
        trial = Trial(subject, seed=request.seed, inputs=inputs)
        seed_global_generators(request.seed)
        _measure(falsifier, trial, model, request.mebibytes)
        return trial.measurements

    started = time.perf_counter()
    search = Search.model_validate(asked.search)
    try:
        found = search_domain(
            search, request.params, measure, seed=request.seed, cuts=asked.cuts, share=asked.share
        )
    except (ValueError, ImportError) as error:
        raise _TrialError(Failure.PARAMS, str(error)) from error
    duration_s = time.perf_counter() - started
    _check_covered(request)
    return TrialResult(
        fault=request.fault,
        measurements=dict(found.measurements),
        search=found.report,
        duration_s=duration_s,
        environment=describe_environment(),
    )


def _measure(falsifier: Falsifier, trial: Trial, params: BaseModel, mebibytes: int) -> Any:
    """Run the falsifier; what it compared in vain ends the trial, also where it caught the exception."""
    try:
        return _call_plugin(lambda: falsifier.function(trial, params), Failure.EXCEPTION, mebibytes)
    finally:
        if trial.refusal is not None:
            raise _TrialError(Failure.NOT_COMPARABLE, trial.refusal)


def _check_covered(request: TrialRequest) -> None:
    """Refuse a trial that ran code of the project which the source digest does not cover."""
    project = Path(request.project) if request.project else None
    covered = {module.name for module in request.modules}
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name in covered or not isinstance(file, str) or name.partition(".")[0] in RESERVED_NAMES:
            continue
        if name != "__main__" and is_project_file(Path(file), project):
            raise _TrialError(
                Failure.REGISTRATION,
                f"{name} ({file}) is not covered by the source digest: it was imported from a path that "
                "the falsifier set; install the project, or list its folder under [tool.pv] falsifiers",
            )


def _call_plugin(call: Callable[[], Any], failure: Failure, mebibytes: int) -> Any:
    """Call into the plug-in; turn whatever it raises into the failure that it is."""
    try:
        return call()
    except MemoryError as error:
        lift_memory_limit()
        reason = f"more than {mebibytes} MiB of memory: {describe_error(error)}"
        raise _TrialError(Failure.MEMORY, reason, format_plugin_traceback(error)) from error
    except SystemExit as error:
        reason = f"the plug-in called sys.exit({error.code!r:.80})"
        raise _TrialError(Failure.EXIT, reason, format_plugin_traceback(error)) from error
    except BaseException as error:
        lift_memory_limit()
        raise _TrialError(failure, describe_error(error), format_plugin_traceback(error)) from error


def _load_falsifier(request: TrialRequest) -> Falsifier:
    _import_module(request)
    found = {falsifier.name: falsifier for falsifier in iter_registered()}
    if request.falsifier not in found:
        raise _TrialError(
            Failure.REGISTRATION,
            f"importing {request.module} registered no falsifier {request.falsifier!r}, "
            f"only {', '.join(map(repr, found)) or 'none'}",
        )
    return found[request.falsifier]


def _import_module(request: TrialRequest | DescribeRequest) -> None:
    def load() -> None:
        serve_modules(request.modules, request.first_party)
        importlib.import_module(request.module)

    _call_plugin(load, Failure.REGISTRATION, request.mebibytes)


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
        _call_plugin(load, Failure.EXCEPTION, request.mebibytes)
        return registered[request.falsifier]


def _find_subject(falsifier: Falsifier, fault: str | None) -> Callable[..., Any]:
    if fault is None:
        return falsifier.subject
    if fault not in falsifier.planted_faults:
        known = ", ".join(map(repr, falsifier.planted_faults))
        raise _TrialError(
            Failure.REGISTRATION, f"{falsifier.name} has no planted fault {fault!r}, only {known}"
        )
    return falsifier.planted_faults[fault]


def _validate_params(model: type[BaseModel], params: Mapping[str, Any]) -> BaseModel:
    """Validate params as JSON data: nothing is converted (a text is no number), no key is unknown.

    Both hold for nested models too, whatever the configuration of a model says.
    """
    try:
        return model.model_validate_json(json.dumps(dict(params)), strict=True, extra="forbid")
    except ValidationError as error:
        refusals = tuple(
            _refuse(model, item)
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        )
        reason = "; ".join(refusal.message for refusal in refusals)
        raise _TrialError(Failure.PARAMS, reason, refusals=refusals) from error
    except Exception as error:  # a validator is the plug-in's code, and raises what it likes
        refusal = ParamsRefusal(path=(), message=describe_error(error))
        detail = format_plugin_traceback(error)
        raise _TrialError(Failure.PARAMS, refusal.message, detail, (refusal,)) from error


def _refuse(model: type[BaseModel], item: ErrorDetails) -> ParamsRefusal:
    """Say in plain words what is wrong with one param; Pydantic's own words where they are plain."""
    path = tuple(item["loc"])
    name = ".".join(map(str, path)) or "params"
    if item["type"] == "missing":
        return ParamsRefusal(path=path, message=f"`{name}` is missing")
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), model.model_fields, n=1) if len(path) == 1 else []
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return ParamsRefusal(path=path, message=f"`{name}` is no param of this falsifier{hint}", at_key=True)
    message = item["msg"].removeprefix("Value error, ")
    return ParamsRefusal(path=path, message=f"`{name}`: {message[:1].lower()}{message[1:]}")


def _describe(request: DescribeRequest) -> Description:
    _import_module(request)

    def describe_all() -> tuple[FalsifierDescription, ...]:
        return tuple(_describe_falsifier(falsifier) for falsifier in iter_registered())

    return Description(falsifiers=_call_plugin(describe_all, Failure.REGISTRATION, request.mebibytes))


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
