"""A record has one form, and nothing else is read as one."""

from __future__ import annotations

import json
from typing import Any

import pytest

import pvrecheck
from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.judge import Judging, judge
from pvengine.ledger.records import make_record, name_arithmetic, parse_record, serialize_record
from pvengine.models.evidence import ContractState
from pvengine.models.trial import Failure
from pvengine.models.vocabulary import Outcome


def test_a_record_reads_back_equal_and_writes_the_same_bytes(build: Any) -> None:
    record = build.record()
    content = serialize_record(record)
    assert parse_record(content, "here") == record
    assert serialize_record(parse_record(content, "here")) == content


def test_a_record_is_sorted_indented_and_ends_with_one_line_break(build: Any) -> None:
    content = serialize_record(build.record())
    data = json.loads(content)
    assert content == (json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    assert data["_type"] == "https://in-toto.io/Statement/v1"
    assert [entry["name"] for entry in data["subject"]] == ["falsifier:f", "claim:T"]


def test_a_record_holds_everything_that_a_verdict_rests_on(build: Any) -> None:
    facts = build.record().predicate
    assert (facts.outcome, facts.falsifier, facts.seed, facts.duration_s) == ("survived", "f", 1, 0.5)
    assert [(fault.name, fault.noticed, fault.failure) for fault in facts.planted_faults] == [
        ("broken", True, None)
    ]
    assert facts.arithmetic == ("float64",)
    assert facts.environment.numpy == "2.1.0"


def test_text_beyond_ascii_stays_readable(build: Any) -> None:
    claim = {"id": "T", "falsifier": "f", "rule": "Höhe ≤ 1", "accept": [{"metric": "m", "lt": 1}]}
    content = serialize_record(build.record(claim=claim))
    assert "Höhe ≤ 1".encode() in content
    assert parse_record(content, "here").predicate.claim["rule"] == "Höhe ≤ 1"


@pytest.mark.parametrize("outcome", ["no subject", "inconclusive", "no environment"])
def test_what_was_not_judged_makes_no_record(build: Any, outcome: str) -> None:
    subject = None if outcome == "no subject" else build.trial(m=0.5)
    if outcome == "no environment":
        subject = subject.model_copy(update={"environment": None})
    fault = build.trial("f", m=0.1 if outcome == "inconclusive" else 2.0)
    trials = build.run(subject, fault)
    judgement = judge(Judging.of(build.test()), trials)
    assert (judgement.outcome is Outcome.INCONCLUSIVE) is (outcome != "no environment")
    with pytest.raises(ValueError, match="only a judged trial makes a record"):
        make_record(
            trials,
            judgement,
            contract=ContractState(id="C", version="1.0.0", digest=build.source),
            test="T",
            claim={},
            claim_digest=build.source,
            started="",
            previous=None,
        )


def change(content: bytes, **facts: Any) -> bytes:
    data = json.loads(content)
    data["predicate"] |= facts
    return (json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


@pytest.mark.parametrize(
    ("bend", "message"),
    [
        (lambda text: text.rstrip(b"\n"), "not in the form"),
        (lambda text: text + b"\n", "not in the form"),
        (lambda text: text.replace(b"\n", b"\r\n"), "not in the form"),
        (lambda text: text.replace(b"  ", b"\t"), "not in the form"),
        (lambda text: b"\xef\xbb\xbf" + text, "no evidence record"),
        (lambda text: json.dumps(json.loads(text)).encode(), "not in the form"),
        (lambda text: text.replace(b'"seed": 1', b'"seed": 1.0'), "no evidence record: predicate.seed"),
        (lambda text: text.replace(b'"seed": 1', b'"seed": 1, "seed": 1'), "a key stands twice"),
        (lambda text: text.replace(b'"seed": 1', b'"seed": NaN'), "NaN is no JSON"),
        (lambda text: text.replace(b'"seed": 1', b'"seed": Infinity'), "Infinity is no JSON"),
        (lambda text: text.replace(b'"lt": 1', b'"lt": 1e999'), "record"),
        (lambda text: text.replace(b'"lt": 1', b'"lt": "\\ud800"'), "no evidence record"),
        (lambda text: text.replace(b'"broken"', b'"br\\u006fken"'), "not in the form"),
        (lambda text: text.decode().encode("utf-16"), "no evidence record"),
        (lambda text: text[:-20], "no evidence record"),
        (lambda _: b"", "no evidence record"),
        (lambda _: b"[" * 100_000, "no evidence record"),
        (lambda _: b"\xff\xfe", "no evidence record"),
        (lambda text: change(text, seed="1"), "no evidence record: predicate.seed"),
        (lambda text: change(text, outcome="inconclusive"), "no evidence record: predicate.outcome"),
        (lambda text: change(text, extra=1), "no evidence record: predicate.extra"),
        (lambda text: change(text, claim_digest="sha256:0"), "no evidence record: predicate.claim_digest"),
        (lambda text: text.replace(b'"params": {}', b'"params": {"x": %s}' % (b"9" * 5000)), "record"),
    ],
)
def test_any_other_form_is_refused(build: Any, bend: Any, message: str) -> None:
    content = serialize_record(build.record())
    bent = bend(content)
    assert bent != content
    with pytest.raises(TamperedEvidenceError, match=message) as caught:
        parse_record(bent, "here.json")
    assert caught.value.where == "here.json"


PACKAGES = {"numpy": "2.4.6", "loose": None}


def test_third_party_versions_are_kept_and_a_record_without_them_has_no_such_key(build: Any) -> None:
    said, unsaid = build.record(packages=PACKAGES), build.record()
    assert said.predicate.packages == PACKAGES
    assert json.loads(serialize_record(said))["predicate"]["packages"] == PACKAGES
    assert parse_record(serialize_record(said), "here") == said
    assert build.record(packages={}).predicate.packages == {}
    assert unsaid.predicate.packages is None
    assert b"packages" not in serialize_record(unsaid)
    assert parse_record(serialize_record(unsaid), "here") == unsaid


@pytest.mark.parametrize(
    "packages",
    [None, [], "numpy 2.4.6", {"numpy": 2}, {"numpy": ""}, {"numpy": {"version": "2"}}, {"a": True}],
)
def test_both_readers_refuse_packages_of_another_form(build: Any, packages: Any) -> None:
    content = serialize_record(build.record(packages={}))
    assert not pvrecheck._find_fault("record", json.loads(content))
    bent = change(content, packages=packages)
    assert pvrecheck._find_fault("record", json.loads(bent)).startswith("predicate: packages: ")
    with pytest.raises(TamperedEvidenceError):
        parse_record(bent, "here")


def test_both_readers_take_what_the_engine_writes(build: Any) -> None:
    for packages in (None, {}, PACKAGES):
        content = serialize_record(build.record(packages=packages))
        assert parse_record(content, "here").predicate.packages == packages
        assert pvrecheck._find_fault("record", json.loads(content)) == ""


def test_a_value_that_does_not_fit_its_bits_is_refused(build: Any) -> None:
    content = serialize_record(build.record())
    forged = content.replace(b'"value": 0.5', b'"value": 0.25')
    with pytest.raises(TamperedEvidenceError, match=r"the value 0\.25 is not the number with the bits"):
        parse_record(forged, "here")


def test_arithmetic_is_named_once_in_the_order_of_the_metrics(build: Any) -> None:
    measured = {
        "b": build.number(1.0, arithmetic="BLAS"),
        "a": build.number(1.0, arithmetic="left fold"),
        "c": build.number(1.0, arithmetic="BLAS"),
        "d": build.number(1.0),
    }
    assert name_arithmetic(measured) == ("left fold", "BLAS")


def test_what_was_divided_by_is_kept_and_a_record_without_it_has_no_such_key(build: Any) -> None:
    bare = serialize_record(build.record())
    assert b"normalisation" not in bare
    data = json.loads(bare)
    data["predicate"]["measurements"]["m"]["normalisation"] = "n - 1"
    content = change(bare, measurements=data["predicate"]["measurements"])
    record = parse_record(content, "here")
    assert record.predicate.measurements["m"].normalisation == "n - 1"
    assert serialize_record(record) == content
    assert pvrecheck._find_fault("record", json.loads(content)) == ""


@pytest.mark.parametrize("said", [None, "", 1, ["n"]])
def test_both_readers_refuse_another_form_of_it(build: Any, said: Any) -> None:
    content = serialize_record(build.record())
    data = json.loads(content)
    data["predicate"]["measurements"]["m"]["normalisation"] = said
    bent = change(content, measurements=data["predicate"]["measurements"])
    with pytest.raises(TamperedEvidenceError):
        parse_record(bent, "here")
    assert "normalisation: no filled" in pvrecheck._find_fault("record", json.loads(bent))


def test_both_readers_know_the_same_failures() -> None:
    assert pvrecheck.PATTERNS["failure"].split("|") == [failure.value for failure in Failure]
