from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from pvengine.plugin import Range, Trial
from pvfalsifiers.kernels.rope import rotate, rotate_complex
from pvfalsifiers.searched import rope_any_direction as searched

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED: dict[str, Any] = {
    "head_dim": 64,
    "theta": 10000,
    "query": {"offset": -32, "step": 0.05, "modulus": 5, "ripple": 0.02},
    "query_position": 0,
    "key": {"offset": -32, "step": 0.04, "modulus": 7, "ripple": 0.015},
    "key_position": 1,
    "relative_perturbation": 7.7e-4,
    "along": 1.0,
    "direction": [0.0] * 64,
}
FIXED = {"along": Range(-1, 1, (), "real"), "direction": Range(-1, 1, (64,), "real")}
ANYWHERE = {
    **FIXED,
    "query_position": Range(0, 4095, (), "integer"),
    "key_position": Range(0, 4095, (), "integer"),
}


def make(**changed: Any) -> searched.DirectionParams:
    return searched.DirectionParams.model_validate({**PUBLISHED, **changed})


def run(subject: Callable[..., Any] = rotate, **changed: Any) -> dict[str, float]:
    trial = Trial(subject, seed=0)
    searched.measure_any_direction(trial, make(**changed))
    return {name: float(each.number) for name, each in trial.measurements.items()}


def test_the_first_point_is_the_published_one() -> None:
    found = run()
    assert f"{100 * found['input_drift']:.4f}" == "0.0770"
    assert f"{found['amplification']:.4f}" == "0.9999"
    assert found["score_error"] < 1e-5


def test_the_condition_number_is_that_of_rotated_vectors() -> None:
    p = make()
    query, key = p.query.generate(64), p.key.generate(64)
    for at, other in ((0, 1), (5, 2), (7, 1611)):
        turned = [rotate_complex(x, m, p.theta) for x, m in ((query, at), (key, other))]
        expected = np.linalg.norm(turned[0]) * np.linalg.norm(turned[1]) / abs(np.dot(*turned))
        (found,) = searched.find_condition_numbers(p, np.array([float(other - at)]))
        assert found == pytest.approx(expected, rel=1e-9)


def test_at_the_published_positions_the_condition_number_is_attained() -> None:
    (bound,) = searched.state_bounds(make(), FIXED)
    assert bound.at_most == pytest.approx(1.04698, abs=1e-5)
    (point,) = searched.iter_worst_directions(make(), FIXED)
    assert run(**point)["amplification"] == pytest.approx(bound.at_most, rel=0.01)


def test_over_positions_the_worst_of_all_differences_is_attained() -> None:
    (bound,) = searched.state_bounds(make(), ANYWHERE)
    assert searched.find_worst_difference(make(), ANYWHERE) == (1604, bound.at_most)
    assert bound.at_most == pytest.approx(41620.47, abs=0.01)
    *_, point = searched.iter_worst_directions(make(), ANYWHERE)
    assert (point["query_position"], point["key_position"]) == (0, 1604)
    assert run(**point)["amplification"] == pytest.approx(bound.at_most, rel=0.01)


@pytest.mark.parametrize(("most", "expected"), [(127, 2.98186), (1023, 91.4241)])
def test_more_positions_have_a_larger_supremum(most: int, expected: float) -> None:
    positions = dict.fromkeys(("query_position", "key_position"), Range(0, most, (), "integer"))
    assert searched.find_worst_difference(make(), positions)[1] == pytest.approx(expected, rel=1e-5)


def test_no_direction_exceeds_the_condition_number() -> None:
    generator = np.random.default_rng(2)
    for _ in range(50):
        query, key = (int(each) for each in generator.integers(0, 4096, 2))
        found = run(
            direction=generator.standard_normal(64).tolist(), along=0, query_position=query, key_position=key
        )
        assert found["amplification"] <= found["condition_number"] * 1.02
        assert found["score_error"] < 1e-4


def test_every_fault_has_a_wrong_score_at_the_worst_positions() -> None:
    *_, point = searched.iter_worst_directions(make(), ANYWHERE)
    for broken in (
        searched.leave_unrotated,
        searched.rotate_neighbours,
        searched.rotate_backwards,
        searched.rotate_with_other_base,
        searched.rotate_next_position,
    ):
        assert run(broken)["score_error"] > 1e-3
        assert run(broken, **point)["score_error"] > 1e-3


@pytest.mark.parametrize(
    "changed",
    [
        {"along": 0},
        {"direction": [0.0] * 63},
        {"query_position": -1},
        {"relative_perturbation": 0},
        {"theta": 0},
    ],
)
def test_outside_of_the_domain_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        make(**changed)
