"""A measured number: its value, its bits, and what it was taken over."""

from __future__ import annotations

import math
import struct
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pvengine.models.base import ClosedModel, Text

__all__ = ["DType", "Measurement", "decode_bits", "encode_bits"]

DType = Literal["int", "float32", "float64"]
"""The types that a measurement can have; wider and narrower NumPy types are converted exactly or refused."""

_LAYOUT: dict[str, tuple[str, int]] = {"float32": (">f", 8), "float64": (">d", 16)}


def encode_bits(value: float, dtype: Literal["float32", "float64"]) -> str:
    """Encode the IEEE 754 bit pattern of a number as lower-case hexadecimal digits, sign first.

    Exact for float64. For float32 the value must be one that float32 holds, or NaN or infinite.

    Examples
    --------
    >>> encode_bits(10.75, "float32")
    '412c0000'
    >>> encode_bits(float("-inf"), "float64")
    'fff0000000000000'
    """
    return struct.pack(_LAYOUT[dtype][0], value).hex()


def decode_bits(bits: str, dtype: Literal["float32", "float64"]) -> float:
    """Decode a bit pattern of 8 (float32) or 16 (float64) hexadecimal digits; exact.

    Examples
    --------
    >>> decode_bits("3fa00000", "float32")
    1.25
    """
    layout, digits = _LAYOUT[dtype]
    if len(bits) != digits:
        msg = f"{dtype} has {digits} hexadecimal digits, got {len(bits)}"
        raise ValueError(msg)
    return float(struct.unpack(layout, bytes.fromhex(bits))[0])


class Measurement(ClosedModel):
    """One number that a falsifier measured.

    ``value`` is the shortest decimal text that reads back in ``dtype`` (so a float32 shows few digits);
    the exact number is in ``bits``. NaN and the infinities are the strings ``nan``, ``inf`` and ``-inf``,
    because strict JSON has no such numbers.
    """

    value: int | float | Literal["nan", "inf", "-inf"]
    dtype: DType
    bits: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{8}|[0-9a-f]{16})$")] | None = Field(
        default=None, description="IEEE 754 bit pattern, sign first; null for an integer"
    )
    unit: Text = Field(default="1", description="unit of the value; 1 for a pure number")
    population: str | None = Field(default=None, description="what a statistic was taken over")
    aggregation: str | None = Field(default=None, description="how the population became one number")
    arithmetic: str | None = Field(default=None, description="the arithmetic that computed it")

    @property
    def number(self) -> int | float:
        """The exact number: from the bits, or the integer itself."""
        if self.dtype == "int":
            return int(self.value)
        if self.bits is None:
            msg = f"a {self.dtype} measurement without its bit pattern"
            raise ValueError(msg)
        return decode_bits(self.bits, self.dtype)

    @property
    def is_finite(self) -> bool:
        """Whether the number is neither NaN nor infinite."""
        return math.isfinite(self.number)
