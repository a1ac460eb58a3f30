"""Statuses of steps and stages and verdicts of hypotheses, derived from the tests that ground them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.graph.edges import Edge, Key, Kind, Relation, iter_edges, iter_keys, step_name
from pvengine.models.issue import Issue
from pvengine.models.vocabulary import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pvengine.ledger.grounding import Assessment
    from pvengine.models.contract import Contract

__all__ = [
    "ScopedVerdict",
    "combine_verdicts",
    "derive_milestones",
    "derive_verdicts",
    "iter_ungrounded_words",
]

_VERDICTS = frozenset(verdict.value for verdict in Verdict) - {Verdict.UNTESTED.value}
_DECIDED = frozenset({Status.DISCHARGED.value, Status.FALSIFIED.value})


@dataclass(frozen=True, slots=True)
class ScopedVerdict:
    """What one test says about one hypothesis in one scope; only what ``counts`` is combined."""

    test: str
    scope: str | None
    verdict: Verdict
    counts: bool


def derive_verdicts(
    contract: Contract, assessments: Mapping[str, Assessment]
) -> dict[str, tuple[ScopedVerdict, ...]]:
    """Collect the verdicts on each hypothesis, in the order of the text.

    A verdict counts where its test is discharged by current evidence. Those of stale and of falsified tests
    are listed and do not count: the first speak of another claim, the second of a broken instrument.
    """
    found: dict[str, list[ScopedVerdict]] = {entry.id: [] for entry in contract.hypotheses or ()}
    for test in contract.tests:
        assessment = assessments.get(test.id)
        for decided in assessment.verdicts if assessment else ():
            found.setdefault(decided.hypothesis, []).append(
                ScopedVerdict(
                    test.id,
                    decided.scope,
                    Verdict(decided.verdict),
                    counts=bool(assessment and assessment.is_grounded),
                )
            )
    return {name: tuple(verdicts) for name, verdicts in found.items()}


def combine_verdicts(verdicts: Iterable[ScopedVerdict]) -> Verdict:
    """Combine the verdicts of several scopes into that on the hypothesis.

    The same in every scope: that. CONFIRMED with PARTIALLY_CONFIRMED: the weaker. FALSIFIED with either:
    CONTESTED. None that counts: UNTESTED.
    """
    words = {scoped.verdict for scoped in verdicts if scoped.counts}
    if not words:
        return Verdict.UNTESTED
    if len(words) == 1:
        return words.pop()
    return Verdict.CONTESTED if Verdict.FALSIFIED in words else Verdict.PARTIALLY_CONFIRMED


def derive_milestones(
    contract: Contract, indexes: Mapping[str, tuple[int, ...]], assessments: Mapping[str, Assessment]
) -> dict[Key, Status]:
    """Derive the status of each step and stage that evidence decides.

    FALSIFIED when a need is, DISCHARGED when there are needs and all are discharged by current evidence.
    What is not decided is not in the result: its word stays as it is. A cycle decides nothing.
    """
    needs: dict[Key, list[Key]] = {
        key: [] for key, _ in iter_keys(contract, indexes) if key.kind in (Kind.STEP, Kind.STAGE)
    }
    for edge in iter_edges(contract, indexes):
        if _is_need(edge):
            needs.setdefault(edge.needing, []).append(edge.needed)
    decided: dict[Key, Status] = {
        Key(Kind.TEST, name): status
        for name, assessment in assessments.items()
        if (status := assessment.grounded_status) is not None
    }
    while True:
        fresh = {
            key: status
            for key, needed in needs.items()
            if key not in decided and (status := _decide(needed, decided)) is not None
        }
        if not fresh:
            return {key: decided[key] for key in needs if key in decided}
        decided |= fresh


def iter_ungrounded_words(
    contract: Contract, indexes: Mapping[str, tuple[int, ...]], assessments: Mapping[str, Assessment]
) -> Iterator[Issue]:
    """Iterate over the words of hypotheses, steps and stages that are not what current evidence gives.

    They were typed by hand, or the evidence behind them is stale. Foreign words are left alone where
    evidence decides nothing.
    """
    derived = derive_verdicts(contract, assessments)
    for index, entry in zip(indexes.get("hypotheses", ()), contract.hypotheses or (), strict=True):
        verdict = combine_verdicts(derived[entry.id])
        is_decided = verdict is not Verdict.UNTESTED
        if (entry.status in _VERDICTS or is_decided) and entry.status != verdict.value:
            yield _ungrounded(f"hypothesis {entry.id}", entry.status, verdict, ("hypotheses", index))
    decided = derive_milestones(contract, indexes, assessments)
    for index, stage in zip(indexes.get("implementation_stages", ()), contract.stages, strict=True):
        path = ("implementation_stages", index)
        milestones: list[tuple[Key, str | None, tuple[str | int, ...]]] = [
            (Key(Kind.STEP, step_name(stage, step)), step.status, (*path, "steps", number))
            for number, step in enumerate(stage.steps or ())
        ]
        milestones.append((Key(Kind.STAGE, stage.id), stage.status, path))
        for key, word, where in milestones:
            status = decided.get(key)
            if (word in _DECIDED or status is not None) and word != status:
                yield _ungrounded(f"{key.kind} {key.name}", word, status, where)


def _ungrounded(
    name: str, word: str | None, given: Verdict | Status | None, path: tuple[str | int, ...]
) -> Issue:
    evidence = f"current evidence gives {given.value}" if given else "no current evidence gives that"
    return Issue("PV501", (*path, "status"), f"{name} is {word or 'without a status'}, and {evidence}")


def _is_need(edge: Edge) -> bool:
    return edge.relation in (Relation.NEEDS, Relation.EXPECTED, Relation.PART_OF)


def _decide(needed: list[Key], decided: Mapping[Key, Status]) -> Status | None:
    statuses = [decided.get(key) for key in needed]
    if Status.FALSIFIED in statuses:
        return Status.FALSIFIED
    return Status.DISCHARGED if statuses and all(status is Status.DISCHARGED for status in statuses) else None
