"""Read a value that a falsifier gives as an exact number, or refuse it."""

from __future__ import annotations

import operator
from typing import Any

__all__ = ["read_number", "shorten_number"]

_INTEGERS = range(-(2**63), 2**64)
"""What a measured integer can be: int64 and uint64."""


def shorten_number(number: float, dtype: str) -> Any:
    """Return the float whose repr is the shortest text that reads back in dtype; text if not finite."""
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN alone differs from itself
        return str(float(number))
    if dtype == "float64":
        return float(number)
    import numpy as np  # noqa: PLC0415 - a float32 comes from NumPy, so it is loaded already

    return float(np.format_float_scientific(np.float32(number), unique=True))


def read_number(name: str, value: object) -> tuple[Any, Any]:
    """Split a value into an exact Python number and its dtype; TypeError where it is no number."""
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        msg = f"{name!r} is {value!r}: true and false are no measurements; count something instead"
        raise TypeError(msg)
    if isinstance(value, float) and type(value) is float:
        return value, "float64"
    dtype = getattr(value, "dtype", None)
    if dtype is not None:
        return _read_numpy_number(name, value, dtype)
    try:
        number = operator.index(value)  # type: ignore[arg-type]  # a TypeError tells what is none
    except TypeError:
        msg = f"{name!r} is a {type(value).__name__}, not a number: {value!r:.80}"
        raise TypeError(msg) from None
    if number not in _INTEGERS:
        msg = f"{name!r} is an integer of {number.bit_length()} bits, more than 64: measure it as a float"
        raise ValueError(msg)
    return number, "int"


def _read_numpy_number(name: str, value: Any, dtype: Any) -> tuple[Any, Any]:
    if getattr(value, "shape", ()) != ():
        msg = (
            f"{name!r} has shape {value.shape}: a measurement is one number; "
            "reduce it and name the aggregation"
        )
        raise TypeError(msg)
    if dtype.kind in "iu":
        return int(value), "int"
    if dtype.kind == "f" and dtype.itemsize <= 8:  # noqa: PLR2004 - bytes of a float64
        return float(value), "float64" if dtype.itemsize == 8 else "float32"  # noqa: PLR2004 - bytes of a float64
    msg = f"{name!r} has dtype {dtype}: integers, float16, float32 and float64 can be measured"
    raise TypeError(msg)
