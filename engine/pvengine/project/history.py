"""The history of contracts: amendments with the figures that they pin, and the trials between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import semver

from pvengine.diagnostics import Severity
from pvengine.errors import ExitCode, choose_exit_code
from pvengine.project.attempts import (
    Attempt,
    describe_measurements,
    list_attempts,
    list_changes_of_claim,
    list_heads,
)
from pvengine.project.findings import describe_error, list_diagnostics
from pvengine.project.surveying import read_views
from pvengine.project.workspace import say_nothing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pvengine.models.contract import Amendment, AmendmentTest
    from pvengine.models.report import DiagnosticEntry, MeasurementEntry
    from pvengine.project.project import Project
    from pvengine.project.view import ContractView

__all__ = [
    "AmendedTest",
    "ContractHistory",
    "History",
    "HistoryCount",
    "HistoryEntry",
    "PastTrial",
    "list_history",
]


_LOST = "the record is not among those that the newest one leads to"


@dataclass(frozen=True, kw_only=True)
class PastTrial:
    """One record of a test, with the figures that its claim speaks about; ``problem`` where it is not one."""

    id: str
    evidence: str
    linked: bool
    problem: str | None
    started: str | None
    outcome: str | None
    verdict: str | None
    misses: tuple[str, ...]
    figures: dict[str, MeasurementEntry]
    change: str | None


@dataclass(frozen=True, kw_only=True)
class AmendedTest:
    """What an amendment did to one test, and the record that it pins."""

    id: str
    from_: str
    to: str
    verdict: str | None
    grounded: bool | None
    count: int
    trial: PastTrial | None


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """One amendment; ``attempts`` are trials since the amendment before it that it does not pin."""

    version: str
    date: str
    kind: str
    reason: str | None
    tests: tuple[AmendedTest, ...]
    attempts: tuple[PastTrial, ...]


@dataclass(frozen=True, kw_only=True)
class ContractHistory:
    """The amendments of one contract, the newest first; ``attempts`` came after all of them."""

    contract: str
    id: str
    version: str | None
    attempts: tuple[PastTrial, ...]
    amendments: tuple[HistoryEntry, ...]


@dataclass(frozen=True, kw_only=True)
class HistoryCount:
    """The denominators: what was read, and how many records no amendment pins or cannot be read."""

    contracts: int = 0
    amendments: int = 0
    trials: int = 0
    survived: int = 0
    falsified: int = 0
    unlinked: int = 0
    unreadable: int = 0


@dataclass(frozen=True, kw_only=True)
class History:
    """The history of contracts, what is wrong with it, and the exit code of the command."""

    contracts: tuple[ContractHistory, ...]
    summary: HistoryCount
    diagnostics: tuple[DiagnosticEntry, ...]
    exit_code: int


@dataclass(slots=True)
class _Trials:
    """The trials of one contract: of each test in order, and by digest."""

    of_test: dict[str, list[Attempt]] = field(default_factory=dict)
    described: dict[str, dict[str, PastTrial]] = field(default_factory=dict)


def list_history(project: Project, files: Sequence[Path]) -> History:
    """List the history of contracts; what is wrong with amendments is reported beside them, with code 1."""
    views, found, codes = read_views(project, files)
    for view in views:
        found += view.errors
    if any(entry.severity is Severity.ERROR for entry in found):
        codes.append(ExitCode.INVALID)
    nothing = [] if views or found else [say_nothing(project)]
    codes += [error.exit_code for error in nothing]
    trials = [_read_trials(view) for view in views]
    told = tuple(_describe(view, own) for view, own in zip(views, trials, strict=True))
    return History(
        contracts=told,
        summary=_count(told, trials),
        diagnostics=(*list_diagnostics(dict.fromkeys(found)), *map(describe_error, nothing)),
        exit_code=int(choose_exit_code(codes)),
    )


def _read_trials(view: ContractView) -> _Trials:
    heads = list_heads(view.loaded.contract.amendments or ())
    trials = _Trials()
    for test in dict.fromkeys([*heads, *view.loaded.tests]):
        attempts = list_attempts(view.store, test, heads.get(test, []))
        changes = list_changes_of_claim(attempts, None)
        trials.of_test[test] = attempts
        trials.described[test] = {
            attempt.digest: _describe_trial(test, attempt, changes.get(index))
            for index, attempt in enumerate(attempts)
        }
    return trials


def _describe_trial(test: str, attempt: Attempt, change: str | None) -> PastTrial:
    return PastTrial(
        id=test,
        evidence=attempt.digest,
        linked=attempt.is_linked,
        problem=attempt.problem,
        started=attempt.started or None,
        outcome=attempt.outcome,
        verdict=attempt.verdict,
        misses=attempt.misses,
        figures=describe_measurements(attempt, attempt.metrics),
        change=change,
    )


def _describe(view: ContractView, trials: _Trials) -> ContractHistory:
    amendments = view.loaded.contract.amendments or ()
    between = _place_attempts(amendments, trials)
    entries = [
        HistoryEntry(
            version=amendment.version,
            date=amendment.date,
            kind=amendment.kind,
            reason=amendment.reason,
            tests=tuple(_describe_test(entry, trials.described) for entry in amendment.tests),
            attempts=between[index],
        )
        for index, amendment in enumerate(amendments)
    ]
    version = view.loaded.contract.metadata.version
    return ContractHistory(
        contract=view.loaded.display_path,
        id=view.loaded.id,
        version=None if version is None else str(version),
        attempts=between[len(amendments)],
        amendments=tuple(reversed(entries)),
    )


def _describe_test(entry: AmendmentTest, described: Mapping[str, Mapping[str, PastTrial]]) -> AmendedTest:
    trial = None
    if entry.head is not None:
        known = described.get(entry.id, {}).get(entry.head)
        trial = known or _describe_trial(entry.id, Attempt(entry.head, is_linked=False, problem=_LOST), None)
    return AmendedTest(
        id=entry.id,
        from_=entry.from_,
        to=entry.to,
        verdict=entry.verdict,
        grounded=entry.grounded,
        count=entry.count,
        trial=trial,
    )


def _place_attempts(amendments: Sequence[Amendment], trials: _Trials) -> list[tuple[PastTrial, ...]]:
    """Place every trial that no amendment pins before the amendment that came next, or after all."""
    placed: list[list[PastTrial]] = [[] for _ in range(len(amendments) + 1)]
    heads = {(entry.id, entry.head) for amendment in amendments for entry in amendment.tests}
    for test, attempts in trials.of_test.items():
        for attempt in attempts:
            if (test, attempt.digest) not in heads:
                placed[_find_place(amendments, attempt)].append(trials.described[test][attempt.digest])
    return [tuple(sorted(each, key=lambda trial: trial.started or "~")) for each in placed]


def _find_place(amendments: Sequence[Amendment], attempt: Attempt) -> int:
    """Find the first amendment that is later than the version that a trial was made in."""
    version = _parse(attempt.record.predicate.contract.version) if attempt.record else None
    if version is None:
        return len(amendments)
    for index, amendment in enumerate(amendments):
        later = _parse(amendment.version)
        if later is not None and later > version:
            return index
    return len(amendments)


def _parse(version: str) -> semver.Version | None:
    return semver.Version.parse(version) if semver.Version.is_valid(version) else None


def _count(told: Sequence[ContractHistory], trials: Sequence[_Trials]) -> HistoryCount:
    attempts = [attempt for own in trials for each in own.of_test.values() for attempt in each]
    outcomes = [attempt.outcome for attempt in attempts]
    return HistoryCount(
        contracts=len(told),
        amendments=sum(len(each.amendments) for each in told),
        trials=len(attempts),
        survived=outcomes.count("survived"),
        falsified=outcomes.count("falsified"),
        unlinked=sum(not attempt.is_linked for attempt in attempts),
        unreadable=outcomes.count(None),
    )
