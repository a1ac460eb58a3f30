"""Appending an item adds its lines and nothing else: exact results."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.yamldoc import read_document
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.edits import AppendItem

AMENDMENT = {
    "version": "1.2.0",
    "date": "2026-11-23",
    "kind": "discharge",
    "tests": [
        {
            "id": "T-005",
            "from": "NEW",
            "to": "DISCHARGED",
            "verdict": "FALSIFIED",
            "head": "sha256:0a",
            "count": 1,
        }
    ],
    "previous": None,
}
ROW = "{id: T-005, from: NEW, to: DISCHARGED, verdict: FALSIFIED, head: 'sha256:0a', count: 1}"
BLOCK = f"""\
- version: 1.2.0
  date: '2026-11-23'
  kind: discharge
  tests:
  - {ROW}
  previous: null
"""
INDENTED = f"""\
  - version: 1.2.0
    date: '2026-11-23'
    kind: discharge
    tests:
      - {ROW}
    previous: null
"""


def append(source: str, value: Any, path: tuple[str | int, ...] = ("l",)) -> str:
    document = read_document(source.encode(), "c.yaml")
    return apply_edits(document, [AppendItem(path, value)]).raw.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("l: []\n", "l:\n"),
        ("l: [] # none yet\nz: 1\n", "l: # none yet\n"),
        ("l: [ ]\n", "l:\n"),
        ("l:\nz: 1\n", "l:\n"),
        ("l: # none\n# more\nz: 1\n", "l: # none\n"),
        ("l: null\n", "l:\n"),
        ("l:   ~   # c\n", "l:   # c\n"),
        ("l: &a []\n", "l: &a\n"),
        ("z: 1\n", "z: 1\nl:\n"),
    ],
)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("style", "block"), [("x:\n- 1\n", BLOCK), ("x:\n  - 1\n", INDENTED)], ids=["flush", "indented"]
)
def test_a_list_is_begun(before: str, after: str, line_break: str, style: str, block: str) -> None:
    head = before.index("l:") if "l:" in before else len(before)
    rest = before[before.index("\n", head) + 1 :] if "l:" in before else ""
    expected = (style + after + block + rest).replace("\n", line_break)
    if "~" in before:
        expected = expected.replace("l:   #", "l:   #")
    assert append((style + before).replace("\n", line_break), AMENDMENT) == expected


def test_an_amendment_follows_another() -> None:
    source = "a: 1\nl:\n" + BLOCK + "\n# end\nz: 2\n"
    assert append(source, AMENDMENT) == "a: 1\nl:\n" + BLOCK + BLOCK + "\n# end\nz: 2\n"


ITEMS = {
    "block": ("l:\n- a\n- b # c\nz: 1\n", "l:\n- a\n- b # c\n- v\nz: 1\n"),
    "indented": ("l:\n    - a\n", "l:\n    - a\n    - v\n"),
    "wide dash": ("l:\n-   a: 1\n    b: 2\n", "l:\n-   a: 1\n    b: 2\n-   v\n"),
    "no final newline": ("l:\n- a", "l:\n- a\n- v"),
    "empty item": ("l:\n-\n- \nz: 1\n", "l:\n-\n- \n- v\nz: 1\n"),
    "literal": ("l:\n- |\n  x\n\nz: 1\n", "l:\n- |\n  x\n- v\n\nz: 1\n"),
    "literal, kept": ("l:\n- |+\n  x\n\nz: 1\n", "l:\n- |+\n  x\n\n- v\nz: 1\n"),
    "literal, no final newline": ("l:\n- |\n  x", "l:\n- |-\n  x\n- v"),
    "kept, no final newline": ("l:\n- |2+\n    x", "l:\n- |2-\n    x\n- v"),
    "comment between": ("l:\n- a\n# c\n- b\n# d\n", "l:\n- a\n# c\n- b\n- v\n# d\n"),
    "brackets": ("l: [a, b] # c\n", "l: [a, b, v] # c\n"),
    "trailing comma": ("l: [a, b,]\n", "l: [a, b, v,]\n"),
    "lines": ("l: [\n  a,\n  b\n]\n", "l: [\n  a,\n  b,\n  v\n]\n"),
    "lines, comments": ("l: [\n  a, # x\n  b # y\n]\n", "l: [\n  a, # x\n  b, # y\n  v\n]\n"),
    "empty over lines": ("l: [\n  # none\n]\n", "l: [v\n  # none\n]\n"),
    "pair": ("l: [a: 1]\n", "l: [a: 1, v]\n"),
    "in braces": ("{l: [], z: 1}\n", "{l: [v], z: 1}\n"),
    "missing in braces": ("{z: 1}\n", "{z: 1, l: [v]}\n"),
    "empty in braces": ("{l: , z: 1}\n", "{l: [v], z: 1}\n"),
    "anchor": ("l: &a\n- a\nz: 1\n", "l: &a\n- a\n- v\nz: 1\n"),
}


@pytest.mark.parametrize(("before", "after"), ITEMS.values(), ids=ITEMS.keys())
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "BOM"])
def test_a_string(before: str, after: str, line_break: str, bom: str) -> None:
    source, expected = (bom + text.replace("\n", line_break) for text in (before, after))
    assert append(source, "v") == expected


def test_a_nested_empty_list_stays_in_its_line() -> None:
    assert append("l:\n- []\n- x\n", "v", ("l", 0)) == "l:\n- [v]\n- x\n"


def test_a_mapping_in_brackets_is_written_in_braces() -> None:
    assert append("l: [{a: 1}]\n", {"b": [1, {"c": "x, y"}]}) == "l: [{a: 1}, {b: [1, {c: 'x, y'}]}]\n"


def test_items_keep_the_order_given() -> None:
    document = read_document(b"l: []\nz: 1\n", "c.yaml")
    edits = [AppendItem(("l",), value) for value in ("a", "b", "c")]
    assert apply_edits(document, edits).text == "l:\n- a\n- b\n- c\nz: 1\n"
