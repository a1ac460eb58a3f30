"""The Q4_K format: super-blocks of 256 weights in 144 bytes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array, check_array

BLOCK_BYTES = 144
"""Bytes of a super-block: two float16, 12 bytes of scales and mins, 128 bytes of 4-bit quants."""
BLOCK_WEIGHTS = 256
SUB_BLOCKS = 8
SUB_BLOCK_WEIGHTS = 32
_SCALES_AT = 4
_QUANTS_AT = 16


class SuperBlocks(NamedTuple):
    """The fields of Q4_K super-blocks, of any leading shape."""

    d: Float32Array
    """Scale of the scales, float32 (...): the stored float16, widened exactly."""
    dmin: Float32Array
    """Scale of the mins, float32 (...)."""
    scales: UInt8Array
    """Scale of each sub-block, 0 to 63, uint8 (..., 8)."""
    mins: UInt8Array
    """Min of each sub-block, 0 to 63, uint8 (..., 8)."""
    quants: UInt8Array
    """Weights before scaling, 0 to 15, uint8 (..., 8, 32), in the order of the weights."""


@np.errstate(all="ignore")
def unpack(blocks: UInt8Array) -> SuperBlocks:
    """Split super-blocks into their fields.

    Parameters
    ----------
    blocks : uint8, shape (..., 144)
        Super-blocks as they are stored, little-endian.

    Returns
    -------
    SuperBlocks
        Exact. A float16 NaN stays a NaN.

    Raises
    ------
    ValueError
        Another dtype, or a last axis that is not 144 long.

    Notes
    -----
    Bytes 4 to 7 hold the scales of sub-blocks 0 to 3 in their lower six bits, bytes 8 to 11 the mins. Their
    upper two bits are the upper two bits of the scales and mins of sub-blocks 4 to 7, whose lower four are
    the lower and the upper nibble of bytes 12 to 15. Each run of 32 quant bytes holds two sub-blocks: the
    lower nibbles, then the upper nibbles. The layout is ggml's `block_q4_K` with `get_scale_min_k4`.

    Examples
    --------
    >>> block = np.zeros((1, 144), np.uint8)
    >>> block[0, 1] = 0x3C
    >>> block[0, 16] = 0xA5
    >>> fields = unpack(block)
    >>> float(fields.d[0]), int(fields.quants[0, 0, 0]), int(fields.quants[0, 1, 0])
    (1.0, 5, 10)
    """
    check_array("blocks", blocks, np.uint8)
    if blocks.ndim == 0 or blocks.shape[-1] != BLOCK_BYTES:
        raise ValueError(f"blocks: expected a last axis of {BLOCK_BYTES} bytes, got the shape {blocks.shape}")
    lead = blocks.shape[:-1]
    halves = np.ascontiguousarray(blocks[..., :_SCALES_AT]).view("<f2").astype(np.float32)
    packed = blocks[..., _SCALES_AT:_QUANTS_AT].reshape(*lead, 3, 4)
    first, second, nibbles = packed[..., 0, :], packed[..., 1, :], packed[..., 2, :]
    scales = np.concatenate([first & 63, (nibbles & 15) | ((first >> 6) << 4)], axis=-1)
    mins = np.concatenate([second & 63, (nibbles >> 4) | ((second >> 6) << 4)], axis=-1)
    quants = blocks[..., _QUANTS_AT:].reshape(*lead, SUB_BLOCKS // 2, 1, SUB_BLOCK_WEIGHTS)
    quants = np.concatenate([quants & 15, quants >> 4], axis=-2).reshape(*lead, SUB_BLOCKS, SUB_BLOCK_WEIGHTS)
    return SuperBlocks(halves[..., 0], halves[..., 1], scales, mins, quants)


@np.errstate(all="ignore")
def dequantize(blocks: UInt8Array) -> Float32Array:
    """Expand super-blocks to their weights, w = d * scale * quant - dmin * min.

    Parameters
    ----------
    blocks : uint8, shape (n, 144)
        Super-blocks as they are stored; any n, also 0.

    Returns
    -------
    float32, shape (n, 256)
        The weights in their order. A NaN or infinite d or dmin gives NaN or infinite weights as in IEEE 754;
        in particular infinity times a zero quant is NaN.

    Raises
    ------
    ValueError
        Another dtype or shape.

    Notes
    -----
    Four roundings to float32: d * scale, that times the quant, dmin * min, the difference. Bit-identical to
    ggml's `dequantize_row_q4_K` (built without contraction) and to the PyPI package gguf.

    Examples
    --------
    >>> block = np.zeros((1, 144), np.uint8)
    >>> block[0, 1], block[0, 4], block[0, 16] = 0x3C, 2, 0x03
    >>> dequantize(block)[0, :2].tolist()
    [6.0, 0.0]
    """
    check_array("blocks", blocks, np.uint8, ndim=2)
    fields = unpack(blocks)
    scale = (fields.d[:, None] * fields.scales.astype(np.float32))[..., None]
    offset = (fields.dmin[:, None] * fields.mins.astype(np.float32))[..., None]
    weights: Float32Array = scale * fields.quants.astype(np.float32) - offset
    return weights.reshape(len(blocks), BLOCK_WEIGHTS)
