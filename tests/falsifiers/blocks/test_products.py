from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvfalsifiers.blocks import (
    FORMATS,
    QuantisedMatrix,
    dequantize,
    dot,
    multiply,
    multiply_both,
    quantize_activations,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BOUND = 1e-6


def find_sizes(matrix: QuantisedMatrix, x: np.ndarray) -> np.ndarray:
    """Return sum|w x| for each token and row."""
    return np.abs(x).astype(np.float64) @ np.abs(dequantize(matrix.data, matrix.format)).T


def multiply_exactly(matrix: QuantisedMatrix, x: np.ndarray) -> np.ndarray:
    return x.astype(np.float64) @ dequantize(matrix.data, matrix.format).astype(np.float64).T


def multiply_by_reference(matrix: QuantisedMatrix, x: np.ndarray) -> np.ndarray:
    kind = FORMATS[matrix.format].activations
    return np.stack([dot(matrix.data, matrix.format, quantize_activations(token, kind)) for token in x])


@pytest.fixture(scope="module", params=FORMATS)
def matrix(request: pytest.FixtureRequest, weights: Callable[..., np.ndarray]) -> QuantisedMatrix:
    """More rows and columns than one tile has, and neither a multiple of a tile."""
    return QuantisedMatrix(request.param, 141, 4864, weights(request.param, 141, 4864, 1))


@pytest.mark.parametrize("tokens", [1, 2, 40])
def test_path_a_is_the_product_with_the_weights(matrix: QuantisedMatrix, tokens: int) -> None:
    x = np.random.default_rng(tokens).standard_normal((tokens, matrix.columns)).astype(np.float32)
    product = multiply(matrix, x, "A")
    assert product.dtype == np.float32
    assert product.shape == (tokens, matrix.rows)
    assert np.all(np.abs(product - multiply_exactly(matrix, x)) <= _BOUND * find_sizes(matrix, x))


@pytest.mark.parametrize("tokens", [1, 3])
def test_path_b_is_the_reference(matrix: QuantisedMatrix, tokens: int) -> None:
    x = np.random.default_rng(tokens).standard_normal((tokens, matrix.columns)).astype(np.float32)
    product = multiply(matrix, x, "B")
    assert np.all(np.abs(product - multiply_by_reference(matrix, x)) <= _BOUND * find_sizes(matrix, x))


def test_both_paths_at_once_are_each_alone(matrix: QuantisedMatrix) -> None:
    rng = np.random.default_rng(5)
    x_a, x_b = rng.standard_normal((2, 5, matrix.columns)).astype(np.float32)
    a, b = multiply_both(matrix, x_a, x_b[:3])
    assert np.all(np.abs(a - multiply(matrix, x_a, "A")) <= _BOUND * find_sizes(matrix, x_a))
    assert np.all(np.abs(b - multiply(matrix, x_b[:3], "B")) <= _BOUND * find_sizes(matrix, x_b[:3]))


@settings(deadline=None, max_examples=40)
@given(
    name=st.sampled_from(list(FORMATS)),
    rows=st.integers(0, 130),
    blocks=st.integers(1, 3),
    tokens=st.integers(0, 9),
    path=st.sampled_from(["A", "B"]),
    seed=st.integers(0, 2**32 - 1),
    spread=st.floats(0, 12),
)
def test_products_stay_within_the_bound(  # noqa: PLR0913, PLR0917 - what is drawn
    weights: Callable[..., np.ndarray],
    name: str,
    rows: int,
    blocks: int,
    tokens: int,
    path: str,
    seed: int,
    spread: float,
) -> None:
    """Whatever the sizes; activations reach over up to 24 powers of two, as those of models do."""
    rng = np.random.default_rng(seed)
    matrix = QuantisedMatrix(name, rows, blocks * 256, weights(name, rows, blocks * 256, seed))
    x = rng.standard_normal((tokens, matrix.columns)) * 2 ** rng.uniform(-spread, spread, (1, matrix.columns))
    x = x.astype(np.float32)
    expected = multiply_exactly(matrix, x) if path == "A" else None
    if expected is None:
        expected = multiply_by_reference(matrix, x) if tokens else np.zeros((0, rows))
    product = multiply(matrix, x, path)
    assert product.shape == (tokens, rows)
    # Of float weights both sides add all products in float32, each within gamma_n (Higham, section 3.1).
    is_float = name in {"F32", "F16", "BF16"}
    bound = 2.02 * matrix.columns * 2.0**-24 if is_float else _BOUND
    assert np.all(np.abs(product - expected) <= bound * find_sizes(matrix, x))


@pytest.mark.parametrize("name", FORMATS)
def test_powers_of_two_pass_through(name: str, weights: Callable[..., np.ndarray]) -> None:
    """A law of path A: no rounding depends on the size of the activations."""
    matrix = QuantisedMatrix(name, 5, 512, weights(name, 5, 512, 2))
    x = np.random.default_rng(0).standard_normal((2, 512)).astype(np.float32)
    assert np.array_equal(multiply(matrix, x * 1024, "A"), multiply(matrix, x, "A") * 1024)


def test_more_tokens_than_are_laid_out_at_a_time(weights: Callable[..., np.ndarray]) -> None:
    matrix = QuantisedMatrix("Q4_K", 3, 512, weights("Q4_K", 3, 512, 2))
    x = np.random.default_rng(0).standard_normal((1100, 512)).astype(np.float32)
    a, b = multiply_both(matrix, x, x[:700])
    assert np.all(np.abs(a - multiply_exactly(matrix, x)) <= _BOUND * find_sizes(matrix, x))
    expected = multiply_by_reference(matrix, x[:700])
    assert np.all(np.abs(b - expected) <= _BOUND * find_sizes(matrix, x[:700]))


def test_a_memory_map_is_read(tmp_path: Path, weights: Callable[..., np.ndarray]) -> None:
    data = weights("Q6_K", 4, 512, 2)
    (tmp_path / "weights").write_bytes(b"head" + data.tobytes())
    mapped = np.memmap(tmp_path / "weights", np.uint8, "r", 4, data.shape)
    x = np.ones((1, 512), np.float32)
    product = multiply(QuantisedMatrix("Q6_K", 4, 512, mapped), x, "A")
    assert type(product) is np.ndarray
    assert np.array_equal(product, multiply(QuantisedMatrix("Q6_K", 4, 512, data), x, "A"))


@pytest.mark.parametrize("shape", [(0, 256), (3, 0), (0, 0)])
@pytest.mark.parametrize("path", ["A", "B"])
def test_empty_matrices_give_zeros(shape: tuple[int, int], path: str) -> None:
    for name, form in FORMATS.items():
        data = np.zeros((shape[0], form.count_row_bytes(shape[1])), np.uint8)
        product = multiply(QuantisedMatrix(name, *shape, data), np.ones((2, shape[1]), np.float32), path)
        assert product.tolist() == [[0.0] * shape[0]] * 2


def test_nan_passes_through_path_a_and_is_refused_by_path_b(weights: Callable[..., np.ndarray]) -> None:
    matrix = QuantisedMatrix("Q4_K", 2, 512, weights("Q4_K", 2, 512))
    x = np.ones((2, 512), np.float32)
    x[1, 300] = np.nan
    product = multiply(matrix, x, "A")
    assert np.isfinite(product[0]).all()
    assert np.isnan(product[1]).all()
    with pytest.raises(ValueError, match=r"^x: nan at \[1, 300\]; activations must be finite"):
        multiply(matrix, x, "B")


def test_what_is_not_finite_is_found_at_its_place_in_the_whole(weights: Callable[..., np.ndarray]) -> None:
    matrix = QuantisedMatrix("Q8_0", 1, 40_960, weights("Q8_0", 1, 40_960))
    x = np.ones((600, 40_960), np.float32)
    x[599, 40_000] = -np.inf
    with pytest.raises(ValueError, match=r"^x_b: -inf at \[599, 40000\]; activations must be finite"):
        multiply_both(matrix, x[:1], x)


def test_what_does_not_fit_is_refused(weights: Callable[..., np.ndarray]) -> None:
    data = weights("Q4_K", 2, 512)
    with pytest.raises(
        ValueError, match=r"^data: expected the shape \(2, 144\) for 2 x 256 weights of Q4_K, got \(2, 288\)$"
    ):
        QuantisedMatrix("Q4_K", 2, 256, data)
    with pytest.raises(ValueError, match=r"^columns: got 500, which is no multiple of 256"):
        QuantisedMatrix("Q4_K", 2, 500, data)
    matrix = QuantisedMatrix("Q4_K", 2, 512, data)
    x = np.ones((1, 512), np.float32)
    with pytest.raises(
        ValueError, match=r"^x: expected 512 columns as the matrix has, got the shape \(1, 256\)$"
    ):
        multiply(matrix, x[:, :256], "A")
    with pytest.raises(ValueError, match=r"^x_b: expected an array of float32, got float64$"):
        multiply_both(matrix, x, x.astype(np.float64))
    with pytest.raises(ValueError, match=r"^path: expected one of \('A', 'B'\), got 'C'$"):
        multiply(matrix, x, "C")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("rows", "columns", "tokens"), [(300, 11008, 7), (4, 152_064, 7), (1500, 576, 64)])
def test_scratch_is_at_most_8_mib(
    name: str, rows: int, columns: int, tokens: int, weights: Callable[..., np.ndarray]
) -> None:
    columns = columns // 256 * 256
    matrix = QuantisedMatrix(name, rows, columns, weights(name, rows, columns))
    x = np.ones((tokens, columns), np.float32)
    tracemalloc.start()
    try:
        multiply_both(matrix, x, x)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 0 < peak < 8 * 2**20
