"""How often a test was tried: every record of its folder, in the order of trying."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.amendments import list_heads
from pvengine.ledger.conditions import Check, check_condition
from pvengine.ledger.grounding import rejudge, written_verdict
from pvengine.ledger.recorded_claims import read_claim
from pvengine.models.report import MeasurementEntry
from pvengine.models.vocabulary import Outcome
from pvengine.project.claim_changes import list_claim_changes, say_claim_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from pvengine.ledger.judge import Judging
    from pvengine.ledger.store import EvidenceStore
    from pvengine.models.evidence import EvidenceRecord, Predicate

__all__ = ["Attempt", "describe_measurements", "list_attempts", "list_changes_of_claim", "list_heads"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One record of a test, linked by its amendments or not; ``problem`` where it cannot be believed."""

    digest: str
    is_linked: bool
    record: EvidenceRecord | None = None
    problem: str | None = None

    @property
    def facts(self) -> Predicate | None:
        """What the record holds; None where it cannot be believed."""
        return self.record.predicate if self.record is not None and self.problem is None else None

    @property
    def outcome(self) -> str | None:
        """The outcome, where the record can be believed."""
        return self.facts.outcome if self.facts else None

    @property
    def verdict(self) -> str | None:
        """The verdict as a contract writes it."""
        return written_verdict(self.facts.verdicts) if self.facts else None

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that the claim speaks about; none where the record cannot be believed."""
        return self._judging.metrics if self._judging else ()

    @property
    def misses(self) -> tuple[str, ...]:
        """What broke, each with the size of the miss."""
        judging, facts = self._judging, self.facts
        if judging is None or facts is None:
            return ()
        results = (check_condition(condition, facts.measurements) for condition in judging.conditions)
        return tuple(result.text for result in results if result.check is Check.BROKEN)

    @property
    def _judging(self) -> Judging | None:
        return read_claim(self.facts.claim).judging if self.facts else None

    @property
    def started(self) -> str:
        """When the trial began, in UTC; empty where the record cannot be read."""
        return self.record.predicate.started if self.record else ""


def list_attempts(store: EvidenceStore, test: str, heads: Sequence[str]) -> list[Attempt]:
    """List all records of a test, the first trial first; never raises for what a record is.

    ``heads`` are the records that the amendments pin, the oldest first. What they lead to is linked and keeps
    the order in which records pin each other; the others stand where their time of starting puts them. A
    record that is linked and not there is in the list, with that as its problem.
    """
    linked: dict[str, Attempt] = {}
    for head in heads:
        fresh: dict[str, Attempt] = {}
        digest: str | None = head
        while digest is not None and digest not in linked and digest not in fresh:
            attempt = _read(store, test, digest, is_linked=True)
            fresh[digest] = attempt
            digest = attempt.record.predicate.previous if attempt.record else None
        linked |= dict(reversed(fresh.items()))
    unlinked = [each for each in store.list_digests(test) if each not in linked]
    others = [_read(store, test, each, is_linked=False) for each in unlinked]
    return _merge(list(linked.values()), others)


def _read(store: EvidenceStore, test: str, digest: str, *, is_linked: bool) -> Attempt:
    record = None
    try:
        record = store.read(test, digest)
        if record.predicate.test != test:
            return Attempt(digest, is_linked, None, f"the record belongs to {record.predicate.test}")
        rejudge(record, str(store.path_of(test, digest)))
    except TamperedEvidenceError as error:
        return Attempt(digest, is_linked, record, error.what)
    return Attempt(digest, is_linked, record)


def _merge(linked: Sequence[Attempt], others: Sequence[Attempt]) -> list[Attempt]:
    """Put unlinked records between the linked ones, by the time of starting; unreadable ones come last."""
    latest = ""
    keyed: list[tuple[str, Attempt]] = []
    for attempt in linked:
        latest = max(latest, attempt.started)
        keyed.append((latest, attempt))
    readable = [attempt for attempt in others if attempt.record]
    keyed += [(attempt.started, attempt) for attempt in readable]
    keyed.sort(key=lambda pair: pair[0])
    return [attempt for _, attempt in keyed] + [attempt for attempt in others if not attempt.record]


def list_changes_of_claim(attempts: Sequence[Attempt], now: Mapping[str, Any] | None) -> dict[int, str]:
    """List where the claim was edited after trials that falsified it, by the index of the attempt after it.

    What is counted are the falsified trials since the test last survived, edits between them or not.
    ``now`` is the claim as the contract has it, which counts as an attempt behind the last; None leaves it
    out.
    """
    return dict(_iter_changes_of_claim(attempts, now))


def _iter_changes_of_claim(
    attempts: Sequence[Attempt], now: Mapping[str, Any] | None
) -> Iterator[tuple[int, str]]:
    claims = [(index, attempt.facts.claim) for index, attempt in enumerate(attempts) if attempt.facts]
    steps = [*claims, *([(len(attempts), dict(now))] if now is not None else [])]
    falsified = 0
    for (index, before), (following, after) in pairwise(steps):
        falsified = falsified + 1 if attempts[index].outcome == Outcome.FALSIFIED.value else 0
        if falsified and list_claim_changes(before, after):
            yield following, _say_change_of_claim(before, after, falsified)


def _say_change_of_claim(before: Mapping[str, Any], after: Mapping[str, Any], falsified: int) -> str:
    """Say that a claim was edited after trials that falsified it, and by which leaves."""
    is_criterion = any(change.is_criterion for change in list_claim_changes(before, after))
    trials = "1 falsified trial" if falsified == 1 else f"{falsified} falsified trials"
    what = "criterion" if is_criterion else "claim"
    return f"{what} changed after {trials}: {say_claim_changes(before, after)}"


def describe_measurements(
    attempt: Attempt, metrics: Sequence[str] | None = None
) -> dict[str, MeasurementEntry]:
    """Describe what an attempt measured, by metric: what is named, or all of it."""
    if attempt.facts is None:
        return {}
    measured = attempt.facts.measurements
    return {
        name: MeasurementEntry(**measured[name].model_dump())
        for name in (measured if metrics is None else metrics)
        if name in measured
    }
