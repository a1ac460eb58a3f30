from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pvfalsifiers.kernels import drift, norm, rope
from pvfalsifiers.kernels.softmax import softmax

SIZES = st.integers(1, 40)
MODERATE = st.floats(width=32, min_value=-32, max_value=32)
AWAY_FROM_ZERO = st.floats(width=32, min_value=0.125, max_value=32)


@given(hnp.arrays(np.float32, SIZES, elements=MODERATE))
def test_softmax_is_a_distribution_in_the_order_of_the_logits(logits: np.ndarray) -> None:
    probabilities = softmax(logits)
    assert probabilities.dtype == np.float32
    assert (probabilities >= 0).all()
    assert abs(float(probabilities.astype(np.float64).sum()) - 1) < 1e-5
    order = np.argsort(logits, kind="stable")
    assert (np.diff(probabilities[order]) >= 0).all()


@given(hnp.arrays(np.float32, SIZES, elements=st.integers(-64, 64).map(float)), st.integers(-100, 100))
def test_softmax_does_not_change_with_a_shift(logits: np.ndarray, shift: int) -> None:
    assert softmax(logits).tobytes() == softmax(logits + np.float32(shift)).tobytes()


def test_softmax_of_specials() -> None:
    assert softmax(np.array([-np.inf, 0.0], np.float32)).tolist() == [0.0, 1.0]
    assert softmax(np.array([3e38, -3e38], np.float32)).tolist() == [1.0, 0.0]
    assert np.isnan(softmax(np.array([np.nan, 0.0]))).all()
    assert np.isnan(softmax(np.array([np.inf, np.inf], np.float32))).all()


@given(hnp.arrays(np.float32, 64, elements=MODERATE), st.integers(0, 2000))
def test_rope_preserves_the_norm_of_each_pair(x: np.ndarray, position: int) -> None:
    turned = rope.rotate(x, position, 10000.0).astype(np.float64)
    before = np.hypot(x[:32].astype(np.float64), x[32:])
    np.testing.assert_allclose(np.hypot(turned[:32], turned[32:]), before, rtol=1e-6, atol=1e-30)


@given(hnp.arrays(np.float32, 64, elements=MODERATE), st.integers(0, 8))
def test_rope_is_near_the_complex_rotation(x: np.ndarray, position: int) -> None:
    bound = 2e-6 * max(1.0, float(np.abs(x).max()))
    np.testing.assert_allclose(
        rope.rotate(x, position, 10000.0), rope.rotate_complex(x, position, 10000.0), rtol=0, atol=bound
    )


@given(hnp.arrays(np.float32, 16, elements=MODERATE), st.integers(0, 50), st.integers(0, 50))
def test_scores_depend_on_the_difference_of_positions(x: np.ndarray, position: int, other: int) -> None:
    key = np.cos(np.arange(16)).astype(np.float32)
    here = rope.rotate_complex(x, position + other, 10000.0) @ rope.rotate_complex(key, position, 10000.0)
    there = rope.rotate_complex(x, other, 10000.0) @ rope.rotate_complex(key, 0, 10000.0)
    np.testing.assert_allclose(here, there, rtol=1e-9, atol=1e-9)


def test_rope_at_position_0_is_the_identity() -> None:
    x = np.linspace(-1, 1, 8, dtype=np.float32)
    assert rope.rotate(x, 0, 10000.0).tobytes() == x.tobytes()


@given(hnp.arrays(np.float32, SIZES, elements=AWAY_FROM_ZERO), st.integers(-20, 20))
def test_rms_norm_gives_unit_rms_at_any_scale(x: np.ndarray, exponent: int) -> None:
    normalised = norm.rms_norm(x, 0.0)
    assert abs(float(np.sqrt(np.mean(normalised.astype(np.float64) ** 2))) - 1) < 1e-5
    assert norm.rms_norm(x * np.float32(2.0**exponent), 0.0).tobytes() == normalised.tobytes()
    assert norm.scale_to_unit_rms(x).tobytes() == normalised.tobytes()


def test_rms_norm_of_specials() -> None:
    assert np.isnan(norm.rms_norm(np.zeros(2, np.float32), 0.0)).all()
    assert norm.rms_norm(np.zeros(2, np.float32), 1e-6).tolist() == [0.0, 0.0]
    assert np.isnan(norm.scale_to_unit_rms(np.array([np.nan, 1], np.float32))).all()


@given(hnp.arrays(np.float32, 12, elements=AWAY_FROM_ZERO), st.floats(1e-3, 1.0))
def test_drift_of_a_scaling_is_its_size(x: np.ndarray, size: float) -> None:
    other = x.astype(np.float64) * (1 + size)
    for measure in (drift.find_relative_l1, drift.find_relative_l2):
        assert abs(measure(x.astype(np.float64), other) - size) < 1e-9
        assert measure(x, x) == 0


def test_drift_from_nothing_is_not_finite() -> None:
    zero, one = np.zeros(1, np.float32), np.ones(1, np.float32)
    for measure in (drift.find_relative_l1, drift.find_relative_l2):
        assert measure(zero, one) == np.inf
        assert np.isnan(measure(zero, zero))
        assert np.isnan(measure(zero[:0], zero[:0]))


@given(st.floats(width=32, allow_nan=False), st.integers(1, 40))
def test_distance_counts_the_steps(value: float, steps: int) -> None:
    x = start = np.float32(value)
    taken = 0
    while taken < steps and x != np.inf:
        with np.errstate(all="ignore"):
            x = np.nextafter(x, np.float32(np.inf))
        taken += 1
    assert drift.find_distance_ulp(start, x) == drift.find_distance_ulp(x, start) == taken


def test_distance_to_a_nan_is_nan() -> None:
    assert np.isnan(drift.find_distance_ulp(np.float32(np.nan), np.float32(1)))


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=8))
def test_differing_bits_are_counted(pairs: list[tuple[int, int]]) -> None:
    first, second = (np.array([p[k] for p in pairs], np.uint32).view(np.float32) for k in (0, 1))
    assert drift.count_differing_bits(first, second) == sum((a ^ b).bit_count() for a, b in pairs)


@pytest.mark.parametrize(
    "call",
    [
        lambda: softmax(np.zeros(0, np.float32)),
        lambda: softmax(np.zeros(3, np.int64)),
        lambda: rope.rotate(np.zeros(3, np.float32), 0, 1e4),
        lambda: rope.rotate(np.zeros(4, np.float32), -1, 1e4),
        lambda: rope.rotate(np.zeros(4, np.float32), 1, 0.0),
        lambda: norm.rms_norm(np.zeros(0, np.float32), 0.0),
        lambda: norm.rms_norm(np.zeros(2, np.float32), -1.0),
        lambda: norm.scale_to_unit_rms(np.zeros(2, np.float32), 0.0),
        lambda: drift.find_relative_l1(np.zeros(2, np.float32), np.zeros(2)),
        lambda: drift.find_relative_l2(np.zeros(2), np.zeros(3)),
        lambda: drift.count_differing_bits(np.zeros(2), np.zeros(3)),
    ],
)
def test_unfit_input_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        call()
