"""Turn what a check found into the entries of its report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from pvengine.ledger.amendments import list_heads
from pvengine.ledger.grounding import written_verdict
from pvengine.models.check import ChangedContract, CheckBase, CheckCounts, CheckedTest, CheckReport
from pvengine.models.report import Summary, TransitionEntry
from pvengine.models.vocabulary import Outcome, Status, Verdict
from pvengine.project.attempts import describe_measurements, list_attempts
from pvengine.project.diffing import describe_change, judge_version
from pvengine.project.discovery import show_path
from pvengine.project.merging.words import iter_words
from pvengine.project.reporting import describe_contract
from pvengine.project.rerunning import count_reruns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.report import ObligationKind
    from pvengine.project.attempts import Attempt
    from pvengine.project.checking.concerns import CheckedView
    from pvengine.project.checking.project_change import ProjectChange
    from pvengine.project.checking.sides import ContractChange
    from pvengine.project.rerunning import Rerun

__all__ = ["describe_check"]


def describe_check(change: ProjectChange, checked: Sequence[CheckedView], again: Rerun | None) -> CheckReport:
    """Describe a change and what it touched, with the denominators; findings are not among it."""
    described = [_describe_change(each, change.top) for each in change.changes]
    described += [_describe_affected(each) for each in checked if each.change is None]
    entries = tuple(describe_contract(each.view, dict(each.blocked)) for each in checked)
    summary = sum((entry.summary for entry in entries), Summary())
    counted = None if again is None else count_reruns(again)
    if counted is not None:
        summary = replace(summary, run=counted.run, inconclusive=counted.inconclusive)
    return CheckReport(
        command="check",
        base=CheckBase(ref=change.base.ref, commit=change.base.tip, fork=change.base.fork),
        changed=tuple(sorted(described, key=lambda each: each.path)),
        contracts=entries,
        tests=tuple(test for each in checked for test in _iter_tests(each)),
        transitions=tuple(moved for each in described for moved in each.transitions),
        counts=_count(change, checked),
        summary=summary,
        reruns=() if again is None else again.entries,
        rerun_summary=counted,
    )


def _count(change: ProjectChange, checked: Sequence[CheckedView]) -> CheckCounts:
    states = [each.state for each in change.changes]
    affected = sum(each.change is None for each in checked)
    return CheckCounts(
        files=len(change.files.every),
        contracts=len(change.contracts),
        checked=affected + len(states) - states.count("deleted"),
        added=states.count("added"),
        changed=states.count("changed"),
        renamed=states.count("renamed"),
        deleted=states.count("deleted"),
        affected=affected,
        affected_tests=sum(len(each.reasons) for each in checked),
    )


def _describe_change(change: ContractChange, top: Path) -> ChangedContract:
    """Describe what the change did to a contract."""
    comparison = change.comparison
    old_path = None
    if change.state == "renamed" and change.before is not None:
        old_path = show_path(top / change.before.path)
    sides = [None if side is None else side.loaded for side in (change.before, change.after)]
    return ChangedContract(
        path=change.shown,
        id=change.id,
        state=change.state,
        path_before=old_path,
        version=None if comparison is None else judge_version(comparison),
        changes=() if comparison is None else tuple(map(describe_change, comparison.changes)),
        transitions=tuple(_iter_transitions(*sides)),
    )


def _describe_affected(checked: CheckedView) -> ChangedContract:
    """Describe a contract whose file is as it was."""
    loaded = checked.view.loaded
    return ChangedContract(
        path=loaded.display_path, id=loaded.id, state="affected", path_before=None, version=None
    )


_Words = dict[tuple[str, str], tuple[str, str | None]]
"""Status and verdict by kind and id."""


def _iter_transitions(
    before: LoadedContract | None, after: LoadedContract | None
) -> Iterator[TransitionEntry]:
    """Iterate over the statuses and verdicts that are others, tests first."""
    if after is None:
        return
    old, new = ({} if each is None else _list_words(each) for each in (before, after))
    for (kind, name), (word, verdict) in new.items():
        was, verdict_before = old.get((kind, name), (_say_unsaid(kind), None))
        if (word, verdict) != (was, verdict_before):
            yield TransitionEntry(
                id=name, kind=cast("ObligationKind", kind), from_=was, to=word, verdict=verdict
            )


def _list_words(loaded: LoadedContract) -> _Words:
    words: _Words = {
        ("test", test.id): (test.status or Status.NEW.value, test.verdict) for test in loaded.contract.tests
    }
    for key, _, word in iter_words(loaded):
        words[key.kind.value, key.name] = (word or _say_unsaid(key.kind.value), None)
    return words


def _say_unsaid(kind: str) -> str:
    """Return the word that stands for none."""
    return Verdict.UNTESTED.value if kind == "hypothesis" else Status.NEW.value


def _iter_tests(checked: CheckedView) -> Iterator[CheckedTest]:
    """Describe the tests of a contract that the change touched, in the order of the text."""
    view = checked.view
    heads = list_heads(view.loaded.contract.amendments or ())
    for name, test in view.loaded.tests.items():
        if name not in checked.reasons:
            continue
        state, old = view.assessments[name], checked.find_before(name)
        attempts = list_attempts(view.store, name, heads.get(name, ()))
        newest = _find_newest(attempts, state.head)
        facts = state.record.predicate if state.record else None
        faults = facts.planted_faults if facts else ()
        yield CheckedTest(
            contract=view.loaded.display_path,
            id=name,
            rule=test.rule,
            new=checked.is_new(name),
            status=state.word,
            standing=state.standing.value,
            evidence=state.head,
            new_evidence=state.head is not None and (old is None or old.evidence != state.head),
            affected=checked.reasons[name],
            trials=sum(attempt.outcome is not None for attempt in attempts),
            falsified=sum(attempt.outcome == Outcome.FALSIFIED.value for attempt in attempts),
            outcome=facts.outcome if facts else None,
            verdict=written_verdict(state.verdicts),
            misses=() if newest is None else newest.misses,
            planted_faults=len(faults),
            noticed=sum(fault.noticed for fault in faults),
            measurements={} if newest is None else describe_measurements(newest, newest.metrics),
        )


def _find_newest(attempts: Sequence[Attempt], head: str | None) -> Attempt | None:
    return next((attempt for attempt in attempts if attempt.digest == head), None)
