"""Where the fields of each quantised format lie, and how blocks are unpacked without touching single weights.

Every quantised format reads weight = scale * quant - offset, with one scale (and offset) for each group of
16 or 32 weights. Quants of four bits lie in two planes: the lower nibbles of a run of bytes are the weights
of one run, the upper nibbles those of the next. A plane is unpacked by one operation on contiguous bytes,
then copied to the order of the weights run by run.
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

    from pvfalsifiers.blocks.scratch import Scratch

Blocks: TypeAlias = NDArray[np.void]
"""Blocks as a structured array, shape (rows, n)."""
Scales: TypeAlias = tuple[Float32Array, Float32Array | None]
"""Scales and offsets of the groups, each of shape (rows, n, groups), as ggml rounds them."""


_NIBBLE = 4


@dataclass(frozen=True)
class Layout:
    """How the blocks of a quantised format are read."""

    fields: np.dtype[np.void]
    """The fields of a block; quants are opaque bytes, which NumPy copies block by block."""
    width: int
    """Weights of a group."""
    run: int
    """Bytes of a run; 0 where a byte is a quant."""
    read_scales: Callable[[Blocks], Scales]
    read_high: Callable[[Blocks, Scratch], UInt8Array] | None = None
    """The bits above the nibbles, in their place and in the order of the weights."""
    zero: int = 0
    """What is taken off a quant."""

    def view_blocks(self, data: UInt8Array) -> Blocks:
        """Return bytes, shape (rows, row_bytes), as blocks."""
        if data.shape[1] and data.strides[1] != 1:
            data = np.ascontiguousarray(data)
        blocks: Blocks = data.view(self.fields)
        return blocks

    def unpack(self, blocks: Blocks, scratch: Scratch) -> Int8Array:
        """Return the quants in the order of the weights, shape (rows, n, weights), contiguous.

        They lie in the scratch, and are valid until something else is unpacked into it.
        """
        field = blocks["quants"]
        stored = scratch.take("stored", field.shape, field.dtype)
        np.copyto(stored, field)
        size = field.dtype.itemsize
        if not self.run:
            return stored.view(np.int8).reshape(*blocks.shape, size)
        quants = scratch.take("quants", (*blocks.shape, 2 * size), np.uint8)
        runs = quants.view(f"V{self.run}").reshape(*blocks.shape, size // self.run, 2)
        stored = stored.view(np.uint8).reshape(*blocks.shape, size)
        plane = scratch.take("plane", stored.shape, np.uint8)
        planes = plane.view(f"V{self.run}").reshape(runs.shape[:-1])
        np.bitwise_and(stored, 15, out=plane)
        np.copyto(runs[..., 0], planes)
        np.right_shift(stored, 4, out=plane)
        np.copyto(runs[..., 1], planes)
        if self.read_high is not None:
            np.bitwise_or(quants, self.read_high(blocks, scratch).reshape(quants.shape), out=quants)
        if self.zero:
            np.subtract(quants, self.zero, out=quants)
        return quants.view(np.int8)


def _copy_bytes(field: NDArray[Any]) -> UInt8Array:
    """Return an opaque field of (rows, n) blocks as contiguous bytes, shape (rows, n, size)."""
    return np.ascontiguousarray(field).view(np.uint8).reshape(*field.shape, field.dtype.itemsize)


def _read_half(field: NDArray[Any]) -> Float32Array:
    """Return a float16 field as float32, shape (rows, n, 1)."""
    return np.asarray(field.astype(np.float32)[..., None])


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
    return _scale(blocks["d"], scales), None if mins is None else _scale(blocks["dmin"], mins)


def _scale(field: NDArray[Any], integers: NDArray[Any]) -> Float32Array:
    """Return the products of a float16 field with the integers of its block, shape (rows, n, groups)."""
    values = integers.astype(np.float32)
    # Repeated, not broadcast, which would run over one block at a time and take several times as long.
    values *= np.repeat(field.astype(np.float32), values.shape[-1], axis=-1).reshape(values.shape)
    return values


_FIFTH_BITS = (np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little") << 4).view(
    "<u8"
)
"""For each byte its bits, lowest first, each in the place of a fifth bit in a byte of its own."""


def _read_fifth_bits(blocks: Blocks, scratch: Scratch) -> UInt8Array:
    """Q5_0 and Q5_1: bit i of four bytes is the fifth bit of weight i."""
    high = _copy_bytes(blocks["high"])
    bits = scratch.take("bits", high.shape, "<u8")
    np.take(_FIFTH_BITS[:, 0], high, out=bits, mode="clip")
    return bits.view(np.uint8)


def _read_fifth_bits_k(blocks: Blocks, scratch: Scratch) -> UInt8Array:
    """Q5_K: bit j of byte i is the fifth bit of weight 32 j + i."""
    return _spread_bits(blocks, scratch, 1)


def _read_two_bits(blocks: Blocks, scratch: Scratch) -> UInt8Array:
    """Q6_K: of each 128 weights, two bits of byte i belong to the weights i, 32 + i, 64 + i and 96 + i."""
    return _spread_bits(blocks, scratch, 2)


def _spread_bits(blocks: Blocks, scratch: Scratch, step: int) -> UInt8Array:
    """Return so many bits after so many of each 32 bytes, each time in the place above a nibble.

    Eight bytes are shifted as one word: what crosses into the next byte is masked away.
    """
    field = blocks["high"]
    high = scratch.take("high", field.shape, field.dtype)
    np.copyto(high, field)
    words = high.view("<u8")
    shifted = scratch.take("shifted", words.shape, "<u8")
    runs = shifted.view("V32").reshape(*field.shape, field.dtype.itemsize // 32)
    bits = scratch.take("bits", (*runs.shape, 8 // step), "V32")
    for place, shift in enumerate(range(0, 8, step)):
        if shift <= _NIBBLE:
            np.left_shift(words, _NIBBLE - shift, out=shifted)
        else:
            np.right_shift(words, shift - _NIBBLE, out=shifted)
        np.bitwise_and(shifted, (2**step - 1) * 0x1010101010101010, out=shifted)
        np.copyto(bits[..., place], runs)
    return bits.view(np.uint8)


def _fields(*fields: tuple[str, str]) -> np.dtype[np.void]:
    return np.dtype(list(fields))


_D, _M, _DMIN = ("d", "<f2"), ("m", "<f2"), ("dmin", "<f2")
_Q16, _Q128 = ("quants", "V16"), ("quants", "V128")
_SCALES = (("first", "<u4"), ("second", "<u4"), ("nibbles", "<u4"))
_HIGH = ("high", "V4")

LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "Q4_0": Layout(_fields(_D, _Q16), 32, 16, _read_scale, zero=8),
        "Q4_1": Layout(_fields(_D, _M, _Q16), 32, 16, _read_scale_and_least),
        "Q5_0": Layout(_fields(_D, _HIGH, _Q16), 32, 16, _read_scale, _read_fifth_bits, zero=16),
        "Q5_1": Layout(_fields(_D, _M, _HIGH, _Q16), 32, 16, _read_scale_and_least, _read_fifth_bits),
        "Q8_0": Layout(_fields(_D, ("quants", "V32")), 32, 0, _read_scale),
        "Q4_K": Layout(_fields(_D, _DMIN, *_SCALES, _Q128), 32, 32, _read_k_scales),
        "Q5_K": Layout(
            _fields(_D, _DMIN, *_SCALES, ("high", "V32"), _Q128), 32, 32, _read_k_scales, _read_fifth_bits_k
        ),
        "Q6_K": Layout(
            _fields(_Q128, ("high", "V64"), ("scales", "V16"), _D),
            16,
            64,
            _read_k_scales,
            _read_two_bits,
            zero=32,
        ),
    }
)
"""Every quantised format by its name; the float formats have no layout."""

__all__ = ["LAYOUTS", "Blocks", "Layout", "read_integer_scales"]
