"""Laws of the judge: doubt never survives, and a wider bar never turns survival into falsification."""

from __future__ import annotations

import math
import struct
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from pvengine.ledger.judge import Judging, judge
from pvengine.models.contract import FalsificationTest
from pvengine.models.measurement import Measurement, encode_bits
from pvengine.models.trial import Failure, TestRun, TrialResult
from pvengine.models.vocabulary import Outcome

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=64)
ANY = st.floats(width=64)
METRICS = ("a", "b")
COMPARATORS = ("lt", "le", "gt", "ge", "eq", "ne")


def measure(value: float) -> Measurement:
    shown = value if math.isfinite(value) else str(value)
    return Measurement(value=shown, dtype="float64", bits=encode_bits(value, "float64"))


def make_trial(fault: str | None, values: dict[str, float], failure: Failure | None = None) -> TrialResult:
    measured = {name: measure(value) for name, value in values.items()}
    return TrialResult(fault=fault, failure=failure, measurements=measured)


def make_run(subject: TrialResult | None, faults: list[TrialResult]) -> TestRun:
    return TestRun(
        falsifier="f",
        source_digest="sha256:" + "0" * 64,
        params={},
        seed=0,
        faults=tuple(faults),
        subject=subject,
    )


def make_test(accept: list[dict[str, Any]], edge: float | None = None) -> FalsificationTest:
    data: dict[str, Any] = {"id": "T", "falsifier": "f", "accept": accept}
    if edge is not None:
        data |= {
            "hypothesis": "H",
            "decides": {"metric": "b", "CONFIRMED": {"gt": edge}, "FALSIFIED": {"le": edge}},
        }
    return FalsificationTest.model_validate(data)


VALUES = st.dictionaries(st.sampled_from(METRICS), ANY)
TRIALS = st.builds(
    make_trial, st.sampled_from(["x", "y"]), VALUES, st.none() | st.sampled_from(list(Failure))
)
CONDITIONS = st.builds(
    lambda metric, comparator, operand: {"metric": metric, comparator: operand},
    st.sampled_from(METRICS),
    st.sampled_from(COMPARATORS),
    FINITE,
)


@given(st.lists(CONDITIONS, max_size=3), st.none() | FINITE, VALUES, st.lists(TRIALS, max_size=3))
def test_survival_means_that_nothing_was_left_in_doubt(
    accept: list[dict[str, Any]], edge: float | None, values: dict[str, float], faults: list[TrialResult]
) -> None:
    test = make_test(accept, edge)
    judgement = judge(Judging.of(test), make_run(make_trial(None, values), faults))
    named = {condition["metric"] for condition in accept} | ({"b"} if edge is not None else set())
    if judgement.outcome is Outcome.INCONCLUSIVE:
        assert judgement.reason
        return
    assert named
    assert faults
    assert all(math.isfinite(values[name]) for name in named)
    assert all(fault.is_measured and named <= fault.measurements.keys() for fault in faults)
    assert all(fault.noticed for fault in judgement.faults)
    assert len(judgement.verdicts) == (edge is not None)
    held = all(_holds(values[metric], condition) for metric, condition in _pairs(accept))
    assert (judgement.outcome is Outcome.SURVIVED) is held


def _pairs(accept: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(condition["metric"], condition) for condition in accept]


def _holds(value: float, condition: dict[str, Any]) -> bool:
    """Compare through exact fractions: an oracle that shares no code with the judge."""
    number = value.as_integer_ratio()
    ((comparator, operand),) = [(key, one) for key, one in condition.items() if key != "metric"]
    other = float(operand).as_integer_ratio()
    left, right = number[0] * other[1], other[0] * number[1]
    return {
        "lt": left < right,
        "le": left <= right,
        "gt": left > right,
        "ge": left >= right,
        "eq": left == right,
        "ne": left != right,
    }[comparator]


@given(FINITE, FINITE, FINITE, st.sampled_from(["lt", "le", "gt", "ge"]))
def test_a_wider_bar_never_turns_survival_into_falsification(
    value: float, first: float, second: float, comparator: str
) -> None:
    narrow, wide = sorted([first, second], reverse=comparator in ("gt", "ge"))
    # The fault is not finite, so that it is noticed whatever the bar.
    run = make_run(make_trial(None, {"a": value}), [make_trial("x", {"a": math.nan})])
    outcomes = [
        judge(Judging.of(make_test([{"metric": "a", comparator: bar}])), run).outcome
        for bar in (narrow, wide)
    ]
    assert outcomes != [Outcome.SURVIVED, Outcome.FALSIFIED]


@given(st.lists(CONDITIONS, min_size=2, max_size=4), VALUES)
def test_fewer_conditions_never_turn_survival_into_falsification(
    accept: list[dict[str, Any]], values: dict[str, float]
) -> None:
    assume({"a", "b"} <= values.keys())
    run = make_run(make_trial(None, values), [make_trial("x", dict.fromkeys(METRICS, math.inf))])
    every, fewer = (judge(Judging.of(make_test(one)), run).outcome for one in (accept, accept[1:]))
    assert (every, fewer) != (Outcome.SURVIVED, Outcome.FALSIFIED)


@given(st.lists(CONDITIONS, min_size=1, max_size=3), VALUES, st.lists(TRIALS, max_size=3), TRIALS)
def test_another_planted_fault_never_makes_a_test_more_conclusive(
    accept: list[dict[str, Any]], values: dict[str, float], faults: list[TrialResult], more: TrialResult
) -> None:
    assume(faults)
    judging = Judging.of(make_test(accept))
    before = judge(judging, make_run(make_trial(None, values), faults)).outcome
    after = judge(judging, make_run(make_trial(None, values), [*faults, more])).outcome
    assert after in (before, Outcome.INCONCLUSIVE)


@given(st.lists(CONDITIONS, min_size=1, max_size=3), st.none() | FINITE, VALUES, st.lists(TRIALS, max_size=2))
def test_the_order_of_conditions_and_faults_changes_no_outcome(
    accept: list[dict[str, Any]], edge: float | None, values: dict[str, float], faults: list[TrialResult]
) -> None:
    subject = make_trial(None, values)
    one = judge(Judging.of(make_test(accept, edge)), make_run(subject, faults))
    other = judge(Judging.of(make_test(accept[::-1], edge)), make_run(subject, faults[::-1]))
    assert (one.outcome, one.verdicts) == (other.outcome, other.verdicts)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_bits_accept_that_very_pattern_and_no_other(measured: int, wanted: int) -> None:
    value = struct.unpack(">d", measured.to_bytes(8, "big"))[0]
    assume(math.isfinite(value))
    run = make_run(make_trial(None, {"a": value}), [make_trial("x", {"a": math.nan})])
    for bits in (measured, wanted):
        judging = Judging.of(make_test([{"metric": "a", "bits": f"{bits:016X}"}]))
        survived = judge(judging, run).outcome is Outcome.SURVIVED
        assert survived is (bits == measured)
