"""Tell a GGUF file that is whole from one that is not, by its header; no tensor is read.

A header has the magic, a version, the counts of tensors and of metadata, the metadata, and for each tensor
its name, shape, type and offset. The data follows, aligned. So the header says where the file must end.
"""

from __future__ import annotations

import mmap
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["find_damage"]

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_ALIGNMENT = 32
_MOST_DIMENSIONS = 4
_STRING, _ARRAY = 8, 9
_UINT32 = 4
_VALUE_BYTES = {0: 1, 1: 1, 2: 2, 3: 2, _UINT32: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a metadata value, by the number of its type; texts and arrays say their own length."""

_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 40),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18),
}  # fmt: skip
"""Weights and bytes of a block, by the number of the tensor's type."""


class _UnknownError(ValueError):
    """The header has something that this reader does not know."""


def find_damage(path: Path) -> str | None:
    """Say why a model file cannot be what its name says; None where nothing is wrong with it.

    A file that is neither called ``.gguf`` nor begins like one may have any content.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    with path.open("rb") as stream:
        start = stream.read(len(_MAGIC))
        if start != _MAGIC:
            return "it is no GGUF file: it does not begin with GGUF" if path.suffix == ".gguf" else None
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _check(content)


def _check(content: mmap.mmap) -> str | None:
    try:
        wanted = _Header(content).find_end()
    except struct.error:
        return f"it is truncated: it ends after {len(content)} bytes, inside its header"
    except _UnknownError as error:
        return str(error)
    if wanted > len(content):
        return f"it is truncated: it has {len(content)} bytes, its header speaks of {wanted}"
    return None


class _Header:
    """Reads the header from its begin to its end; struct.error where the file ends before."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._place = len(_MAGIC)
        self._order = "<"
        (version,) = self._take("I")
        if version not in _VERSIONS:
            self._order, self._place = ">", len(_MAGIC)
            (other,) = self._take("I")
            if other not in _VERSIONS:
                raise _UnknownError(f"its GGUF version {version} is not known; known are 2 and 3")

    def find_end(self) -> int:
        """Find where the last tensor ends: the least size of the file."""
        tensors, entries = self._take("QQ")
        alignment = _ALIGNMENT
        for _ in range(entries):
            key = self._take_text()
            (kind,) = self._take("I")
            if key == b"general.alignment" and kind == _UINT32:
                (alignment,) = self._take("I")
            else:
                self._skip_value(kind)
        ends = [self._take_tensor() for _ in range(tensors)]
        if not alignment:
            raise _UnknownError("its alignment is 0")
        start = -(-self._place // alignment) * alignment
        return start + max(ends) if ends else self._place

    def _take_tensor(self) -> int:
        """Return where a tensor ends, counted from the begin of the data."""
        self._take_text()
        (dimensions,) = self._take("I")
        if dimensions > _MOST_DIMENSIONS:
            raise _UnknownError(f"a tensor of it has {dimensions} dimensions, at most 4 can be")
        shape = self._take("Q" * dimensions)
        kind, offset = self._take("IQ")
        if kind not in _BLOCKS:
            return int(offset)
        count = 1
        for length in shape:
            count *= length
        weights, size = _BLOCKS[kind]
        return int(offset) + count // weights * size

    def _take(self, letters: str) -> tuple[int, ...]:
        form = self._order + letters
        values: tuple[int, ...] = struct.unpack_from(form, self._content, self._place)
        self._place += struct.calcsize(form)
        return values

    def _take_text(self) -> bytes:
        (length,) = self._take("Q")
        self._skip(length)
        return self._content[self._place - length : self._place]

    def _skip(self, length: int) -> None:
        if self._place + length > len(self._content):
            raise struct.error
        self._place += length

    def _skip_value(self, kind: int) -> None:
        if kind == _STRING:
            self._take_text()
        elif kind in _VALUE_BYTES:
            self._skip(_VALUE_BYTES[kind])
        elif kind == _ARRAY:
            self._skip_array()
        else:
            raise _UnknownError(f"its metadata has a value of type {kind}, which is not known")

    def _skip_array(self) -> None:
        kind, count = self._take("IQ")
        if kind in _VALUE_BYTES:
            self._skip(_VALUE_BYTES[kind] * count)
        elif kind == _STRING:
            for _ in range(count):
                self._take_text()
        else:
            raise _UnknownError(f"its metadata has an array of type {kind}, which is not known")
