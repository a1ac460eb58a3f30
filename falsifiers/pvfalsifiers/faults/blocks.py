"""Broken products of path B and broken activation quantisers, for weights of any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pvfalsifiers.blocks import QuantisedMatrix, multiply, quantize_activations

if TYPE_CHECKING:
    from pvfalsifiers.kernels.arrays import Float32Array


def multiply_unquantized(matrix: QuantisedMatrix, x: Float32Array) -> Float32Array:
    """Take path A, so that a comparison of the two compares path A with itself."""
    return multiply(matrix, x, "A")


def multiply_next_row(matrix: QuantisedMatrix, x: Float32Array) -> Float32Array:
    """Give each row the product of its neighbour: an index off by one."""
    return np.roll(multiply(matrix, x, "B"), -1, axis=-1)


def multiply_with_coarse_activations(matrix: QuantisedMatrix, x: Float32Array) -> Float32Array:
    """Quantise the activations to 3 bits."""
    scale = np.abs(x).max() / np.float32(3)
    return multiply(matrix, np.rint(x / scale) * scale, "A")


def expand_unquantized(x: Float32Array, _kind: str) -> Float32Array:
    """Leave the activations as they are."""
    return x


def expand_truncated(x: Float32Array, kind: str) -> Float32Array:
    """Round towards zero."""
    found = quantize_activations(x, kind)
    step = np.abs(found.scales).repeat(x.shape[-1] // found.scales.shape[-1], axis=-1)
    return np.asarray(np.where(step > 0, np.trunc(x / np.where(step > 0, step, 1)), 0) * step, np.float32)


def expand_with_one_scale(x: Float32Array, _kind: str) -> Float32Array:
    """Take one scale for a whole row instead of one a block."""
    step = np.abs(x).max(axis=-1, keepdims=True) / np.float32(127)
    return np.asarray(np.rint(x / np.where(step > 0, step, 1)) * step, np.float32)
