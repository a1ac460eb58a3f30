from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pvfalsifiers.blocks import FORMATS, dequantize, dot, quantize_activations
from pvfalsifiers.kernels import fused

if TYPE_CHECKING:
    from collections.abc import Callable


def test_q4_k_has_the_bits_of_the_kernel_of_the_cascade(weights: Callable[..., np.ndarray]) -> None:
    data = weights("Q4_K", 50, 1280)
    y = quantize_activations(np.random.default_rng(0).standard_normal(1280).astype(np.float32), "Q8_K")
    expected = fused.multiply_rows(data.reshape(50, 5, 144), y.scales, y.quants, "ggml")
    assert np.array_equal(dot(data, "Q4_K", y).view(np.uint32), expected.view(np.uint32))


@pytest.mark.parametrize("name", FORMATS)
def test_dots_are_those_of_the_quantised_values(name: str, weights: Callable[..., np.ndarray]) -> None:
    """But for Q8_1, whose stored sum has eleven bits: there the bound is wider by what that may do."""
    data = weights(name, 40, 768, 4)
    kind = FORMATS[name].activations
    y = quantize_activations(np.random.default_rng(2).standard_normal(768).astype(np.float32), kind)
    w, x = dequantize(data, name).astype(np.float64), y.dequantized().astype(np.float64)
    bound = (1e-3 if kind == "Q8_1" else 1e-6) * (np.abs(w) @ np.abs(x))
    assert np.all(np.abs(dot(data, name, y) - w @ x) <= bound)


def test_float_products_are_summed_in_float64() -> None:
    data = np.array([[1, 2.0**-30, 2.0**-30, -1]], np.float32).view(np.uint8)
    assert dot(data, "F32", quantize_activations(np.ones(4, np.float32), "F32")).tolist() == [2.0**-29]


@pytest.mark.parametrize("name", FORMATS)
def test_no_columns_give_zero(name: str) -> None:
    y = quantize_activations(np.zeros(0, np.float32), FORMATS[name].activations)
    assert dot(np.zeros((3, 0), np.uint8), name, y).tolist() == [0.0, 0.0, 0.0]


def test_what_does_not_belong_together_is_refused(weights: Callable[..., np.ndarray]) -> None:
    data = weights("Q4_K", 2, 512)
    x = np.zeros(512, np.float32)
    with pytest.raises(ValueError, match=r"^y: expected Q8_K for weights of Q4_K, got Q8_0$"):
        dot(data, "Q4_K", quantize_activations(x, "Q8_0"))
    with pytest.raises(ValueError, match=r"^y: expected quants of the shape \(512,\), got \(256,\)$"):
        dot(data, "Q4_K", quantize_activations(x[:256], "Q8_K"))
