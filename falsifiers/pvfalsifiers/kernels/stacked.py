"""Many chains of matvecs side by side, bit for bit as the kernels compute each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array, check_array
from pvfalsifiers.kernels.fold import sum_left
from pvfalsifiers.kernels.q4_k import BLOCK_BYTES, BLOCK_WEIGHTS, SUB_BLOCK_WEIGHTS, SUB_BLOCKS, unpack
from pvfalsifiers.kernels.q8_k import Convention, quantize

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 16
"""Chains that are computed at once: their unpacked weights of one step take 256 KiB each."""


class StackedWeights(NamedTuple):
    """The weights of one step of several chains."""

    quants: Float32Array
    """Weights before scaling, float32 (chains, 8, 32, rows): the index that is summed over comes first."""
    d: Float32Array
    """Scale of the scales, float32 (chains, rows)."""
    dmin: Float32Array
    """Scale of the mins, float32 (chains, rows)."""
    scales: Float32Array
    """Scale of each sub-block, float32 (chains, 8, rows)."""
    mins: Float32Array
    """Min of each sub-block, float32 (chains, 8, rows)."""


def unpack_stack(blocks: UInt8Array) -> StackedWeights:
    """Unpack the weights of one step.

    Parameters
    ----------
    blocks : uint8, shape (chains, rows, 144)
        One Q4_K super-block a row.

    Returns
    -------
    StackedWeights
        Exact.

    Raises
    ------
    ValueError
        Another dtype or shape.

    Examples
    --------
    >>> unpack_stack(np.zeros((2, 256, 144), np.uint8)).quants.shape
    (2, 8, 32, 256)
    """
    check_array("blocks", blocks, np.uint8, ndim=3)
    fields = unpack(blocks)
    quants = np.ascontiguousarray(np.moveaxis(fields.quants, 1, -1)).astype(np.float32)
    scales, mins = (
        np.ascontiguousarray(np.moveaxis(each, 1, -1)).astype(np.float32)
        for each in (fields.scales, fields.mins)
    )
    return StackedWeights(quants, fields.d, fields.dmin, scales, mins)


@np.errstate(all="ignore")
def multiply_dequantized_stack(weights: StackedWeights, x: Float32Array) -> Float32Array:
    """Take path A in every chain: weights expanded to float32, left fold.

    Parameters
    ----------
    weights
        Of as many chains as `x` has.
    x : float32, shape (chains, tokens, 256)
        Activations.

    Returns
    -------
    float32, shape (chains, tokens, rows)
        Bit for bit `paths.multiply_dequantized`: the sum runs over the weights one after the other, and
        chains, tokens and rows lie side by side.

    Raises
    ------
    ValueError
        Another dtype or shape.

    Examples
    --------
    >>> weights = unpack_stack(np.zeros((3, 2, 144), np.uint8))
    >>> multiply_dequantized_stack(weights, np.ones((3, 5, 256), np.float32)).shape
    (3, 5, 2)
    """
    _check_activations(x)
    scale = weights.d[:, None, :] * weights.scales
    offset = weights.dmin[:, None, :] * weights.mins
    total = np.zeros((*x.shape[:2], weights.d.shape[1]), np.float32)
    weight, term = np.empty(weights.d.shape, np.float32), np.empty_like(total)
    for index in range(BLOCK_WEIGHTS):
        part, within = divmod(index, SUB_BLOCK_WEIGHTS)
        np.multiply(weights.quants[:, part, within], scale[:, part], out=weight)
        np.subtract(weight, offset[:, part], out=weight)
        np.multiply(weight[:, None, :], x[:, :, index, None], out=term)
        np.add(total, term, out=total)
    return total


@np.errstate(all="ignore")
def multiply_quantized_stack(
    weights: StackedWeights, x: Float32Array, convention: Convention
) -> Float32Array:
    """Take path B in every chain, in the order "sub_block_lanes".

    Parameters
    ----------
    weights
        Of as many chains as `x` has.
    x : float32, shape (chains, tokens, 256)
        Activations.
    convention
        How they are quantised, see `q8_k.quantize`.

    Returns
    -------
    float32, shape (chains, tokens, rows)
        Bit for bit `paths.multiply_quantized`. The sums within a sub-block are integers below 2**24, so that
        a float32 matrix product gives them exactly, in whatever order it adds.

    Raises
    ------
    ValueError
        Another dtype or shape, or an unknown convention.

    Examples
    --------
    >>> weights = unpack_stack(np.zeros((3, 2, 144), np.uint8))
    >>> multiply_quantized_stack(weights, np.ones((3, 5, 256), np.float32), "ggml").shape
    (3, 5, 2)
    """
    _check_activations(x)
    chains, tokens, _ = x.shape
    scales, quants = quantize(x.reshape(chains * tokens, BLOCK_WEIGHTS), convention)
    y_scales = scales.reshape(chains, 1, tokens, 1)
    activations = quants.reshape(chains, tokens, SUB_BLOCKS, SUB_BLOCK_WEIGHTS).swapaxes(1, 2)
    activations = activations.astype(np.float32)
    dots = np.matmul(activations, weights.quants)
    sums = activations.sum(axis=-1)[..., None]
    d, dmin = (each[:, None, None, :] * y_scales for each in (weights.d, weights.dmin))
    scaled = d * (weights.scales[:, :, None, :] * dots)
    offsets = dmin * (weights.mins[:, :, None, :] * sums)
    lanes = scaled - offsets + np.float32(0)
    lanes = lanes[:, :4] + lanes[:, 4:]
    lanes = lanes[:, :2] + lanes[:, 2:]
    return np.asarray(lanes[:, 0] + lanes[:, 1], np.float32)


def run_chain_stack(
    tensors: UInt8Array,
    x: Float32Array,
    multiply: Callable[[StackedWeights, Float32Array], Float32Array],
) -> Float32Array:
    """Send the activations of tokens through every chain, each matvec followed by x / max(rms, 1e-9).

    Parameters
    ----------
    tensors : uint8, shape (chains, steps, 256, 1, 144)
        The weights.
    x : float32, shape (chains, tokens, 256)
        Activations at the start.
    multiply
        One of the two paths.

    Returns
    -------
    float32, shape (chains, tokens, 256)
        Bit for bit `paths.run_chain` of each token in its chain.

    Raises
    ------
    ValueError
        Another dtype or shape.

    Examples
    --------
    >>> tensors = np.zeros((3, 2, 256, 1, 144), np.uint8)
    >>> run_chain_stack(tensors, np.ones((3, 5, 256), np.float32), multiply_dequantized_stack).shape
    (3, 5, 256)
    """
    check_array("tensors", tensors, np.uint8, ndim=5)
    _check_activations(x)
    if tensors.shape[2:] != (BLOCK_WEIGHTS, 1, BLOCK_BYTES) or len(tensors) != len(x):
        raise ValueError(f"tensors: expected ({len(x)}, steps, 256, 1, 144), got {tensors.shape}")
    ends = x.copy()
    for start in range(0, len(x), CHUNK):
        part = slice(start, start + CHUNK)
        for step in range(tensors.shape[1]):
            weights = unpack_stack(tensors[part, step, :, 0])
            ends[part] = _scale_to_unit_rms(multiply(weights, ends[part]))
    return ends


@np.errstate(all="ignore")
def _scale_to_unit_rms(x: Float32Array) -> Float32Array:
    """Do to each row what `norm.scale_to_unit_rms` does."""
    mean_square = sum_left(x * x) / np.float32(x.shape[-1])
    return np.asarray(x / np.maximum(np.sqrt(mean_square), np.float32(1e-9))[..., None], np.float32)


def _check_activations(x: Float32Array) -> None:
    check_array("x", x, np.float32, ndim=3)
    if x.shape[2] != BLOCK_WEIGHTS:
        raise ValueError(f"x: expected a last axis of {BLOCK_WEIGHTS}, got the shape {x.shape}")
