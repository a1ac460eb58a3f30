"""The canonical bytes of a PRML v0.1 manifest, and the text that such a manifest cannot hold.

Format: https://spec.falsify.dev/v0.1, section 3 and its grammar. A mapping is written in block style, two
spaces for each level, with sorted keys, which are short names. A string stays plain where YAML 1.1 reads it
back as that string, and stands in single quotes elsewhere. A float is the shortest text that reads back.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Manifest = Mapping[str, "Value"]
    Value = str | int | float | Manifest

__all__ = ["refuse_text", "write_canonical"]

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff\U0010ffff]")
"""Control characters, line separators, the byte order mark, and what has no canonical form or no UTF-8."""

_INDICATORS = frozenset("#,[]{}&*!|>'\"%@`")
_INDICATORS_ALONE = frozenset("?:-")
"""Characters that cannot begin a plain string where nothing or a space follows."""

_DOCUMENT_MARKS = ("---", "...")
_RESOLVER = yaml.resolver.Resolver()
_STRING_TAG = "tag:yaml.org,2002:str"


def refuse_text(text: str) -> str | None:
    r"""Say why a manifest cannot hold a text; None where it can.

    Examples
    --------
    >>> refuse_text("two\nlines")
    'it has the character U+000A'
    """
    found = _FORBIDDEN.search(text)
    if found:
        return f"it has the character U+{ord(found[0]):04X}"
    if text and text[-1] != " " and text[-1].isspace():  # the programs of the authors cut it off
        return f"it ends with the white space U+{ord(text[-1]):04X}"
    return None if unicodedata.is_normalized("NFC", text) else "it is not in Unicode NFC"


def write_canonical(manifest: Manifest) -> bytes:
    """Return the canonical bytes of a manifest whose texts `refuse_text` lets pass.

    Examples
    --------
    >>> print(write_canonical({"threshold": 1e-5, "dataset": {"id": "1:30"}}).decode(), end="")
    dataset:
      id: '1:30'
    threshold: 1.0e-05
    """
    return "".join(_iter_lines(manifest, "")).encode()


def _iter_lines(manifest: Manifest, indent: str) -> Iterator[str]:
    for key, value in sorted(manifest.items()):
        if isinstance(value, str | int | float):
            yield f"{indent}{_write_text(key)}: {_write_scalar(value)}\n"
        else:
            yield f"{indent}{_write_text(key)}:\n"
            yield from _iter_lines(value, f"{indent}  ")


def _write_scalar(value: str | float) -> str:
    if isinstance(value, str):
        return _write_text(value)
    return _write_float(value) if isinstance(value, float) else str(value)


def _write_float(value: float) -> str:
    """Write a float with a point before its exponent, which Python leaves out after a single digit."""
    digits, mark, exponent = repr(value).partition("e")
    return f"{digits}.0e{exponent}" if mark and "." not in digits else repr(value)


def _write_text(text: str) -> str:
    return text if _is_plain(text) else "'" + text.replace("'", "''") + "'"


def _is_plain(text: str) -> bool:
    """Whether a text needs no quotes: it looks like nothing else, to YAML 1.1 and in a block mapping."""
    if not text or text != text.strip(" ") or text[0] in _INDICATORS or text.startswith(_DOCUMENT_MARKS):
        return False
    if text[0] in _INDICATORS_ALONE and text[1:2] in ("", " "):
        return False
    if ": " in text or text.endswith(":") or " #" in text:
        return False
    resolve: Callable[..., str] = _RESOLVER.resolve
    return resolve(yaml.ScalarNode, text, (True, False)) == _STRING_TAG
