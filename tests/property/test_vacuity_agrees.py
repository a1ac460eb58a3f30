"""Two programs that share no line agree on which records are vacuous, and which claims nothing can break."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pvrecheck
from pvengine.ledger.judge import Judging, judge
from pvengine.models.contract import FalsificationTest
from pvengine.models.measurement import Measurement, encode_bits
from pvengine.models.trial import Failure, TestRun, TrialResult
from pvengine.models.vocabulary import Outcome
from pvengine.numerics.intervals import find_partition_faults, interval_of
from pvengine.numerics.reach import can_fail

NUMBERS = st.sampled_from([0.0, 0.5, 1.0, 2.0, math.nan, math.inf])
METRICS = st.fixed_dictionaries({"m": NUMBERS}, optional={"k": NUMBERS})
BOUNDS = st.sampled_from([-1e308, -1, 0, 0.5, 1, 1.5, 1e300, 1e308, 2**64 + 1])
CONDITIONS = st.lists(
    st.builds(
        lambda metric, pairs: {"metric": metric, **pairs},
        st.sampled_from(["m", "m", "k"]),
        st.dictionaries(st.sampled_from(["lt", "ge", "ne", "eq"]), BOUNDS, min_size=1, max_size=2),
    ),
    max_size=2,
)
SPLITS = st.none() | st.builds(
    lambda at: {"metric": "m", "CONFIRMED": {"gt": at}, "FALSIFIED": {"le": at}},
    st.sampled_from([0, 0.5, 1e300, 1e308, -1e308]),
)


def measure(metrics: dict[str, float] | None, name: str | None) -> TrialResult:
    if metrics is None:
        return TrialResult(fault=name, failure=Failure.EXCEPTION, reason="boom")
    return TrialResult(
        fault=name,
        measurements={
            key: Measurement.model_validate(
                {
                    "value": value if math.isfinite(value) else str(value),
                    "dtype": "float64",
                    "bits": encode_bits(value, "float64"),
                }
            )
            for key, value in metrics.items()
        },
    )


def make_claim(conditions: list[dict[str, Any]], split: dict[str, Any] | None) -> dict[str, Any]:
    claim: dict[str, Any] = {"id": "T", "falsifier": "f", "hypothesis": "H"}
    return claim | ({"accept": conditions} if conditions else {}) | ({"decides": split} if split else {})


@given(
    CONDITIONS,
    SPLITS,
    METRICS,
    st.lists(METRICS, min_size=1, max_size=2),
    st.none() | st.tuples(st.none() | METRICS, st.none() | METRICS),
)
def test_both_judges_give_the_same_outcome(
    conditions: list[dict[str, Any]],
    split: dict[str, Any] | None,
    subject: dict[str, float],
    faults: list[dict[str, float]],
    replaced: tuple[dict[str, float] | None, dict[str, float] | None] | None,
) -> None:
    claim = make_claim(conditions, split)
    run = TestRun(
        falsifier="f",
        source_digest="sha256:" + "0" * 64,
        params={},
        seed=1,
        faults=tuple(measure(each, str(number)) for number, each in enumerate(faults)),
        subject=measure(subject, None),
        replacements=tuple(
            measure(each, name) for each, name in zip(replaced, ("identity", "noise"), strict=True)
        )
        if replaced
        else (),
    )
    own = judge(Judging.of(FalsificationTest.model_validate(claim)), run)

    def dump(trial: TrialResult) -> dict[str, Any]:
        return {"failure": trial.failure and trial.failure.value} | json.loads(
            trial.model_dump_json(include={"measurements"})
        )

    facts: dict[str, Any] = {
        "measurements": dump(run.subject)["measurements"] if run.subject else {},
        "planted_faults": [
            {"name": fault.fault, "noticed": judged.noticed, **dump(fault)}
            for fault, judged in zip(run.faults, own.faults, strict=True)
        ],
    }
    if replaced:
        facts["replacements"] = [{"name": each.fault, **dump(each)} for each in run.replacements]
    if own.outcome is Outcome.INCONCLUSIVE:
        is_vacuous = (own.reason or "").startswith("vacuous")
        with pytest.raises(ValueError, match="^vacuous" if is_vacuous else "^(?!vacuous)"):
            pvrecheck.judge(claim, facts)
    else:
        assert pvrecheck.judge(claim, facts)[0] == own.outcome.value


@given(CONDITIONS, SPLITS)
def test_both_know_the_claims_that_nothing_can_break(
    conditions: list[dict[str, Any]], split: dict[str, Any] | None
) -> None:
    claim = make_claim(conditions, split)
    test = FalsificationTest.model_validate(claim)
    assert not any(
        find_partition_faults([interval_of(band) for _, _, band in each.iter_bands()])
        for each in test.decisions
    )
    assert pvrecheck._can_fail(claim) == can_fail(test)
