"""The hypotheses of a contract, each with what every test says about it, scope by scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.ledger.derivation import combine_verdicts, derive_verdicts
from pvengine.ledger.recorded_claims import read_claim
from pvengine.models.landscape import LandscapeHypothesis, ScopedFigure
from pvengine.models.report import MeasurementEntry
from pvengine.models.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.models.claim import Decision
    from pvengine.models.contract import FalsificationTest
    from pvengine.project.view import ContractView

__all__ = ["list_hypotheses"]


def list_hypotheses(view: ContractView, blocked: Mapping[str, str]) -> tuple[LandscapeHypothesis, ...]:
    """List the hypotheses in the order of the text; a verdict and its figure are of one record."""
    derived = derive_verdicts(view.loaded.contract, view.assessments)
    rows: dict[str, list[ScopedFigure]] = {}
    for test in view.loaded.tests.values():
        for name, row in _iter_rows(view, test, blocked.get(test.id)):
            rows.setdefault(name, []).append(row)
    return tuple(
        LandscapeHypothesis(
            id=entry.id,
            statement=entry.statement,
            status=entry.status or Verdict.UNTESTED.value,
            verdict=combine_verdicts(derived[entry.id]).value,
            scopes=tuple(rows.get(entry.id, ())),
        )
        for entry in view.loaded.contract.hypotheses or ()
    )


def _iter_rows(
    view: ContractView, test: FalsificationTest, blocked: str | None
) -> Iterator[tuple[str, ScopedFigure]]:
    """Iterate over the hypotheses that a test speaks about; one that it does not decide has a row as well."""
    state = view.assessments[test.id]
    facts = None if state.record is None else state.record.predicate
    if facts is None:
        decisions = [(test.hypothesis_of(each), each) for each in test.decisions]
        verdicts: list[str | None] = [None] * len(decisions)
    else:  # the verdicts of stale evidence are those of the claim as it was
        decisions = [*read_claim(facts.claim).judging.decisions]
        verdicts = [each.verdict for each in facts.verdicts]
    pairs: list[tuple[str, Decision | None, str | None]] = [
        (name, decision, verdict)
        for (name, decision), verdict in zip(decisions, verdicts, strict=True)
        if name is not None
    ]
    decided = {name for name, _, _ in pairs}
    pairs += [(name, None, None) for name in test.hypotheses if name not in decided]
    for name, decision, verdict in pairs:
        metric = None if decision is None else decision.metric
        measured = facts.measurements.get(metric) if facts and metric else None
        yield (
            name,
            ScopedFigure(
                test=test.id,
                scope=None if decision is None else decision.scope,
                verdict=verdict,
                counts=verdict is not None and state.is_grounded,
                status=state.word,
                standing=state.standing.value,
                blocked=blocked,
                metric=metric,
                figure=None if measured is None else MeasurementEntry(**measured.model_dump()),
                evidence=None if facts is None else state.head,
            ),
        )
