from __future__ import annotations

import gguf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pvfalsifiers.blocks import quantize_activations

_KINDS = {"Q8_0": 32, "Q8_1": 32, "Q8_K": 256}
_USUAL = st.floats(-(2.0**60), 2.0**60, width=32).filter(lambda value: value == 0 or abs(value) > 2.0**-60)


def quantize_plainly(x: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Quantise one block value by value, with scalars of float32."""
    one, largest = np.float32(1), max(x, key=abs)
    if kind == "Q8_K":
        inverse = np.float32(-127) / largest if largest else np.float32(0)
        return one / inverse if largest else np.float32(0), [min(127, round(float(v * inverse))) for v in x]
    scale = abs(largest) / np.float32(127)
    inverse = one / scale if scale else np.float32(0)
    away = [int(abs(float(v * inverse)) + 0.5) * (1 if v > 0 else -1) for v in x]
    return np.float32(np.float16(scale)), away


@pytest.mark.parametrize("kind", _KINDS)
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_quants_and_scales_are_those_of_the_definition(kind: str, data: st.DataObject) -> None:
    x = data.draw(arrays(np.float32, _KINDS[kind], elements=_USUAL))
    with np.errstate(all="ignore"):
        scale, quants = quantize_plainly(x, kind)
    y = quantize_activations(x, kind)
    assert y.quants.tolist() == quants
    assert y.scales.tolist() == [float(scale)]


def test_q8_0_has_the_bits_of_gguf() -> None:
    x = np.random.default_rng(0).standard_normal((50, 320)).astype(np.float32)
    x[10:20] = np.round(x[10:20] * 64) / 2
    x[20:30, 0::32] = 127
    stored = gguf.quantize(x, gguf.GGMLQuantizationType.Q8_0)
    blocks = stored.reshape(50, 10, 34)
    y = quantize_activations(x, "Q8_0")
    assert np.array_equal(y.quants.reshape(50, 10, 32).view(np.uint8), blocks[..., 2:])
    assert np.array_equal(y.scales, blocks[..., :2].copy().view("<f2")[..., 0].astype(np.float32))
    assert np.array_equal(y.dequantized(), gguf.dequantize(stored, gguf.GGMLQuantizationType.Q8_0))


def test_ties_are_rounded_as_named() -> None:
    x = np.zeros(32, np.float32)
    x[:7] = [127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5]
    assert quantize_activations(x, "Q8_1").quants[:7].tolist() == [127, 1, 2, 3, -1, -2, -3]
    assert quantize_activations(x, "Q8_1", "simd").quants[:7].tolist() == [127, 0, 2, 2, 0, -2, -2]
    k = quantize_activations(np.pad(x, (0, 224)), "Q8_K")
    assert k.quants[:7].tolist() == [-127, 0, -2, -2, 0, 2, 2]
    assert k.scales.tolist() == [-1.0]


def test_the_sum_of_q8_1_is_rounded_once() -> None:
    """The sum of the quants times the scale before its own rounding to float16."""
    x = np.full(32, 1.0, np.float32)
    y = quantize_activations(x, "Q8_1")
    assert y.quants.tolist() == [127] * 32
    assert y.sums is not None
    assert y.sums.tolist() == [32.0]
    assert y.scales.tolist() == [float(np.float16(1 / 127))]
    assert float(y.scales[0]) * 127 * 32 != 32.0


@pytest.mark.parametrize("kind", _KINDS)
def test_zeros_give_zeros(kind: str) -> None:
    y = quantize_activations(np.array([0.0, -0.0] * 256, np.float32), kind)
    assert not y.quants.any()
    assert not y.scales.any()
    assert not y.dequantized().any()


@pytest.mark.parametrize("kind", [*_KINDS, "F16", "BF16", "F32"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(kind: str, value: float) -> None:
    x = np.zeros((2, 512), np.float32)
    x[1, 7] = value
    with pytest.raises(ValueError, match=rf"^x: {value} at \[1, 7\]; activations must be finite"):
        quantize_activations(x, kind)


def test_what_does_not_fit_is_refused() -> None:
    x = np.zeros(64, np.float32)
    with pytest.raises(
        ValueError, match=r"^kind: 'Q7_0' is no kind of activations; these are: Q8_0, Q8_1, Q8_K, F32"
    ):
        quantize_activations(x, "Q7_0")
    with pytest.raises(ValueError, match=r"^rounding: expected one of \('reference', 'simd'\), got 'up'$"):
        quantize_activations(x, "Q8_0", "up")  # type: ignore[arg-type]
    with pytest.raises(
        ValueError, match=r"^x: expected rows of a multiple of 256 for Q8_K, got the shape \(64,\)$"
    ):
        quantize_activations(x, "Q8_K")
    with pytest.raises(ValueError, match=r"^x: expected an array of float32, got float64$"):
        quantize_activations(x.astype(np.float64), "Q8_0")


@pytest.mark.parametrize("kind", [*_KINDS, "F16", "BF16", "F32"])
@pytest.mark.parametrize("shape", [(512,), (0, 512), (3, 0), (2, 3, 256)])
def test_shapes_are_kept(kind: str, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    y = quantize_activations(x, kind)
    assert y.quants.shape == shape
    assert y.dequantized().shape == shape
    width = _KINDS.get(kind)
    assert y.scales.shape == (*shape[:-1], 0 if width is None else shape[-1] // width)
    assert y.sum_groups(32).shape == (*shape[:-1], shape[-1] // 32)
    assert np.allclose(y.dequantized(), x, atol=0.03)


@pytest.mark.parametrize("kind", ["Q8_0", "Q8_K", "F16"])
def test_groups_are_summed_exactly(kind: str) -> None:
    x = np.random.default_rng(0).standard_normal((3, 512)).astype(np.float32)
    y = quantize_activations(x, kind)
    exact = y.dequantized().astype(np.float64).reshape(3, 16, 32).sum(axis=-1)
    assert np.allclose(y.sum_groups(32), exact, rtol=0, atol=3e-6)


def test_the_groups_of_q8_1_are_its_blocks() -> None:
    y = quantize_activations(np.full(64, 2.0, np.float32), "Q8_1")
    assert y.sum_groups(32).tolist() == [64.0, 64.0]
    with pytest.raises(ValueError, match=r"^width: expected 32 for Q8_1, got 16$"):
        y.sum_groups(16)


def test_floats_are_rounded_to_nearest_even() -> None:
    x = np.array([1 + 2.0**-9, 1 + 2.0**-8, 1 + 3 * 2.0**-8, -1 - 2.0**-7, 1 + 2.0**-11], np.float32)
    assert quantize_activations(x, "BF16").quants.tolist() == [1.0, 1.0, 1 + 2.0**-6, -1 - 2.0**-7, 1.0]
    assert quantize_activations(x[-1:], "F16").quants.tolist() == [1.0]
    assert quantize_activations(x, "F32").quants is x
