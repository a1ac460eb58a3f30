"""Inserting a key adds its line (or its few characters in braces) and nothing else: exact results."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.yamldoc import read_document
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.edits import AppendItem, Edit, InsertKey, SetScalar, set_key

BLOCK = {
    "at the end": ("a: 1\n", (), "a: 1\nk: v\n"),
    "behind a key": ("a: 1\nb: 2\n", ("a",), "a: 1\nk: v\nb: 2\n"),
    "behind the first that exists": ("a: 1\nb: 2\n", ("no", "a", "b"), "a: 1\nk: v\nb: 2\n"),
    "none of them exists": ("a: 1\n", ("no",), "a: 1\nk: v\n"),
    "trailing comment": ("a: 1 # c\n# d\nb: 2\n", ("a",), "a: 1 # c\nk: v\n# d\nb: 2\n"),
    "comments at the end": ("a: 1 # c\n\n# end\n", (), "a: 1 # c\nk: v\n\n# end\n"),
    "no final newline": ("a: 1", (), "a: 1\nk: v"),
    "comment without final newline": ("a: 1\nb: 2 # c", (), "a: 1\nb: 2 # c\nk: v"),
    "nested value": ("a:\n    b:\n    - c\nd: 1\n", ("a",), "a:\n    b:\n    - c\nk: v\nd: 1\n"),
    "empty value": ("a:\nb: 1\n", ("a",), "a:\nk: v\nb: 1\n"),
    "empty value with comment": ("a: # c\n  # d\nb: 1\n", ("a",), "a: # c\nk: v\n  # d\nb: 1\n"),
    "braces over lines": ("a: {x: 1,\n  y: 2} # c\nb: 1\n", ("a",), "a: {x: 1,\n  y: 2} # c\nk: v\nb: 1\n"),
    "text over lines": ("a: x\n  y\nb: 1\n", ("a",), "a: x\n  y\nk: v\nb: 1\n"),
    "quotes over lines": ("a: 'x\n\n  y'\nb: 1\n", ("a",), "a: 'x\n\n  y'\nk: v\nb: 1\n"),
    "literal": ("a: |\n  x\n\n  y\n\nb: 1\n", ("a",), "a: |\n  x\n\n  y\nk: v\n\nb: 1\n"),
    "folded, stripped": ("a: >-\n  x\n\n\nb: 1\n", ("a",), "a: >-\n  x\nk: v\n\n\nb: 1\n"),
    "literal, kept": ("a: |+\n  x\n\n\nb: 1\n", ("a",), "a: |+\n  x\n\n\nk: v\nb: 1\n"),
    "literal, kept, at the end": ("a: |+\n  x\n\n", (), "a: |+\n  x\n\nk: v\n"),
    "literal, kept, comment": ("a: |+\n  x\n\n# c\n", (), "a: |+\n  x\n\nk: v\n# c\n"),
    "literal at the end": ("a: |\n  x\n\n\n", (), "a: |\n  x\nk: v\n\n\n"),
    "literal with a line of spaces": ("a: |\n  x\n      \nb: 1\n", ("a",), "a: |\n  x\n      \nk: v\nb: 1\n"),
    "literal with indentation": ("a: |2\n   x\n   \nb: 1\n", ("a",), "a: |2\n   x\n   \nk: v\nb: 1\n"),
    "literal without text": ("a: |\n\nb: 1\n", ("a",), "a: |\nk: v\n\nb: 1\n"),
    "literal, no final newline": ("b: 1\na: |\n  x", (), "b: 1\nk: v\na: |\n  x"),
    "literal, kept, no final newline": ("a: |+\n  x", (), "k: v\na: |+\n  x"),
    "literal, stripped, no final newline": ("a: |-\n  x", (), "a: |-\n  x\nk: v"),
    "folded deep inside, no final newline": ("a:\n- b: >\n    x", (), "k: v\na:\n- b: >\n    x"),
    "header without text": ("a: |", (), "a: |\nk: v"),
    "document markers": ("---\na: 1\n...\n", (), "---\na: 1\nk: v\n...\n"),
    "explicit key": ("? a\n: 1\n? b\n", (), "? a\n: 1\n? b\nk: v\n"),
    "alias as value": ("a: &x 1\nb: *x\n", (), "a: &x 1\nb: *x\nk: v\n"),
    "anchored key": ("&x a: |\n  t", (), "k: v\n&x a: |\n  t"),
    "tab before a comment": ("a: 1\t# c\nb: 2\n", ("a",), "a: 1\t# c\nk: v\nb: 2\n"),
}


def insert(source: str, path: tuple[str | int, ...], value: Any, after: tuple[str, ...] = ()) -> str:
    document = read_document(source.encode(), "c.yaml")
    return apply_edits(document, [InsertKey(path, value, after)]).raw.decode()


@pytest.mark.parametrize(("before", "after", "expected"), BLOCK.values(), ids=BLOCK.keys())
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "BOM"])
def test_in_a_block(before: str, after: tuple[str, ...], expected: str, line_break: str, bom: str) -> None:
    source = bom + before.replace("\n", line_break)
    if "\n" not in before:
        expected = expected if line_break == "\n" else expected.replace(line_break, "\n")
    else:
        expected = expected.replace("\n", line_break)
    assert insert(source, ("k",), "v", after) == bom + expected


FLOW = {
    "at the end": ("{a: 1, b: x y}\n", (), "{a: 1, b: x y, k: v}\n"),
    "behind a key": ("{a: 1, b: 2}\n", ("a",), "{a: 1, k: v, b: 2}\n"),
    "empty": ("{}\n", (), "{k: v}\n"),
    "empty with spaces": ("{  }\n", (), "{k: v}\n"),
    "trailing comma": ("{a: 1,}\n", (), "{a: 1, k: v,}\n"),
    "padding": ("{ a: 1 }\n", (), "{ a: 1, k: v }\n"),
    "empty value": ("{a: , b: }\n", (), "{a: , b: , k: v}\n"),
    "lone key": ("{a, b}\n", ("a",), "{a, k: v, b}\n"),
    "list as value": ("{a: [1, 2]}\n", (), "{a: [1, 2], k: v}\n"),
    "alias as value": ("{a: &x 1, b: *x}\n", (), "{a: &x 1, b: *x, k: v}\n"),
    "lines": ("{\n  a: 1,\n  b: 2\n}\n", (), "{\n  a: 1,\n  b: 2,\n  k: v\n}\n"),
    "lines, in the middle": ("{\n  a: 1, # c\n  b: 2\n}\n", ("a",), "{\n  a: 1, # c\n  k: v,\n  b: 2\n}\n"),
    "lines, trailing comma": ("{\n  a: 1,\n  b: 2,\n}\n", (), "{\n  a: 1,\n  b: 2,\n  k: v,\n}\n"),
    "lines, comment": ("{\n  a: 1, # c\n  b: 2 # d\n}\n", (), "{\n  a: 1, # c\n  b: 2, # d\n  k: v\n}\n"),
    "lines, closed on the last": ("{\n  a: 1,\n  b: 2}\n", (), "{\n  a: 1,\n  b: 2, k: v}\n"),
    "wrapped": ("{a: 1,\n b: 2, c: 3}\n", ("b",), "{a: 1,\n b: 2, k: v, c: 3}\n"),
    "JSON": ('{"a": 1}\n', (), '{"a": 1, k: v}\n'),
}


@pytest.mark.parametrize(("before", "after", "expected"), FLOW.values(), ids=FLOW.keys())
@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("prefix", ["", "m: ", "m:\n  n:\n  - "], ids=["root", "value", "item"])
def test_in_braces(before: str, after: tuple[str, ...], expected: str, line_break: str, prefix: str) -> None:
    path: tuple[str | int, ...] = {"": (), "m: ": ("m",)}.get(prefix, ("m", "n", 0))
    source, goal = (
        (prefix + text.replace("\n}", "\n   }")).replace("\n", line_break) for text in (before, expected)
    )
    assert insert(source, (*path, "k"), "v", after) == goal


ITEMS = "tests:\n  - id: A\n    rule: r\n\n  - id: B # b\n    rule: |\n      text\n\n  # end\nz: 1\n"


def test_in_the_items_of_a_list() -> None:
    expected = ITEMS.replace("rule: r\n", "rule: r\n    status: X\n").replace(
        "text\n", "text\n    status: Z\n"
    )
    document = read_document(ITEMS.encode(), "c.yaml")
    edits = [InsertKey(("tests", 0, "status"), "X"), InsertKey(("tests", 1, "status"), "Z")]
    assert apply_edits(document, edits).text == expected


def test_before_the_first_key_of_an_item_where_its_text_ends_the_file() -> None:
    assert insert("tests:\n- rule: |\n    text", ("tests", 0, "status"), "X") == (
        "tests:\n- status: X\n  rule: |\n    text"
    )


def test_a_list_in_a_list() -> None:
    assert insert("a:\n- - x: 1\n  - y: 2\n", ("a", 0, 0, "k"), "v") == "a:\n- - x: 1\n    k: v\n  - y: 2\n"


DATA = {"one": 1, "list": [{"x": "a: b", "z": []}, "p"], "inner": {"deep": [1, [2]], "none": None}, "e": {}}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "a:\n- 1\n",
            (
                "k:\n  one: 1\n  list:\n  - x: 'a: b'\n    z: []\n  - p\n"
                "  inner:\n    deep:\n    - 1\n    - [2]\n    none: null\n  e: {}\n"
            ),
        ),
        (
            "a:\n    b:\n      - 1\n    c:\n      - 1\n",
            (
                "k:\n    one: 1\n    list:\n      - x: 'a: b'\n        z: []\n      - p\n"
                "    inner:\n        deep:\n          - 1\n          - [2]\n        none: null\n    e: {}\n"
            ),
        ),
        ("{a: 1}\n", None),
    ],
    ids=["dash below the key", "dash indented", "flow"],
)
def test_data_takes_the_indentation_of_the_file(source: str, expected: str | None) -> None:
    flow = "{a: 1, k: {one: 1, list: [{x: 'a: b', z: []}, p], inner: {deep: [1, [2]], none: null}, e: {}}}\n"
    assert insert(source, ("k",), DATA) == (source + expected if expected else flow)


def test_keys_inserted_at_one_point_keep_their_order() -> None:
    document = read_document(b"t:\n- {status: NEW, x: 1}\n- status: NEW\n  x: 1\n", "c.yaml")
    edits: list[Edit] = []
    for index in (0, 1):
        at = ("t", index)
        edits += [
            SetScalar((*at, "status"), "DISCHARGED"),
            InsertKey((*at, "verdict"), "FALSIFIED", ("status",)),
            InsertKey((*at, "evidence"), "sha256:0", ("status",)),
            InsertKey((*at, "note"), "m", ("verdict", "status")),
        ]
    assert apply_edits(document, edits).text == (
        "t:\n- {status: DISCHARGED, verdict: FALSIFIED, evidence: 'sha256:0', note: m, x: 1}\n"
        "- status: DISCHARGED\n  verdict: FALSIFIED\n  evidence: sha256:0\n  note: m\n  x: 1\n"
    )


def test_keys_at_the_end_keep_their_order_before_a_text_that_ends_the_file() -> None:
    document = read_document(b"a: |\n  x", "c.yaml")
    edits = [InsertKey((key,), 1, ("a",)) for key in ("p", "q", "r")]
    assert apply_edits(document, edits).text == "p: 1\nq: 1\nr: 1\na: |\n  x"


def test_an_edit_may_follow_one_that_it_needs() -> None:
    document = read_document(b"a: 1\n", "c.yaml")
    edits: list[Edit] = [
        InsertKey(("m",), {"x": "1"}),
        SetScalar(("m", "x"), "2"),
        AppendItem(("m", "l"), "i"),
        AppendItem(("m", "l"), "j"),
        InsertKey(("m", "z"), "3", ("x",)),
    ]
    assert apply_edits(document, edits).text == "a: 1\nm:\n  x: '2'\n  z: '3'\n  l:\n  - i\n  - j\n"


def test_an_empty_value_becomes_a_mapping() -> None:
    assert insert("a: # c\nb: 1\n", ("a", "k"), "v") == "a: # c\n  k: v\nb: 1\n"
    assert insert("{a: , b: 1}\n", ("a", "k"), "v") == "{a: {k: v}, b: 1}\n"


def test_set_key_sets_or_inserts() -> None:
    document = read_document(b"a: 1\nb: 2\n", "c.yaml")
    assert set_key(document, ("a",), "x", ("b",)) == SetScalar(("a",), "x")
    assert set_key(document, ("c",), "x", ("b",)) == InsertKey(("c",), "x", ("b",))
