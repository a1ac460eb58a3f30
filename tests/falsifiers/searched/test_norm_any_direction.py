from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from pvengine.plugin import Falsifier, Range, Trial, iter_registered
from pvfalsifiers.searched import norm_any_direction as searched

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED: dict[str, Any] = {
    "length": 256,
    "norm": "L2",
    "epsilon": 1.0e-6,
    "relative_perturbation": 7.7e-4,
    "ramp": {"offset": -128, "step": 0.05, "modulus": 7, "ripple": 0.01},
    "signs": {"multiplier": 13, "offset": 7, "modulus": 17, "below": 8},
    "head": [-6.4, -6.34, -6.28, -6.22],
    "slope": 1.0,
    "level": 0.0,
    "noise": 0.0,
    "draw": 0,
    "head_direction": [1, 0.990625, -0.98125, -0.971875],
    "follow": 1.0,
    "shift": 0.0,
    "scatter": 0.0,
    "head_gain": [1, 1, 1, 1],
    "gain": 1.0,
}
PLAIN = {
    "head": Range(-16, 16, (4,), "real"),
    "slope": Range(-1, 1, (), "real"),
    "level": Range(-1, 1, (), "real"),
    "noise": Range(0, 1, (), "real"),
    "head_direction": Range(-1, 1, (4,), "real"),
    "follow": Range(-1, 1, (), "real"),
    "shift": Range(-1, 1, (), "real"),
    "scatter": Range(0, 1, (), "real"),
}
GAIN = {**PLAIN, "head_gain": Range(0.25, 4, (4,), "real"), "gain": Range(0.25, 4, (), "real")}
SUPREMA = [
    ("L2", PLAIN, 1.0000000741),
    ("L2", GAIN, 16.0000012),
    ("Linf", PLAIN, 8.524534),
    ("Linf", GAIN, 24.568283),
]


def make(**changed: Any) -> searched.NormDirectionParams:
    return searched.NormDirectionParams.model_validate({**PUBLISHED, **changed})


def run(subject: Callable[..., Any] = searched.normalise, **changed: Any) -> dict[str, float]:
    trial = Trial(subject, seed=0)
    searched.measure_norm_direction(trial, make(**changed))
    return {name: float(each.number) for name, each in trial.measurements.items()}


def find_falsifier() -> Falsifier:
    return next(each for each in iter_registered() if each.name == "rms-norm.searched-any-direction")


def draw_vectors(generator: np.random.Generator) -> dict[str, Any]:
    varied: dict[str, Any] = {"draw": int(generator.integers(2**16))}
    for name, each in GAIN.items():
        varied[name] = generator.uniform(each.low, each.high, each.shape or None)
    return {name: value.tolist() if hasattr(value, "tolist") else value for name, value in varied.items()}


@pytest.mark.parametrize(("norm", "amplification"), [("L2", "1.0000"), ("Linf", "1.0003")])
def test_the_first_point_is_the_published_one(norm: str, amplification: str) -> None:
    found = run(norm=norm)
    assert f"{100 * found['input_drift']:.4f}" == "0.0770"
    assert f"{found['amplification']:.4f}" == amplification
    assert found["output_error"] < 1e-6


@pytest.mark.parametrize(("norm", "domain", "expected"), SUPREMA)
def test_the_supremum_is_attained_at_the_expected_point(
    norm: str, domain: dict[str, Range], expected: float
) -> None:
    p = make(norm=norm)
    assert searched.find_supremum(p, domain) == pytest.approx(expected, rel=1e-7)
    (point,) = searched.iter_worst_norms(p, domain)
    assert set(point) <= set(domain)
    found = run(norm=norm, **point)
    assert found["amplification"] == pytest.approx(expected, rel=0.001)
    assert found["output_error"] < 1e-5


@pytest.mark.parametrize("length", [16, 64, 256, 1024])
def test_for_a_small_drift_the_row_sum_is_half_of_root_n_plus_one(length: int) -> None:
    tiny = make(norm="Linf", length=length, relative_perturbation=1e-7)
    assert searched.find_supremum(tiny, PLAIN) == pytest.approx((math.sqrt(length) + 1) / 2, rel=1e-4)
    t = math.sqrt(length) - 1
    x = np.array([t, *[1.0] * (length - 1)])
    projection = np.eye(length) - np.outer(x, x) / np.dot(x, x)
    assert np.abs(projection).sum(axis=1).max() == pytest.approx((math.sqrt(length) + 1) / 2, rel=1e-12)


@pytest.mark.parametrize("norm", ["L2", "Linf"])
def test_no_random_point_exceeds_the_supremum_or_the_bound(norm: str) -> None:
    generator = np.random.default_rng(4)
    (bound,) = searched.state_bounds(make(norm=norm), GAIN)
    supremum = searched.find_supremum(make(norm=norm), GAIN)
    assert bound.at_most is not None
    assert bound.at_most >= supremum
    for _ in range(100):
        found = run(norm=norm, **draw_vectors(generator))
        assert found["amplification"] <= supremum * 1.01
        assert found["output_error"] < 1e-5


def test_the_bounds_are_those_of_the_derivation() -> None:
    bounds = {
        (norm, domain is GAIN): next(searched.state_bounds(make(norm=norm), domain)).at_most
        for norm, domain, _ in SUPREMA
    }
    assert bounds["L2", False] == pytest.approx(1 + 7.7e-4**2 / 8, abs=1e-12)
    assert bounds["Linf", False] == pytest.approx(8.5 / (1 - 7.7e-4 * 16))
    assert bounds["Linf", True] == pytest.approx(16 * 8.5 / (1 - 7.7e-4 * 16))


def test_every_fault_has_a_wrong_output_at_the_expected_point() -> None:
    for norm, domain, _ in SUPREMA:
        (point,) = searched.iter_worst_norms(make(norm=norm), domain)
        for broken in find_falsifier().planted_faults.values():
            error = run(broken, norm=norm, **point)["output_error"]
            assert math.isnan(error) or error > 1e-4


@pytest.mark.parametrize(
    "changed",
    [
        {"slope": 0, "head": [0, 0, 0, 0]},
        {"follow": 0, "head_direction": [0, 0, 0, 0]},
        {"head": [1, 2, 3]},
        {"gain": 0},
        {"norm": "L1"},
    ],
)
def test_outside_of_the_domain_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make(**changed)
