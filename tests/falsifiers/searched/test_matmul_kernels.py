from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

from pvengine.plugin import Trial
from pvfalsifiers.kernels.matmul_orders import multiply
from pvfalsifiers.searched import matmul_kernels

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED: dict[str, Any] = {
    "kernel": "left_fold",
    "draw": 0,
    "rows": 1,
    "inner": 128,
    "columns": 64,
    "activations": {"modulus": 13, "offset": -6, "step": 0.1},
    "weights": {"multiplier": 23, "modulus": 19, "offset": -9, "step": 0.05},
}
ORDERS = ["backwards", "pairwise", "two_workers", "four_workers", "blocks_of_32", "fma_lanes"]


def run(subject: Callable[..., Any] = multiply, **changed: Any) -> dict[str, Any]:
    trial = Trial(subject, seed=0)
    params = matmul_kernels.ProductParams.model_validate({**PUBLISHED, **changed})
    matmul_kernels.measure_kernels(trial, params)
    return {name: measured.number for name, measured in trial.measurements.items()}


def test_the_published_product_is_that_of_the_left_fold() -> None:
    found = run()
    assert found["differing_bits"] == found["rerun_differing_bits"] == found["batching_differing_bits"] == 0


@pytest.mark.parametrize("kernel", ORDERS)
def test_another_order_gives_other_bits_within_the_bound(kernel: str) -> None:
    found = run(kernel=kernel, draw=1, rows=4)
    assert found["differing_bits"] > 0
    assert found["rerun_differing_bits"] == 0
    assert found["batching_differing_bits"] == 0
    assert found["error_by_bound"] < 1


def test_a_kernel_that_goes_by_the_rows_tells_a_row_alone_from_its_batch() -> None:
    found = run(kernel="by_rows", draw=1, rows=4)
    assert found["differing_bits"] == 0
    assert found["batching_differing_bits"] == run(kernel="fma_lanes", draw=1, rows=4)["differing_bits"] > 0


@pytest.mark.parametrize(
    ("kernel", "inner"),
    [("backwards", 3), ("pairwise", 4), ("two_workers", 4), ("fma_lanes", 8), ("blocks_of_32", 34)],
)
def test_the_shortest_product_that_differs(kernel: str, inner: int) -> None:
    def differ(length: int) -> bool:
        found = (run(kernel=kernel, draw=draw, inner=length, columns=8) for draw in range(1, 30))
        return any(each["differing_bits"] for each in found)

    assert not any(differ(length) for length in range(1, inner))
    assert differ(inner)


@pytest.mark.parametrize("kernel", ["blas", "einsum", "add_reduce"])
def test_a_library_stays_within_the_bound(kernel: str) -> None:
    assert 0 < run(kernel=kernel, draw=1, rows=4)["error_by_bound"] < 1


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("drop_last_product", "error_by_bound"),
        ("load_as_bfloat16", "error_by_bound"),
        ("carry_over_rows", "error_by_bound"),
        ("change_order_every_other_call", "rerun_differing_bits"),
    ],
)
def test_a_fault_breaks_a_condition(name: str, metric: str) -> None:
    found = run(getattr(matmul_kernels, name), kernel="pairwise", draw=1, rows=4)
    assert found[metric] > 1


def test_the_left_fold_in_the_place_of_every_kernel_differs_nowhere() -> None:
    assert run(matmul_kernels.multiply_by_left_fold, kernel="pairwise", draw=1)["differing_bits"] == 0


def test_two_runs_measure_the_same() -> None:
    assert run(kernel="pairwise", draw=7, rows=3) == run(kernel="pairwise", draw=7, rows=3)


def test_an_unknown_kernel_is_refused() -> None:
    with pytest.raises(ValidationError, match="kernel"):
        run(kernel="mystery")
    with pytest.raises(ValueError, match="kernel: expected one of"):
        multiply(np.ones((1, 1), np.float32), np.ones((1, 1), np.float32), "mystery")  # type: ignore[arg-type]  # wrong on purpose
