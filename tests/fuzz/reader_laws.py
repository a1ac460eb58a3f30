"""What must hold whatever bytes a contract file has; `check_reading` fails where it does not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pvengine.diagnostics import ContractError
from pvengine.loading.contract_file import load_contract
from pvengine.yamldoc import Document, Node, NodeKind
from pvengine.yamldoc.lines import MAX_SNIPPET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.diagnostics import Diagnostic

__all__ = ["check_reading"]

_BREAK = re.compile(r"\r\n|\r|\n")
_MOST_MESSAGE = 2000
_READ_OTHERWISE = frozenset("\x85\u2028\u2029\ufeff")
"""Characters that YAML 1.1 counts as line breaks, and marks, of which PyYAML drops another number."""
_OTHER_IN_YAML_11 = re.compile(
    r"(?ix)"
    r"y(es)?|no?|on|off"  # booleans of 1.1
    r"|[-+]?(0|[1-9])[0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"  # numbers to the base of sixty
    r"|[-+]?0[0-7_]+|[-+]?0[0-9]+|0o[0-7]+|[-+]?0b[01_]+|[-+]?0x[0-9a-f_]+|[-+]?[0-9._]*_[0-9._e+-]*"
    r"|[-+]?[0-9]+e[-+]?[0-9]+|[-+]?([0-9]+\.[0-9]*|\.[0-9]+)e[0-9]+|[-+]\.[0-9]+(e[-+]?[0-9]+)?"  # floats
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"  # dates
    r"|=|<<",
    re.DOTALL,
)
"""Plain text that is one thing in YAML 1.1, which PyYAML reads, and another in YAML 1.2."""


def check_reading(raw: bytes) -> Document | None:
    """Read bytes as a contract; return the document, None where they are refused with findings."""
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        loaded = load_contract(Path("x.yaml"), "x.yaml", raw)
    except ContractError as error:
        assert error.diagnostics  # noqa: PT017 - anything else that is raised is a failure by itself
        _check_places(error.diagnostics, text)
        return None
    _check_places(loaded.diagnostics, text)
    document = loaded.document
    assert document.encode() == raw
    _check_ranges(document.root, len(document.text))
    if not _READ_OTHERWISE & set(document.text):
        _compare_with_pyyaml(document)
    return document


def _check_places(found: Iterable[Diagnostic], text: str) -> None:
    """Every finding stands inside the text, ends behind its beginning, and shows its line."""
    starts = [0, *(match.end() for match in _BREAK.finditer(text))]
    ends = [*(match.start() for match in _BREAK.finditer(text)), len(text)]
    for finding in found:
        place = finding.place
        assert place is not None
        assert len(finding.message) < _MOST_MESSAGE
        begin = starts[place.line - 1] + place.column - 1
        end = starts[place.end_line - 1] + place.end_column - 1
        assert 0 <= begin <= end <= len(text)
        assert begin <= ends[place.line - 1] + 1
        line = text[starts[place.line - 1] : ends[place.line - 1]]
        is_wide = finding.code == "PV101" and not place.snippet  # UTF-16: no line can be shown
        assert is_wide or place.snippet == line[:MAX_SNIPPET]


def _check_ranges(root: Node, length: int) -> None:
    """Every node lies inside the node that holds it."""
    waiting = [(root, 0, length)]
    while waiting:
        node, first, last = waiting.pop()
        assert first <= node.start <= node.end <= last
        if not node.is_alias:
            inner = [part for entry in node.entries.values() for part in entry] + list(node.items)
            waiting += [(part, node.start, max(node.end, node.start)) for part in inner]


def _compare_with_pyyaml(document: Document) -> None:
    """The data is PyYAML's, save for scalars that YAML 1.1 and 1.2 read otherwise."""
    loader = yaml.CSafeLoader(document.text)
    try:
        other = loader.get_single_node()
    except yaml.composer.ComposerError:
        return  # an anchor that is given again, as YAML 1.2 allows
    seen: set[int] = set()
    waiting = [(document.root, other)]
    while waiting:
        node, other = waiting.pop()
        if id(other) in seen:  # an alias: it is the same object for both
            continue
        seen.add(id(other))
        if node.kind is NodeKind.MAPPING:
            assert [key.value for key, _ in other.value] == list(node.entries)
            waiting += [
                (mine, its[1]) for (_, mine), its in zip(node.entries.values(), other.value, strict=True)
            ]
        elif node.kind is NodeKind.SEQUENCE:
            waiting += list(zip(node.items, other.value, strict=True))
        elif node.tag != "!":  # a string in YAML 1.2, nothing special to PyYAML
            _compare_scalars(node.data, other, loader)


def _compare_scalars(data: Any, other: yaml.ScalarNode, loader: yaml.CSafeLoader) -> None:
    if (not other.style or not other.tag.endswith(":str")) and _OTHER_IN_YAML_11.fullmatch(other.value):
        return
    expected = loader.construct_object(other)
    assert type(data) is type(expected)
    assert data == expected or (data != data and expected != expected)  # noqa: PLR0124 - both not a number
