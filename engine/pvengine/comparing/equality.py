"""Tell whether two values mean the same: the order of keys does not count, and 1 equals 1.0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["freeze", "is_blank", "is_number", "is_same"]


def freeze(value: Any) -> Hashable:
    """Return what stands for a value: equal for two values exactly where they mean the same.

    A whole number equals its float, NaN equals NaN, negative zero is no zero, true is no 1, and the order
    of keys is nothing.

    Examples
    --------
    >>> freeze({"a": 1, "b": [2]}) == freeze({"b": [2.0], "a": 1.0})
    True
    >>> freeze(True) == freeze(1), freeze("1") == freeze(1), freeze(0.0) == freeze(-0.0)
    (False, False, False)
    """
    if isinstance(value, dict):
        return frozenset((key, freeze(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return ("list", *(freeze(item) for item in value))
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, float) and (math.isnan(value) or (value == 0 and math.copysign(1, value) < 0)):
        return ("float", str(value))
    return ("none",) if value is None else value


def is_same(before: Any, after: Any) -> bool:
    """Whether two values mean the same; see `freeze`."""
    return freeze(before) == freeze(after)


def is_blank(value: Any) -> bool:
    """Whether a value holds nothing: null, white space, an empty list or mapping."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or (isinstance(value, list | dict) and not value)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)
