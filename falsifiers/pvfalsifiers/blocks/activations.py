"""Activations to the 8-bit kinds that ggml multiplies with quantised weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from pvfalsifiers.kernels import q8_k
from pvfalsifiers.kernels.arrays import Float32Array, check_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rounding: TypeAlias = Literal["reference", "simd"]
"""Which of ggml's two quantisers of Q8_0 and Q8_1: `quantize_row_q8_0_ref`, or that of its AVX builds."""
_BLOCKS = {"Q8_0": 32, "Q8_1": 32, "Q8_K": 256}
_FLOATS = ("F32", "F16", "BF16")
_LARGEST = np.float32(127)


@dataclass(frozen=True, eq=False)
class QuantisedActivations:
    """Activations as ggml's dot products read them."""

    kind: str
    """Q8_0, Q8_1 or Q8_K; or F32, F16, BF16, which hold the rounded values themselves."""
    quants: NDArray[Any]
    """int8, shape (..., columns); float32 for the float kinds."""
    scales: Float32Array
    """float32, shape (..., blocks): the factor of the quants of each block; no blocks for the float kinds."""
    sums: Float32Array | None = None
    """Q8_1 alone: the stored sum of each block, which is rounded to float16; float32, shape (..., blocks)."""

    @np.errstate(all="ignore")
    def dequantized(self) -> Float32Array:
        """Return scale * quant, float32, shape (..., columns); one rounding each."""
        if self.kind in _FLOATS:
            return self.quants.astype(np.float32)
        width = _BLOCKS[self.kind]
        values = self.quants.astype(np.float32)
        blocks = values.reshape(*values.shape[:-1], values.shape[-1] // width, width)
        blocks *= self.scales[..., None]
        return values

    @np.errstate(all="ignore")
    def sum_groups(self, width: int) -> Float32Array:
        """Return what the offset of each group is multiplied with, float32, shape (..., columns / width).

        For Q8_1 the stored sums, whose width is 32; else the exact sum of the quants, times the scale.

        Raises
        ------
        ValueError
            Another width than 32 for Q8_1, which has no other sums.
        """
        if self.sums is not None:
            if width != _BLOCKS[self.kind]:
                raise ValueError(f"width: expected {_BLOCKS[self.kind]} for {self.kind}, got {width}")
            return self.sums
        groups = self.quants.reshape(*self.quants.shape[:-1], self.quants.shape[-1] // width, width)
        if self.kind in _FLOATS:
            return np.asarray(groups.sum(axis=-1), np.float32)
        sums = groups.sum(axis=-1, dtype=np.int32).astype(np.float32)
        return np.asarray(sums * np.repeat(self.scales, _BLOCKS[self.kind] // width, axis=-1), np.float32)


@np.errstate(all="ignore")
def quantize_activations(
    x: Float32Array, kind: str, rounding: Rounding = "reference"
) -> QuantisedActivations:
    """Quantise activations as ggml does before a dot product with quantised weights.

    Parameters
    ----------
    x : float32, shape (..., columns)
        The activations; columns a multiple of 32 for Q8_0 and Q8_1, of 256 for Q8_K.
    kind
        `BlockFormat.activations`: Q8_0, Q8_1, Q8_K, F32, F16 or BF16.
    rounding
        For Q8_0 and Q8_1. "reference": the reciprocal of the scale, ties away from zero. "simd": 127 over the
        largest magnitude, ties to even. Q8_K has one definition.

    Returns
    -------
    QuantisedActivations
        Bit for bit those of ggml. A block of zeros has scale 0 and quants 0.

    Raises
    ------
    ValueError
        A NaN or an infinity in `x` (the position is named), another dtype, an unknown kind or rounding, or
        columns that do not fill whole blocks.

    Notes
    -----
    Q8_0: scale max|x| / 127, stored as float16, though quants are taken with the float32 one: the error is at
    most half a scale and 127 times the rounding of the scale. A scale above 65504 becomes infinite, as in
    ggml. Q8_1 also stores the sum of the quants times the float32 scale, as float16. Q8_K: see
    `kernels.q8_k.quantize`, convention "ggml". A reciprocal that overflows (max|x| below 3.74e-37) gives
    quants 0, as in ggml, whose AVX code leaves -128 there; the scale is 0 or vanishes either way. F16 and
    BF16 round to nearest, ties to even.

    Examples
    --------
    >>> x = np.zeros(32, np.float32)
    >>> x[:3] = [127, -2.5, 0.5]
    >>> y = quantize_activations(x, "Q8_0")
    >>> float(y.scales[0]), y.quants[:3].tolist()
    (1.0, [127, -3, 1])
    >>> quantize_activations(x, "Q8_0", "simd").quants[:3].tolist()
    [127, -2, 0]
    """
    check_array("x", x, np.float32)
    if kind not in (*_BLOCKS, *_FLOATS):
        raise ValueError(
            f"kind: {kind!r} is no kind of activations; these are: {', '.join((*_BLOCKS, *_FLOATS))}"
        )
    if rounding not in get_args(Rounding):
        raise ValueError(f"rounding: expected one of {get_args(Rounding)}, got {rounding!r}")
    width = _BLOCKS.get(kind, 1)
    if x.ndim == 0 or x.shape[-1] % width:
        raise ValueError(f"x: expected rows of a multiple of {width} for {kind}, got the shape {x.shape}")
    refuse_special("x", x)
    if kind in _FLOATS:
        return QuantisedActivations(kind, _round_floats(x, kind), np.empty((*x.shape[:-1], 0), np.float32))
    if kind == "Q8_K":
        scales, quants = q8_k.quantize(x.reshape(int(np.prod(x.shape[:-1])), x.shape[-1]), "ggml")
        scales = scales.reshape(*x.shape[:-1], x.shape[-1] // width)
        return QuantisedActivations(kind, quants.reshape(x.shape), scales)
    return _quantize_by_magnitude(x, kind, rounding)


def refuse_special(name: str, x: Float32Array) -> None:
    """Refuse NaN and infinities: what ggml makes of them depends on the build.

    Raises
    ------
    ValueError
        There is one; the first is named with its position.
    """
    finite = np.isfinite(x)
    if finite.all():
        return
    place = tuple(int(index) for index in np.argwhere(~finite)[0])
    raise ValueError(
        f"{name}: {x[place]} at {list(place)}; activations must be finite, since ggml defines no "
        "8-bit value for it: look for the operation that made it"
    )


def _quantize_by_magnitude(x: Float32Array, kind: str, rounding: Rounding) -> QuantisedActivations:
    """Quantise to Q8_0 or Q8_1."""
    values = x.reshape(*x.shape[:-1], x.shape[-1] // _BLOCKS[kind], _BLOCKS[kind])
    magnitude = np.max(np.abs(values), axis=-1)
    scales = magnitude / _LARGEST
    inverse = np.float32(1) / scales if rounding == "reference" else _LARGEST / magnitude
    scaled = values * np.where(scales > 0, inverse, np.float32(0))[..., None]
    rounded = q8_k.round_half_away(scaled) if rounding == "reference" else np.rint(scaled)
    quants = np.where(np.isfinite(inverse)[..., None], rounded, np.float32(0)).astype(np.int8)
    stored = scales.astype(np.float16).astype(np.float32)
    if kind == "Q8_0":
        return QuantisedActivations(kind, quants.reshape(x.shape), stored)
    sums = quants.sum(axis=-1, dtype=np.int32).astype(np.float32) * scales
    return QuantisedActivations(
        kind, quants.reshape(x.shape), stored, sums.astype(np.float16).astype(np.float32)
    )


def _round_floats(x: Float32Array, kind: str) -> Float32Array:
    if kind == "F32":
        return x
    if kind == "F16":
        return x.astype(np.float16).astype(np.float32)
    bits = np.ascontiguousarray(x).view(np.uint32)
    bits = (bits + 0x7FFF + (bits >> 16 & 1)) & np.uint32(0xFFFF0000)
    return bits.view(np.float32)


__all__ = ["QuantisedActivations", "Rounding", "quantize_activations", "refuse_special"]
