"""Each standing with its reason: what is typed, bent or forged never counts as grounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.errors import TamperedEvidenceError
from pvengine.ledger import grounding
from pvengine.ledger.grounding import Standing, assess, rejudge, status_of, written_verdict
from pvengine.models.contract import AmendmentTest, DecidedVerdict, FalsificationTest
from pvengine.models.vocabulary import Status
from pvengine.numerics.canonical import derive_seed, digest_of

if TYPE_CHECKING:
    from pvengine.models.evidence import EvidenceRecord

OTHER = "sha256:" + "0" * 64


def test_a_test_without_a_word_is_new(ground: Any) -> None:
    found = ground.assess()
    assert (found.standing, found.word, found.reasons, found.grounded_status) == (
        Standing.NEW,
        "NEW",
        (),
        None,
    )


def test_a_recorded_test_is_verified(ground: Any) -> None:
    head = ground.record()
    found = ground.assess()
    assert (found.standing, found.grounded_status, found.is_grounded) == (
        Standing.VERIFIED,
        Status.DISCHARGED,
        True,
    )
    assert (found.head, found.count, found.reasons) == (head, 1, ())


def test_a_falsified_test_is_verified_and_not_grounded(ground: Any, build: Any) -> None:
    ground.record(build.trial(m=7.0))
    found = ground.assess()
    assert (found.standing, found.grounded_status, found.is_grounded) == (
        Standing.VERIFIED,
        Status.FALSIFIED,
        False,
    )


def test_a_verdict_travels_with_its_assessment(deciding: Any, build: Any) -> None:
    deciding.record(build.trial(m=7.0), build.trial("f", m=-1.0))
    found = deciding.assess()
    assert found.standing is Standing.VERIFIED
    assert [(one.hypothesis, one.verdict) for one in found.verdicts] == [("H", "CONFIRMED")]


@pytest.mark.parametrize("word", ["DISCHARGED", "FALSIFIED", "SHIPPED", "discharged"])
def test_a_typed_status_is_self_declared(ground: Any, word: str) -> None:
    ground.written = {"status": word}
    found = ground.assess()
    assert (found.standing, found.grounded_status) == (Standing.SELF_DECLARED, None)
    assert found.reasons == (f"no evidence grounds the status {word}",)


def test_a_typed_verdict_on_a_new_test_is_self_declared(ground: Any) -> None:
    ground.written = {"verdict": "CONFIRMED"}
    found = ground.assess()
    assert found.standing is Standing.SELF_DECLARED
    assert found.reasons == ("no evidence grounds the verdict CONFIRMED",)


def test_an_amendment_without_a_record_grounds_nothing(ground: Any) -> None:
    ground.pin = {"id": "T", "from": "NEW", "to": "DISCHARGED", "head": None, "count": 0}
    ground.written = {"status": "DISCHARGED"}
    assert ground.assess().standing is Standing.SELF_DECLARED


def test_a_linked_record_that_no_amendment_pins_is_tampering(ground: Any) -> None:
    ground.record()
    ground.pin = None
    found = ground.assess()
    assert found.standing is Standing.TAMPERED
    assert found.reasons[0].startswith("evidence sha256:")


def test_a_link_in_prose_is_no_link(ground: Any) -> None:
    ground.written = {"evidence": "see the log"}
    assert ground.assess().standing is Standing.NEW


def test_a_reopened_test_is_new_and_keeps_its_chain(ground: Any) -> None:
    head = ground.record()
    ground.pin |= {"from": "DISCHARGED", "to": "NEW", "verdict": None}
    ground.written = {"status": "NEW"}
    found = ground.assess()
    assert (found.standing, found.head, found.count) == (Standing.NEW, head, 1)


def test_a_changed_claim_is_stale(ground: Any) -> None:
    ground.record()
    ground.claim = ground.claim | {"accept": [{"metric": "m", "lt": 2}]}
    found = ground.assess()
    assert (found.standing, found.reasons, found.grounded_status) == (
        Standing.STALE,
        ("the claim changed",),
        None,
    )


def test_changed_code_is_stale(ground: Any) -> None:
    ground.record()
    ground.source = OTHER
    assert ground.assess().reasons == ("the code of falsifier 'f' changed",)


def test_a_falsifier_that_is_not_installed_is_stale(ground: Any) -> None:
    ground.record()
    ground.source = None
    found = ground.assess()
    assert found.standing is Standing.STALE
    assert found.reasons == ("falsifier 'f' is not installed, so its code cannot be compared",)


def test_another_falsifier_is_stale_by_claim_and_by_name(ground: Any) -> None:
    ground.record()
    ground.claim = ground.claim | {"falsifier": "g"}
    assert ground.assess().reasons == (
        "the claim changed",
        "the test names the falsifier 'g', its evidence 'f'",
    )


@pytest.mark.parametrize("word", ["NEW", "FALSIFIED", "SHIPPED", None])
def test_a_status_edited_by_hand_is_tampering(ground: Any, word: str | None) -> None:
    ground.record()
    ground.written["status"] = word
    found = ground.assess()
    assert found.standing is Standing.TAMPERED
    assert found.reasons == (f"the status is {word or 'NEW'}, and the last amendment made it DISCHARGED",)


def test_status_and_amendment_edited_together_are_tampering(ground: Any) -> None:
    ground.record()
    ground.written["status"] = ground.pin["to"] = "FALSIFIED"
    assert ground.assess().reasons == ("the status is FALSIFIED, its evidence says DISCHARGED",)


@pytest.mark.parametrize("verdict", ["FALSIFIED", None, "PARTIALLY_CONFIRMED"])
def test_a_verdict_edited_by_hand_is_tampering(deciding: Any, build: Any, verdict: str | None) -> None:
    deciding.record(build.trial(m=7.0), build.trial("f", m=-1.0))
    deciding.written["verdict"] = verdict
    assert deciding.assess().reasons == (f"the verdict is {verdict}, its evidence says CONFIRMED",)


def test_a_verdict_typed_where_nothing_is_decided_is_tampering(ground: Any) -> None:
    ground.record()
    ground.written["verdict"] = "CONFIRMED"
    assert ground.assess().standing is Standing.TAMPERED


def test_a_verdict_edited_in_the_amendment_is_tampering(deciding: Any, build: Any) -> None:
    deciding.record(build.trial(m=7.0), build.trial("f", m=-1.0))
    deciding.pin["verdict"] = "FALSIFIED"
    assert deciding.assess().reasons == ("the amendment says the verdict FALSIFIED, its evidence CONFIRMED",)


@pytest.mark.parametrize("link", [OTHER, None, "sha256:1", "prose"])
def test_an_evidence_link_edited_by_hand_is_tampering(ground: Any, link: str | None) -> None:
    ground.record()
    ground.written["evidence"] = link
    found = ground.assess()
    assert found.standing is Standing.TAMPERED
    assert "the last amendment pins sha256:" in found.reasons[0]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_wrong_count_is_tampering(ground: Any, count: int) -> None:
    ground.record()
    ground.record()
    ground.pin["count"] = count
    found = ground.assess()
    assert found.standing is Standing.TAMPERED
    assert found.reasons == (f"the amendment counts {count} records, the store has 2",)


def test_a_missing_record_is_missing(ground: Any) -> None:
    head = ground.record()
    ground.store.path_of("T", head).unlink()
    found = ground.assess()
    assert found.standing is Standing.MISSING
    assert found.reasons == (f"the record {head[:19]} of T is missing",)
    assert found.where == str(ground.store.path_of("T", head))


def test_a_missing_older_record_is_missing(ground: Any) -> None:
    first = ground.record()
    ground.record()
    ground.store.path_of("T", first).unlink()
    assert ground.assess().standing is Standing.MISSING


@pytest.mark.parametrize(
    ("steps", "value", "reason"),
    [
        (("outcome",), "falsified", "the record says falsified, its measurements give survived"),
        (("seed",), 1, "the seed of the record is not that of its claim"),
        (("planted_faults", 0, "noticed"), False, "the record notices other faults than its measurements do"),
        (("claim", "accept", 0, "lt"), 2, "the claim in the record has another digest than it states"),
        (("measurements",), {}, "the record says survived, its measurements give inconclusive"),
    ],
)
def test_an_older_record_that_was_forged_with_all_pins_is_noticed(
    ground: Any, steps: tuple[str | int, ...], value: Any, reason: str
) -> None:
    ground.record()
    ground.rewrite("predicate", *steps, value=value)
    older = ground.store.path_of("T", ground.pin["head"])
    ground.record()
    ground.record()
    found = ground.assess()
    assert (found.standing, found.reasons, found.where) == (Standing.TAMPERED, (reason,), str(older))


def test_a_chain_is_judged_once_a_record(ground: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    heads = [ground.record() for _ in range(5)]
    judged: list[str] = []
    monkeypatch.setattr(
        grounding, "rejudge", lambda record, where: judged.append(where) or rejudge(record, where)
    )
    assert ground.assess().chain == tuple(reversed(heads))
    assert sorted(judged) == sorted(str(ground.store.path_of("T", head)) for head in heads)


def test_records_that_were_judged_already_are_not_read_again(ground: Any) -> None:
    oldest, older, newest = (ground.record() for _ in range(3))
    for digest in (oldest, older):
        ground.store.path_of("T", digest).unlink()
    found = ground.assess(judged={newest: older, older: oldest, oldest: None})
    assert (found.standing, found.chain) == (Standing.VERIFIED, (newest, older, oldest))
    assert found.record is not None


def test_the_newest_record_is_read_in_any_case(ground: Any) -> None:
    newest = ground.record()
    ground.store.path_of("T", newest).unlink()
    assert ground.assess(judged={newest: None}).standing is Standing.MISSING


def test_a_record_that_was_not_judged_to_hold_is_read_in_its_chain(ground: Any) -> None:
    ground.record()
    ground.rewrite("predicate", "seed", value=1)
    oldest = ground.pin["head"]
    older, newest = ground.record(), ground.record()
    found = ground.assess(judged={newest: older, older: oldest})
    assert (found.standing, found.reasons, found.where) == (
        Standing.TAMPERED,
        ("the seed of the record is not that of its claim",),
        str(ground.store.path_of("T", oldest)),
    )


def test_records_that_were_judged_are_counted_all_the_same(ground: Any) -> None:
    older, newest = ground.record(), ground.record()
    ground.pin["count"] = 3
    found = ground.assess(judged={newest: older, older: None})
    assert (found.standing, found.reasons) == (
        Standing.TAMPERED,
        ("the amendment counts 3 records, the store has 2",),
    )


def test_one_changed_byte_is_tampering(ground: Any) -> None:
    path = ground.store.path_of("T", ground.record())
    path.write_bytes(path.read_bytes().replace(b"2026", b"2027"))
    found = ground.assess()
    assert found.standing is Standing.TAMPERED
    assert "was changed: its digest is now sha256:" in found.reasons[0]


FORGERIES: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "outcome": (("outcome",), "falsified"),
    "verdicts": (("verdicts", 0, "verdict"), "FALSIFIED"),
    "no verdicts": (("verdicts",), []),
    "scope": (("verdicts", 0, "scope"), "everything"),
    "hypothesis": (("verdicts", 0, "hypothesis"), "G"),
    "claim": (("claim", "accept", 0, "gt"), -5),
    "statement": (("claim", "statements", "H"), "m is small"),
    "claim id": (("claim", "id"), "U"),
    "claim digest": (("claim_digest",), OTHER),
    "test": (("test",), "U"),
    "falsifier": (("falsifier",), "g"),
    "source digest": (("source_digest",), OTHER),
    "params": (("params",), {"x": 1}),
    "measurement": (("measurements", "m", "value"), 9.0),
    "bits": (("measurements", "m", "bits"), "4022000000000000"),
    "dtype": (("measurements", "m", "dtype"), "float32"),
    "measurements": (("measurements",), {}),
    "arithmetic": (("arithmetic",), ["float128"]),
    "noticed": (("planted_faults", 0, "noticed"), False),
    "fault name": (("planted_faults", 0, "measurements"), {}),
    "failure": (("planted_faults", 0, "failure"), "time-out"),
    "no faults": (("planted_faults",), []),
    "previous": (("previous",), OTHER),
    "unknown key": (("note",), "x"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_fact_under_a_new_digest_is_noticed(deciding: Any, build: Any, name: str) -> None:
    deciding.record(build.trial(m=7.0), build.trial("f", m=-1.0))
    steps, value = FORGERIES[name]
    deciding.rewrite("predicate", *steps, value=value)
    found = deciding.assess()
    assert found.standing in (Standing.TAMPERED, Standing.MISSING)
    assert found.reasons
    assert found.grounded_status is None


@pytest.mark.parametrize("index", [0, 1])
def test_a_forged_subject_is_noticed(ground: Any, index: int) -> None:
    ground.record()
    ground.rewrite("subject", index, "name", value="claim:U")
    assert ground.assess().reasons == (
        "the subject of the record is not the falsifier and the claim that it was made with",
    )


def test_a_record_that_names_another_falsifier_throughout_is_noticed(ground: Any) -> None:
    ground.record()
    ground.rewrite("predicate", "falsifier", value="g")
    ground.rewrite("subject", 0, "name", value="falsifier:g")
    assert ground.assess().reasons == ("the record names the falsifier g, its claim f",)


def test_a_record_of_the_claim_of_another_test_is_noticed(ground: Any) -> None:
    ground.record()
    other = ground.claim | {"id": "U"}
    digest = digest_of(other)
    ground.rewrite("predicate", "claim", value=other)
    ground.rewrite("predicate", "claim_digest", value=digest)
    ground.rewrite("subject", 1, value={"name": "claim:U", "digest": {"sha256": digest[7:]}})
    assert ground.assess().reasons == ("the record is about T, its claim about U",)


def test_a_claim_that_lost_its_digest_is_stale(ground: Any) -> None:
    ground.record()
    ground.claim = ground.claim | {"params": {"x": float("nan")}}
    assert ground.assess().reasons == ("the claim has no digest",)


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_record_whose_measurement_is_not_finite_grounds_nothing(
    ground: Any, build: Any, value: str
) -> None:
    ground.record()
    forged = build.number(float(value)).model_dump(mode="json")
    ground.rewrite("predicate", "measurements", "m", value=forged)
    found = ground.assess()
    assert found.reasons == ("the record says survived, its measurements give inconclusive",)


def test_a_record_of_a_claim_that_cannot_judge_grounds_nothing(ground: Any) -> None:
    ground.record()
    ground.claim = {"id": "T", "falsifier": "f", "accept": []}
    digest = digest_of(ground.claim)
    ground.rewrite("predicate", "claim", value=ground.claim)
    ground.rewrite("predicate", "claim_digest", value=digest)
    ground.rewrite("subject", 1, "digest", "sha256", value=digest.removeprefix("sha256:"))
    assert ground.assess().reasons == ("the record says survived, its measurements give inconclusive",)


def test_rejudge_says_which_record_is_wrong(build: Any) -> None:
    record: EvidenceRecord = build.record()
    wrong = record.predicate.model_copy(update={"claim": {"id": 5}})
    with pytest.raises(TamperedEvidenceError, match="the claim in the record cannot be read") as caught:
        rejudge(record.model_copy(update={"predicate": wrong}), "here.json")
    assert caught.value.where == "here.json"


def test_rejudge_gives_status_and_verdicts(build: Any) -> None:
    record = build.record()
    with pytest.raises(TamperedEvidenceError, match="the seed of the record is not that of its claim"):
        rejudge(record, "here.json")
    facts = record.predicate
    seeded = facts.model_copy(update={"seed": derive_seed(facts.claim_digest)})
    assert rejudge(record.model_copy(update={"predicate": seeded}), "here.json") == (Status.DISCHARGED, ())


def test_the_two_outcomes_have_their_status() -> None:
    assert [status_of("survived"), status_of("falsified")] == [Status.DISCHARGED, Status.FALSIFIED]


def verdicts(*entries: tuple[str, str | None, str]) -> tuple[DecidedVerdict, ...]:
    return tuple(
        DecidedVerdict.model_validate({"hypothesis": name, "scope": scope, "verdict": word})
        for name, scope, word in entries
    )


def test_verdicts_are_written_as_one_word_where_they_agree() -> None:
    assert written_verdict(()) is None
    assert written_verdict(verdicts(("H", "a", "CONFIRMED"), ("G", "b", "CONFIRMED"))) == "CONFIRMED"
    assert (
        written_verdict(verdicts(("H", "a", "CONFIRMED"), ("G", None, "FALSIFIED")))
        == "H CONFIRMED (a); G FALSIFIED"
    )


def test_records_of_two_branches_are_counted_and_read_together(ground: Any, build: Any) -> None:
    """Behind a merge, the head that holds does not lead to the record of the other side."""
    ground.record()
    first = dict(ground.pin)
    other = ground.record(build.trial(m=0.25))
    ground.pin = first
    head = ground.record(build.trial(m=0.75))
    ground.pin |= {"count": 3}
    test = FalsificationTest.model_validate(ground.claim | ground.written)
    pin = AmendmentTest.model_validate(ground.pin)

    def look(*heads: str) -> Any:
        digest = digest_of(ground.claim)
        return assess(test, pin, ground.store, claim_digest=digest, source_digest=ground.source, heads=heads)

    both = look(first["head"], other, head)
    assert (both.standing, both.chain) == (Standing.VERIFIED, (head, first["head"], other))
    alone = look(first["head"], head)
    assert (alone.standing, alone.reasons) == (
        Standing.TAMPERED,
        ("the amendment counts 3 records, the store has 2",),
    )
    ground.store.path_of("T", other).unlink()
    assert look(first["head"], other, head).standing is Standing.MISSING


NAN = {"value": "nan", "dtype": "float64", "bits": "7ff8000000000000"}
HALF = {"value": 0.5, "dtype": "float64", "bits": "3fe0000000000000"}
TWO = {"value": 2.0, "dtype": "float64", "bits": "4000000000000000"}
FACTS = {"unit": "1", "population": None, "aggregation": None, "arithmetic": None}


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (HALF, Standing.TAMPERED),
        (NAN, Standing.TAMPERED),
        (TWO, Standing.VERIFIED),
        (None, Standing.VERIFIED),
    ],
)
def test_a_record_whose_replacements_tell_nothing_grounds_nothing(
    ground: Any, build: Any, identity: dict[str, Any] | None, expected: Standing
) -> None:
    ground.record(build.trial(m=0.5), build.trial("broken", m=float("nan")))
    assert ground.assess().standing is Standing.VERIFIED, "a record without the key means what it meant"
    measured = [{"m": each | FACTS} if each else {} for each in (identity, HALF)]
    ground.rewrite(
        "predicate",
        "replacements",
        value=[
            {"name": name, "failure": None if numbers else "exception", "measurements": numbers}
            for name, numbers in zip(("identity", "noise"), measured, strict=True)
        ],
    )
    found = ground.assess()
    assert found.standing is expected
    if expected is Standing.TAMPERED:
        assert found.reasons == ("the record says survived, its measurements give inconclusive",)
