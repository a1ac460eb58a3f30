from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

VERDICTS = {
    "matmul.bit-identity": "FALSIFIED",
    "dot.fma-lanes-against-left-fold": "FALSIFIED",
    "q4-k.dequantizers-agree": "FALSIFIED",
    "q4-k.path-a-against-path-b": "CONFIRMED",
    "q4-k.chained-drift": "CONFIRMED",
    "q4-k.drift-over-block-scales": "FALSIFIED",
    "softmax.drift-amplification": "FALSIFIED",
    "rope.drift-amplification": "FALSIFIED",
    "q4-k.batch-drift": "FALSIFIED",
    "rms-norm.drift-amplification": "FALSIFIED",
}


def test_every_registered_falsifier_has_a_test(tools: Any, registry: dict[str, Any]) -> None:
    used = {test["falsifier"] for test in tools.tests.values()}
    assert used == {
        name for name, f in registry.items() if f.function.__module__.startswith("pvfalsifiers.cascade.")
    }
    assert used == set(VERDICTS)


def test_subject_survives_with_the_published_verdict(test: dict[str, Any], tools: Any) -> None:
    measured = tools.run(test)
    assert tools.is_accepted(test, measured)
    assert tools.find_verdict(test, measured) == VERDICTS[test["falsifier"]]


def test_planted_fault_is_noticed(
    test: dict[str, Any], fault: str, tools: Any, registry: dict[str, Any]
) -> None:
    subject, broken = tools.run(test), tools.run(test, registry[test["falsifier"]].planted_faults[fault])
    named = {condition["metric"] for condition in test["accept"]} | {tools.list_decisions(test)[0]["metric"]}
    is_not_finite = any(not math.isfinite(tools.number_of(broken[metric])) for metric in named)
    verdict = tools.find_verdict(test, broken)
    assert (
        is_not_finite
        or not tools.is_accepted(test, broken)
        or verdict not in (None, tools.find_verdict(test, subject))
    )


def test_two_runs_give_the_same_bits(test: dict[str, Any], tools: Any) -> None:
    assert tools.run(test) == tools.run(test)


def test_every_measurement_says_what_it_was_taken_over_and_how(test: dict[str, Any], tools: Any) -> None:
    for measurement in tools.run(test).values():
        assert measurement.population
        assert measurement.arithmetic


def test_subject_is_called_through_the_trial(test: dict[str, Any], tools: Any) -> None:
    class CalledError(Exception):
        pass

    def refuse(*_: Any) -> None:
        raise CalledError

    with pytest.raises(CalledError):
        tools.run(test, refuse)


def test_unknown_parameter_is_refused(test: dict[str, Any], tools: Any) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        tools.run(test, seed=1)


@pytest.mark.parametrize(
    ("number", "params"),
    [
        ("005", {"cases": []}),
        ("006", {"length": 0}),
        ("007", {"block": {"d_bits": "3C0", "dmin_bits": "B400"}}),
        ("008", {"quantizer": "other"}),
        ("008", {"order": "left_fold"}),
        ("009", {"tensors": 0}),
        ("009", {"reference_drift": 0}),
        ("010", {"d_bits": ["3C00"]}),
        ("010", {"dmin_bits": "3C00 "}),
        ("011", {"perturbed": 7}),
        ("011", {"dtype": "float16"}),
        ("011", {"logits": [1.0, math.nan]}),
        ("012", {"head_dim": 63}),
        ("012", {"theta": math.inf}),
        ("013", {"tokens": 0}),
        ("015", {"epsilon": -1.0}),
    ],
)
def test_nonsense_is_refused(number: str, params: dict[str, Any], tools: Any) -> None:
    with pytest.raises(ValidationError):
        tools.run(tools.tests[number], **params)
