"""Memory that is taken once and used for every tile."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray


class Scratch:
    """Buffers by name; each keeps the size of the largest array that was taken from it.

    New arrays of a megabyte for every tile would cost more than what is computed with them: the system maps
    their pages one by one, and takes them back at the end of the tile.
    """

    def __init__(self) -> None:
        """Start without buffers."""
        self._buffers: dict[str, NDArray[np.uint8]] = {}

    def take(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array of undefined content; it is valid until the name is taken again.

        Examples
        --------
        >>> scratch = Scratch()
        >>> first = scratch.take("values", (2, 3), np.float32)
        >>> first.shape, np.shares_memory(first, scratch.take("values", (6,), np.float32))
        ((2, 3), True)
        """
        size = prod(shape) * np.dtype(dtype).itemsize
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size:
            buffer = self._buffers[name] = np.empty(size, np.uint8)
        return buffer[:size].view(dtype).reshape(shape)


__all__ = ["Scratch"]
