"""Blocks to weights: the bits that ggml's dequantisers give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pvfalsifiers.blocks.formats import FORMATS, find_format
from pvfalsifiers.blocks.layouts import LAYOUTS
from pvfalsifiers.blocks.scratch import Scratch
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array, check_array

if TYPE_CHECKING:
    from pvfalsifiers.blocks.layouts import Layout

_TILE_WEIGHTS = 64 * 4096
"""Weights that are expanded at a time: the scratch stays below 8 MiB."""


@np.errstate(all="ignore")
def dequantize(data: UInt8Array, format: str, out: Float32Array | None = None) -> Float32Array:  # noqa: A002 - the word of the interface
    """Expand rows of blocks to weights.

    Parameters
    ----------
    data : uint8, shape (..., row_bytes)
        Rows of whole blocks as they are stored, little-endian; may be memory-mapped.
    format
        A name of `FORMATS`.
    out : float32, shape (..., columns)
        Where to write; contiguous. None: a new array.

    Returns
    -------
    float32, shape (..., columns)
        The weights, `out` where it was given. NaN and infinities in a scale propagate as in IEEE 754.

    Raises
    ------
    ValueError
        An unknown format, another dtype, a row that is not whole blocks, or an `out` of another shape.

    Notes
    -----
    Bit for bit ggml's `dequantize_row_*` (built without contraction), the sign and payload of a NaN apart:
    scale times quant, then the offset taken off, each rounded to float32; a scale of Q4_K, Q5_K and Q6_K is
    a rounded product itself. Tiles are expanded one after the other in less than 8 MiB of scratch.

    Examples
    --------
    >>> block = np.zeros((1, 34), np.uint8)
    >>> block[0, 1], block[0, 2:4] = 0x38, (3, 255)
    >>> dequantize(block, "Q8_0")[0, :3].tolist()
    [1.5, -0.5, 0.0]
    """
    check_array("data", data, np.uint8)
    if data.ndim == 0:
        raise ValueError("data: expected rows of bytes, got a scalar")
    columns = find_format(format).count_columns(data.shape[-1])
    shape = (*data.shape[:-1], columns)
    if out is None:
        out = np.empty(shape, np.float32)
    check_array("out", out, np.float32)
    if out.shape != shape or not out.flags.c_contiguous:
        raise ValueError(f"out: expected a contiguous array of the shape {shape}, got {out.shape}")
    count = int(np.prod(shape[:-1]))
    rows, weights = np.asarray(data).reshape(count, data.shape[-1]), out.reshape(count, columns)
    scratch = Scratch()
    for top, bottom, left, right in _iter_tiles(count, columns, FORMATS[format].weights):
        start, stop = (FORMATS[format].count_row_bytes(column) for column in (left, right))
        expand_tile(rows[top:bottom, start:stop], format, weights[top:bottom, left:right], scratch)
    return out


def expand_tile(data: UInt8Array, format: str, out: Float32Array, scratch: Scratch) -> None:  # noqa: A002 - as above
    """Expand rows of blocks, shape (rows, bytes), into float32 (rows, columns), all at once."""
    layout = LAYOUTS.get(format)
    if layout is None:
        _widen(data, format, out)
    elif out.size:
        _expand_blocks(layout, data, out, scratch)


def _iter_tiles(rows: int, columns: int, block: int) -> list[tuple[int, int, int, int]]:
    """Return top, bottom, left and right of tiles of whole blocks, and of whole rows up to some length."""
    width = min(columns, _TILE_WEIGHTS // 8 // block * block) or 1
    height = max(1, _TILE_WEIGHTS // width)
    return [
        (top, min(top + height, rows), left, min(left + width, columns))
        for top in range(0, rows, height)
        for left in range(0, columns, width)
    ]


def _widen(data: UInt8Array, format: str, out: Float32Array) -> None:  # noqa: A002 - as above
    """Copy float32, widen float16 or bfloat16; exact, a signalling NaN may come out quiet."""
    data = np.ascontiguousarray(data)
    if format == "BF16":
        np.left_shift(data.view("<u2"), np.uint32(16), out=out.view(np.uint32), dtype=np.uint32)
    else:
        np.copyto(out, data.view("<f2" if format == "F16" else "<f4"))


def _expand_blocks(layout: Layout, data: UInt8Array, out: Float32Array, scratch: Scratch) -> None:
    """Write the quants, then scale and shift them in their place."""
    blocks = layout.view_blocks(data)
    scales, offsets = layout.read_scales(blocks)
    np.copyto(out, layout.unpack(blocks, scratch).reshape(out.shape))
    groups = out.reshape(len(out), -1, layout.width)  # a view: one axis is split
    np.multiply(groups, scales.reshape(len(out), -1, 1), out=groups)
    if offsets is not None:
        np.subtract(groups, offsets.reshape(len(out), -1, 1), out=groups)


__all__ = ["dequantize", "expand_tile"]
