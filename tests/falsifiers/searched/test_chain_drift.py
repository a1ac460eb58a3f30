from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from pvengine.plugin import Range, Trial
from pvfalsifiers.cascade.chained_drift import (
    restart_from_path_a,
    run_chain_with_swapped_nibbles,
    run_quantized_chain,
    run_unquantized_chain,
)
from pvfalsifiers.searched import chain_drift

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.measurement import Measurement

PUBLISHED: dict[str, Any] = {
    "tensors": 5,
    "scale_multiplier": 7,
    "scale_bytes": [3, 1, 11],
    "quant_multiplier": 13,
    "quant_bytes": [17, 3, 19],
    "offset": -128.0,
    "ripple": 0.01,
    "noise": 0.0,
    "draw": 0,
    "quantizer": "max_abs",
    "order": "sub_block_lanes",
    "reference_drift": 0.00077,
}
DOMAIN = {
    "scale_bytes": Range(0, 255, (3,), "integer"),
    "quant_bytes": Range(0, 255, (3,), "integer"),
    "offset": Range(-256, 0, (), "real"),
    "ripple": Range(0, 0.1, (), "real"),
    "noise": Range(0, 1, (), "real"),
}
SUBJECTS = [
    run_quantized_chain,
    run_unquantized_chain,
    run_chain_with_swapped_nibbles,
    restart_from_path_a,
]


def make(**changed: Any) -> chain_drift.SearchedChain:
    return chain_drift.SearchedChain.model_validate({**PUBLISHED, **changed})


def measure(
    p: chain_drift.SearchedChain, subject: Callable[..., Any] = run_quantized_chain
) -> dict[str, Measurement]:
    trial = Trial(subject, seed=0)
    chain_drift.measure_searched_chain(trial, p)
    return trial.measurements


def run(subject: Callable[..., Any] = run_quantized_chain, **changed: Any) -> dict[str, float]:
    return {name: float(each.number) for name, each in measure(make(**changed), subject).items()}


def list_worst() -> list[dict[str, Any]]:
    return list(chain_drift.iter_parting_points(make(), DOMAIN))


def test_the_first_point_is_the_published_one() -> None:
    found = run()
    assert f"{found['final_drift']:.8f}" == "0.00439143"
    assert f"{found['growth']:.2f}" == "5.70"
    assert found["exact_input_drift"] == found["composed_differing_bits"] == 0


def test_the_bound_is_nearly_attained_and_kept() -> None:
    bounds = {bound.metric: bound.at_most for bound in chain_drift.state_bounds(make(), DOMAIN)}
    assert bounds == {"final_drift": 2.0, "growth": 2.0 / 0.00077}
    drifts = [run(**point)["final_drift"] for point in list_worst()]
    assert 1.9999 < max(drifts) <= 2.0 * (1 + 1e-4)


def test_expected_points_are_in_the_domain() -> None:
    points = list_worst()
    assert points
    for point in points:
        assert -256 <= point["offset"] <= 0
        assert set(point) <= set(DOMAIN)
    assert list(chain_drift.iter_parting_points(make(), {})) == []


def test_most_random_activations_drift_less_than_one_published_matvec() -> None:
    offsets = np.random.default_rng(3).uniform(-256, 0, 40)
    growths = [
        run(offset=float(offset), noise=0.5, draw=index)["growth"] for index, offset in enumerate(offsets)
    ]
    assert sum(growth < 1 for growth in growths) > 35


@pytest.mark.parametrize("subject", SUBJECTS)
def test_side_by_side_the_same_is_measured(subject: Callable[..., Any]) -> None:
    points = [
        make(),
        make(noise=0.5, draw=3),
        make(scale_multiplier=200, quantizer="ggml"),
        make(order="ggml"),
    ]
    points += [make(**point) for point in list_worst()]
    trials = [Trial(subject, seed=0) for _ in points]
    chain_drift.measure_many_chains(trials, points)
    for trial, point in zip(trials, points, strict=True):
        assert trial.measurements == measure(point, subject)


def test_another_subject_is_measured_side_by_side_too() -> None:
    trials = [Trial(lambda *_: np.ones(256, np.float32), seed=0)]
    chain_drift.measure_many_chains(trials, [make()])
    assert trials[0].measurements["final_drift"].number != run()["final_drift"]


def test_each_fault_shows() -> None:
    assert run(run_unquantized_chain)["final_drift"] == 0
    assert run(run_chain_with_swapped_nibbles)["exact_input_drift"] > 1e-3
    assert run(restart_from_path_a)["composed_differing_bits"] > 0


def test_two_chains_that_end_in_zeros_do_not_drift() -> None:
    zeros = np.zeros(256, np.float32)
    assert chain_drift.find_drift(zeros, zeros) == 0
    assert math.isclose(chain_drift.find_drift(zeros, zeros + 1), 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"scale_bytes": [3, 0, 11], "quant_bytes": [17, 0, 19]},
        {"scale_multiplier": 0},
        {"scale_bytes": [256, 1, 11]},
        {"tensors": 1},
        {"offset": math.nan},
        {"reference_drift": 0},
    ],
)
def test_outside_of_the_domain_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make(**changed)
