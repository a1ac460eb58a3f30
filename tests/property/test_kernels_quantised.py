from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gguf.quants import Q4_K
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pvfalsifiers.kernels import dot, fused, paths, q4_k, q8_k
from pvfalsifiers.kernels.q4_k_elementwise import dequantize_block

SPECIAL_HALVES = (
    0x0000,
    0x8000,
    0x0001,
    0x03FF,
    0x8001,
    0x7BFF,
    0x7C00,
    0xFC00,
    0x7E00,
    0xFE01,
    0x7C01,
    0x3C00,
)
CONVENTIONS = st.sampled_from(["ggml", "max_abs"])
SEEDS = st.integers(0, 2**32 - 1)
BLOCKS = hnp.arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(144)))


def draw_finite_blocks(rng: np.random.Generator, *shape: int) -> np.ndarray:
    blocks = rng.integers(0, 256, (*shape, 144), dtype=np.uint8)
    blocks[..., [1, 3]] &= 0xB7  # exponents below the largest: moderate and finite
    return blocks


def dequantize_with_gguf(blocks: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return Q4_K.dequantize_blocks(blocks.copy())


@given(BLOCKS)
def test_dequantize_has_the_bits_of_gguf(blocks: np.ndarray) -> None:
    assert q4_k.dequantize(blocks).tobytes() == dequantize_with_gguf(blocks).tobytes()


def test_dequantize_has_the_bits_of_gguf_on_every_float16_scale() -> None:
    rng = np.random.default_rng(0)
    blocks = rng.integers(0, 256, (2**16, 144), dtype=np.uint8)
    halves = np.arange(2**16, dtype="<u2")
    blocks[:, 0:2] = halves[:, None].view(np.uint8)
    blocks[:, 2:4] = rng.permutation(halves)[:, None].view(np.uint8)
    for part in np.array_split(blocks, 8):
        assert q4_k.dequantize(part).tobytes() == dequantize_with_gguf(part).tobytes()


@pytest.mark.parametrize("d", SPECIAL_HALVES)
@pytest.mark.parametrize("dmin", SPECIAL_HALVES)
def test_dequantize_has_the_bits_of_gguf_on_special_pairs(d: int, dmin: int) -> None:
    blocks = np.random.default_rng(1).integers(0, 256, (2, 144), dtype=np.uint8)
    blocks[:, 0:4] = np.array([d, dmin], "<u2").view(np.uint8)
    assert q4_k.dequantize(blocks).tobytes() == dequantize_with_gguf(blocks).tobytes()


@settings(max_examples=30)
@given(hnp.arrays(np.uint8, 144))
def test_the_two_dequantisers_agree(block: np.ndarray) -> None:
    np.testing.assert_array_equal(dequantize_block(block), q4_k.dequantize(block[None])[0])


def test_no_block_gives_no_weight() -> None:
    assert q4_k.dequantize(np.zeros((0, 144), np.uint8)).shape == (0, 256)


@given(SEEDS, st.integers(-30, 30), CONVENTIONS)
def test_quantise_is_within_half_a_step(seed: int, exponent: int, convention: Any) -> None:
    x = np.random.default_rng(seed).standard_normal((2, 512)).astype(np.float32) * np.float32(2.0**exponent)
    scales, quants = q8_k.quantize(x, convention)
    assert (scales.shape, quants.shape) == ((2, 2), (2, 512))
    error = np.abs(q8_k.dequantize(scales, quants).astype(np.float64) - x)
    step = np.repeat(np.abs(scales.astype(np.float64)), 256, axis=1)
    assert (error <= step * (0.5 + 2.0**-15)).all()
    assert (np.abs(quants.reshape(2, 2, 256)).max(axis=-1) == 127).all()


@given(SEEDS, st.integers(-60, 60), CONVENTIONS)
def test_quants_do_not_change_with_a_power_of_two(seed: int, exponent: int, convention: Any) -> None:
    x = np.random.default_rng(seed).standard_normal((1, 256)).astype(np.float32)
    scales, quants = q8_k.quantize(x, convention)
    scaled, same = q8_k.quantize(x * np.float32(2.0**exponent), convention)
    assert (same == quants).all()
    assert (scaled == scales * np.float32(2.0**exponent)).all()


def test_ties_are_rounded_as_the_convention_says() -> None:
    x = np.zeros((1, 256), np.float32)
    x[0, :7] = [-127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5]
    assert q8_k.quantize(x, "ggml")[1][0, :7].tolist() == [-127, 0, 2, 2, 0, -2, -2]
    assert q8_k.quantize(x, "max_abs")[1][0, :7].tolist() == [-127, 1, 2, 3, -1, -2, -3]


def test_ggml_takes_the_first_of_several_largest() -> None:
    x = np.zeros((2, 256), np.float32)
    x[0, [3, 9]] = [2, -2]
    x[1, [3, 9]] = [-2, 2]
    scales, quants = q8_k.quantize(x, "ggml")
    assert np.sign(scales[:, 0]).tolist() == [-1, 1]
    assert quants[:, [3, 9]].tolist() == [[-127, 127], [-127, 127]]


@pytest.mark.parametrize("convention", ["ggml", "max_abs"])
def test_zero_tiny_and_special_blocks(convention: Any) -> None:
    x = np.zeros((1, 5 * 256), np.float32)
    x[0, 256] = 1e-38  # its reciprocal scale overflows
    x[0, 512] = np.inf
    x[0, 768] = np.nan
    x[0, 1024] = 1
    scales, quants = q8_k.quantize(x, convention)
    assert scales[0, :2].tolist() == [0, 0]
    assert np.isnan(scales[0, 2:4]).all()
    assert not quants[0, :1024].any()
    assert abs(quants[0, 1024]) == 127


def test_empty_input_gives_empty_output() -> None:
    scales, quants = q8_k.quantize(np.zeros((0, 256), np.float32))
    assert (scales.shape, quants.shape) == ((0, 1), (0, 256))
    scales, quants = q8_k.quantize(np.zeros((3, 0), np.float32))
    assert (scales.shape, quants.shape) == ((3, 0), (3, 0))


def multiply_by_loop(blocks: np.ndarray, scales: np.ndarray, quants: np.ndarray) -> np.float32:
    """The order of ggml's generic kernel, one operation a line."""
    sums, total = [np.float32(0)] * 8, np.float32(0)
    for i, block in enumerate(blocks):
        fields = q4_k.unpack(block)
        activations = quants.reshape(-1)[256 * i : 256 * (i + 1)].astype(int)
        weights = fields.quants.reshape(-1).astype(int) * np.repeat(fields.scales.astype(int), 32)
        d, dmin = np.float32(fields.d * scales[i]), np.float32(fields.dmin * scales[i])
        for lane in range(8):
            lane_sum = int((weights[lane::8] * activations[lane::8]).sum())
            sums[lane] = np.float32(sums[lane] + np.float32(d * np.float32(lane_sum)))
        mins = int((np.repeat(fields.mins.astype(int), 32) * activations).sum())
        total = np.float32(total - np.float32(dmin * np.float32(mins)))
    for lane in range(8):
        total = np.float32(total + sums[lane])
    return total


@settings(max_examples=60)
@given(SEEDS, st.integers(0, 4))
def test_fused_dot_is_the_loop(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    blocks = draw_finite_blocks(rng, count)
    scales, quants = q8_k.quantize(rng.standard_normal((1, 256 * count)).astype(np.float32))
    expected = multiply_by_loop(blocks, scales[0], quants)
    assert dot.q4_k_q8_k(blocks, scales[0], quants[0]).tobytes() == expected.tobytes()
    assert dot.q4_k_q8_k(blocks, scales, quants).tobytes() == expected.tobytes()


@settings(max_examples=40)
@given(SEEDS, st.sampled_from(["ggml", "sub_block_lanes"]))
def test_fused_dot_is_near_the_exact_one(seed: int, order: Any) -> None:
    rng = np.random.default_rng(seed)
    blocks = draw_finite_blocks(rng, 3, 2)
    scales, quants = q8_k.quantize(rng.standard_normal((1, 512)).astype(np.float32))
    weights = q4_k.dequantize(blocks.reshape(6, 144)).reshape(3, 512).astype(np.float64)
    activations = q8_k.dequantize(scales, quants).astype(np.float64)[0]
    bound = 2.0**-18 * (np.abs(weights) @ np.abs(activations) + np.abs(weights).max() * 512)
    rows = fused.multiply_rows(blocks, scales, quants, order)
    assert (np.abs(rows - weights @ activations) <= bound).all()


def test_special_scales_propagate_without_a_warning() -> None:
    block = np.random.default_rng(2).integers(0, 256, (1, 144), dtype=np.uint8)
    block[0, 0:2] = [0x00, 0x7C]
    quants = np.ones(256, np.int8)
    assert not np.isfinite(dot.q4_k_q8_k(block, np.ones(1, np.float32), quants))
    assert np.isnan(dot.q4_k_q8_k(block, np.array([np.nan], np.float32), quants))


def test_path_b_of_a_nan_is_nan() -> None:
    blocks, x = draw_finite_blocks(np.random.default_rng(3), 2, 1), np.ones(256, np.float32)
    x[7] = np.nan
    assert np.isnan(paths.multiply_quantized(blocks, x, "max_abs", "ggml")).all()
    assert np.isnan(paths.multiply_dequantized(blocks, x)).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: q4_k.dequantize(np.zeros((1, 143), np.uint8)),
        lambda: q4_k.dequantize(np.zeros((1, 144), np.int8)),
        lambda: q4_k.dequantize(np.zeros(144, np.uint8)),
        lambda: dequantize_block(np.zeros(10, np.uint8)),
        lambda: q8_k.quantize(np.zeros((1, 255), np.float32)),
        lambda: q8_k.quantize(np.zeros((1, 256))),
        lambda: q8_k.quantize(np.zeros((1, 256), np.float32), "other"),  # type: ignore[arg-type]
        lambda: q8_k.dequantize(np.zeros((1, 1), np.float32), np.zeros((1, 512), np.int8)),
        lambda: dot.q4_k_q8_k(np.zeros((1, 144), np.uint8), np.zeros(2, np.float32), np.zeros(256, np.int8)),
        lambda: fused.multiply_rows(
            np.zeros((1, 1, 144), np.uint8), np.zeros(1, np.float32), np.zeros(256, np.int8), "other"
        ),
    ],
)
def test_unfit_input_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        call()
