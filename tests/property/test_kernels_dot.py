from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pvfalsifiers.kernels import dot
from pvfalsifiers.kernels.fold import sum_left
from pvfalsifiers.kernels.lanes import fused_multiply_add
from pvfalsifiers.kernels.matmul import matmul, matvec

FLOAT32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
MODERATE = st.floats(width=32, min_value=-(2.0**40), max_value=2.0**40)
HALF_ULP_OVER_LARGEST = Fraction(2) ** 128 - Fraction(2) ** 103


def round_to_float32(exact: Fraction) -> float:
    """Round an exact number to float32, ties to even, subnormals included: by integers alone."""
    if exact == 0:
        return 0.0
    magnitude = abs(exact)
    if magnitude >= HALF_ULP_OVER_LARGEST:
        return math.copysign(math.inf, exact)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    exponent -= Fraction(2) ** exponent > magnitude
    ulp = Fraction(2) ** max(exponent - 23, -149)
    return float(round(exact / ulp) * ulp)  # round() on a Fraction is half to even


def same_bits(first: np.float32, second: np.float32) -> bool:
    return np.float32(first).tobytes() == np.float32(second).tobytes()


@settings(max_examples=500)
@given(FLOAT32, FLOAT32, FLOAT32)
@example(1 + 2.0**-23, 1 + 2.0**-23, 2.0**-60)  # float64 alone would round the sum to a tie of float32
@example(1 + 2.0**-12, 1 + 2.0**-12, -(2.0**-80))
@example(2.0**-75, 2.0**-75, 2.0**-149)  # a tie between two subnormals
@example(2.0**-75, 2.0**-76, 0.0)
@example(2.0**64, 2.0**64, -1.0)
@example(3.0, 1 / 4, -0.75)
def test_fused_multiply_add_rounds_once(a: float, b: float, c: float) -> None:
    arrays = [np.array([value], np.float32) for value in (a, b, c)]
    assert fused_multiply_add(*arrays)[0] == round_to_float32(Fraction(a) * Fraction(b) + Fraction(c))


@settings(max_examples=300)
@given(
    st.integers(0, 2**24 - 1), st.integers(0, 2**24 - 1), st.integers(-(2**24), 2**24), st.integers(-60, 60)
)
def test_fused_multiply_add_rounds_once_near_ties(a: int, b: int, c: int, shift: int) -> None:
    addend = math.ldexp(c, shift)
    arrays = [np.array([value], np.float32) for value in (a, b, addend)]
    assert fused_multiply_add(*arrays)[0] == round_to_float32(Fraction(a * b) + Fraction(addend))


def test_double_rounding_would_show() -> None:
    a, b, c = (np.array([v], np.float32) for v in (1 + 2.0**-12, 1 + 2.0**-12, 2.0**-80))
    naive = (a.astype(np.float64) * b + c.astype(np.float64)).astype(np.float32)
    assert fused_multiply_add(a, b, c)[0] != naive[0]


def test_fused_multiply_add_of_specials() -> None:
    inf, nan = np.inf, np.nan
    cases = [
        (inf, 0, 1),
        (inf, 1, -inf),
        (nan, 1, 1),
        (inf, 2, 1),
        (-0.0, 1, -0.0),
        (-0.0, 1, 0.0),
        (1, 1, -1),
    ]
    a, b, c = (np.array(column, np.float32) for column in zip(*cases, strict=True))
    result = fused_multiply_add(a, b, c)
    assert np.isnan(result[:3]).all()
    assert result[3] == inf
    assert np.signbit(result[4:]).tolist() == [True, False, False]


@given(hnp.arrays(np.float32, st.integers(0, 70), elements=MODERATE), st.randoms(use_true_random=False))
def test_left_fold_is_the_loop(a: np.ndarray, random: object) -> None:
    b = np.array([random.uniform(-3, 3) for _ in a], np.float32)  # type: ignore[attr-defined]
    total = np.float32(0)
    for x, y in zip(a, b, strict=True):
        total = np.float32(total + np.float32(x * y))
    assert same_bits(dot.left_fold(a, b), total)


@given(hnp.arrays(np.float32, hnp.array_shapes(min_dims=1, max_dims=3, max_side=40), elements=MODERATE))
def test_sum_left_is_the_loop(terms: np.ndarray) -> None:
    total = np.zeros(terms.shape[:-1], np.float32)
    for i in range(terms.shape[-1]):
        total = total + terms[..., i]
    assert sum_left(terms).tobytes() == np.asarray(total, np.float32).tobytes()


@settings(max_examples=60)
@given(st.integers(0, 150), st.integers(0, 2**32 - 1))
def test_fma_lanes_is_the_loop(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = (rng.standard_normal(n).astype(np.float32) for _ in range(2))
    acc = [[0.0] * 8 for _ in range(4)]
    groups = n // 8
    for group in range(groups):
        u = group % 4 if group < groups // 4 * 4 else 0
        for lane in range(8):
            i = 8 * group + lane
            exact = Fraction(float(a[i])) * Fraction(float(b[i])) + Fraction(acc[u][lane])
            acc[u][lane] = round_to_float32(exact)
    v = [np.array(lanes, np.float32) for lanes in acc]
    s = (v[0] + v[1]) + (v[2] + v[3])
    s = s[:4] + s[4:]
    s = s[:2] + s[2:]
    total = s[0] + s[1]
    for i in range(8 * groups, n):
        total = np.float32(total + np.float32(a[i] * b[i]))
    assert same_bits(dot.fma_lanes(a, b), total)


@pytest.mark.parametrize("n", [0, 1, 7, 8, 31, 32, 33, 100, 256])
def test_both_orders_agree_where_nothing_is_rounded(n: int) -> None:
    a = np.arange(n, dtype=np.float32)
    assert dot.fma_lanes(a, a) == dot.left_fold(a, a) == float(np.sum(np.arange(n, dtype=np.int64) ** 2))


@settings(max_examples=30)
@given(st.integers(1, 6), st.integers(0, 40), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_every_element_of_a_product_is_a_left_fold(rows: int, inner: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((rows, inner)).astype(np.float32)
    b = rng.standard_normal((inner, columns)).astype(np.float32)
    product = matmul(a, b)
    assert product.shape == (rows, columns)
    for i in range(rows):
        for j in range(columns):
            assert same_bits(product[i, j], dot.left_fold(a[i], np.ascontiguousarray(b[:, j])))
    assert matvec(np.ascontiguousarray(b.T), a[0]).tobytes() == product[0].tobytes()


def test_specials_give_no_warning() -> None:
    a = np.array([np.inf, 1e38, np.nan, 1e-45], np.float32)
    assert np.isnan(dot.left_fold(a, a))
    assert np.isnan(dot.fma_lanes(a, a))
    assert dot.left_fold(a[1:2], a[1:2]) == np.inf
    assert np.isnan(matmul(a[None], a[:, None])).all()


@pytest.mark.parametrize("kernel", [dot.left_fold, dot.fma_lanes])
def test_unfit_arrays_are_refused(kernel: object) -> None:
    good = np.zeros(8, np.float32)
    for a, b in ((good, np.zeros(8)), (good, good[:4]), (good[None], good[None]), (good, [0.0] * 8)):
        with pytest.raises(ValueError, match="expected"):
            kernel(a, b)  # type: ignore[operator]


@pytest.mark.parametrize("options", [{"accumulators": 3}, {"lanes": 0}, {"lanes": 6}])
def test_lanes_and_accumulators_are_powers_of_two(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="power of two"):
        dot.fma_lanes(np.zeros(8, np.float32), np.zeros(8, np.float32), **options)
