"""Read scalars by the YAML 1.2 core schema.

Plain scalars are null, a boolean, an integer, a float or else a string. So ``1e-5`` is a number, and ``yes``,
``1:30``, ``1_000``, ``2026-01-01`` and ``<<`` are strings.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CORE_PREFIX",
    "ScalarError",
    "is_core_tag",
    "resolve_plain",
    "resolve_tagged",
    "shorten",
    "show_tag",
]

CORE_PREFIX = "tag:yaml.org,2002:"

DIGIT_LIMIT = 4300
"""Longest integer text that is read: the default limit of CPython, whatever the running one is set to."""

_CONSTANTS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{sign + word: math.inf for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NONZERO_MANTISSA = re.compile(r"[-+.0]*[1-9]")
_BASES = {"0o": 8, "0x": 16}


class ScalarError(ValueError):
    """A scalar that cannot be read, with the code of the rule that it breaks."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def resolve_plain(text: str) -> Any:
    """Return the value of a plain scalar.

    Examples
    --------
    >>> [resolve_plain(text) for text in ("1e-5", "0x1F", "yes", "1:30", "~")]
    [1e-05, 31, 'yes', '1:30', None]
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INTEGER.fullmatch(text):
        return _read_integer(text)
    if _FLOAT.fullmatch(text):
        return _read_float(text)
    return text


def resolve_tagged(tag: str, text: str) -> Any:
    """Return the value of a scalar under an explicit core tag, or under ``!``, which means a string."""
    if not is_core_tag(tag):
        raise ScalarError("PV107", f"the tag {show_tag(tag)} is not one of the core schema")
    name = tag.removeprefix(CORE_PREFIX)
    if name in {"!", "str"}:
        return text
    reader = _READERS.get(name)
    if reader is not None:
        try:
            return reader(text)
        except TypeError:
            pass
    raise ScalarError("PV107", f"{shorten(text, 40)!r} cannot be read under the tag {show_tag(tag)}")


def is_core_tag(tag: str) -> bool:
    """Tell whether a tag (in its long form) belongs to the core schema; ``!`` does."""
    return tag == "!" or (tag.startswith(CORE_PREFIX) and tag.removeprefix(CORE_PREFIX) in _CORE_NAMES)


def show_tag(tag: str) -> str:
    """Write a tag as it usually stands in a file."""
    if tag.startswith(CORE_PREFIX):
        return "!!" + shorten(tag.removeprefix(CORE_PREFIX))
    return shorten(tag) if tag.startswith("!") else f"!<{shorten(tag)}>"


def _read_integer(text: str) -> int:
    if len(text) > DIGIT_LIMIT:
        raise ScalarError("PV112", f"the integer {shorten(text, 40)} has more than {DIGIT_LIMIT} digits")
    base = _BASES.get(text[:2])
    return int(text[2:], base) if base else int(text)


def _read_float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ScalarError("PV112", f"the number {shorten(text, 40)} is larger than any double")
    if value == 0 and _NONZERO_MANTISSA.match(text):
        raise ScalarError("PV112", f"the number {shorten(text, 40)} is not zero and smaller than any double")
    return value


def _as_null(text: str) -> None:
    if resolve_plain(text) is not None:
        raise TypeError


def _as_bool(text: str) -> bool:
    value = resolve_plain(text)
    if not isinstance(value, bool):
        raise TypeError
    return value


def _as_integer(text: str) -> int:
    value = resolve_plain(text)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _as_float(text: str) -> float:
    value = resolve_plain(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    if isinstance(value, int) and text[:2] in _BASES:
        raise TypeError
    return value if isinstance(value, float) else _read_float(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "null": _as_null,
    "bool": _as_bool,
    "int": _as_integer,
    "float": _as_float,
}
_CORE_NAMES = frozenset({*_READERS, "str", "seq", "map"})


def shorten(text: str, width: int = 100) -> str:
    """Return a text that a message can show: of a long one its beginning and its end."""
    return text if len(text) <= width else f"{text[: width - 10]}...{text[-7:]}"
