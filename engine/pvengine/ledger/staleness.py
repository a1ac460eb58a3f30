"""What evidence speaks of that is not so any more: one reason for each difference, with both values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pvengine.models.report import PackageChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pvengine.models.contract import FalsificationTest
    from pvengine.models.evidence import Predicate

__all__ = ["StaleKind", "StaleReason", "iter_stale_reasons"]


class StaleKind(StrEnum):
    """What differs between evidence and the present."""

    CLAIM = "claim"
    FALSIFIER = "falsifier"
    CODE = "code"
    INPUT = "input"
    CONTRACT = "contract"
    PACKAGES = "packages"


@dataclass(frozen=True, slots=True)
class StaleReason:
    """One difference; ``was`` is the value of the evidence, ``now`` is None where there is none to compare.

    The values are digests of claim, code and inputs, names of falsifiers, ids of contracts, and versions of
    packages. ``name`` is that of the falsifier, the model or the package.
    """

    kind: StaleKind
    was: str | None
    now: str | None
    name: str = ""

    @property
    def text(self) -> str:
        """The reason as a clause.

        Examples
        --------
        >>> StaleReason(StaleKind.FALSIFIER, "old", "new").text
        "the test names the falsifier 'new', its evidence 'old'"
        """
        was, now = self.was, self.now
        match self.kind:
            case StaleKind.CLAIM:
                said = "the claim has no digest" if now is None else "the claim changed"
            case StaleKind.FALSIFIER:
                said = f"the test names the falsifier {now!r}, its evidence {was!r}"
            case StaleKind.CODE if now is None:
                said = f"falsifier {self.name!r} is not installed, so its code cannot be compared"
            case StaleKind.CODE:
                said = f"the code of falsifier {self.name!r} changed"
            case StaleKind.INPUT:
                shown = [(digest or "none")[:12] for digest in (now, was)]
                said = f"the model {self.name} has SHA-256 {shown[0]}, its evidence {shown[1]}"
            case StaleKind.CONTRACT:
                said = f"the evidence was made for the contract {was}"
            case StaleKind.PACKAGES:
                said = PackageChange(name=self.name, was=was, now=now).text
        return said


def iter_stale_reasons(  # noqa: PLR0913 - the facts of one test, keyword-only where they could be mixed up
    test: FalsificationTest,
    facts: Predicate,
    *,
    claim_digest: str | None,
    source_digest: str | None,
    inputs: Mapping[str, str],
    contract_id: str | None,
    package_changes: Iterable[PackageChange],
) -> Iterator[StaleReason]:
    """Iterate over what is another one than its evidence says; `ledger.grounding.assess` names the facts."""
    if facts.claim_digest != claim_digest:
        yield StaleReason(StaleKind.CLAIM, facts.claim_digest, claim_digest)
    if facts.falsifier != test.falsifier:
        yield StaleReason(StaleKind.FALSIFIER, facts.falsifier, test.falsifier)
    elif facts.source_digest != source_digest:
        yield StaleReason(StaleKind.CODE, facts.source_digest, source_digest, facts.falsifier)
    for pinned in facts.inputs:
        found = inputs.get(pinned.model)
        if found is not None and found != pinned.sha256:
            yield StaleReason(StaleKind.INPUT, pinned.sha256, found, pinned.model)
    if contract_id is not None and facts.contract.id != contract_id:
        yield StaleReason(StaleKind.CONTRACT, facts.contract.id, contract_id)
    for change in package_changes:
        yield StaleReason(StaleKind.PACKAGES, change.was, change.now, change.name)
