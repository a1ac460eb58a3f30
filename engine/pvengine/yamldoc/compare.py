"""Compare data exactly, and work out what data an edit must give."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pvengine.yamldoc.nodes import Path

__all__ = ["find_difference", "insert_key", "replace_value", "to_plain"]


def to_plain(value: Any) -> Any:
    """Return a value as the types that reading gives: dict, list, str, bool, int, float, None.

    Subtypes (an enumeration, a NumPy double) become the plain type, tuples lists; TypeError for the rest.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a mapping has a key that is not text")
        return {str.__str__(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    for plain in (str, int, float):
        if isinstance(value, plain):
            return str.__str__(value) if plain is str else plain(value)
    raise TypeError(f"{type(value).__name__} is not YAML data")


def find_difference(expected: Any, actual: Any) -> Path | None:
    """Return a path at which two values differ, None where they are the same.

    Types, the order of keys and the bits of floats count (1 is not 1.0, 0.0 is not -0.0); any NaN is NaN.
    """
    compared: set[tuple[int, int]] = set()
    stack: list[tuple[Path, Any, Any]] = [((), expected, actual)]
    while stack:
        path, left, right = stack.pop()
        if type(left) is not type(right):
            return path
        if not isinstance(left, dict | list):
            if not _is_same_scalar(left, right):
                return path
            continue
        pair = (id(left), id(right))
        if pair in compared:  # values of one anchor
            continue
        compared.add(pair)
        if isinstance(left, dict):
            if list(left) != list(right):
                return path
            stack.extend(((*path, key), left[key], right[key]) for key in left)
        else:
            if len(left) != len(right):
                return path
            stack.extend(((*path, index), left[index], right[index]) for index in range(len(left)))
    return None


def _is_same_scalar(left: Any, right: Any) -> bool:
    if isinstance(left, float):
        is_nan = left != left and right != right  # noqa: PLR0124 - only NaN differs from itself
        return is_nan or struct.pack("<d", left) == struct.pack("<d", right)
    return bool(left == right)


def replace_value(data: Any, path: Path, value: Any) -> Any:
    """Return the data with another value at a path; what does not lie on the path is shared."""
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = replace_value(data[path[0]], path[1:], value)
    return copy


def insert_key(
    mapping: dict[str, Any], key: str, value: Any, *, after: str | None, before: str | None
) -> Any:
    """Return the mapping with a new key behind or before another, or at the end."""
    result: dict[str, Any] = {}
    for name, item in mapping.items():
        if name == before:
            result[key] = value
        result[name] = item
        if name == after:
            result[key] = value
    result.setdefault(key, value)
    return result
