from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.ledger.judge import Judging, judge
from pvengine.ledger.records import make_record, serialize_record
from pvengine.ledger.store import EvidenceStore
from pvengine.models.contract import Amendment, FalsificationTest
from pvengine.models.evidence import ContractState
from pvengine.models.measurement import Measurement, encode_bits
from pvengine.models.trial import Environment, TestRun, TrialResult
from pvengine.numerics.canonical import derive_seed, digest_of
from pvengine.project.attempts import (
    Attempt,
    describe_measurements,
    list_attempts,
    list_changes_of_claim,
    list_heads,
)

if TYPE_CHECKING:
    from pathlib import Path

SHA = "sha256:" + "5" * 64
ENVIRONMENT = Environment(
    pvengine="0.1.0",
    python="3.11.9",
    implementation="CPython",
    platform="Linux",
    machine="x86_64",
    numpy="2.1.0",
    blas="OpenBLAS",
    cpu_features=(),
    threads=1,
)


def trial(value: float, fault: str | None = None) -> TrialResult:
    measured = Measurement(value=value, dtype="float64", bits=encode_bits(value, "float64"))
    return TrialResult(fault=fault, measurements={"m": measured, "other": measured}, environment=ENVIRONMENT)


class Shelf:
    """A store in which trials of one test are put."""

    def __init__(self, store: EvidenceStore) -> None:
        self.store = store

    def put(self, value: float, day: int, previous: str | None = None, **claim: Any) -> str:
        """Store a trial of a claim that holds below 1; return its digest."""
        claim = {"id": "T", "falsifier": "f", "accept": [{"metric": "m", "lt": 1}], **claim}
        run = TestRun(
            falsifier="f",
            source_digest=SHA,
            params=claim.get("params", {}),
            seed=derive_seed(digest_of(claim)),
            faults=(trial(1000.0, "broken"),),
            subject=trial(value),
        )
        record = make_record(
            run,
            judge(Judging.of(FalsificationTest.model_validate(claim)), run),
            contract=ContractState(id="C", version="1.0.0", digest=SHA),
            test="T",
            claim=claim,
            claim_digest=digest_of(claim),
            started=f"2026-01-{day:02}T00:00:00Z",
            previous=previous,
        )
        return self.store.add("T", serialize_record(record))

    def list(self, *heads: str) -> list[Attempt]:
        """List the attempts where the amendments pin these records."""
        return list_attempts(self.store, "T", heads)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(EvidenceStore(tmp_path / "evidence"))


def test_nothing_was_tried(shelf: Shelf) -> None:
    assert shelf.list() == []


def test_linked_records_keep_their_order_and_others_stand_between(shelf: Shelf) -> None:
    first = shelf.put(0.5, 1)
    second = shelf.put(0.5, 5, first)
    third = shelf.put(0.5, 4, second)  # a clock that was set back
    early, late = shelf.put(0.5, 3), shelf.put(2.0, 9)
    found = shelf.list(first, third)
    assert [attempt.digest for attempt in found] == [first, early, second, third, late]
    assert [attempt.is_linked for attempt in found] == [True, False, True, True, False]
    assert [attempt.outcome for attempt in found] == ["survived"] * 4 + ["falsified"]


def test_a_lost_record_leaves_the_older_ones_linked_by_their_own_pins(shelf: Shelf) -> None:
    first = shelf.put(0.5, 1)
    second = shelf.put(0.5, 2, first)
    third = shelf.put(0.5, 3, second)
    shelf.store.path_of("T", second).unlink()
    found = shelf.list(first, second, third)
    assert [(attempt.digest, attempt.is_linked) for attempt in found] == [
        (first, True),
        (second, True),
        (third, True),
    ]
    assert found[1].problem == f"the record {second[:19]} of T is missing"
    assert (found[1].outcome, found[1].verdict, found[1].metrics, found[1].misses) == (None, None, (), ())
    assert describe_measurements(found[1]) == {}


def test_a_record_of_another_test(shelf: Shelf) -> None:
    digest = shelf.put(0.5, 1)
    other = shelf.store.path_of("U", digest)
    other.parent.mkdir()
    other.write_bytes(shelf.store.path_of("T", digest).read_bytes())
    (found,) = list_attempts(shelf.store, "U", [])
    assert found.problem == "the record belongs to T"


def test_the_size_of_a_miss_and_the_judged_figures(shelf: Shelf) -> None:
    (found,) = shelf.list(shelf.put(2.0, 1))
    assert found.misses == ("m 2.0, allowed < 1 (it would hold at 2.01)",)
    assert found.metrics == ("m",)
    assert list(describe_measurements(found)) == ["m", "other"]
    assert list(describe_measurements(found, found.metrics)) == ["m"]


def loose(bound: float) -> dict[str, Any]:
    return {"accept": [{"metric": "m", "lt": bound}]}


def test_changes_after_failures_are_counted_since_the_last_survival(shelf: Shelf) -> None:
    head = None
    for day, (value, bound) in enumerate([(2, 1), (2, 1.5), (2, 1.5), (2, 3), (2, 4), (9, 4)], 1):
        head = shelf.put(float(value), day, head, **loose(bound))
    attempts = shelf.list(head or "")
    now = {"id": "T", "falsifier": "f", **loose(10)}
    assert list_changes_of_claim(attempts, now) == {
        1: "criterion changed after 1 falsified trial: accept[0].lt was 1, is 1.5",
        3: "criterion changed after 3 falsified trials: accept[0].lt was 1.5, is 3",
        6: "criterion changed after 1 falsified trial: accept[0].lt was 4, is 10",
    }
    assert 6 not in list_changes_of_claim(attempts, None)


def test_an_unreadable_trial_is_passed_over(shelf: Shelf) -> None:
    first = shelf.put(2.0, 1)
    second = shelf.put(0.5, 2, first, params={"n": 1})
    attempts = [*shelf.list(second), Attempt(SHA, is_linked=True, problem="gone")]
    attempts.insert(1, attempts.pop())
    assert list_changes_of_claim(attempts, None) == {
        2: 'claim changed after 1 falsified trial: params is new: {"n": 1}'
    }


def test_trials_of_two_branches_stand_behind_the_one_that_both_follow(shelf: Shelf) -> None:
    root = shelf.put(0.1, 1)
    one, other = shelf.put(0.2, 2, root), shelf.put(0.3, 3, root)
    attempts = list_attempts(shelf.store, "T", [root, one, other, one])
    assert [attempt.digest for attempt in attempts] == [root, one, other]
    assert all(attempt.is_linked for attempt in attempts)


def test_heads_by_test() -> None:
    def amend(**entry: Any) -> Amendment:
        tests = [{"from": "NEW", "to": "DISCHARGED", "count": 1, **entry}]
        data = {
            "version": "1.0.0",
            "date": "2026-01-01",
            "kind": "discharge",
            "tests": tests,
            "previous": None,
        }
        return Amendment.model_validate(data)

    amendments = [amend(id="T", head=SHA), amend(id="U"), amend(id="T", head="sha256:" + "6" * 64)]
    assert list_heads(amendments) == {"T": [SHA, "sha256:" + "6" * 64], "U": []}
