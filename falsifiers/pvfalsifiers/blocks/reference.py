"""Dot products in the order of ggml's generic kernels, to the bit; for small fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pvfalsifiers.blocks.dequantization import dequantize
from pvfalsifiers.blocks.formats import find_format
from pvfalsifiers.blocks.layouts import LAYOUTS, read_integer_scales
from pvfalsifiers.blocks.scratch import Scratch
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array, check_array
from pvfalsifiers.kernels.fold import sum_left

if TYPE_CHECKING:
    from pvfalsifiers.blocks.activations import QuantisedActivations

_LANES = 8


@np.errstate(all="ignore")
def dot(data: UInt8Array, format: str, y: QuantisedActivations) -> Float32Array:  # noqa: A002 - the word of the interface
    """Compute the dot product of each row with one vector of quantised activations.

    Parameters
    ----------
    data : uint8, shape (rows, row_bytes)
        The weights.
    format
        A name of `FORMATS`.
    y
        The activations, of the kind that belongs to the format, with quants of shape (columns,).

    Returns
    -------
    float32, shape (rows,)
        The dot products; NaN and infinities in a scale propagate as in IEEE 754.

    Raises
    ------
    ValueError
        Another dtype, an unknown format, another kind of activations, or sizes that do not belong together.

    Notes
    -----
    Bit for bit `ggml_vec_dot_*_generic` built without contraction, which is what a ggml build for x86-64
    without AVX runs. One sum over the blocks of 32, block 0 first; each term is (dw and dy are the scales of
    weight and activation, i the exact integer sum) (i dw) dy for Q4_0, i (dw dy) for Q5_0 and Q8_0, and
    (dw dy) i + m s for Q4_1 and Q5_1. Blocks of 256: eight lanes, lane l taking the integer sum of scale *
    weight * activation over the elements 8 g + l, times dw dy; the mins of a block are one integer sum, times
    dmin dy, taken off a running total to which the lanes are added last, lane 0 first. Float formats:
    products in float32, summed in float64, rounded once.

    Examples
    --------
    >>> from pvfalsifiers.blocks.activations import quantize_activations
    >>> data = np.zeros((1, 34), np.uint8)
    >>> data[0, 1], data[0, 2] = 0x3C, 3
    >>> dot(data, "Q8_0", quantize_activations(np.full(32, 127, np.float32), "Q8_0")).tolist()
    [381.0]
    """
    check_array("data", data, np.uint8, ndim=2)
    form = find_format(format)
    columns = form.count_columns(data.shape[1])
    if y.kind != form.activations:
        raise ValueError(f"y: expected {form.activations} for weights of {format}, got {y.kind}")
    if y.quants.shape != (columns,):
        raise ValueError(f"y: expected quants of the shape {(columns,)}, got {y.quants.shape}")
    if format not in LAYOUTS:
        products = (dequantize(data, format) * y.quants).astype(np.float64)
        return np.asarray(sum_left(products), np.float32)
    if form.activations == "Q8_K":
        return _add_lanes(data, format, y)
    return _add_blocks(data, format, y)


def _add_blocks(data: UInt8Array, format: str, y: QuantisedActivations) -> Float32Array:  # noqa: A002 - as above
    """Sum over blocks of 32."""
    blocks = LAYOUTS[format].view_blocks(data)
    quants = LAYOUTS[format].unpack(blocks, Scratch()).astype(np.int32)
    sums = (quants * y.quants.reshape(-1, 32)).sum(axis=-1).astype(np.float32)
    d = blocks["d"].astype(np.float32)
    terms = sums * d * y.scales if format == "Q4_0" else sums * (d * y.scales)
    if y.sums is not None:
        terms += blocks["m"].astype(np.float32) * y.sums
    return np.asarray(sum_left(terms), np.float32)


def _add_lanes(data: UInt8Array, format: str, y: QuantisedActivations) -> Float32Array:  # noqa: A002 - as above
    """Sum in eight lanes over blocks of 256."""
    layout = LAYOUTS[format]
    blocks = layout.view_blocks(data)
    scales, mins = read_integer_scales(blocks)
    groups = (scales.shape[-1], 256 // scales.shape[-1])
    activations = y.quants.astype(np.int32).reshape(blocks.shape[1], *groups)
    quants = layout.unpack(blocks, Scratch()).reshape(*blocks.shape, *groups)
    products = quants * activations * scales[..., None].astype(np.int32)
    lanes = products.reshape(*blocks.shape, 256 // _LANES, _LANES).sum(axis=-2).astype(np.float32)
    terms = (blocks["d"].astype(np.float32) * y.scales)[..., None] * lanes
    totals = sum_left(np.moveaxis(terms, 1, -1))
    if mins is not None:
        least = (mins * activations.sum(axis=-1)).sum(axis=-1).astype(np.float32)
        offsets = -(blocks["dmin"].astype(np.float32) * y.scales * least)
        totals = np.concatenate([offsets, totals], axis=-1)
    return np.asarray(sum_left(totals), np.float32)


__all__ = ["dot"]
