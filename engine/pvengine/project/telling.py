"""Tell the story of one test: its claim, its trials, what grounds its status, what to do next."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import ContractError
from pvengine.errors import RegistrationError, UsageError
from pvengine.ledger.amendments import find_pins
from pvengine.ledger.grounding import Standing, written_verdict
from pvengine.models.report import MeasurementEntry, PlantedFaultEntry
from pvengine.project.attempts import describe_measurements, list_attempts, list_changes_of_claim, list_heads
from pvengine.project.next_steps import list_next_commands, list_open_points
from pvengine.project.plan import say_why_open
from pvengine.project.refusals import list_invalid_tests
from pvengine.project.surveying import read_views
from pvengine.project.third_party import list_reported_changes
from pvengine.project.workspace import say_nothing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pvengine.diagnostics import Diagnostic
    from pvengine.models.report import PackageChange
    from pvengine.project.attempts import Attempt
    from pvengine.project.project import Project
    from pvengine.project.view import ContractView

__all__ = ["AmendmentOfTest", "FalsifierOfTest", "Story", "Tally", "TrialOfTest", "tell_story"]

_SUGGESTIONS = 3
_SHOWN = len("sha256:") + 12


@dataclass(frozen=True, kw_only=True)
class FalsifierOfTest:
    """The falsifier that a test names; ``problem`` says why it cannot be used."""

    name: str
    module: str | None
    planted_faults: tuple[str, ...] | None
    source_digest: str | None
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class TrialOfTest:
    """One record; without an outcome where it cannot be believed, and then ``problem`` says why.

    ``packages`` are the third-party versions that it names; None where it names none, as older records do.
    ``change`` says by what the claim was edited before this trial, where the ones before had falsified it.
    """

    evidence: str
    linked: bool
    amendment: str | None
    problem: str | None
    started: str | None
    contract_version: str | None
    outcome: str | None
    verdict: str | None
    misses: tuple[str, ...]
    metrics: tuple[str, ...]
    measurements: dict[str, MeasurementEntry]
    planted_faults: tuple[PlantedFaultEntry, ...]
    packages: dict[str, str | None] | None
    change: str | None


@dataclass(frozen=True, kw_only=True)
class AmendmentOfTest:
    """What one amendment did to the test."""

    version: str
    date: str
    kind: str
    reason: str | None
    from_: str
    to: str
    verdict: str | None
    evidence: str | None
    count: int


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How often the test was tried, and how that went."""

    trials: int
    survived: int
    falsified: int
    unreadable: int
    unlinked: int


@dataclass(frozen=True, kw_only=True)
class Story:
    """One test with everything that is known about it; trials and amendments are the oldest first.

    ``packages`` have another version now than in its newest record.
    """

    contract: str
    line: int | None
    contract_id: str
    version: str | None
    id: str
    status: str
    standing: str
    verdict: str | None
    claim: dict[str, Any]
    depends_on: dict[str, str]
    requires: dict[str, bool]
    falsifier: FalsifierOfTest | None
    tally: Tally
    trials: tuple[TrialOfTest, ...]
    change: str | None
    amendments: tuple[AmendmentOfTest, ...]
    grounds: str
    packages: tuple[PackageChange, ...]
    open: tuple[str, ...]
    next: tuple[str, ...]


def tell_story(project: Project, name: str, files: Sequence[Path]) -> Story:
    """Tell the story of the test of that id in one of the files.

    Raises
    ------
    UsageError
        No contract has such a test, or several have.
    ContractError
        The entry of that id is no valid test.
    """
    views, unreadable, _ = read_views(project, files)
    if not views and not unreadable:
        raise say_nothing(project)
    found = [view for view in views if name in view.loaded.tests]
    if len(found) > 1:
        paths = [view.loaded.display_path for view in found]
        raise UsageError(
            f"{len(found)} contracts have a test {name!r}: {', '.join(paths)}",
            why="one story is told at a time",
            fix=f"name the contract behind the id, such as {paths[0]}",
        )
    if not found:
        raise _explain_unknown(name, views, unreadable)
    return _tell(found[0], name)


def _explain_unknown(
    name: str, views: Sequence[ContractView], unreadable: Sequence[Diagnostic]
) -> UsageError | ContractError:
    for view in views:
        for invalid in list_invalid_tests(view):
            if invalid.id == name:
                size = len(invalid.path)
                own = [issue for issue in view.loaded.issues if issue.path[:size] == invalid.path]
                return ContractError(f"{name} is no valid test", view.loaded.locate(own))
    known = list(dict.fromkeys(test for view in views for test in view.loaded.tests))
    near = _list_near(name, known)
    skipped = ", ".join(dict.fromkeys(found.path for found in unreadable))
    deciding = [test.id for view in views for test in view.loaded.contract.tests if name in test.hypotheses]
    if deciding:
        what, near = f"{name!r} is a hypothesis, not a test", deciding[:_SUGGESTIONS]
    else:
        what = f"no contract has a test {name!r}"
    return UsageError(
        what + (f"; did you mean {' or '.join(map(repr, near))}?" if near else ""),
        why=f"a contract that cannot be read was not looked into: {skipped}"
        if skipped
        else "the story of one test is told, by its id",
        fix="run `pv status`, which lists the tests",
    )


def _list_near(name: str, known: Sequence[str]) -> list[str]:
    """List ids that contain what was typed, else those that are spelt alike."""
    within = [each for each in known if name.strip() and name.strip().casefold() in each.casefold()]
    return (within or difflib.get_close_matches(name[:80], known, n=_SUGGESTIONS))[:_SUGGESTIONS]


def _tell(view: ContractView, name: str) -> Story:
    loaded, test, assessment = view.loaded, view.loaded.tests[name], view.assessments[name]
    heads = list_heads(loaded.contract.amendments or ())
    attempts = list_attempts(view.store, name, heads.get(name, []))
    claim = loaded.claims[name]
    changes = list_changes_of_claim(attempts, None if claim.issues else claim.data)
    version = loaded.contract.metadata.version
    return Story(
        contract=loaded.display_path,
        line=loaded.document.place(loaded.test_paths[name]).line,
        contract_id=loaded.id,
        version=None if version is None else str(version),
        id=name,
        status=assessment.word,
        standing=assessment.standing.value,
        verdict=written_verdict(assessment.verdicts),
        claim={key: _make_json(value) for key, value in claim.data.items()},
        depends_on={other: _say_state(view, other) for other in test.depends_on or ()},
        requires={
            each.model: view.workshop.model_search.find(each.model) is not None
            for each in test.requires or ()
        },
        falsifier=_describe_falsifier(view, test.falsifier) if test.falsifier else None,
        tally=_count(attempts),
        trials=tuple(_iter_trials(view, name, attempts, changes)),
        change=changes.get(len(attempts)),
        amendments=tuple(_iter_amendments(view, name)),
        grounds=_say_grounds(view, name),
        packages=list_reported_changes(view, name),
        open=list_open_points(view, name),
        next=list_next_commands(view, name, attempts),
    )


def _make_json(value: Any) -> Any:
    """Make JSON of what a contract says; a number that JSON has not becomes its word."""
    if isinstance(value, dict):
        return {str(key): _make_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_make_json(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _say_state(view: ContractView, other: str) -> str:
    state = view.assessments.get(other)
    return "is discharged" if state is not None and state.is_grounded else say_why_open(state)


def _describe_falsifier(view: ContractView, name: str) -> FalsifierOfTest:
    source = view.catalogue.find(name)
    if source is None:
        problem = next(
            (found.message for found in view.falsifier_diagnostics if repr(name) in found.message), None
        )
        return FalsifierOfTest(
            name=name,
            module=None,
            planted_faults=None,
            source_digest=None,
            problem=problem or f"falsifier {name!r} is not installed",
        )
    try:
        digest, problem = source.closure.digest, None
    except RegistrationError as error:
        digest, problem = None, error.what
    return FalsifierOfTest(
        name=name,
        module=source.module,
        planted_faults=source.planted_faults,
        source_digest=digest,
        problem=problem,
    )


def _count(attempts: Sequence[Attempt]) -> Tally:
    outcomes = [attempt.outcome for attempt in attempts]
    return Tally(
        trials=len(attempts),
        survived=outcomes.count("survived"),
        falsified=outcomes.count("falsified"),
        unreadable=outcomes.count(None),
        unlinked=sum(not attempt.is_linked for attempt in attempts),
    )


def _iter_trials(
    view: ContractView, name: str, attempts: Sequence[Attempt], changes: Mapping[int, str]
) -> Iterator[TrialOfTest]:
    pinned = {
        entry.head: amendment.version
        for amendment in view.loaded.contract.amendments or ()
        for entry in amendment.tests
        if entry.id == name
    }
    for index, attempt in enumerate(attempts):
        facts = attempt.facts
        yield TrialOfTest(
            evidence=attempt.digest,
            linked=attempt.is_linked,
            amendment=pinned.get(attempt.digest),
            problem=attempt.problem,
            started=facts.started if facts else None,
            contract_version=facts.contract.version if facts else None,
            outcome=attempt.outcome,
            verdict=attempt.verdict,
            misses=attempt.misses,
            metrics=attempt.metrics,
            measurements=describe_measurements(attempt),
            planted_faults=tuple(
                PlantedFaultEntry(name=fault.name, noticed=fault.noticed, reason=fault.reason)
                for fault in (facts.planted_faults if facts else ())
            ),
            packages=facts.packages if facts else None,
            change=changes.get(index),
        )


def _iter_amendments(view: ContractView, name: str) -> Iterator[AmendmentOfTest]:
    for amendment in view.loaded.contract.amendments or ():
        for entry in amendment.tests:
            if entry.id == name:
                yield AmendmentOfTest(
                    version=amendment.version,
                    date=amendment.date,
                    kind=amendment.kind,
                    reason=amendment.reason,
                    from_=entry.from_,
                    to=entry.to,
                    verdict=entry.verdict,
                    evidence=entry.head,
                    count=entry.count,
                )


def _say_grounds(view: ContractView, name: str) -> str:
    """Say what the status rests on."""
    assessment = view.assessments[name]
    amendments = view.loaded.contract.amendments or ()
    last = next((each for each in reversed(amendments) if name in find_pins([each])), None)
    if assessment.standing is Standing.SELF_DECLARED:
        return f"nothing: {assessment.word} was typed, and no record grounds it"
    if last is None or assessment.head is None:
        return "nothing: no amendment speaks of the test"
    pins = f"amendment {last.version} of {last.date} pins the record {assessment.head[:_SHOWN]}"
    return {
        Standing.NEW: f"nothing: amendment {last.version} of {last.date} set the test back to NEW",
        Standing.VERIFIED: f"{pins}, whose claim, code and measurements are those of the status",
        Standing.STALE: f"nothing that is current: {pins}, which speaks of something else",
        Standing.MISSING: f"nothing: {pins}, and evidence is missing",
        Standing.TAMPERED: f"nothing: {pins}, and the two contradict each other",
    }[assessment.standing]
