"""A measured number: its value, its bits, and what it was taken over."""

from __future__ import annotations

import math
import struct
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema

from pvengine.models.base import ClosedModel, Text, drop_default

__all__ = ["DType", "Measurement", "decode_bits", "encode_bits"]

DType = Literal["int", "float32", "float64"]
"""The types that a measurement can have; wider and narrower NumPy types are converted exactly or refused."""

_LAYOUT: dict[str, tuple[str, int]] = {"float32": (">f", 8), "float64": (">d", 16)}
_INTEGERS = range(-(2**63), 2**64)
"""What an ``int`` can be: int64 and uint64. Every larger count is a float in any array library."""


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
    because strict JSON has no such numbers. The two always agree: a value that reads back as other bits is
    refused, so that what a person sees is what was judged.
    """

    value: int | float | Literal["nan", "inf", "-inf"]
    dtype: DType
    bits: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{8}|[0-9a-f]{16})$")] | None = Field(
        default=None, description="IEEE 754 bit pattern, sign first; null for an integer"
    )
    unit: Text = Field(default="1", description="unit of the value; 1 for a pure number")
    population: str | None = Field(default=None, description="what a statistic was taken over")
    aggregation: str | None = Field(default=None, description="how the population became one number")
    normalisation: Text | SkipJsonSchema[None] = Field(
        default=None,
        description="what that was divided by; the key is there only where it was said",
        exclude_if=lambda said: said is None,
        json_schema_extra=drop_default,
    )
    arithmetic: str | None = Field(default=None, description="the arithmetic that computed it")

    @model_validator(mode="after")
    def _agree(self) -> Measurement:
        if self.dtype == "int":
            if not isinstance(self.value, int) or self.value not in _INTEGERS or self.bits is not None:
                msg = "an int measurement is an integer of at most 64 bits, without a bit pattern"
                raise ValueError(msg)
            return self
        if self.bits is None or len(self.bits) != _LAYOUT[self.dtype][1]:
            msg = f"a {self.dtype} measurement has {_LAYOUT[self.dtype][1]} hexadecimal digits of bits"
            raise ValueError(msg)
        if isinstance(self.value, int) or not _reads_back(float(self.value), self.bits, self.dtype):
            msg = f"the value {self.value} is not the number with the bits {self.bits}"
            raise ValueError(msg)
        return self

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


def _reads_back(value: float, bits: str, dtype: Literal["float32", "float64"]) -> bool:
    """Whether a value is one that the number with these bits is written as; any NaN stands for any."""
    number = decode_bits(bits, dtype)
    if math.isnan(number) or math.isnan(value):
        return math.isnan(number) and math.isnan(value)
    try:
        back = decode_bits(encode_bits(value, dtype), dtype)
    except OverflowError:
        return False
    if back == number:
        return math.copysign(1, back) == math.copysign(1, number)
    # Text that reads back in float32 may, read as a double first, fall on the middle between two of them.
    return dtype == "float32" and math.isfinite(number) and 2 * value == back + number
