"""Every operation of `pvfalsifiers.blocks` against the ggml C library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pvfalsifiers.blocks import FORMATS, QuantisedMatrix, dequantize, dot, multiply, quantize_activations
from pvfalsifiers.blocks.layouts import LAYOUTS

if TYPE_CHECKING:
    from ggml import Ggml

_KINDS = {"Q8_0": 32, "Q8_1": 32, "Q8_K": 256}
_BOUND = 1e-6
_ROWS = 400


def make_weights(name: str, seed: int) -> np.ndarray:
    """Return rows of random bytes, the scales finite and of a usual size, some of them zero."""
    rng = np.random.default_rng(seed)
    columns = 5 * 256
    if name not in LAYOUTS:
        values = rng.standard_normal((_ROWS, columns)).astype(np.float32)
        if name == "BF16":
            return (values.view(np.uint32) >> 16).astype("<u2").view(np.uint8)
        return values.astype("<f2" if name == "F16" else "<f4").view(np.uint8)
    data = rng.integers(0, 256, (_ROWS, FORMATS[name].count_row_bytes(columns)), dtype=np.uint8)
    blocks = data.view(LAYOUTS[name].fields)
    for field in {"d", "dmin", "m"} & set(blocks.dtype.names or ()):
        blocks[field] = (
            rng.standard_normal(blocks.shape) * 0.01 * rng.integers(0, 10, blocks.shape).clip(0, 1)
        )
    return data


def make_hostile(width: int, size: float, seed: int) -> np.ndarray:
    """Return blocks: usual values; halves, which tie; the largest twice with both signs; zeros."""
    rng = np.random.default_rng(seed)
    x = (rng.standard_normal((200, width)) * size).astype(np.float32)
    x[:50] = np.round(x[:50] / np.float32(size) * 8) / 2 * np.float32(size)
    x[50:100] = rng.integers(-254, 255, (50, width)) / np.float32(2) * np.float32(size)
    x[50:100:2, 0] = 127 * np.float32(size)
    x[51:100:2, 0] = -127 * np.float32(size)
    x[100:120, 3], x[100:120, 7] = 5 * np.float32(size), -5 * np.float32(size)
    x[120:125] = 0
    x[125:130] = -0.0
    return x.ravel()


def assert_same_bits(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Two NaNs are the same, whatever their payload."""
    assert ours.shape == theirs.shape
    differ = (ours.view(np.uint32) != theirs.view(np.uint32)) & ~(np.isnan(ours) & np.isnan(theirs))
    assert np.count_nonzero(differ) == 0


@pytest.mark.parametrize("name", FORMATS)
def test_dequantisation_has_the_bits_of_ggml(ggml: Ggml, name: str) -> None:
    rng = np.random.default_rng(7)
    data = rng.integers(0, 256, (2000, FORMATS[name].count_row_bytes(768)), dtype=np.uint8)
    theirs = ggml.dequantize(data, name)
    assert np.isnan(theirs).any()
    assert np.isfinite(theirs).mean() > 0.5
    assert_same_bits(dequantize(data, name), theirs)


@pytest.mark.parametrize("size", [1.0, 1e-3, 1e-30, 1e30, 1e7, 1e-36, 4e-37, 3e-37, 1e-38, 1e-44])
@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("native", [False, True])
def test_quantisation_has_the_bits_of_ggml(ggml: Ggml, kind: str, size: float, *, native: bool) -> None:
    x = make_hostile(_KINDS[kind], size, seed=3)
    theirs = ggml.quantize_activations(x, kind, native=native)
    ours = quantize_activations(x, kind)
    assert np.array_equal(ours.quants, theirs.quants)
    assert_same_bits(ours.scales, theirs.scales)
    if kind == "Q8_1":
        assert ours.sums is not None
        assert_same_bits(ours.sums, theirs.blocks["sum"].astype(np.float32))


@pytest.mark.parametrize("size", [1.0, 1e-3, 1e-30, 1e30, 1e7, 1e-36])
@pytest.mark.parametrize("kind", ["Q8_0", "Q8_1"])
def test_the_rounding_of_avx_builds_has_their_bits(ggml: Ggml, kind: str, size: float) -> None:
    best = ggml.load_best(ggml.folder)
    if best.build in {"x64", "sse42"}:
        pytest.skip("this machine has no AVX")
    x = make_hostile(32, size, seed=5)
    theirs = best.quantize_activations(x, kind, native=True)
    ours = quantize_activations(x, kind, "simd")
    assert np.array_equal(ours.quants, theirs.quants)
    assert not np.array_equal(ours.quants, quantize_activations(x, kind).quants)
    assert_same_bits(ours.scales, theirs.scales)


@pytest.mark.parametrize("kind", ["F16", "BF16"])
def test_floats_round_as_in_ggml(ggml: Ggml, kind: str) -> None:
    bits = np.random.default_rng(1).integers(0, 2**32, 100_000, dtype=np.uint32)
    x = bits.view(np.float32)
    x = x[np.isfinite(x)]
    theirs = ggml.quantize_activations(x, kind).blocks
    ours = quantize_activations(x, kind).quants
    assert_same_bits(ours, ggml.dequantize(theirs.view(np.uint8), kind))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", FORMATS)
def test_dot_has_the_bits_of_the_build_without_fma(ggml: Ggml, name: str, seed: int) -> None:
    data = make_weights(name, seed)
    x = np.random.default_rng(seed + 100).standard_normal(1280).astype(np.float32)
    theirs = ggml.multiply(data, name, ggml.quantize_activations(x, FORMATS[name].activations))
    ours = dot(data, name, quantize_activations(x, FORMATS[name].activations))
    assert_same_bits(ours, theirs)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", FORMATS)
def test_products_are_near_those_of_every_build(any_build: Ggml, name: str, seed: int) -> None:
    data = make_weights(name, seed)
    x = np.random.default_rng(seed + 200).standard_normal(1280).astype(np.float32)
    theirs = any_build.multiply(data, name, any_build.quantize_activations(x, FORMATS[name].activations))
    ours = multiply(QuantisedMatrix(name, _ROWS, 1280, data), x[None], "B")[0]
    size = np.abs(dequantize(data, name)).astype(np.float64) @ np.abs(x)
    assert np.max(np.abs(ours - theirs) - _BOUND * size) <= 0
