"""The formats of weights: how many weights a block holds, in how many bytes, and what multiplies them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class BlockFormat:
    """One format of weights as ggml stores them."""

    name: str
    """As ggml and GGUF write it: Q4_K."""
    weights: int
    """Weights of a block; 1 for the float formats."""
    bytes: int
    """Bytes of a block."""
    activations: str
    """The kind to which ggml quantises what is multiplied with these weights, see `quantize_activations`."""

    def count_row_bytes(self, columns: int) -> int:
        """Return the bytes of a row of so many weights.

        Raises
        ------
        ValueError
            The columns do not fill whole blocks.

        Examples
        --------
        >>> FORMATS["Q4_K"].count_row_bytes(512)
        288
        """
        if columns % self.weights:
            raise ValueError(
                f"columns: got {columns}, which is no multiple of {self.weights}; "
                f"a row of {self.name} holds whole blocks of {self.weights} weights"
            )
        return columns // self.weights * self.bytes

    def count_columns(self, row_bytes: int) -> int:
        """Return the weights of a row of so many bytes.

        Raises
        ------
        ValueError
            The bytes are no whole blocks.

        Examples
        --------
        >>> FORMATS["Q8_0"].count_columns(68)
        64
        """
        if row_bytes % self.bytes:
            raise ValueError(
                f"row_bytes: got {row_bytes}, which is no multiple of {self.bytes}; "
                f"a row of {self.name} holds whole blocks of {self.bytes} bytes: is it another format?"
            )
        return row_bytes // self.bytes * self.weights


FORMATS: Mapping[str, BlockFormat] = MappingProxyType(
    {
        each.name: each
        for each in (
            BlockFormat("F32", 1, 4, "F32"),
            BlockFormat("F16", 1, 2, "F16"),
            BlockFormat("BF16", 1, 2, "BF16"),
            BlockFormat("Q4_0", 32, 18, "Q8_0"),
            BlockFormat("Q4_1", 32, 20, "Q8_1"),
            BlockFormat("Q5_0", 32, 22, "Q8_0"),
            BlockFormat("Q5_1", 32, 24, "Q8_1"),
            BlockFormat("Q8_0", 32, 34, "Q8_0"),
            BlockFormat("Q4_K", 256, 144, "Q8_K"),
            BlockFormat("Q5_K", 256, 176, "Q8_K"),
            BlockFormat("Q6_K", 256, 210, "Q8_K"),
        )
    }
)
"""Every format that can be read, by its name."""


def find_format(name: str) -> BlockFormat:
    """Return the format of this name.

    Raises
    ------
    ValueError
        There is none.

    Examples
    --------
    >>> find_format("Q6_K").bytes
    210
    >>> find_format("IQ2_S")
    Traceback (most recent call last):
    ...
    ValueError: format: 'IQ2_S' is not read here; these are: F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, \
Q4_K, Q5_K, Q6_K
    """
    found = FORMATS.get(name)
    if found is None:
        raise ValueError(f"format: {name!r} is not read here; these are: {', '.join(FORMATS)}")
    return found


__all__ = ["FORMATS", "BlockFormat", "find_format"]
