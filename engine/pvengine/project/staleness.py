"""Why evidence is stale, by name: the leaves of the claim, the code, the inputs that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.ledger.staleness import StaleKind
from pvengine.project.claim_changes import say_claim_changes

if TYPE_CHECKING:
    from pvengine.ledger.staleness import StaleReason
    from pvengine.models.evidence import Predicate
    from pvengine.project.view import ContractView

__all__ = ["explain_staleness"]

_SHOWN = len("sha256:") + 12


def explain_staleness(view: ContractView, name: str) -> tuple[str, ...]:
    """Explain why a test stands where it does: its reasons, each with what its record allows to tell.

    The record keeps the claim, so the leaves that differ are named; of the code it keeps the digest alone.
    """
    assessment = view.assessments[name]
    record = assessment.record
    if record is None or not assessment.stale:
        return assessment.reasons
    return tuple(_explain(reason, record.predicate, view, name) for reason in assessment.stale)


def _explain(reason: StaleReason, facts: Predicate, view: ContractView, name: str) -> str:
    if reason.kind is StaleKind.CLAIM and reason.now is not None:
        return f"{reason.text}: {say_claim_changes(facts.claim, view.loaded.claims[name].data)}"
    if reason.kind is StaleKind.CODE and reason.was is not None and reason.now is not None:
        return f"{reason.text}: its digest was {reason.was[:_SHOWN]}, is {reason.now[:_SHOWN]}"
    return reason.text
