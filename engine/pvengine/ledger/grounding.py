"""Whether the status of a test rests on evidence; nothing stored is believed, all is derived again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.judge import Judgement, judge
from pvengine.ledger.recorded_claims import digest_params, read_claim
from pvengine.ledger.records import describe_subject, name_arithmetic
from pvengine.ledger.searches import find_disagreement
from pvengine.ledger.staleness import StaleReason, iter_stale_reasons
from pvengine.ledger.store import MissingEvidenceError
from pvengine.models.trial import TestRun, TrialResult
from pvengine.models.vocabulary import Outcome, Status
from pvengine.numerics.canonical import derive_seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pvengine.ledger.store import EvidenceStore
    from pvengine.models.contract import AmendmentTest, DecidedVerdict, FalsificationTest
    from pvengine.models.evidence import EvidenceRecord, Predicate
    from pvengine.models.report import PackageChange

__all__ = [
    "Assessment",
    "Standing",
    "assess",
    "count_stale_as_verified",
    "rejudge",
    "restore_run",
    "status_of",
    "written_verdict",
]

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Standing(StrEnum):
    """What a test's status rests on."""

    NEW = "new"
    VERIFIED = "verified"
    STALE = "stale"
    SELF_DECLARED = "self-declared"
    TAMPERED = "tampered"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The standing of one test, with what grounds it or why nothing does."""

    test: str
    word: str
    standing: Standing
    reasons: tuple[str, ...] = ()
    stale: tuple[StaleReason, ...] = ()
    """The same with both values, where the standing is stale."""
    where: str | None = None
    verdicts: tuple[DecidedVerdict, ...] = ()
    head: str | None = None
    count: int = 0
    chain: tuple[str, ...] = field(default=(), repr=False)
    """Digests of the records that were read, the newest first."""
    record: EvidenceRecord | None = field(default=None, repr=False)

    @property
    def grounded_status(self) -> Status | None:
        """The status, where evidence that is still current grounds it."""
        return Status(self.word) if self.standing is Standing.VERIFIED else None

    @property
    def is_grounded(self) -> bool:
        """Whether the test is discharged by current evidence."""
        return self.grounded_status is Status.DISCHARGED


def count_stale_as_verified(assessments: Mapping[str, Assessment]) -> dict[str, Assessment]:
    """Return assessments in which stale evidence counts: what was true when its words were written."""
    return {
        name: replace(found, standing=Standing.VERIFIED) if found.standing is Standing.STALE else found
        for name, found in assessments.items()
    }


def status_of(outcome: str) -> Status:
    """Return the status that a conclusive outcome gives."""
    return Status.DISCHARGED if outcome == Outcome.SURVIVED.value else Status.FALSIFIED


def written_verdict(verdicts: tuple[DecidedVerdict, ...]) -> str | None:
    """Return verdicts as the contract writes them: one word where all agree, else each with its hypothesis.

    Examples
    --------
    >>> from pvengine.models.contract import DecidedVerdict
    >>> both = [{"hypothesis": "H1", "verdict": "FALSIFIED"}, {"hypothesis": "H2", "verdict": "CONFIRMED"}]
    >>> written_verdict(tuple(DecidedVerdict.model_validate(one) for one in both))
    'H1 FALSIFIED; H2 CONFIRMED'
    """
    words = {decided.verdict for decided in verdicts}
    if len(words) <= 1:
        return next(iter(words), None)
    return "; ".join(
        f"{decided.hypothesis} {decided.verdict}" + (f" ({decided.scope})" if decided.scope else "")
        for decided in verdicts
    )


def assess(  # noqa: PLR0913 - the facts of one test, keyword-only where they could be mixed up
    test: FalsificationTest,
    pin: AmendmentTest | None,
    store: EvidenceStore,
    *,
    claim_digest: str | None,
    source_digest: str | None,
    inputs: Mapping[str, str] = MappingProxyType({}),
    contract_id: str | None = None,
    find_package_changes: Callable[[Predicate], Iterable[PackageChange]] | None = None,
    reads_whole_chain: bool = True,
    heads: Sequence[str] = (),
    judged: Mapping[str, str | None] = MappingProxyType({}),
) -> Assessment:
    """Assess what the status of a test rests on.

    Parameters
    ----------
    pin
        What the last amendment that speaks of the test says.
    claim_digest
        Digest of the claim as it stands in the contract now; None where it has no canonical form.
    source_digest
        Digest of the falsifier's code as it is installed now; None where it is not.
    inputs
        SHA-256 of each required input that is at hand, by name. One that is not cannot be compared, and
        does not make the evidence stale.
    contract_id
        Id of the contract; evidence that was made for another one is stale.
    find_package_changes
        Finds the third-party versions that are not those of a record, where these make evidence stale.
    reads_whole_chain
        Whether every record of the test is read and judged again. Else the newest is, and the others are
        counted by their names, which costs the same however many there are.
    heads
        What all amendments pin as its newest record: behind a merge, some lead to records that the last one
        does not lead to. These are counted and judged, too.
    judged
        Records of the test that were read and judged already and hold, each with the digest that it pins as
        the one before it; see `ledger.prejudging`.
    """
    word = test.status or Status.NEW.value
    base = Assessment(
        test.id, word, Standing.NEW, head=pin.head if pin else None, count=pin.count if pin else 0
    )
    contradiction = _contradiction(test, pin)
    if contradiction:
        return replace(base, standing=Standing.TAMPERED, reasons=(contradiction,))
    if pin is None or pin.head is None or pin.to == Status.NEW.value:
        return _assess_without_evidence(test, base)
    try:
        record, verdicts, chain = _read_evidence(
            test, pin, store, heads if reads_whole_chain else None, judged
        )
    except TamperedEvidenceError as error:
        missing = isinstance(error, MissingEvidenceError)
        standing = Standing.MISSING if missing else Standing.TAMPERED
        return replace(base, standing=standing, reasons=(error.what,), where=error.where)
    stale = tuple(
        iter_stale_reasons(
            test,
            record.predicate,
            claim_digest=claim_digest,
            source_digest=source_digest,
            inputs=inputs,
            contract_id=contract_id,
            package_changes=find_package_changes(record.predicate) if find_package_changes else (),
        )
    )
    return replace(
        base,
        standing=Standing.STALE if stale else Standing.VERIFIED,
        reasons=tuple(reason.text for reason in stale),
        stale=stale,
        verdicts=verdicts,
        chain=chain,
        record=record,
    )


def _assess_without_evidence(test: FalsificationTest, base: Assessment) -> Assessment:
    """Assess a test that no record grounds: whatever word or verdict stands there was typed."""
    reasons = []
    if base.word != Status.NEW.value:
        reasons.append(f"no evidence grounds the status {base.word}")
    if test.verdict is not None:
        reasons.append(f"no evidence grounds the verdict {test.verdict}")
    return replace(base, standing=Standing.SELF_DECLARED, reasons=tuple(reasons)) if reasons else base


def _read_evidence(
    test: FalsificationTest,
    pin: AmendmentTest,
    store: EvidenceStore,
    heads: Sequence[str] | None,
    judged: Mapping[str, str | None],
) -> tuple[EvidenceRecord, tuple[DecidedVerdict, ...], tuple[str, ...]]:
    """Read the records of a test and derive what they say; TamperedEvidenceError where they contradict.

    Without ``heads`` the newest record alone is read.

    Returns
    -------
    record
        The newest.
    verdicts
        What it says.
    chain
        Digests of the records that were read, the newest first.
    """
    head = pin.head or ""
    where = str(store.path_of(test.id, head))
    if heads is not None:
        record, chain = _read_chain(test, pin, store, heads, judged)
    else:
        record, chain = store.read(test.id, head), (head,)
        counted = store.count_records(test.id)
        if counted < pin.count:
            raise MissingEvidenceError(_say_count(pin, counted), where=str(store.folder_of(test.id)))
    status, verdicts = rejudge(record, where)
    if test.status != status.value:
        raise TamperedEvidenceError(
            f"the status is {test.status}, its evidence says {status.value}", where=where
        )
    wanted = written_verdict(verdicts)
    if test.verdict != wanted:
        raise TamperedEvidenceError(f"the verdict is {test.verdict}, its evidence says {wanted}", where=where)
    if pin.verdict != wanted:
        raise TamperedEvidenceError(
            f"the amendment says the verdict {pin.verdict}, its evidence {wanted}", where=where
        )
    return record, verdicts, chain


def _read_chain(
    test: FalsificationTest,
    pin: AmendmentTest,
    store: EvidenceStore,
    heads: Sequence[str],
    judged: Mapping[str, str | None],
) -> tuple[EvidenceRecord, tuple[str, ...]]:
    """Read and judge every record of a test; return the newest, and the digests of all."""
    newest: EvidenceRecord | None = None
    chain: dict[str, None] = {}
    for head in (pin.head or "", *reversed(heads)):
        digest: str | None = head
        while digest is not None and digest not in chain:  # where it is, another branch of its history began
            chain[digest] = None
            if newest is not None and digest in judged:
                digest = judged[digest]
                continue
            record = store.read_own(test.id, digest)
            if newest is None:
                newest = record
            else:
                rejudge(record, str(store.path_of(test.id, digest)))
            digest = record.predicate.previous
    if newest is None or len(chain) != pin.count:
        raise TamperedEvidenceError(
            _say_count(pin, len(chain)), where=str(store.path_of(test.id, pin.head or ""))
        )
    return newest, tuple(chain)


def _say_count(pin: AmendmentTest, found: int) -> str:
    return f"the amendment counts {pin.count} records, the store has {found}"


def _contradiction(test: FalsificationTest, pin: AmendmentTest | None) -> str | None:
    """Say how status and evidence link differ from the last amendment; None where they agree."""
    word = test.status or Status.NEW.value
    link = test.evidence if isinstance(test.evidence, str) and _DIGEST.fullmatch(test.evidence) else None
    if pin is None:
        return f"evidence {link[:19]} is linked, and no amendment records it" if link else None
    if word != pin.to:
        return f"the status is {word}, and the last amendment made it {pin.to}"
    wanted = None if pin.to == Status.NEW.value else pin.head
    if link != wanted:
        found = f"the linked evidence is {link[:19]}" if link else "no evidence is linked"
        return f"{found}, and the last amendment pins {(wanted or 'none')[:19]}"
    return None


def rejudge(record: EvidenceRecord, where: str) -> tuple[Status, tuple[DecidedVerdict, ...]]:
    """Derive status and verdicts of a record again from its claim and measurements.

    Raises
    ------
    TamperedEvidenceError
        Some fact of the record does not follow from its claim and measurements.
    """
    facts = record.predicate
    try:
        claim = read_claim(facts.claim)
        run = restore_run(facts)
        judgement = judge(claim.judging, run)
    except ValueError as error:
        raise TamperedEvidenceError("the claim in the record cannot be read", where=where) from error
    if claim.digest != facts.claim_digest:
        raise TamperedEvidenceError("the claim in the record has another digest than it states", where=where)
    unlike = find_disagreement(claim.test.search, run, claim.judging.metrics)
    for what in (unlike,) if unlike else _iter_disagreements(record, claim.test, judgement):
        raise TamperedEvidenceError(what, where=where)
    return status_of(facts.outcome), judgement.verdicts


def _iter_disagreements(
    record: EvidenceRecord, test: FalsificationTest, judgement: Judgement
) -> Iterator[str]:
    """Iterate over the facts of a record that differ from what its claim and measurements give."""
    facts = record.predicate
    if test.id != facts.test:
        yield f"the record is about {facts.test}, its claim about {test.id}"
    if test.falsifier != facts.falsifier:
        yield f"the record names the falsifier {facts.falsifier}, its claim {test.falsifier}"
    params = digest_params(facts.params)
    if params is None or params != digest_params(test.params or {}):
        yield "the record has other params than its claim"
    if record.subject != describe_subject(facts.falsifier, facts.source_digest, test.id, facts.claim_digest):
        yield "the subject of the record is not the falsifier and the claim that it was made with"
    if facts.arithmetic != name_arithmetic(facts.measurements):
        yield "the record names another arithmetic than its measurements do"
    if judgement.outcome.value != facts.outcome:
        yield f"the record says {facts.outcome}, its measurements give {judgement.outcome.value}"
    if judgement.verdicts != facts.verdicts:
        said, given = written_verdict(facts.verdicts), written_verdict(judgement.verdicts)
        yield f"the record says the verdict {said}, its measurements give {given}"
    if [(fault.name, fault.noticed) for fault in judgement.faults] != [
        (fault.name, fault.noticed) for fault in facts.planted_faults
    ]:
        yield "the record notices other faults than its measurements do"
    if facts.seed != derive_seed(facts.claim_digest):
        yield "the seed of the record is not that of its claim"


def restore_run(facts: Predicate) -> TestRun:
    """Put the stored measurements back into the shape that the judge takes; all time is the subject's."""
    return TestRun(
        falsifier=facts.falsifier,
        source_digest=facts.source_digest,
        params=facts.params,
        seed=facts.seed,
        inputs=facts.inputs,
        faults=tuple(
            TrialResult(
                fault=fault.name, failure=fault.failure, measurements=fault.measurements, search=fault.search
            )
            for fault in facts.planted_faults
        ),
        subject=TrialResult(
            fault=None,
            measurements=facts.measurements,
            search=facts.search,
            duration_s=facts.duration_s,
        ),
        baseline=None
        if facts.baseline is None
        else TrialResult(fault=None, measurements=facts.baseline.measurements, search=facts.baseline.search),
        replacements=tuple(
            TrialResult(
                fault=each.name, failure=each.failure, measurements=each.measurements, search=each.search
            )
            for each in facts.replacements or ()
        ),
    )
