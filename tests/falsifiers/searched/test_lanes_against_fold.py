from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from pvengine.plugin import Trial
from pvfalsifiers.kernels.fold import left_fold
from pvfalsifiers.kernels.lanes import fma_lanes
from pvfalsifiers.searched import lanes_against_fold

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED: dict[str, Any] = {
    "draw": 0,
    "length": 128,
    "a": {"offset": -64, "step": 0.1, "modulus": 7, "ripple": 0.013},
    "b": {"slope": 0.7, "offset": -50, "step": 0.05, "modulus": 11, "ripple": 0.011},
}


def run(subject: Callable[..., Any] = fma_lanes, **changed: Any) -> dict[str, Any]:
    trial = Trial(subject, seed=0)
    params = lanes_against_fold.PairParams.model_validate({**PUBLISHED, **changed})
    lanes_against_fold.measure_pair(trial, params)
    return {name: measured.number for name, measured in trial.measurements.items()}


def test_draw_0_is_the_published_pair() -> None:
    found = run()
    assert found["left_fold"] == found["lanes"] == np.float32(612.4756)
    assert found["differing_bits"] == found["distance_ulp"] == 0


def test_most_normal_pairs_differ_and_all_keep_the_bounds() -> None:
    found = [run(draw=draw) for draw in range(1, 201)]
    assert sum(each["differing_bits"] > 0 for each in found) > 150
    assert max(each["error_by_bound"] for each in found) < 1
    assert max(each["left_fold_error_by_bound"] for each in found) < 1
    assert max(each["difference_by_bound"] for each in found) < 2


def test_the_pair_of_the_docstring() -> None:
    a, b = np.array([2.0**24, 1, 0, 1, 0, 0, 0, 0], np.float32), np.ones(8, np.float32)
    assert float(left_fold(a, b)) == 2.0**24
    assert float(fma_lanes(a, b)) == 2.0**24 + 2


@pytest.mark.parametrize("length", [8, 16, 32, 64, 128, 256])
@pytest.mark.parametrize(
    "name", ["drop_last_group", "drop_upper_lanes", "add_first_group_twice", "load_as_bfloat16"]
)
def test_a_fault_exceeds_the_bound_at_some_pair(name: str, length: int) -> None:
    fault = getattr(lanes_against_fold, name)
    assert max(run(fault, draw=draw, length=length)["error_by_bound"] for draw in range(1, 6)) > 1


def test_the_left_fold_in_the_place_of_lanes_differs_nowhere() -> None:
    found = [run(lanes_against_fold.fold_left_instead, draw=draw) for draw in range(20)]
    assert [each["differing_bits"] for each in found] == 20 * [0]


@pytest.mark.parametrize("changed", [{"length": 7}, {"draw": -1}, {"draw": 2**53}])
def test_what_lies_outside_of_the_domain_is_refused(changed: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        run(**changed)
