"""A second Q4_K dequantiser, one weight at a time: written apart from the vectorised one, to check it."""

from __future__ import annotations

import struct

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array, check_array

_BLOCK_BYTES = 144
_HALF_OF_THE_SUB_BLOCKS = 4


def read_scale_and_min(packed: bytes, sub_block: int) -> tuple[int, int]:
    """Read the 6-bit scale and the 6-bit min of one sub-block.

    Parameters
    ----------
    packed
        The 12 packed bytes of a super-block.
    sub_block
        0 to 7.

    Returns
    -------
    tuple of int
        Scale and min, each 0 to 63; exact.

    Notes
    -----
    The packing is that of ggml's `get_scale_min_k4`.

    Examples
    --------
    >>> read_scale_and_min(bytes([0xC1, 0, 0, 0, 0x42, 0, 0, 0, 0x35, 0, 0, 0]), 0)
    (1, 2)
    >>> read_scale_and_min(bytes([0xC1, 0, 0, 0, 0x42, 0, 0, 0, 0x35, 0, 0, 0]), 4)
    (53, 19)
    """
    if sub_block < _HALF_OF_THE_SUB_BLOCKS:
        return packed[sub_block] & 0x3F, packed[sub_block + 4] & 0x3F
    scale = (packed[sub_block + 4] & 0x0F) + 16 * (packed[sub_block - 4] >> 6)
    minimum = (packed[sub_block + 4] >> 4) + 16 * (packed[sub_block] >> 6)
    return scale, minimum


@np.errstate(all="ignore")
def dequantize_block(block: UInt8Array) -> Float32Array:
    """Expand one super-block, weight by weight.

    Parameters
    ----------
    block : uint8, shape (144,)
        One super-block as it is stored.

    Returns
    -------
    float32, shape (256,)
        The weights; NaN and infinities propagate as in IEEE 754.

    Raises
    ------
    ValueError
        Another dtype or shape.

    Notes
    -----
    The same four roundings as `pvfalsifiers.kernels.q4_k.dequantize`. A loop over elements by intention: it
    shares neither a line nor an indexing scheme with the vectorised kernel.

    Examples
    --------
    >>> block = np.zeros(144, np.uint8)
    >>> block[1], block[4], block[16] = 0x3C, 2, 0x03
    >>> dequantize_block(block)[:2].tolist()
    [6.0, 0.0]
    """
    check_array("block", block, np.uint8, ndim=1)
    stored = block.tobytes()
    if len(stored) != _BLOCK_BYTES:
        raise ValueError(f"block: expected {_BLOCK_BYTES} bytes, got {len(stored)}")
    d, dmin = (np.float32(half) for half in struct.unpack("<ee", stored[:4]))
    weights = []
    for sub_block in range(8):
        scale, minimum = read_scale_and_min(stored[4:16], sub_block)
        step, offset = d * np.float32(scale), dmin * np.float32(minimum)
        start, is_upper = 16 + 32 * (sub_block // 2), sub_block % 2
        for byte in stored[start : start + 32]:
            quant = byte >> 4 if is_upper else byte & 0x0F
            weights.append(step * np.float32(quant) - offset)
    return np.array(weights, np.float32)
