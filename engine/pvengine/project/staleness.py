"""Why evidence is stale, by name: the leaves of the claim, the code, the inputs that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.ledger.grounding import Standing
from pvengine.project.claim_changes import say_claim_changes

if TYPE_CHECKING:
    from pvengine.project.view import ContractView

__all__ = ["explain_staleness"]

_CLAIM = "the claim changed"
_CODE = "the code of falsifier"
_SHOWN = len("sha256:") + 12


def explain_staleness(view: ContractView, name: str) -> tuple[str, ...]:
    """Explain why a test stands where it does: its reasons, each with what its record allows to tell.

    The record keeps the claim, so the leaves that differ are named; of the code it keeps the digest alone.
    """
    assessment = view.assessments[name]
    record = assessment.record
    if record is None or assessment.standing is not Standing.STALE:
        return assessment.reasons
    facts = record.predicate
    reasons = []
    for reason in assessment.reasons:
        said = reason
        if reason == _CLAIM:
            said = f"{reason}: {say_claim_changes(facts.claim, view.loaded.claims[name].data)}"
        elif reason.startswith(_CODE):
            now = view.find_source_digest(view.loaded.tests[name])
            if now is not None:
                said = f"{reason}: its digest was {facts.source_digest[:_SHOWN]}, is {now[:_SHOWN]}"
        reasons.append(said)
    return tuple(reasons)
