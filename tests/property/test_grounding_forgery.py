"""No byte of a stored record can be changed without notice, wherever it stands."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pvengine.ledger.grounding import Assessment, Standing, assess
from pvengine.ledger.judge import Judging, judge
from pvengine.ledger.records import make_record, serialize_record
from pvengine.ledger.store import EvidenceStore
from pvengine.models.contract import AmendmentTest, FalsificationTest
from pvengine.models.evidence import ContractState
from pvengine.models.measurement import Measurement, encode_bits
from pvengine.models.trial import Environment, TestRun, TrialResult
from pvengine.numerics.canonical import derive_seed, digest_of

SOURCE = "sha256:" + "5" * 64
CLAIM: dict[str, Any] = {
    "id": "T",
    "falsifier": "f",
    "params": {"n": 3},
    "hypothesis": "H",
    "statements": {"H": "m is large"},
    "accept": [{"metric": "m", "gt": 0}],
    "decides": {"metric": "m", "CONFIRMED": {"gt": 5}, "FALSIFIED": {"le": 5}},
}
ENVIRONMENT = Environment(
    pvengine="0",
    python="3",
    implementation="CPython",
    platform="Linux",
    machine="x",
    numpy="2",
    blas="b",
    cpu_features=(),
    threads=1,
)


def make_content() -> bytes:
    def trial(fault: str | None, value: float) -> TrialResult:
        measured = Measurement(value=value, dtype="float64", bits=encode_bits(value, "float64"))
        return TrialResult(fault=fault, measurements={"m": measured}, environment=ENVIRONMENT)

    run = TestRun(
        falsifier="f",
        source_digest=SOURCE,
        params={"n": 3},
        seed=derive_seed(digest_of(CLAIM)),
        faults=(trial("broken", -1.0),),
        subject=trial(None, 7.5),
    )
    record = make_record(
        run,
        judge(Judging.of(FalsificationTest.model_validate(_test_keys())), run),
        contract=ContractState(id="C", version="1.0.0", digest=SOURCE),
        test="T",
        claim=CLAIM,
        claim_digest=digest_of(CLAIM),
        started="2026-01-01T00:00:00Z",
        previous=None,
    )
    return serialize_record(record)


def _test_keys() -> dict[str, Any]:
    return {key: value for key, value in CLAIM.items() if key != "statements"}


CONTENT = make_content()


def assess_bytes(content: bytes, digest: str | None = None) -> Assessment:
    """Assess the test with this content stored, linked and pinned under a digest, by default its own."""
    name = digest or hashlib.sha256(content).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        store = EvidenceStore(Path(folder))
        path = store.path_of("T", f"sha256:{name}")
        path.parent.mkdir()
        path.write_bytes(content)
        written = {"status": "DISCHARGED", "verdict": "CONFIRMED", "evidence": f"sha256:{name}"}
        pin = {"id": "T", "from": "NEW", "to": "DISCHARGED", "verdict": "CONFIRMED", "count": 1}
        return assess(
            FalsificationTest.model_validate(_test_keys() | written),
            AmendmentTest.model_validate(pin | {"head": f"sha256:{name}"}),
            store,
            claim_digest=digest_of(CLAIM),
            source_digest=SOURCE,
        )


def test_the_record_itself_is_verified() -> None:
    assert assess_bytes(CONTENT).standing is Standing.VERIFIED


@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
@settings(max_examples=60)
def test_a_changed_byte_is_noticed(index: int, change: int) -> None:
    bent = bytearray(CONTENT)
    bent[index] ^= change
    name = hashlib.sha256(CONTENT).hexdigest()
    assert assess_bytes(bytes(bent), name).standing is Standing.TAMPERED


@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
@settings(max_examples=120)
def test_a_changed_byte_under_a_new_digest_never_changes_what_was_decided(index: int, change: int) -> None:
    """A forger who pins anew may restate where and when, and never what the claim and the numbers give."""
    bent = bytearray(CONTENT)
    bent[index] ^= change
    found = assess_bytes(bytes(bent))
    if found.standing is not Standing.VERIFIED:
        assert found.grounded_status is None
        return
    before, after = (json.loads(one)["predicate"] for one in (CONTENT, bytes(bent)))
    decisive = (
        "claim",
        "claim_digest",
        "falsifier",
        "source_digest",
        "params",
        "outcome",
        "verdicts",
        "test",
    )
    assert [after[key] for key in decisive] == [before[key] for key in decisive]
    assert [(one.hypothesis, one.verdict) for one in found.verdicts] == [("H", "CONFIRMED")]
