"""Quantised weights and activations as ggml stores them: reading, quantising, multiplying."""

from __future__ import annotations

from pvfalsifiers.blocks.activations import QuantisedActivations, quantize_activations
from pvfalsifiers.blocks.dequantization import dequantize
from pvfalsifiers.blocks.formats import FORMATS, BlockFormat
from pvfalsifiers.blocks.products import QuantisedMatrix, multiply, multiply_both
from pvfalsifiers.blocks.reference import dot

__all__ = [
    "FORMATS",
    "BlockFormat",
    "QuantisedActivations",
    "QuantisedMatrix",
    "dequantize",
    "dot",
    "multiply",
    "multiply_both",
    "quantize_activations",
]
