"""The two ways of multiplying Q4_K weights with activations that the cascade compares, alone and chained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pvfalsifiers.kernels import fused, q4_k, q8_k
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array, check_array
from pvfalsifiers.kernels.matmul import matvec
from pvfalsifiers.kernels.norm import scale_to_unit_rms

if TYPE_CHECKING:
    from collections.abc import Callable


def multiply_dequantized(blocks: UInt8Array, x: Float32Array) -> Float32Array:
    """Take path A: weights expanded to float32, float32 activations, left fold.

    Parameters
    ----------
    blocks : uint8, shape (rows, n, 144)
        n Q4_K super-blocks a row.
    x : float32, shape (256 n,)
        Activations.

    Returns
    -------
    float32, shape (rows,)
        One dot product a row; NaN and infinities propagate as in IEEE 754.

    Raises
    ------
    ValueError
        Another dtype or shape.

    Notes
    -----
    Rounded as `q4_k.dequantize` and `matmul.matvec`.

    Examples
    --------
    >>> multiply_dequantized(np.zeros((2, 1, 144), np.uint8), np.ones(256, np.float32)).tolist()
    [0.0, 0.0]
    """
    check_array("blocks", blocks, np.uint8, ndim=3)
    rows, count, _ = blocks.shape
    weights = q4_k.dequantize(blocks.reshape(rows * count, -1))
    return matvec(weights.reshape(rows, count * q4_k.BLOCK_WEIGHTS), x)


def multiply_quantized(
    blocks: UInt8Array, x: Float32Array, convention: q8_k.Convention, order: fused.Order
) -> Float32Array:
    """Take path B: activations quantised to Q8_K, fused integer dot product with the Q4_K weights.

    Parameters
    ----------
    blocks : uint8, shape (rows, n, 144)
        n Q4_K super-blocks a row.
    x : float32, shape (256 n,)
        Activations.
    convention
        How they are quantised, see `q8_k.quantize`.
    order
        How the integer sums are added, see `fused.multiply_rows`.

    Returns
    -------
    float32, shape (rows,)
        One dot product a row; a NaN or an infinity among the activations gives NaN.

    Raises
    ------
    ValueError
        Another dtype or shape, or an unknown convention or order.

    Notes
    -----
    Off path A by up to half a Q8_K step an activation: about max|x| / 254 times the sum of |weights|.

    Examples
    --------
    >>> blocks = np.zeros((1, 1, 144), np.uint8)
    >>> multiply_quantized(blocks, np.ones(256, np.float32), "ggml", "ggml").tolist()
    [0.0]
    """
    check_array("x", x, np.float32, ndim=1)
    scales, quants = q8_k.quantize(x[None], convention)
    return fused.multiply_rows(blocks, scales, quants, order)


def run_chain(
    tensors: UInt8Array, x: Float32Array, multiply: Callable[[UInt8Array, Float32Array], Float32Array]
) -> Float32Array:
    """Send activations through one matvec after the other, each followed by x / max(rms, 1e-9).

    Parameters
    ----------
    tensors : uint8, shape (tensors, 256 n, n, 144)
        The weights of each step, square.
    x : float32, shape (256 n,)
        Activations at the start.
    multiply
        What multiplies the weights of one step with the activations: one of the two paths.

    Returns
    -------
    float32, shape (256 n,)
        The activations at the end; x itself where there is no tensor.

    Raises
    ------
    ValueError
        Another dtype or shape.

    Examples
    --------
    >>> tensors = np.zeros((2, 256, 1, 144), np.uint8)
    >>> run_chain(tensors, np.ones(256, np.float32), multiply_dequantized)[:2].tolist()
    [0.0, 0.0]
    """
    check_array("tensors", tensors, np.uint8, ndim=4)
    check_array("x", x, np.float32, ndim=1)
    for blocks in tensors:
        x = scale_to_unit_rms(multiply(blocks, x))
    return x
