from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.optimize import minimize

from pvengine.plugin import Range, Trial
from pvfalsifiers.kernels.softmax import softmax
from pvfalsifiers.searched import softmax_logit_drift as searched

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED: dict[str, Any] = {
    "logits": [-1.5, 0.5, -0.8, 10.0, 1.2, -0.3, 0.7],
    "perturbed": 3,
    "relative_perturbation": 7.7e-4,
    "dtype": "float32",
}
BOXES = [(7, 1.0, 3.4623), (7, 10.0, 35.0), (64, 10.0, 320.0)]


def make(**changed: Any) -> searched.LogitParams:
    return searched.LogitParams.model_validate({**PUBLISHED, **changed})


def run(subject: Callable[..., Any] = softmax, **changed: Any) -> dict[str, float]:
    trial = Trial(subject, seed=0)
    searched.measure_logit_drift(trial, make(**changed))
    return {name: float(each.number) for name, each in trial.measurements.items()}


def find_amplification(z: Any) -> float:
    """Compute 2 p (1 - p) sum|z| of the first logit, in another way than the module."""
    p = np.exp(z - z.max())
    p /= p.sum()
    return float(2 * p[0] * (1 - p[0]) * np.abs(z).sum())


def test_the_first_point_is_the_published_one() -> None:
    found = run()
    assert f"{found['amplification']:.4f}" == "0.0113"
    assert f"{100 * found['input_drift']:.6f}" == "0.051333"
    assert found["probability_error"] < 1e-7


@pytest.mark.parametrize(("count", "largest", "expected"), BOXES)
def test_the_supremum_is_that_of_the_logits_that_are_given(
    count: int, largest: float, expected: float
) -> None:
    value, logits = searched.find_supremum(count, largest)
    assert value == pytest.approx(expected, abs=5e-5)
    assert value <= count * largest / 2
    assert find_amplification(np.array(logits)) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(("count", "largest"), [(2, 3.0), (3, 1.0), (4, 0.5), (7, 1.0), (7, 10.0)])
def test_climbing_from_random_logits_finds_no_more(count: int, largest: float) -> None:
    value, _ = searched.find_supremum(count, largest)
    generator = np.random.default_rng(1)
    found = [
        minimize(
            lambda z: -find_amplification(z),
            generator.uniform(-largest, largest, count),
            bounds=[(-largest, largest)] * count,
            method="L-BFGS-B",
        ).fun
        for _ in range(250)
    ]
    assert -min(found) <= value * (1 + 1e-9)
    assert -min(found) >= value * 0.99


def test_no_group_of_others_at_one_free_value_is_better() -> None:
    """The pattern that the derivation leaves open: m others at Z, a group at y, the rest at -Z."""
    for count, largest in ((4, 1.0), (7, 1.0), (7, 10.0)):
        value, _ = searched.find_supremum(count, largest)
        grid = np.linspace(-largest, largest, 201)
        t, y = grid[:, None], grid[None, :]
        for top, group in itertools.product(range(count), repeat=2):
            low = count - 1 - top - group
            if low < 0:
                continue
            others = top * np.exp(largest) + group * np.exp(y) + low * np.exp(-largest)
            p = 1 / (1 + others * np.exp(-t))
            total = np.abs(t) + (top + low) * largest + group * np.abs(y)
            assert float(np.max(2 * p * (1 - p) * total)) <= value * (1 + 1e-12)


@pytest.mark.parametrize(("count", "largest", "expected"), BOXES)
def test_the_expected_point_attains_it(count: int, largest: float, expected: float) -> None:
    domain = {"logits": Range(-largest, largest, (count,), "real")}
    given = make(logits=[1.0] * count, perturbed=1)
    (point,) = searched.iter_worst_logits(given, domain)
    assert run(**point, perturbed=1)["amplification"] == pytest.approx(expected, rel=1e-3)
    (bound,) = searched.state_bounds(given, domain)
    assert (bound.metric, bound.at_most) == ("amplification", count * largest / 2)
    assert list(searched.iter_worst_logits(given, {})) == []


def test_two_logits_of_6_refute_the_claim() -> None:
    assert run(logits=[6, 0, 0, 0, 0, 0, 6], perturbed=0)["amplification"] > 5


def test_a_logit_of_0_moves_too() -> None:
    found = run(logits=[0, 3, -3], perturbed=0, dtype="float64")
    assert found["amplification"] == pytest.approx(find_amplification(np.array([0.0, 3.0, -3.0])), rel=2e-3)


def test_every_fault_has_wrong_probabilities() -> None:
    for broken in (
        searched.leave_unnormalised,
        searched.divide_by_largest,
        searched.leave_last_out_of_sum,
        searched.choose_largest,
        searched.take_sum_of_first_call,
    ):
        assert run(broken, logits=[1, 2, 3], perturbed=0)["probability_error"] > 1e-2


@pytest.mark.parametrize(
    "changed",
    [
        {"logits": [0.0] * 7},
        {"logits": [0.05] * 7},
        {"perturbed": 7},
        {"relative_perturbation": 0},
        {"logits": [1.0], "perturbed": 0},
    ],
)
def test_outside_of_the_domain_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make(**changed)
