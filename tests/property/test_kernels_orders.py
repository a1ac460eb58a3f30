from __future__ import annotations

from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvfalsifiers.kernels.fused import Order
from pvfalsifiers.kernels.lanes import fma_lanes
from pvfalsifiers.kernels.matmul import matmul
from pvfalsifiers.kernels.matmul_orders import Kernel, multiply
from pvfalsifiers.kernels.path_error import bound_path_error
from pvfalsifiers.kernels.paths import multiply_dequantized, multiply_quantized
from pvfalsifiers.kernels.q8_k import Convention
from pvfalsifiers.kernels.rounding import divide_by_bound, find_gamma

SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 75), st.integers(1, 3), st.integers(0, 2**32))


def draw_factors(shape: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    rows, inner, columns, seed = shape
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((rows, inner)), rng.standard_normal((inner, columns))
    return a.astype(np.float32), b.astype(np.float32)


@settings(max_examples=60)
@given(SHAPES)
def test_left_fold_and_lanes_are_those_of_the_dot_products(shape: tuple[int, int, int, int]) -> None:
    a, b = draw_factors(shape)
    assert multiply(a, b, "left_fold").tobytes() == matmul(a, b).tobytes()
    lanes = [[fma_lanes(row, np.ascontiguousarray(column)) for column in b.T] for row in a]
    assert multiply(a, b, "fma_lanes").tobytes() == np.array(lanes, np.float32).tobytes()


@settings(max_examples=60)
@given(SHAPES, st.sampled_from(get_args(Kernel)))
def test_every_kernel_adds_every_product_once(shape: tuple[int, int, int, int], kernel: Kernel) -> None:
    rows, inner, columns, seed = shape
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-99, 99, (rows, inner)), rng.integers(-99, 99, (inner, columns))
    product = multiply(a.astype(np.float32), b.astype(np.float32), kernel)
    assert product.dtype == np.float32
    assert product.tolist() == (a @ b).tolist()  # integers below 2**24: no order rounds


@settings(max_examples=60)
@given(SHAPES, st.sampled_from(get_args(Kernel)))
def test_every_kernel_keeps_the_bound_of_rounding(shape: tuple[int, int, int, int], kernel: Kernel) -> None:
    a, b = draw_factors(shape)
    product = multiply(a, b, kernel)
    gamma = Fraction(shape[1], 2**24 - shape[1])
    for i, j in np.ndindex(product.shape):
        terms = [Fraction(float(x)) * Fraction(float(y)) for x, y in zip(a[i], b[:, j], strict=True)]
        assert abs(Fraction(float(product[i, j])) - sum(terms)) <= gamma * sum(map(abs, terms))


def test_the_runs_of_workers_are_added_from_the_left() -> None:
    a, ones = np.array([[2.0**24, 1, 1, 1]], np.float32), np.ones((4, 1), np.float32)
    found = {
        kernel: float(multiply(a, ones, kernel)[0, 0]) - 2.0**24 for kernel in ("left_fold", "two_workers")
    }
    assert found == {"left_fold": 0.0, "two_workers": 2.0}


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="with n > 0"):
        multiply(np.ones((1, 0), np.float32), np.ones((0, 1), np.float32), "pairwise")


@settings(max_examples=150)
@given(
    st.integers(0, 2**32),
    st.integers(-14, 3),
    st.sampled_from(get_args(Convention)),
    st.sampled_from(get_args(Order)),
)
def test_path_b_keeps_its_bound(seed: int, exponent: int, convention: Convention, order: Order) -> None:
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 256, (3, 1, 144)).astype(np.uint8)
    blocks[..., [1, 3]] &= 0xBF
    x = (rng.standard_normal(256) * 10.0**exponent * (rng.random(256) < 0.5)).astype(np.float32)
    x[0] = np.float32(10.0**exponent)
    limits = bound_path_error(blocks, x)
    errors = np.abs(
        multiply_dequantized(blocks, x).astype(np.float64)
        - multiply_quantized(blocks, x, convention, order).astype(np.float64)
    )
    assert (errors <= limits.bound).all()
    assert (errors <= limits.magnitude * (1 + find_gamma(296)) + 1e-40).all()


@pytest.mark.parametrize("roundings", [-1, 2**23 + 1])
def test_gamma_is_stated_for_a_count_below_one_by_u(roundings: int) -> None:
    with pytest.raises(ValueError, match="roundings"):
        find_gamma(roundings)


def test_an_error_of_nothing_is_within_any_bound_and_any_other_of_nothing_is_not() -> None:
    zero = np.zeros(1)
    assert divide_by_bound(zero, zero, 4) == 0
    assert divide_by_bound(np.ones(1), zero, 4) == np.inf


@pytest.mark.parametrize("shape", [(1, 2, 144), (1, 1, 144)])
def test_other_shapes_than_one_super_block_a_row_are_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="blocks and x"):
        bound_path_error(np.zeros(shape, np.uint8), np.zeros(512, np.float32))
