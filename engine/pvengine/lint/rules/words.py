"""Scalars that a YAML 1.1 tool reads otherwise than YAML 1.2: numbers, words, merge keys.

Most tools of the field are of YAML 1.1. Dates are left alone: they read a date where YAML 1.2 reads text,
and every contract has one. So are the single letters ``y`` and ``n``: the text of YAML 1.1 calls them
booleans, and its loaders in use read text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue
from pvengine.yamldoc.scalars import ScalarError, resolve_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.yamldoc import Node, Path

__all__ = ["iter_word_issues", "respell_number"]

_STARTS = frozenset("+-.0123456789=<yYnNoO")
"""First characters of everything that YAML 1.1 reads as a value and YAML 1.2 as text."""
_NUMBERS = frozenset({int, float})
_COLLECTIONS = frozenset({"block", "flow"})
"""Styles of collections; an alias has another, and what it names is looked at where it stands."""
_WORDS = {
    **dict.fromkeys(("yes", "Yes", "YES", "on", "On", "ON"), "true"),
    **dict.fromkeys(("no", "No", "NO", "off", "Off", "OFF"), "false"),
    **dict.fromkeys(("=", "<<"), "an indicator"),
}
_INTEGER_11 = re.compile(
    r"[-+]?(?:0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])*|0)"
)  # YAML 1.1: binary, octal, hexadecimal, base 60, decimal
_FLOAT_11 = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_SAME = re.compile(
    r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+|[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?"
    r"|\.[0-9]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
"""Numbers that both versions read, and as the same number."""
_OCTAL = re.compile(r"([-+]?)0([0-7]+)")
_DECIMAL = re.compile(r"([-+]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?)([0-9]+))?")


def iter_word_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over plain scalars that YAML 1.1 reads otherwise (PV114, PV115), and merge keys (PV117)."""
    text = loaded.document.text
    stack: list[tuple[Path, Node]] = [((), loaded.document.root)]
    while stack:
        path, node = stack.pop()
        for name, (key, value) in node.entries.items():
            if name[:1] in _STARTS and not key.style and key.tag is None:
                yield from _iter_key_issues(name, (*path, name))
            if value.style in _COLLECTIONS:
                stack.append(((*path, name), value))
            elif not value.style and _is_suspect(value):
                yield from _iter_value_issues(text, value, (*path, name))
        for index, item in enumerate(node.items):
            if item.style in _COLLECTIONS:
                stack.append(((*path, index), item))
            elif not item.style and _is_suspect(item):
                yield from _iter_value_issues(text, item, (*path, index))


def respell_number(text: str, value: float) -> str | None:
    """Spell a number so that YAML 1.1 and 1.2 read the same; None where the text does so already.

    Parameters
    ----------
    text
        The plain scalar as written, which YAML 1.2 reads as ``value``.

    Examples
    --------
    >>> [respell_number(*pair) for pair in (("1e-5", 1e-5), ("0o17", 15), ("010", 10), ("1.5", 1.5))]
    ['1.0e-5', '15', '10', None]
    """
    if _SAME.fullmatch(text):
        return None
    if isinstance(value, int):
        octal = _OCTAL.fullmatch(text)
        if octal is not None and int(octal[2], 8) == int(octal[2]):
            return None
        return str(value)
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    sign, whole, part, power_sign, power = match.groups()
    exponent = f"e{power_sign or '+'}{power}" if power else ""
    return f"{sign}{whole or '0'}.{part or '0'}{exponent}"


def _is_suspect(node: Node) -> bool:
    """Whether a plain scalar is untagged, and a number or a text that begins as a value does."""
    if node.tag is not None:
        return False
    data = node.data
    return data[:1] in _STARTS if type(data) is str else type(data) in _NUMBERS


def _iter_value_issues(text: str, node: Node, path: Path) -> Iterator[Issue]:
    """Report a suspect value that YAML 1.1 reads otherwise."""
    value = node.data
    if isinstance(value, str):
        meaning = _read_as_11(value)
        if meaning:
            yield _quote(path, value, f"YAML 1.1 reads {meaning}", at_key=False)
        return
    written = text[node.start : node.end]
    respelt = respell_number(written, value)
    if respelt is not None:
        yield Issue(
            "PV114",
            path,
            f"{_clip(written)} is a number, and YAML 1.1 reads {_clip(_read_number_11(written))}",
            f"write `{_clip(respelt)}`, which both read as the same number",
            replacement=respelt,
        )


def _iter_key_issues(name: str, path: Path) -> Iterator[Issue]:
    if name == "<<":
        yield Issue(
            "PV117",
            path,
            "`<<` is an ordinary key here: what its value holds is not merged into this mapping",
            at_key=True,
        )
        return
    meaning = _read_as_11(name)
    if meaning and _is_text(name):
        yield _quote(path, name, f"YAML 1.1 reads {meaning} as the key", at_key=True)


def _quote(path: Path, text: str, reading: str, *, at_key: bool) -> Issue:
    return Issue(
        "PV115",
        path,
        f"{shorten(text)} is text, and {reading}",
        f"write `'{_clip(text)}'`",
        at_key=at_key,
        replacement=f"'{text}'",
    )


def _read_as_11(text: str) -> str | None:
    """Say what YAML 1.1 reads where YAML 1.2 reads this text; None where it reads the same."""
    if text in _WORDS:
        return _WORDS[text]
    return "a number" if _INTEGER_11.fullmatch(text) or _FLOAT_11.fullmatch(text) else None


def _read_number_11(text: str) -> str:
    octal = _OCTAL.fullmatch(text)
    return f"{octal[1]}{int(octal[2], 8)}" if octal else "text"


def _is_text(name: str) -> bool:
    """Whether a key is text to YAML 1.2 too; the reader takes every key as its text."""
    try:
        value: Any = resolve_plain(name)
    except ScalarError:
        return False
    return isinstance(value, str)


def _clip(text: str, width: int = 40) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
