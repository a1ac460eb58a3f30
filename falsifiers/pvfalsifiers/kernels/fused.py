"""Dot products of Q4_K weights with Q8_K activations: integer sums, scaled in float32."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, FloatArray, Int8Array, UInt8Array, check_array
from pvfalsifiers.kernels.fold import sum_left
from pvfalsifiers.kernels.q4_k import BLOCK_BYTES, BLOCK_WEIGHTS, SUB_BLOCK_WEIGHTS, SUB_BLOCKS, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

Order: TypeAlias = Literal["ggml", "sub_block_lanes"]
"""In which order the integer sums become one float32."""
_LANES = 8


def q4_k_q8_k(blocks: UInt8Array, scales: Float32Array, quants: Int8Array) -> np.float32:
    """Compute the dot product of one row in the order of ggml's generic kernel (no FMA, 8 lanes).

    Parameters
    ----------
    blocks : uint8, shape (n, 144)
        The Q4_K super-blocks of the row.
    scales : float32, n elements
        The Q8_K scales; of several dimensions they are read in C order.
    quants : int8, 256 n elements
        The Q8_K quants, likewise.

    Returns
    -------
    float32
        The dot product; 0 for n = 0. NaN and infinities in a scale propagate as in IEEE 754.

    Raises
    ------
    ValueError
        Another dtype, or sizes that do not belong together.

    Notes
    -----
    See `multiply_rows`. Bit for bit `ggml_vec_dot_q4_K_q8_K_generic`.

    Examples
    --------
    >>> block = np.zeros((1, 144), np.uint8)
    >>> block[0, 1], block[0, 4], block[0, 16] = 0x3C, 2, 0x03
    >>> quants = np.zeros(256, np.int8)
    >>> quants[0] = -5
    >>> float(q4_k_q8_k(block, np.array([0.5], np.float32), quants))
    -15.0
    """
    check_array("blocks", blocks, np.uint8, ndim=2)
    return np.float32(multiply_rows(blocks[None], scales, quants, "ggml")[0])


@np.errstate(all="ignore")
def multiply_rows(
    blocks: UInt8Array, scales: Float32Array, quants: Int8Array, order: Order = "ggml"
) -> Float32Array:
    """Multiply rows of Q4_K weights with one Q8_K vector.

    Parameters
    ----------
    blocks : uint8, shape (rows, n, 144)
        n super-blocks a row.
    scales : float32, n elements
        The Q8_K scales.
    quants : int8, 256 n elements
        The Q8_K quants.
    order
        "ggml": per super-block, lane l of 8 takes the integer sum of scale * weight * activation over the
        elements 8 g + l; it is multiplied by d * y and added to sums[l]. The mins are one integer sum,
        multiplied by dmin * y and taken off the total, which starts at 0; at last sums[0] to sums[7] are
        added to it in turn. "sub_block_lanes": lane j of 8 belongs to sub-block j and takes (d * y) * (scale
        * sum of weight * activation) - (dmin * y) * (min * sum of activation); at last the lanes i and i + 4
        are added, then i and i + 2, then 0 and 1. y is the Q8_K scale.

    Returns
    -------
    float32, shape (rows,)
        The dot products; NaN and infinities in a scale propagate as in IEEE 754.

    Raises
    ------
    ValueError
        Another dtype, sizes that do not belong together, or an unknown order.

    Notes
    -----
    The integer sums are exact and below 2**24, so they are exact in float32 too. Every other operation is
    rounded to float32, products and sums apart. "ggml" is `ggml_vec_dot_q4_K_q8_K_generic`; "sub_block_lanes"
    is that of the public AVX-512 kernel of paiml/realizar, and the one of the two that meets every published
    digit.

    Examples
    --------
    >>> block = np.zeros((2, 1, 144), np.uint8)
    >>> block[:, 0, 1], block[:, 0, 4], block[1, 0, 16] = 0x3C, 2, 0x03
    >>> ones = np.ones(256, np.int8)
    >>> multiply_rows(block, np.array([0.5], np.float32), ones, "sub_block_lanes").tolist()
    [0.0, 3.0]
    """
    check_array("blocks", blocks, np.uint8, ndim=3)
    check_array("scales", scales, np.float32)
    check_array("quants", quants, np.int8)
    count = blocks.shape[1]
    if blocks.shape[2] != BLOCK_BYTES or scales.size != count or quants.size != count * BLOCK_WEIGHTS:
        raise ValueError(
            f"blocks, scales, quants: expected (rows, n, {BLOCK_BYTES}), n and {BLOCK_WEIGHTS} n, "
            f"got {blocks.shape}, {scales.size} and {quants.size}"
        )
    if order not in get_args(Order):
        raise ValueError(f"order: expected one of {get_args(Order)}, got {order!r}")
    activations = quants.reshape(count, SUB_BLOCKS, SUB_BLOCK_WEIGHTS).astype(np.int32)
    add = _add_ggml if order == "ggml" else _add_sub_block_lanes
    return np.asarray(add(blocks, scales.reshape(count), activations), np.float32)


def _add_ggml(blocks: UInt8Array, scales: Float32Array, activations: NDArray[np.int32]) -> FloatArray:
    fields = unpack(blocks)
    products = fields.quants * activations * fields.scales[..., None].astype(np.int32)
    groups = products.reshape(*fields.d.shape, SUB_BLOCKS * SUB_BLOCK_WEIGHTS // _LANES, _LANES)
    lane_sums = groups.sum(axis=-2).astype(np.float32)
    min_sums = (fields.mins * activations.sum(axis=-1)).sum(axis=-1).astype(np.float32)
    terms = (fields.d * scales)[..., None] * lane_sums
    lanes = sum_left(np.moveaxis(terms, 1, -1))
    offsets = -(fields.dmin * scales * min_sums)
    return sum_left(np.concatenate([offsets, lanes], axis=-1))


def _add_sub_block_lanes(
    blocks: UInt8Array, scales: Float32Array, activations: NDArray[np.int32]
) -> FloatArray:
    fields = unpack(blocks)
    dots = (fields.quants * activations).sum(axis=-1).astype(np.float32)
    sums = activations.sum(axis=-1).astype(np.float32)
    scaled = (fields.d * scales)[..., None] * (fields.scales.astype(np.float32) * dots)
    offsets = (fields.dmin * scales)[..., None] * (fields.mins.astype(np.float32) * sums)
    lanes = sum_left(np.moveaxis(scaled - offsets, 1, -1))
    lanes = lanes[:, :4] + lanes[:, 4:]
    lanes = lanes[:, :2] + lanes[:, 2:]
    return lanes[:, 0] + lanes[:, 1]
