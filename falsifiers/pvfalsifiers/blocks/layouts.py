"""Where the fields of each quantised format lie, and how they are unpacked without touching single weights.

Every format reads weight = scale * quant - offset, with one scale (and offset) for each 16 or 32 weights. The
weights of a block are seen as (outer, planes, groups, width): a plane is what one nibble of the stored bytes
holds, so that a plane is unpacked by one operation on contiguous bytes, and a group has one scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pvfalsifiers.kernels.arrays import Float32Array, Int8Array, UInt8Array

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Blocks: TypeAlias = NDArray[np.void]
"""Blocks as a structured array, shape (rows, n)."""
Scales: TypeAlias = tuple[Float32Array, Float32Array | None]
"""Scales and offsets, each of shape (rows, n, outer, planes, groups)."""


@dataclass(frozen=True)
class Layout:
    """How the blocks of a quantised format are read."""

    fields: np.dtype[np.void]
    """The fields of a block; quants are opaque bytes, which NumPy copies block by block."""
    outer: int
    planes: int
    groups: int
    width: int
    read_scales: Callable[[Blocks], Scales]
    """Scales and offsets; each is what ggml rounds it to, or may still be broadcast."""
    read_planes: Callable[[Blocks], tuple[UInt8Array, ...]]
    """The quants plane by plane, two's complement, each (rows, n, outer * groups * width), contiguous."""

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Outer, planes, groups and width; their product is the number of weights."""
        return self.outer, self.planes, self.groups, self.width

    def view_blocks(self, data: UInt8Array) -> Blocks:
        """Return bytes, shape (rows, row_bytes), as blocks."""
        if data.shape[1] and data.strides[1] != 1:
            data = np.ascontiguousarray(data)
        blocks: Blocks = data.view(self.fields)
        return blocks

    def expand_scales(self, blocks: Blocks) -> Scales:
        """Return scales and offsets of the full shape (rows, n, outer, planes, groups), as float32."""
        shape = (*blocks.shape, self.outer, self.planes, self.groups)
        scales, offsets = self.read_scales(blocks)
        return np.broadcast_to(scales, shape), None if offsets is None else np.broadcast_to(offsets, shape)

    def unpack(self, blocks: Blocks) -> Int8Array:
        """Return the quants in the order of the weights, shape (rows, n, outer, planes, groups, width)."""
        planes = [
            plane.view(np.int8).reshape(*blocks.shape, self.outer, 1, self.groups, self.width)
            for plane in self.read_planes(blocks)
        ]
        return np.concatenate(planes, axis=3)


def _copy_bytes(field: NDArray[Any]) -> UInt8Array:
    """Return an opaque field of (rows, n) blocks as contiguous bytes, shape (rows, n, size)."""
    return np.ascontiguousarray(field).view(np.uint8).reshape(*field.shape, field.dtype.itemsize)


def _read_half(field: NDArray[Any]) -> Float32Array:
    """Return a float16 field as float32, with axes for outer, planes and groups."""
    return np.asarray(field.astype(np.float32)[..., None, None, None])


def _read_scale(blocks: Blocks) -> Scales:
    return _read_half(blocks["d"]), None


def _read_scale_and_least(blocks: Blocks) -> Scales:
    """Q4_1 and Q5_1 add their least value m: the offset is -m."""
    return _read_half(blocks["d"]), -_read_half(blocks["m"])


def read_integer_scales(blocks: Blocks) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Return the stored scales and mins of blocks of 256, shape (rows, n, groups); Q6_K has no mins.

    Q6_K stores sixteen int8 scales; Q4_K and Q5_K pack eight scales and eight mins of 6 bits into twelve
    bytes, as `kernels.q4_k` tells.
    """
    packed = _copy_bytes(blocks["scales"])
    if packed.shape[-1] == 16:  # noqa: PLR2004 - one byte a scale
        return packed.view(np.int8), None
    first, second, nibbles = packed[..., 0:4], packed[..., 4:8], packed[..., 8:12]
    scales = np.concatenate([first & 63, (nibbles & 15) | (first >> 6) << 4], axis=-1)
    mins = np.concatenate([second & 63, (nibbles >> 4) | (second >> 6) << 4], axis=-1)
    return scales, mins


def _read_k_scales(blocks: Blocks) -> Scales:
    scales, mins = read_integer_scales(blocks)
    if mins is None:
        shape = (*blocks.shape, 2, 2, 4)
        return _read_half(blocks["d"]) * scales.astype(np.float32).reshape(shape), None
    shape = (*blocks.shape, 4, 2, 1)
    return (
        _read_half(blocks["d"]) * scales.astype(np.float32).reshape(shape),
        _read_half(blocks["dmin"]) * mins.astype(np.float32).reshape(shape),
    )


def _read_nibbles(blocks: Blocks) -> tuple[UInt8Array, UInt8Array]:
    """Return lower and upper nibbles."""
    quants = _copy_bytes(blocks["quants"])
    return np.asarray(quants & 15, np.uint8), np.asarray(quants >> 4, np.uint8)


def _read_centred_nibbles(blocks: Blocks) -> tuple[UInt8Array, ...]:
    return tuple(np.subtract(plane, 8, out=plane) for plane in _read_nibbles(blocks))


def _read_bytes(blocks: Blocks) -> tuple[UInt8Array, ...]:
    return (_copy_bytes(blocks["quants"]),)


def _read_five_bits(blocks: Blocks) -> tuple[UInt8Array, ...]:
    """Q5_0 and Q5_1: bit i of four bytes is the fifth bit of weight i."""
    fifth = np.unpackbits(_copy_bytes(blocks["high"]), axis=-1, bitorder="little") << 4
    low, high = _read_nibbles(blocks)
    low |= fifth[..., :16]
    high |= fifth[..., 16:]
    return low, high


def _read_centred_five_bits(blocks: Blocks) -> tuple[UInt8Array, ...]:
    return tuple(np.subtract(plane, 16, out=plane) for plane in _read_five_bits(blocks))


def _pick_bits(high: UInt8Array, shift: int, mask: int) -> UInt8Array:
    """Return the masked bits above a shift, where the bits above a nibble belong."""
    return np.asarray((high >> shift & mask) << 4, np.uint8)


def _interleave(parts: list[UInt8Array]) -> UInt8Array:
    """Return parts of (rows, n, 32 k) as (rows, n, k, part, 32), flat after n; copied 32 bytes at a time."""
    stacked = np.stack([part.view("V32") for part in parts], axis=-1)
    return stacked.view(np.uint8).reshape(*parts[0].shape[:2], -1)


def _read_five_bits_k(blocks: Blocks) -> tuple[UInt8Array, ...]:
    """Q5_K: bit j of byte i is the fifth bit of weight i of sub-block j."""
    high = _copy_bytes(blocks["high"])
    planes = _read_nibbles(blocks)
    for number, plane in enumerate(planes):
        fifth = _interleave([_pick_bits(high, 2 * outer + number, 1) for outer in range(4)])
        np.bitwise_or(plane, fifth, out=plane)
    return planes


def _read_six_bits(blocks: Blocks) -> tuple[UInt8Array, ...]:
    """Q6_K: of each 128 weights, two bits of byte i belong to the weights i, 32 + i, 64 + i and 96 + i."""
    high = _copy_bytes(blocks["high"])
    planes = _read_nibbles(blocks)
    for number, plane in enumerate(planes):
        upper = _interleave([_pick_bits(high, 4 * number + shift, 3) for shift in (0, 2)])
        np.bitwise_or(plane, upper, out=plane)
        np.subtract(plane, 32, out=plane)
    return planes


def _fields(*fields: tuple[str, str]) -> np.dtype[np.void]:
    return np.dtype(list(fields))


_D, _M, _DMIN = ("d", "<f2"), ("m", "<f2"), ("dmin", "<f2")
_Q16, _Q128 = ("quants", "V16"), ("quants", "V128")
_SCALES = ("scales", "V12")

LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "Q4_0": Layout(_fields(_D, _Q16), 1, 2, 1, 16, _read_scale, _read_centred_nibbles),
        "Q4_1": Layout(_fields(_D, _M, _Q16), 1, 2, 1, 16, _read_scale_and_least, _read_nibbles),
        "Q5_0": Layout(_fields(_D, ("high", "V4"), _Q16), 1, 2, 1, 16, _read_scale, _read_centred_five_bits),
        "Q5_1": Layout(
            _fields(_D, _M, ("high", "V4"), _Q16), 1, 2, 1, 16, _read_scale_and_least, _read_five_bits
        ),
        "Q8_0": Layout(_fields(_D, ("quants", "V32")), 1, 1, 1, 32, _read_scale, _read_bytes),
        "Q4_K": Layout(_fields(_D, _DMIN, _SCALES, _Q128), 4, 2, 1, 32, _read_k_scales, _read_nibbles),
        "Q5_K": Layout(
            _fields(_D, _DMIN, _SCALES, ("high", "V32"), _Q128),
            4,
            2,
            1,
            32,
            _read_k_scales,
            _read_five_bits_k,
        ),
        "Q6_K": Layout(
            _fields(_Q128, ("high", "V64"), ("scales", "V16"), _D),
            2,
            2,
            4,
            16,
            _read_k_scales,
            _read_six_bits,
        ),
    }
)
"""Every quantised format by its name; the float formats have no layout."""

__all__ = ["LAYOUTS", "Blocks", "Layout", "read_integer_scales"]
