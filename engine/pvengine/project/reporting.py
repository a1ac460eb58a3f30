"""Turn views, plans and judgements into the entries of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pvengine.graph.edges import Key, Kind, step_name
from pvengine.ledger.derivation import combine_verdicts, derive_milestones, derive_verdicts
from pvengine.ledger.grounding import Assessment, Standing, written_verdict
from pvengine.models.report import (
    ContractEntry,
    HypothesisEntry,
    MilestoneEntry,
    ScopedVerdictEntry,
    Summary,
    TestEntry,
    TransitionEntry,
)
from pvengine.models.vocabulary import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pvengine.ledger.transitions import Transition
    from pvengine.models.report import ObligationKind
    from pvengine.project.view import ContractView

__all__ = ["count_tests", "describe_contract", "list_transitions"]


def list_transitions(transitions: Iterable[Transition]) -> tuple[TransitionEntry, ...]:
    """List transitions as a report has them."""
    return tuple(
        TransitionEntry(
            id=moved.id,
            kind=cast("ObligationKind", moved.kind.value),
            from_=moved.from_,
            to=moved.to,
            verdict=moved.verdict,
            grounded=True if moved.grounded else None,
        )
        for moved in transitions
    )


def count_tests(
    view: ContractView, assessments: Mapping[str, Assessment], blocked: Mapping[str, str]
) -> Summary:
    """Count where the tests of a contract stand; ``run`` and ``inconclusive`` stay 0."""
    states = list(assessments.values())
    return Summary(
        declared=max(len(view.list_test_entries()), len(view.loaded.contract.tests)),
        bound=sum(test.is_bound for test in view.loaded.contract.tests),
        discharged=sum(state.grounded_status is Status.DISCHARGED for state in states),
        falsified=sum(state.grounded_status is Status.FALSIFIED for state in states),
        stale=sum(state.standing is Standing.STALE for state in states),
        blocked=len(blocked),
        self_declared=sum(
            state.standing in (Standing.SELF_DECLARED, Standing.TAMPERED, Standing.MISSING)
            for state in states
        ),
    )


def describe_contract(view: ContractView, blocked: Mapping[str, str]) -> ContractEntry:
    """Describe where a contract stands: its tests, its hypotheses in every scope, and its milestones."""
    loaded = view.loaded
    version = loaded.contract.metadata.version
    return ContractEntry(
        path=loaded.display_path,
        id=loaded.id,
        version=None if version is None else str(version),
        summary=count_tests(view, view.assessments, blocked),
        tests=tuple(
            TestEntry(
                id=name,
                status=state.word,
                standing=state.standing.value,
                reasons=state.reasons,
                verdict=written_verdict(state.verdicts),
                falsifier=loaded.tests[name].falsifier,
                evidence=state.head,
                blocked=blocked.get(name),
            )
            for name, state in view.assessments.items()
        ),
        hypotheses=tuple(_iter_hypotheses(view)),
        milestones=tuple(_iter_milestones(view)),
    )


def _iter_hypotheses(view: ContractView) -> Iterator[HypothesisEntry]:
    derived = derive_verdicts(view.loaded.contract, view.assessments)
    for entry in view.loaded.contract.hypotheses or ():
        yield HypothesisEntry(
            id=entry.id,
            statement=entry.statement,
            status=entry.status or Verdict.UNTESTED.value,
            derived=combine_verdicts(derived[entry.id]).value,
            verdicts=tuple(
                ScopedVerdictEntry(
                    test=scoped.test, scope=scoped.scope, verdict=scoped.verdict.value, counts=scoped.counts
                )
                for scoped in derived[entry.id]
            ),
        )


def _iter_milestones(view: ContractView) -> Iterator[MilestoneEntry]:
    decided = derive_milestones(view.loaded.contract, view.loaded.indexes, view.assessments)
    for stage in view.loaded.contract.stages:
        yield _milestone(Key(Kind.STAGE, stage.id), stage.title or stage.description, stage.status, decided)
        for step in stage.steps or ():
            key = Key(Kind.STEP, step_name(stage, step))
            yield _milestone(key, step.title or step.description, step.status, decided)


def _milestone(
    key: Key, title: str | None, status: str | None, decided: Mapping[Key, Status]
) -> MilestoneEntry:
    derived = decided.get(key)
    return MilestoneEntry(
        id=key.name,
        kind="step" if key.kind is Kind.STEP else "stage",
        title=title.strip().splitlines()[0] if title and title.strip() else None,
        status=status or Status.NEW.value,
        derived=derived.value if derived else None,
    )
