"""Run all trials of one falsification test: every planted fault first, then the subject."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pvengine.models.trial import Failure, InputFile, TestRun, TrialResult
from pvengine.runner.protocol import DescribeRequest, SearchRequest, TrialRequest
from pvengine.runner.stand_ins import STAND_INS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pvengine.registry.catalogue import FalsifierSource
    from pvengine.registry.sources import ModuleSource
    from pvengine.runner.protocol import Description
    from pvengine.runner.required import RequiredFile
    from pvengine.runner.supervisor import Supervisor

__all__ = ["FAULT_SHARE", "Limits", "describe_falsifier", "run_mutant", "run_replacements", "run_test"]

FAULT_SHARE = 0.1
"""Part of the budget of a search with which a planted fault is looked at, and what it is compared with."""
_HOPELESS = frozenset({Failure.REGISTRATION, Failure.PARAMS, Failure.INTERRUPTED})
"""Failures that every other trial of the same test would have as well."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one trial may take: wall-clock time, and memory on top of what the interpreter needs."""

    seconds: float = 60.0
    mebibytes: int = 1024


def run_test(  # noqa: PLR0913 - keyword-only facts of one run
    supervisor: Supervisor,
    source: FalsifierSource,
    params: Mapping[str, Any],
    *,
    seed: int,
    limits: Limits,
    with_subject: bool = True,
    only_faults: Sequence[str] | None = None,
    inputs: Mapping[str, RequiredFile] = MappingProxyType({}),
    search: SearchRequest | None = None,
) -> TestRun:
    """Run the planted faults of a test in the order of their declaration, then its subject.

    Where the params are refused or the falsifier cannot be registered, the rest is not run: every trial
    has that failure.

    Parameters
    ----------
    seed
        Seed of every trial, so that a fault is measured on the same numbers as the subject.
    limits
        Limits of each trial.
    with_subject
        False runs the planted faults alone.
    only_faults
        The faults to run; None stands for all.
    inputs
        Required files, by name.
    search
        What is searched; each fault has a tenth of the subject's budget, and the subject is searched as
        briefly once more, so that the two are compared after an equal effort.

    Raises
    ------
    RegistrationError
        A module that the falsifier imports cannot be read, so there is no source digest.
    """
    closure = source.closure
    names, failed = _list_faults(supervisor, source, limits)
    faults: list[str | None] = [name for name in names if only_faults is None or name in only_faults]
    faults += [name for name in only_faults or () if name not in names]
    results: list[TrialResult] = []
    brief = _shorten(search)
    asked = [(fault, brief) for fault in faults]
    if with_subject:
        asked += [(None, search)] if search is None else [(None, brief), (None, search)]
    for fault, own in asked:
        if failed is None:
            request = _make_request(source, params, seed, limits, fault=fault, inputs=inputs)
            result = supervisor.run_trial(replace(request, search=own), limits.seconds)
            failed = result if result.failure in _HOPELESS else None
        else:
            result = failed.model_copy(update={"fault": fault})
        results.append(result)
    return TestRun(
        falsifier=source.name,
        source_digest=closure.digest,
        params=dict(params),
        seed=seed,
        inputs=tuple(InputFile(model=name, sha256=file.sha256) for name, file in inputs.items()),
        faults=tuple(results[: len(faults)]),
        subject=results[-1] if with_subject else None,
        baseline=results[-2] if with_subject and search is not None else None,
    )


def run_replacements(  # noqa: PLR0913 - keyword-only facts of one run
    supervisor: Supervisor,
    source: FalsifierSource,
    run: TestRun,
    *,
    limits: Limits,
    inputs: Mapping[str, RequiredFile] = MappingProxyType({}),
    search: SearchRequest | None = None,
) -> TestRun:
    """Run the trials of a test with the subject replaced by identity and by noise; see `stand_ins`.

    Returns
    -------
    TestRun
        The run with these trials, each with the name of the stand-in as its ``fault``.
    """
    results = []
    for name in STAND_INS:
        request = _make_request(source, run.params, run.seed, limits, inputs=inputs)
        request = replace(request, stand_in=name, search=_shorten(search))
        result = supervisor.run_trial(request, limits.seconds)
        results.append(result.model_copy(update={"fault": name}))
    return run.model_copy(update={"replacements": tuple(results)})


def run_mutant(  # noqa: PLR0913 - keyword-only facts of one run
    supervisor: Supervisor,
    source: FalsifierSource,
    params: Mapping[str, Any],
    mutated: Sequence[ModuleSource],
    *,
    seed: int,
    limits: Limits,
    inputs: Mapping[str, RequiredFile] = MappingProxyType({}),
    search: SearchRequest | None = None,
) -> TrialResult:
    """Run a falsifier on the subject that comes of modules with another source; see `served_modules`.

    The falsifier itself, with all that it calls beside the subject, runs from the modules as they are.
    """
    request = _make_request(source, params, seed, limits, inputs=inputs)
    request = replace(request, mutated=tuple(mutated), search=_shorten(search))
    return supervisor.run_trial(request, limits.seconds)


def _shorten(search: SearchRequest | None) -> SearchRequest | None:
    """Return a search with the budget that what is not the subject has."""
    return None if search is None else replace(search, share=FAULT_SHARE)


def _make_request(  # noqa: PLR0913 - what a trial is made of
    source: FalsifierSource,
    params: Mapping[str, Any],
    seed: int,
    limits: Limits,
    *,
    fault: str | None = None,
    inputs: Mapping[str, RequiredFile] = MappingProxyType({}),
    is_params_only: bool = False,
) -> TrialRequest:
    closure = source.closure
    return TrialRequest(
        closure.modules,
        source.module,
        source.name,
        params,
        fault,
        seed,
        limits.mebibytes,
        closure.first_party,
        tuple((name, str(file.path)) for name, file in inputs.items()),
        str(closure.project) if closure.project else None,
        is_params_only,
    )


def try_params(
    supervisor: Supervisor, source: FalsifierSource, params: Mapping[str, Any], limits: Limits
) -> TrialResult:
    """Offer params to the parameter model of a falsifier, in a worker, and measure nothing.

    Raises
    ------
    RegistrationError
        A module that the falsifier imports cannot be read.
    """
    request = _make_request(source, params, 0, limits, is_params_only=True)
    return supervisor.run_trial(request, limits.seconds)


def describe_falsifier(supervisor: Supervisor, source: FalsifierSource, limits: Limits) -> Description:
    """Describe what only an import can tell: the parameter model, the subject, the planted faults."""
    closure = source.closure
    request = DescribeRequest(closure.modules, source.module, limits.mebibytes, closure.first_party)
    return supervisor.describe(request, limits.seconds)


def _list_faults(
    supervisor: Supervisor, source: FalsifierSource, limits: Limits
) -> tuple[tuple[str, ...], TrialResult | None]:
    """List the planted faults; where only an import can tell them and it fails, one stands for all."""
    if source.planted_faults is not None:
        return source.planted_faults, None
    description = describe_falsifier(supervisor, source, limits)
    found = description.find(source.name)
    if found is not None:
        return found.planted_faults, None
    unknown = "planted faults"
    failed = TrialResult(
        fault=unknown,
        failure=description.failure or Failure.REGISTRATION,
        reason=description.reason or f"importing {source.module} registered no falsifier {source.name!r}",
        detail=description.detail,
    )
    return (unknown,), failed
