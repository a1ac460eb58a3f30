"""Builders of claims, trials and recorded contracts, without any process."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pvengine.ledger.grounding import Assessment, assess
from pvengine.ledger.judge import Judging, judge
from pvengine.ledger.records import digest_bytes, make_record, serialize_record
from pvengine.ledger.store import EvidenceStore
from pvengine.loading.contract_file import load_contract
from pvengine.models.contract import AmendmentTest, FalsificationTest
from pvengine.models.evidence import ContractState, EvidenceRecord
from pvengine.models.measurement import Measurement, decode_bits, encode_bits
from pvengine.models.trial import Environment, Failure, TestRun, TrialResult
from pvengine.numerics.canonical import derive_seed, digest_of, iter_uncanonical

SOURCE = "sha256:" + "5" * 64
CONTRACT = "sha256:" + "c" * 64
ENVIRONMENT = Environment(
    pvengine="0.1.0",
    python="3.11.9",
    implementation="CPython",
    platform="Linux",
    machine="x86_64",
    numpy="2.1.0",
    blas="OpenBLAS 0.3.27",
    cpu_features=("AVX2",),
    threads=1,
)


def number(value: float, dtype: str = "float64", **facts: Any) -> Measurement:
    """Return a measurement of a number; a float32 is rounded to it, and shows the fewest digits."""
    if isinstance(value, int):
        return Measurement(value=value, dtype="int", **facts)
    bits = encode_bits(value, dtype)  # type: ignore[arg-type]
    exact = decode_bits(bits, dtype)  # type: ignore[arg-type]
    if not math.isfinite(exact):
        return Measurement(value=str(exact), dtype=dtype, bits=bits, **facts)
    shown = (float(f"{exact:.{digits}g}") for digits in range(1, 18))
    value = next(one for one in shown if encode_bits(one, dtype) == bits)  # type: ignore[arg-type]
    return Measurement(value=value, dtype=dtype, bits=bits, **facts)


def trial(fault: str | None = None, **metrics: float | Measurement) -> TrialResult:
    """Return a trial that ended, with these metrics."""
    return TrialResult(
        fault=fault,
        measurements={
            name: value if isinstance(value, Measurement) else number(value)
            for name, value in metrics.items()
        },
        duration_s=0.25,
        environment=ENVIRONMENT,
    )


def failed(
    fault: str | None = None, failure: Failure = Failure.EXCEPTION, reason: str = "boom"
) -> TrialResult:
    """Return a trial that measured nothing."""
    return TrialResult(fault=fault, failure=failure, reason=reason)


def run(subject: TrialResult | None, *faults: TrialResult, **facts: Any) -> TestRun:
    """Return all trials of one test."""
    given = {"falsifier": "f", "source_digest": SOURCE, "params": {}, "seed": 1} | facts
    return TestRun(faults=faults, subject=subject, **given)


def test_of(**keys: Any) -> FalsificationTest:
    """Return a bound test; `accept` is that m is below 1 where nothing else is said."""
    data = {"id": "T", "falsifier": "f"} | keys
    if not {"accept", "decides"} & data.keys():
        data["accept"] = [{"metric": "m", "lt": 1}]
    return FalsificationTest.model_validate(data)


@dataclass
class Ground:
    """One test with its records, its pin and its words, all of which a case may bend."""

    store: EvidenceStore
    claim: dict[str, Any]
    written: dict[str, Any] = field(default_factory=dict)
    pin: dict[str, Any] | None = None
    source: str | None = SOURCE
    params: dict[str, Any] = field(default_factory=dict)

    def record(self, subject: TrialResult | None = None, *faults: TrialResult) -> str:
        """Judge trials, store their record, and pin it; return its digest."""
        previous = self.pin["head"] if self.pin else None
        judgement_run = run(
            subject or trial(m=0.5),
            *(faults or (trial("broken", m=2.0),)),
            params=self.params,
            seed=derive_seed(digest_of(self.claim)),
        )
        judgement = judge(Judging.of(FalsificationTest.model_validate(self.claim)), judgement_run)
        record = make_record(
            judgement_run,
            judgement,
            contract=ContractState(id="C", version="1.0.0", digest=CONTRACT),
            test=self.claim["id"],
            claim=self.claim,
            claim_digest=digest_of(self.claim),
            started="2026-01-01T00:00:00Z",
            previous=previous,
        )
        return self.pin_bytes(serialize_record(record))

    def pin_bytes(self, content: bytes) -> str:
        """Store the bytes of a record and write its status, verdict and pin as a discharge would."""
        digest = digest_bytes(content)
        path = self.store.path_of(self.claim["id"], digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        facts = json.loads(content)["predicate"]
        status = "DISCHARGED" if facts["outcome"] == "survived" else "FALSIFIED"
        words = {entry["verdict"] for entry in facts["verdicts"]}
        verdict = words.pop() if words else None
        count = (self.pin["count"] if self.pin else 0) + 1
        self.written = {"status": status, "verdict": verdict, "evidence": digest}
        self.pin = {
            "id": self.claim["id"], "from": "NEW", "to": status, "verdict": verdict, "head": digest,
            "count": count,
        }  # fmt: skip
        return digest

    def rewrite(self, *steps: str | int, value: Any) -> None:
        """Change one fact of the newest record, and name, link and pin it anew, as a careful forger would."""
        assert self.pin is not None
        data = json.loads(self.store.path_of(self.claim["id"], self.pin["head"]).read_bytes())
        node = data
        for step in steps[:-1]:
            node = node[step]
        node[steps[-1]] = value
        count = self.pin["count"]
        self.pin_bytes((json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())
        self.pin |= {"count": count}

    def assess(self, **facts: Any) -> Assessment:
        """Assess the test as it stands now; ``facts`` are further ones that `assess` takes."""
        test = FalsificationTest.model_validate(self.claim | self.written)
        pin = None if self.pin is None else AmendmentTest.model_validate(self.pin)
        digest = None if next(iter_uncanonical(self.claim), None) else digest_of(self.claim)
        return assess(test, pin, self.store, claim_digest=digest, source_digest=self.source, **facts)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Return a test that is NEW, with an empty store."""
    claim = {"id": "T", "falsifier": "f", "accept": [{"metric": "m", "lt": 1}]}
    return Ground(EvidenceStore(tmp_path / "evidence" / "x"), claim)


@pytest.fixture
def deciding(tmp_path: Path) -> Ground:
    """Return a test that is NEW and decides a hypothesis."""
    claim = {
        "id": "T",
        "falsifier": "f",
        "hypothesis": "H",
        "statements": {"H": "m is large"},
        "accept": [{"metric": "m", "gt": 0}],
        "decides": {"metric": "m", "CONFIRMED": {"gt": 5}, "FALSIFIED": {"le": 5}},
    }
    return Ground(EvidenceStore(tmp_path / "evidence" / "x"), claim)


@dataclass(frozen=True)
class Builder:
    """The builders of this module, for tests that want several of them."""

    source: str = SOURCE

    number = staticmethod(number)
    trial = staticmethod(trial)
    failed = staticmethod(failed)
    run = staticmethod(run)
    test = staticmethod(test_of)

    @staticmethod
    def judge(test: FalsificationTest, subject: TrialResult | None, *faults: TrialResult) -> Any:
        """Judge trials of a test."""
        return judge(Judging.of(test), run(subject, *faults))

    @staticmethod
    def contract(text: str) -> Any:
        """Load the text of a contract."""
        return load_contract(Path("x.yaml"), "x.yaml", text.encode())

    @staticmethod
    def record(**changes: Any) -> EvidenceRecord:
        """Return the record of a test that survived."""
        claim = {"id": "T", "falsifier": "f", "accept": [{"metric": "m", "lt": 1}]}
        trials = run(trial(m=number(0.5, arithmetic="float64")), trial("broken", m=2.0))
        given: dict[str, Any] = {
            "contract": ContractState(id="C", version="1.0.0", digest=CONTRACT),
            "test": "T",
            "claim": claim,
            "claim_digest": digest_of(claim),
            "started": "2026-01-01T00:00:00Z",
            "previous": None,
        }
        judgement = judge(Judging.of(FalsificationTest.model_validate(claim)), trials)
        return make_record(trials, judgement, **(given | changes))


@pytest.fixture
def build() -> Builder:
    """Return the builders of trials, tests and records."""
    return Builder()
