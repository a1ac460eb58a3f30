"""Write a scalar so that every YAML reader gets back the same value.

A string stays plain only where YAML 1.2 core *and* YAML 1.1 read it as that string: most tools are of
YAML 1.1, so ``2026-11-23``, ``yes``, ``1:30`` and ``1e-5`` are quoted when they are strings.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import yaml

from pvengine.yamldoc.scalars import resolve_plain

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["render_scalar"]

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`=")
_FLOW_ONLY = re.compile(r"[,\[\]{}:?]")
_PLAIN_DASH = re.compile(r"-[A-Za-z]")
_YAML11_BOOLEANS = frozenset({"y", "Y", "n", "N"})
_YAML11_RESOLVER = yaml.resolver.Resolver()
_STRING_TAG = "tag:yaml.org,2002:str"
_WIDTHS = (("x", 2), ("u", 4), ("U", 8))
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    "\x85": "\\N",
    "\xa0": "\\_",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def render_scalar(value: Any, *, in_flow: bool = False, style: str = "") -> str:
    r"""Return the YAML text of a string, number, boolean or None, on one line.

    Parameters
    ----------
    value
        A float gets its shortest text that reads back.
    in_flow
        Whether the text will stand in brackets or braces, where fewer strings can be plain.
    style
        Quoting to keep where it can hold the value: ``'``, ``"``, or empty for no wish.

    Raises
    ------
    TypeError
        For a value of another type.

    Examples
    --------
    >>> [render_scalar(value) for value in ("1.2.0", "1.10", "2026-11-23", "a: b", "x\ty", 1e-5, None)]
    ['1.2.0', "'1.10'", "'2026-11-23'", "'a: b'", '"x\\ty"', '1.0e-05', 'null']
    """
    text = value if isinstance(value, str) else _render_plain(value)
    if style == '"' or any(not character.isprintable() for character in text):
        return '"' + "".join(_escape(character) for character in text) + '"'
    if style == "'" or (isinstance(value, str) and not _can_be_plain(text, in_flow=in_flow)):
        return "'" + text.replace("'", "''") + "'"
    return text


def _render_plain(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _render_float(value)
    raise TypeError(f"{type(value).__name__} has no YAML text")


def _render_float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    mantissa, exponent, power = repr(value).partition("e")
    # YAML 1.1 reads a number with an exponent only where it has a dot and a sign.
    if "." not in mantissa:
        mantissa += ".0"
    return f"{mantissa}e{power}" if exponent else mantissa


def _can_be_plain(text: str, *, in_flow: bool) -> bool:
    if not text or text != text.strip() or text in _YAML11_BOOLEANS:
        return False
    if text[0] in _INDICATORS and not _PLAIN_DASH.match(text):
        return False
    if ": " in text or " #" in text or text.endswith(":") or text.startswith("..."):
        return False
    if in_flow and _FLOW_ONLY.search(text):
        return False
    return _reads_as_string(text)


def _reads_as_string(text: str) -> bool:
    if not isinstance(_try_core(text), str):
        return False
    resolve: Callable[..., str] = _YAML11_RESOLVER.resolve
    return resolve(yaml.ScalarNode, text, (True, False)) == _STRING_TAG


def _try_core(text: str) -> Any:
    try:
        return resolve_plain(text)
    except ValueError:
        return None


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    letter, width = next((letter, width) for letter, width in _WIDTHS if code < 16**width)
    return f"\\{letter}{code:0{width}x}"
