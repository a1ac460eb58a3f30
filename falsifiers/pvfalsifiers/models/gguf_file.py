"""GGUF files, memory-mapped: their metadata and their tensors, read through the package `gguf`.

The package is an extra and is imported when a file is opened. It reads past the end of a file without a word:
a slice that ends early has fewer items, and a list of 2**60 numbers is counted through. So the reader here
refuses each slice that leaves the file, and takes a list of numbers as one slice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pvfalsifiers.models.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gguf import GGUFReader
    from numpy.typing import NDArray

__all__ = ["GgufFile", "StoredTensor", "open_gguf"]

_FETCH = "fetch the file again, and compare its SHA-256 with the published one"


@dataclass(frozen=True)
class StoredTensor:
    """A tensor as it lies in the file.

    Parameters
    ----------
    name
        Its name in the file.
    format
        Name of its block format, such as ``"Q4_K"``.
    shape
        Rows first: ``(rows, columns)`` of a matrix, ``(n,)`` of a vector.
    data : uint8, shape (rows, bytes of a row) or (bytes,)
        The file's own bytes.
    """

    name: str
    format: str
    shape: tuple[int, ...]
    data: NDArray[np.uint8] = field(repr=False)


@dataclass(frozen=True)
class GgufFile:
    """An open GGUF file.

    Parameters
    ----------
    path
        Where it lies.
    tensors
        Its tensors by name.
    fields
        Its metadata by key, as the package `gguf` has it.
    """

    path: Path
    tensors: Mapping[str, StoredTensor]
    fields: Mapping[str, Any] = field(repr=False)

    def find(self, key: str, kind: type, default: Any = None) -> Any:
        """Find one value of the metadata; a key that is not there gives the default.

        Parameters
        ----------
        key
            Such as ``"llama.block_count"``.
        kind
            ``int``, ``float``, ``bool``, ``str``, or ``list`` for an array of any of them.
        default
            What an absent key gives.

        Raises
        ------
        ModelError
            The value is of another kind, or a text is not UTF-8.
        """
        if key not in self.fields:
            return default
        try:
            value = self.fields[key].contents()
        except UnicodeDecodeError as error:
            raise self.refuse(f"the text of {key!r} is not UTF-8", "every text of a GGUF file is") from error
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
            raise self.refuse(f"{key!r} is {value!r:.60}", f"it is a {kind.__name__}, and finite")
        return value

    def get(self, key: str, kind: type) -> Any:
        """Return one value of the metadata.

        Raises
        ------
        ModelError
            The key is not there, or its value is of another kind.
        """
        if key not in self.fields:
            raise self.refuse(f"{key!r} is not in the metadata", "the model cannot be run without it")
        return self.find(key, kind)

    def refuse(self, what: str, why: str, fix: str = _FETCH) -> ModelError:
        """Make the error that says what is wrong with this file."""
        return ModelError(what, where=str(self.path), why=why, fix=fix)


def open_gguf(path: Path | str) -> GgufFile:
    """Open a GGUF file; tensors stay in the file until they are used.

    Raises
    ------
    ModelError
        The file is missing, cannot be read, is no GGUF file of this byte order, ends early, or has a tensor
        of a type that the package `gguf` does not know; or the package is missing.
    """
    path = Path(path)
    try:
        reader = _import_reader()(path)
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise ModelError(
            what,
            where=str(path),
            why="a model is a file that can be read",
            fix="put the file there, or name another",
        ) from error
    except (ValueError, LookupError, OverflowError, RecursionError, EOFError) as error:
        what = f"is no whole GGUF file: {_say(error)}"
        why = "a model is a GGUF file of version 2 or 3, and all that it names lies in it"
        raise ModelError(what, where=str(path), why=why, fix=_FETCH) from error
    found = GgufFile(path, _collect_tensors(reader), reader.fields)
    if reader.byte_order != "I":
        raise found.refuse(
            "is of the other byte order", "blocks are read as they lie", "convert it on a machine like this"
        )
    return found


def _collect_tensors(reader: GGUFReader) -> dict[str, StoredTensor]:
    """Return the tensors of an open file by name, their bytes unread."""
    tensors = {}
    for tensor in reader.tensors:
        shape = tuple(int(count) for count in reversed(tensor.shape.tolist()))
        raw = np.ascontiguousarray(tensor.data).view(np.uint8).reshape(*shape[:-1], -1)
        tensors[tensor.name] = StoredTensor(tensor.name, tensor.tensor_type.name, shape, raw)
    return tensors


def _say(error: Exception) -> str:
    text = error.args[0] if error.args else type(error).__name__
    return f"{text}"[:160]


@cache
def _import_reader() -> type[GGUFReader]:
    """Return a reader of the package `gguf` that refuses what leaves the file."""
    try:
        import gguf  # noqa: PLC0415 - an extra; everything but real weights works without it
    except ImportError as error:
        raise ModelError(
            "the package gguf is missing", why="it reads GGUF files", fix="pip install 'pvengine[models]'"
        ) from error
    return type("CheckedReader", (_BoundsChecks, gguf.GGUFReader), {})


class _BoundsChecks:
    """What is put before the package's reader: each slice lies in the file, and lists are read whole."""

    byte_order: str
    gguf_scalar_to_np: Mapping[Any, type[np.generic]]
    _bytes: NDArray[np.uint8]

    @property
    def data(self) -> NDArray[np.uint8]:
        """The bytes of the file."""
        return self._bytes

    @data.setter
    def data(self, mapped: NDArray[np.uint8]) -> None:
        self._bytes = mapped.view(np.ndarray)  # slices of a memmap cost ten times those of an array

    def _get(
        self, offset: int, dtype: Any, count: int = 1, override_order: str | None = None
    ) -> NDArray[Any]:
        wanted = np.dtype(dtype)
        end = int(offset) + wanted.itemsize * int(count)
        if end > len(self._bytes):
            raise EOFError(f"it ends at byte {len(self._bytes)}, and byte {end - 1} is needed")
        order: Any = self.byte_order if override_order is None else override_order
        values: NDArray[Any] = self._bytes[int(offset) : end].view(wanted)
        return values if order == "I" else values.view(wanted.newbyteorder(order))

    def _get_field_parts(
        self, orig_offs: int, raw_type: int
    ) -> tuple[int, list[NDArray[Any]], list[int], list[Any]]:
        import gguf  # noqa: PLC0415 - an extra, imported before this class is used

        kinds = gguf.GGUFValueType
        if raw_type != kinds.ARRAY:
            found: tuple[int, list[NDArray[Any]], list[int], list[Any]]
            found = super()._get_field_parts(orig_offs, raw_type)  # type: ignore[misc] # of the package's reader
            return found
        parts = [self._get(orig_offs, np.uint32), self._get(orig_offs + 4, np.uint64)]
        kind, count = kinds(int(parts[0][0])), int(parts[1][0])
        types, size = [kinds.ARRAY, kind] if count else [kinds.ARRAY], 12
        if kind == kinds.STRING:
            for _ in range(count):
                length = int(self._get(orig_offs + size, np.uint64)[0])
                parts.append(self._get(orig_offs + size + 8, np.uint8, length))
                size += 8 + length
            return size, parts, list(range(2, 2 + count)), types
        if kind not in self.gguf_scalar_to_np:
            raise ValueError(f"an array of {kind.name} in the metadata")
        parts.append(self._get(orig_offs + size, self.gguf_scalar_to_np[kind], count))
        return size + int(parts[2].nbytes), parts, [2], types
