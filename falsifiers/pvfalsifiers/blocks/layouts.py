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

from pvfalsifiers.blocks.scratch import Scratch
from pvfalsifiers.kernels.arrays import Float32Array, Int8Array, UInt8Array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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
    finish_plane: Callable[[Blocks, int, UInt8Array], None] | None = None
    """Turn a plane of nibbles or bytes into quants: add higher bits, take off the zero point."""

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

    def iter_planes(self, blocks: Blocks, scratch: Scratch) -> Iterator[Int8Array]:
        """Give the quants of each plane, shape (rows, n, outer, groups * width), contiguous.

        Each is valid until the next one is asked for.
        """
        field = blocks["quants"]
        quants = scratch.take("quants", field.shape, field.dtype)
        np.copyto(quants, field)
        stored = quants.view(np.uint8)
        plane = scratch.take("plane", stored.shape, np.uint8)
        for number in range(self.planes):
            if self.planes == 1:
                plane = stored
            elif number == 0:
                np.bitwise_and(stored, 15, out=plane)
            else:
                np.right_shift(stored, 4, out=plane)
            if self.finish_plane is not None:
                self.finish_plane(blocks, number, plane)
            yield plane.view(np.int8).reshape(*blocks.shape, self.outer, self.groups * self.width)

    def unpack(self, blocks: Blocks) -> Int8Array:
        """Return the quants in the order of the weights, shape (rows, n, weights)."""
        planes = [plane.copy() for plane in self.iter_planes(blocks, Scratch())]
        return np.stack(planes, axis=-2).reshape(*blocks.shape, np.prod(self.shape))


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
    bytes, as `kernels.q4_k` tells. They are read as three words, of which one operation treats four bytes.
    """
    if "scales" in (blocks.dtype.names or ()):
        return _copy_bytes(blocks["scales"]).view(np.int8), None
    packed = np.empty((2, *blocks.shape, 2), "<u4")
    for number, name in enumerate(("first", "second")):
        word, nibbles = blocks[name], blocks["nibbles"] >> (4 * number)
        packed[number, ..., 0] = word & 0x3F3F3F3F
        packed[number, ..., 1] = (nibbles & 0x0F0F0F0F) | (word >> 2 & 0x30303030)
    scales, mins = packed.view(np.uint8)
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


def _subtract(zero: int) -> Callable[[Blocks, int, UInt8Array], None]:
    def finish(blocks: Blocks, number: int, plane: UInt8Array) -> None:  # noqa: ARG001 - one signature
        np.subtract(plane, zero, out=plane)

    return finish


def _add_fifth_bits(blocks: Blocks, number: int, plane: UInt8Array) -> None:
    """Q5_0 and Q5_1: bit i of four bytes is the fifth bit of weight i."""
    bits = np.unpackbits(
        _copy_bytes(blocks["high"])[..., 2 * number : 2 * number + 2], axis=-1, bitorder="little"
    )
    np.bitwise_or(plane, bits.reshape(plane.shape) << 4, out=plane)


def _add_fifth_bits_centred(blocks: Blocks, number: int, plane: UInt8Array) -> None:
    _add_fifth_bits(blocks, number, plane)
    np.subtract(plane, 16, out=plane)


def _add_fifth_bits_k(blocks: Blocks, number: int, plane: UInt8Array) -> None:
    """Q5_K: bit j of byte i is the fifth bit of weight i of sub-block j."""
    _add_bits(blocks, [2 * outer + number for outer in range(4)], 1, plane)


def _add_two_bits(blocks: Blocks, number: int, plane: UInt8Array) -> None:
    """Q6_K: of each 128 weights, two bits of byte i belong to the weights i, 32 + i, 64 + i and 96 + i."""
    _add_bits(blocks, [4 * number, 4 * number + 2], 3, plane)
    np.subtract(plane, 32, out=plane)


def _add_bits(blocks: Blocks, shifts: list[int], mask: int, plane: UInt8Array) -> None:
    """Put the masked bits of each 32 bytes above the nibbles of 32 weights, then those of the next shift."""
    high = _copy_bytes(blocks["high"])
    bits = np.empty((*high.shape[:-1], high.shape[-1] // 32, len(shifts)), "V32")
    for place, shift in enumerate(shifts):
        bits[..., place] = ((high >> shift & mask) << 4).view("V32")
    np.bitwise_or(plane, bits.view(np.uint8).reshape(plane.shape), out=plane)


def _fields(*fields: tuple[str, str]) -> np.dtype[np.void]:
    return np.dtype(list(fields))


_D, _M, _DMIN = ("d", "<f2"), ("m", "<f2"), ("dmin", "<f2")
_Q16, _Q128 = ("quants", "V16"), ("quants", "V128")
_SCALES = (("first", "<u4"), ("second", "<u4"), ("nibbles", "<u4"))
_HIGH4 = ("high", "V4")

LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "Q4_0": Layout(_fields(_D, _Q16), 1, 2, 1, 16, _read_scale, _subtract(8)),
        "Q4_1": Layout(_fields(_D, _M, _Q16), 1, 2, 1, 16, _read_scale_and_least),
        "Q5_0": Layout(_fields(_D, _HIGH4, _Q16), 1, 2, 1, 16, _read_scale, _add_fifth_bits_centred),
        "Q5_1": Layout(_fields(_D, _M, _HIGH4, _Q16), 1, 2, 1, 16, _read_scale_and_least, _add_fifth_bits),
        "Q8_0": Layout(_fields(_D, ("quants", "V32")), 1, 1, 1, 32, _read_scale),
        "Q4_K": Layout(_fields(_D, _DMIN, *_SCALES, _Q128), 4, 2, 1, 32, _read_k_scales),
        "Q5_K": Layout(
            _fields(_D, _DMIN, *_SCALES, ("high", "V32"), _Q128),
            4,
            2,
            1,
            32,
            _read_k_scales,
            _add_fifth_bits_k,
        ),
        "Q6_K": Layout(
            _fields(_Q128, ("high", "V64"), ("scales", "V16"), _D), 2, 2, 4, 16, _read_k_scales, _add_two_bits
        ),
    }
)
"""Every quantised format by its name; the float formats have no layout."""

__all__ = ["LAYOUTS", "Blocks", "Layout", "read_integer_scales"]
