"""Broken ways of multiplying Q4_K weights with quantised activations, in the place of path B."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pvfalsifiers.kernels.paths import multiply_dequantized, multiply_quantized

if TYPE_CHECKING:
    from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array
    from pvfalsifiers.kernels.fused import Order
    from pvfalsifiers.kernels.q8_k import Convention


def multiply_with_swapped_nibbles(
    blocks: UInt8Array, x: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Take the upper nibble of each quant byte for the lower and the lower for the upper."""
    broken = blocks.copy()
    broken[..., 16:] = (blocks[..., 16:] >> 4) | (blocks[..., 16:] << 4)
    return multiply_quantized(broken, x, convention, order)


def multiply_with_shifted_scales(
    blocks: UInt8Array, x: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Give each sub-block the scale and the min of its neighbour: an index off by one."""
    broken = blocks.copy()
    for start in (4, 8, 12):
        broken[..., start : start + 4] = np.roll(blocks[..., start : start + 4], -1, axis=-1)
    return multiply_quantized(broken, x, convention, order)


def multiply_without_mins(
    blocks: UInt8Array, x: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Leave out the mins, as for a format that has none."""
    broken = blocks.copy()
    broken[..., 2:4] = 0
    return multiply_quantized(broken, x, convention, order)


def multiply_unquantized(
    blocks: UInt8Array, x: Float32Array, _convention: Convention, _order: Order
) -> Float32Array:
    """Fall back to path A, so that a comparison of the two compares path A with itself."""
    return multiply_dequantized(blocks, x)


def multiply_with_swapped_scale_bytes(
    blocks: UInt8Array, x: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Read the float16 d as big-endian."""
    broken = blocks.copy()
    broken[..., 0:2] = blocks[..., 1::-1]
    return multiply_quantized(broken, x, convention, order)


def multiply_with_fixed_point_scale(
    blocks: UInt8Array, x: Float32Array, convention: Convention, order: Order
) -> Float32Array:
    """Round the float16 d to a multiple of 1 / 256, as a fixed-point kernel does: small d are lost."""
    broken = blocks.copy()
    halves = np.ascontiguousarray(blocks[..., 0:2]).view("<f2").astype(np.float32)
    rounded = (np.rint(halves * 256) / 256).astype("<f2")
    broken[..., 0:2] = rounded.view(np.uint8)
    return multiply_quantized(broken, x, convention, order)
