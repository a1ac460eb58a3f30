from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvfalsifiers.kernels import rope
from pvfalsifiers.models.operations import ACTIVATIONS, attend, norm, rotate


def draw(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@given(st.integers(0, 99), st.integers(1, 3), st.integers(1, 8), st.sampled_from(["adjacent", "halves"]))
def test_rotation_keeps_shape_length_and_what_does_not_turn(
    seed: int, heads: int, half: int, pairing: str
) -> None:
    x = draw(seed, 4, heads, 2 * half + 3)
    turned = rotate(x, np.arange(4), 1000.0, 2 * half, pairing)
    assert turned.shape == x.shape
    assert turned[0].tobytes() == x[0].tobytes()
    assert turned[..., 2 * half :].tobytes() == x[..., 2 * half :].tobytes()
    assert np.allclose(np.linalg.norm(turned, axis=-1), np.linalg.norm(x, axis=-1), rtol=1e-5)


@given(st.integers(0, 99), st.integers(0, 50), st.integers(0, 50), st.sampled_from(["adjacent", "halves"]))
def test_a_rotated_score_depends_on_the_distance_alone(seed: int, near: int, far: int, pairing: str) -> None:
    q, k = draw(seed, 1, 1, 16), draw(seed + 1, 1, 1, 16)

    def score(one: int, two: int) -> float:
        turned = [rotate(x, np.array([p]), 1e4, 16, pairing) for x, p in ((q, one), (k, two))]
        return float((turned[0] * turned[1]).sum(dtype=np.float64))

    assert math.isclose(score(near, far), score(near + 7, far + 7), abs_tol=2e-5)


def test_the_two_ways_to_pair_are_one_rotation_of_reordered_elements() -> None:
    x = draw(3, 5, 2, 12)
    reordered = np.concatenate([x[..., 0::2], x[..., 1::2]], axis=-1)
    one = rotate(x, np.arange(5), 1e4, 12, "adjacent")
    other = rotate(reordered, np.arange(5), 1e4, 12, "halves")
    assert np.concatenate([one[..., 0::2], one[..., 1::2]], axis=-1).tobytes() == other.tobytes()


@pytest.mark.parametrize("position", [0, 1, 37])
def test_halves_turn_as_the_kernel_of_the_cascade(position: int) -> None:
    x = draw(4, 1, 1, 64)
    expected = rope.rotate_complex(x[0, 0], position, 1e4)
    assert np.abs(rotate(x, np.array([position]), 1e4, 64, "halves")[0, 0] - expected).max() < 1e-6


@given(
    st.integers(0, 99),
    st.integers(1, 6),
    st.integers(1, 3),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(1, 7)),
)
def test_grouped_queries_read_the_key_head_of_their_group(
    seed: int, tokens: int, key_heads: int, group: int, window: int | None
) -> None:
    q = draw(seed, tokens, key_heads * group, 8)
    k, v = draw(seed + 1, tokens, key_heads, 8), draw(seed + 2, tokens, key_heads, 5)
    grouped = attend(q, k, v, 0.3, window)
    repeated = attend(q, np.repeat(k, group, axis=1), np.repeat(v, group, axis=1), 0.3, window)
    assert grouped.shape == (tokens, key_heads * group * 5)
    assert np.allclose(grouped, repeated, rtol=0, atol=1e-6)
    assert np.abs(grouped).max() <= np.abs(v).max() * (1 + 1e-6)


def test_a_window_of_one_token_sees_itself() -> None:
    q, k, v = draw(1, 4, 2, 8), draw(2, 4, 1, 8), draw(3, 4, 1, 5)
    assert attend(q, k, v, 1.0, 1).reshape(4, 2, 5).tolist() == np.repeat(v, 2, axis=1).tolist()


def test_scores_that_would_overflow_do_not() -> None:
    q, k, v = np.full((2, 1, 4), 1e4, np.float32), np.full((2, 1, 4), 1e4, np.float32), draw(3, 2, 1, 5)
    assert np.isfinite(attend(q, k, v, 1.0, None)).all()


def test_norm_adds_squares_that_float32_cannot() -> None:
    x = np.full((1, 4), 1e30, np.float32)
    x[0, 0] = -1e30
    assert norm(x, np.ones(4, np.float32), 1e-6).tolist() != [[-1.0, 1.0, 1.0, 1.0]]  # the mean overflows
    x = np.full((1, 4), 1e18, np.float32)
    assert np.allclose(norm(x, np.ones(4, np.float32), 1e-6), 1, rtol=1e-6)


@pytest.mark.parametrize(("name", "bound"), [("silu", 3e-7), ("gelu", 6e-7), ("gelu_from_table", 1.2e-3)])
def test_activations_agree_with_float64(name: str, bound: float) -> None:
    x = np.linspace(-30, 30, 5001).astype(np.float32)
    exact = x.astype(np.float64)
    if name == "silu":
        expected = exact / (1 + np.exp(-exact))
    else:
        expected = exact / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (exact + 0.044715 * exact**3)))
    assert np.all(np.abs(ACTIVATIONS[name](x) - expected) <= bound * (1 + np.abs(exact)))
