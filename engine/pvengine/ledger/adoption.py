"""Records of a discharge that was broken off before it could edit the contract: the next one adopts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.grounding import rejudge, restore_run
from pvengine.ledger.judge import judge
from pvengine.ledger.recorded_claims import read_claim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pvengine.ledger.judge import Judgement
    from pvengine.ledger.store import EvidenceStore
    from pvengine.models.evidence import ContractState, EvidenceRecord, Predicate
    from pvengine.models.report import PackageChange
    from pvengine.models.trial import TestRun

__all__ = ["Adopted", "Wanted", "find_adoptable"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a record must pin to stand for a trial that would be run now."""

    contract: ContractState
    previous: str | None
    claim_digest: str
    source_digest: str
    inputs: Mapping[str, str]
    find_package_changes: Callable[[Predicate], Iterable[PackageChange]] | None = None
    """Finds the packages whose versions make a record stale; None where none does."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A record that stands for a trial, with the trial and what it means."""

    digest: str
    run: TestRun
    judgement: Judgement
    started: str


def find_adoptable(store: EvidenceStore, test: str, wanted: Wanted, *, known: int) -> Adopted | None:
    """Find the record that can be linked instead of measuring again; None where there is none.

    It was made from the contract as it stands, byte for byte, for the claim and the code of now, and follows
    the newest record that is linked. Of several, which parallel runs on copies of a project can leave, the
    last stands for all when they say the same; when they differ none does, and the test is measured again.

    Parameters
    ----------
    known
        Records of the test that the contract counts: where its folder has no more, none is read.
    """
    if store.count_records(test) <= known:
        return None
    found = [
        (digest, record)
        for digest, record in _iter_readable(store, test, wanted)
        if _fits(record, test, wanted)
    ]
    if len({(record.predicate.outcome, record.predicate.verdicts) for _, record in found}) != 1:
        return None
    digest, record = max(found, key=lambda pair: (pair[1].predicate.started, pair[0]))
    facts = record.predicate
    run = restore_run(facts)
    return Adopted(digest, run, judge(read_claim(facts.claim).judging, run), facts.started)


def _iter_readable(store: EvidenceStore, test: str, wanted: Wanted) -> Iterator[tuple[str, EvidenceRecord]]:
    """Iterate over the records that can be believed, of those that name the contract as it stands."""
    mark = wanted.contract.digest.encode()
    for digest in store.list_digests(test):
        try:
            if mark not in store.path_of(test, digest).read_bytes():  # most are of older states: not parsed
                continue
            record = store.read(test, digest)
            rejudge(record, str(store.path_of(test, digest)))
        except (OSError, TamperedEvidenceError):
            continue
        yield digest, record


def _fits(record: EvidenceRecord, test: str, wanted: Wanted) -> bool:
    facts = record.predicate
    return (
        facts.test == test
        and facts.contract == wanted.contract
        and facts.previous == wanted.previous
        and facts.claim_digest == wanted.claim_digest
        and facts.source_digest == wanted.source_digest
        and {pinned.model: pinned.sha256 for pinned in facts.inputs} == dict(wanted.inputs)
        and not (wanted.find_package_changes and any(wanted.find_package_changes(facts)))
    )
