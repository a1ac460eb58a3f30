"""Data and offsets of every kind of node."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.yamldoc import Document, NodeKind, read_document
from pvengine.yamldoc.compare import find_difference


def read(source: str) -> Document:
    return read_document(source.encode(), "c.yaml")


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("a: 1\n'b': [x, {y: }]\nc:\n- - z\n", {"a": 1, "b": ["x", {"y": None}], "c": [["z"]]}),
        (
            "1: a\nnull: b\n1e-5: c\ntrue: d\n2026-01-01: e\n'': f\n1e999: g\n",
            {"1": "a", "null": "b", "1e-5": "c", "true": "d", "2026-01-01": "e", "": "f", "1e999": "g"},
        ),
        ("<<: {a: 1}\n", {"<<": {"a": 1}}),
        ("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n", {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("&k a: x\nb: {*k : y}\n", {"a": "x", "b": {"a": "y"}}),
        ("&k 1.50: x\nb: {*k : y}\n", {"1.50": "x", "b": {"1.50": "y"}}),
        (
            "a: !!str 1\nb: !!int '2'\nc: !!float 3\nd: ! 4\ne: !!null ''\nf: !!bool true\n",
            {"a": "1", "b": 2, "c": 3.0, "d": "4", "e": None, "f": True},
        ),
        ("a: !!map {b: !!seq [1]}\n!!str c: ! [2]\n", {"a": {"b": [1]}, "c": [2]}),
        ("? a\n: 1\n? b\n? c\n", {"a": 1, "b": None, "c": None}),
        ("a: |\n  x\n\n  y\nb: >-\n  p\n  q\nc: |+\n  z\n\n", {"a": "x\n\ny\n", "b": "p q", "c": "z\n\n"}),
        (
            "a: x\x85y\nb: 'p\u2028q'\nc: \"r\u2029s\"\n\x85: k\n",
            {"a": "x\x85y", "b": "p\u2028q", "c": "r\u2029s", "\x85": "k"},
        ),
        ("a: \ue000\x85\ue001\n", {"a": "\ue000\x85\ue001"}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("\ufeffa: 1\n", {"a": 1}),
        ("\ufeff\ufeffa: 1\n", {"a": 1}),
    ],
)
def test_data(source: str, data: Any) -> None:
    document = read(source)
    assert document.data == data
    assert find_difference(document.data, data) is None


def spans(document: Document) -> dict[str, str]:
    """Return the text of every value, by its path."""
    found: dict[str, str] = {}
    stack = [("", document.root)]
    while stack:
        name, node = stack.pop()
        found[name] = document.text[node.start : node.end]
        if not node.is_alias:
            stack += [(f"{name}.{key}", value) for key, (_, value) in node.entries.items()]
            stack += [(f"{name}[{index}]", item) for index, item in enumerate(node.items)]
    return found


def test_spans_leave_out_comments_and_properties() -> None:
    source = (
        "# head\n"
        "a: &x !!str 'one' # c\n"
        "b: !!map # c\n"
        "  # d\n"
        "  c: &y\n"
        "  - two\n"
        "  - [3, {d: 4}] # e\n"
        "  # f\n"
        "\n"
        "e: &z # g\n"
        "  {f: 5}\n"
        "h: *y # i\n"
        "# tail\n"
    )
    found = spans(read(source))
    assert found[""] == source[7 : source.index(" # i")]
    assert found[".a"] == "'one'"
    assert found[".b"] == source[source.index("c: &y") : source.index(" # e")]
    assert found[".b.c"] == "- two\n  - [3, {d: 4}]"
    assert found[".b.c[1]"] == "[3, {d: 4}]"
    assert found[".b.c[1][1].d"] == "4"
    assert found[".e"] == "{f: 5}"
    assert found[".h"] == "*y"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_spans_do_not_depend_on_line_breaks_or_marks(line_break: str, mark: str) -> None:
    source = mark + "é: 😀\nt: |\n  x\n\n\nz: &a\n- 1\n# c\n".replace("\n", line_break)
    found = spans(read(source))
    assert found[".é"] == "😀"
    assert found[".t"] == f"|{line_break}  x"
    assert found[".z"] == "- 1"


@pytest.mark.parametrize(
    ("source", "offset"),
    [
        ("a:\nb: 1\n", 2),
        ("a: # c\nb: 1\n", 2),
        ("a: &x\nb: 1\n", 5),
        ("a: &x # c\nb: 1\n", 5),
        ("a: !!null\nb: 1\n", 9),
        ("a: ! &x\nb: 1\n", 7),
        ("? a\n? b\n", 3),
        ("? a\n:\n", 5),
        ("{a, b}\n", 2),
        ("{a: , b}\n", 4),
    ],
)
def test_an_empty_value_stands_behind_what_announces_it(source: str, offset: int) -> None:
    node = read(source).node_at(("a",))
    assert node is not None
    assert (node.start, node.end) == (offset, offset)


def test_aliases_share_the_value_and_keep_their_own_place() -> None:
    document = read("a: &long-name_1 [1]\nb:   *long-name_1  # c\nc: {d: *long-name_1 , e: 1}\n")
    anchor, alias, inner = (document.node_at(path) for path in (("a",), ("b",), ("c", "d")))
    assert anchor is not None
    assert alias is not None
    assert inner is not None
    assert alias.data is anchor.data
    assert alias.target is anchor
    assert alias.kind is NodeKind.SEQUENCE
    assert alias.style == "*"
    assert anchor.alias_offset == alias.start
    assert [document.text[node.start : node.end] for node in (alias, inner)] == ["*long-name_1"] * 2


def test_styles_tags_and_anchors_are_kept() -> None:
    document = read("a: 'x'\nb: \"x\"\nc: x\nd: |\n  x\ne: >\n  x\nf: [x]\ng:\n- x\nh: &n !!str x\n")
    nodes = [value for _, value in document.root.entries.values()]
    assert [node.style for node in nodes] == ["'", '"', "", "|", ">", "flow", "block", ""]
    assert (nodes[-1].anchor, nodes[-1].tag) == ("n", "tag:yaml.org,2002:str")


def test_sizes_and_heights_count_expanded_aliases() -> None:
    document = read("a: &x [1, [2]]\nb: [*x, *x]\n")
    node = document.node_at(("b",))
    assert node is not None
    assert (node.size, node.height) == (9, 3)


def test_offsets_count_a_second_byte_order_mark() -> None:
    document = read("\ufeff\ufeffé: 😀\n")
    assert spans(document)[".é"] == "😀"
