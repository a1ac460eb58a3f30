"""Edits on random documents in random styles change the intended value and no other character."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pvengine.diagnostics import ContractError
from pvengine.yamldoc import Document, NodeKind, read_document
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.compare import find_difference
from pvengine.yamldoc.edits import AppendItem, Edit, InsertKey, SetScalar

if TYPE_CHECKING:
    from pvengine.yamldoc import Node, Path

pytestmark = pytest.mark.no_cover  # it takes half the time, and other tests reach what this one does

CHARACTERS = st.sampled_from("abYn01.-:#,[]{}&*!|>'\"%@`?~=< \t\n\r\x85\u2028éß😀\xa0")
TEXTS = st.one_of(
    st.text(CHARACTERS, max_size=12),
    st.sampled_from(
        ["NEW", "1.2.0", "1.10", "2026-11-23", "yes", "1:30", "1e-5", "sha256:0a", "a\nb\n\n", " x", "a # b"]
    ),
)
SCALARS = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
KEYS = st.one_of(
    st.text(st.sampled_from("abcdeé-_ 1"), min_size=1, max_size=5), TEXTS.filter(lambda text: len(text) < 8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
DATA = st.dictionaries(KEYS, VALUES, min_size=1, max_size=5)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Write data in a random style, and put comments, breaks and a byte order mark around it."""
    text = yaml.dump(
        draw(DATA),
        Dumper=_Dumper,
        default_style=draw(st.sampled_from([None, None, None, "'", '"', "|", ">"])),
        default_flow_style=draw(st.sampled_from([False, False, True, None])),
        indent=draw(st.sampled_from([2, 3, 4])),
        width=draw(st.sampled_from([10, 40, 1000])),
        allow_unicode=draw(st.booleans()),
        sort_keys=False,
    )
    lines = text.split("\n")
    for _ in range(draw(st.integers(0, 3))):
        position = draw(st.integers(0, len(lines)))
        lines.insert(position, draw(st.sampled_from(["", "# c", "  # c", "      # [c"])))
    text = "\n".join(lines)
    text = draw(st.sampled_from([text, text, text.rstrip("\n"), text + "\n\n# end"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])))
    try:
        document = read_document(draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode(), "c.yaml")
    except ContractError:
        assume(False)  # noqa: FBT003 - the signature of hypothesis
        raise
    # A key over several lines, which needs a `?`, is refused rather than edited around.
    assume(
        not any(
            key.is_block_scalar for _, node in iter_paths(document.root) for key, _ in node.entries.values()
        )
    )
    return document


class _Dumper(yaml.SafeDumper):
    """Write lists of mappings with the dash at the parent's column or right of it, as people do."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature of PyYAML
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - as above
        super().increase_indent(flow, indentless and self.best_indent != 4)


def iter_paths(node: Node, path: Path = ()) -> list[tuple[Path, Node]]:
    """Return every path of a document with its node."""
    found = [(path, node)]
    for key, (_, value) in node.entries.items():
        found += iter_paths(value, (*path, key))
    for index, item in enumerate(node.items):
        found += iter_paths(item, (*path, index))
    return found


def change(data: Any, path: Path, value: Any) -> Any:
    """Return a copy of the data with another value at a path."""
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = change(data[path[0]], path[1:], value)
    return copy


def get(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def is_inserted(old: str, new: str) -> bool:
    """Tell whether the new text is the old one with one piece put in."""
    start = sum(1 for _ in takewhile(bool, map(str.__eq__, old, new)))
    end = sum(1 for _ in takewhile(bool, map(str.__eq__, reversed(old), reversed(new))))
    return start + end >= len(old)


@settings(max_examples=200, deadline=None)
@given(documents(), st.data(), SCALARS)
def test_a_set_value_replaces_its_own_characters(document: Document, data: st.DataObject, value: Any) -> None:
    scalars = [
        (path, node)
        for path, node in iter_paths(document.root)
        if node.kind is NodeKind.SCALAR and not node.tag
    ]
    assume(scalars)
    path, node = data.draw(st.sampled_from(scalars))
    changed = apply_edits(document, [SetScalar(path, value)])
    assert find_difference(change(document.data, path, value), changed.data) is None
    assert changed.raw == changed.encode()
    assert changed.text.startswith(document.text[: node.start])
    assert changed.text.endswith(document.text[node.end :])
    assert changed.has_bom == document.has_bom
    written = changed.node_at(path)
    assert written is not None
    assert changed is document or "\n" not in changed.text[written.start : written.end]


@settings(max_examples=200, deadline=None)
@given(documents(), st.data(), VALUES)
def test_an_inserted_key_adds_one_piece_of_text(document: Document, data: st.DataObject, value: Any) -> None:
    mappings = [(path, node) for path, node in iter_paths(document.root) if node.kind is NodeKind.MAPPING]
    path, node = data.draw(st.sampled_from(mappings))
    after = data.draw(st.sampled_from([*node.entries, "no such key"]))
    changed = apply_edits(document, [InsertKey((*path, "new key"), value, (after,))])
    inserted = get(changed.data, path)
    assert find_difference(value, inserted["new key"]) is None
    remaining = {key: item for key, item in inserted.items() if key != "new key"}
    assert find_difference(document.data, change(changed.data, path, remaining)) is None
    assert is_inserted(document.text, changed.text) or "\n" in document.text[node.start : node.end]


@settings(max_examples=200, deadline=None)
@given(documents(), st.data(), VALUES)
def test_an_appended_item_leaves_every_other_line(
    document: Document, data: st.DataObject, value: Any
) -> None:
    paths = [
        (path, node)
        for path, node in iter_paths(document.root)
        if node.kind is NodeKind.SEQUENCE
        or (node.data is None and not node.tag and path and isinstance(path[-1], str))
    ]
    assume(paths)
    path, node = data.draw(st.sampled_from(paths))
    changed = apply_edits(document, [AppendItem(path, value)])
    assert find_difference(change(document.data, path, [*(node.data or []), value]), changed.data) is None
    if not node.is_flow and node.items:
        old, new = document.text.splitlines(), changed.text.splitlines()
        missing = [line for line in old if line not in new]
        assert len(missing) <= 1  # a text that ends the file may need another header


@settings(max_examples=200, deadline=None)
@given(documents())
def test_places_hold_the_values(document: Document) -> None:
    for path, node in iter_paths(document.root):
        place = document.place(path)
        assert document.lines.locate(node.start) == (place.line, place.column)
        if (
            node.kind is NodeKind.SCALAR
            and node.style == ""
            and isinstance(node.data, str)
            and "\n" not in node.data
        ):
            assert document.text[node.start : node.end].split() == node.data.split()
        if node.is_flow:
            assert document.text[node.start] in "[{"
            assert document.text[node.end - 1] in "]}"


@st.composite
def edit_lists(draw: st.DrawFn, document: Document) -> list[Edit]:
    """Draw several edits, each possible on the document as it is."""
    nodes = [(path, node) for path, node in iter_paths(document.root) if not node.tag]
    edits: list[Edit] = []
    taken: set[Path] = set()
    for number in range(draw(st.integers(2, 6))):
        path, node = draw(st.sampled_from(nodes))
        value = draw(st.one_of(SCALARS, st.just([{"x": [{"y": "z"}]}])))
        if node.kind is NodeKind.MAPPING:
            edits.append(InsertKey((*path, f"new {number}"), value))
        elif node.kind is NodeKind.SEQUENCE:
            edits.append(AppendItem(path, value))
        elif path not in taken:
            taken.add(path)
            edits.append(SetScalar(path, draw(TEXTS)))
    return edits


@settings(max_examples=150, deadline=None)
@given(documents(), st.data())
def test_edits_together_give_what_they_give_one_by_one(document: Document, data: st.DataObject) -> None:
    edits = data.draw(edit_lists(document))
    one_by_one = document
    for edit in edits:
        one_by_one = apply_edits(one_by_one, [edit])
    assert apply_edits(document, edits).text == one_by_one.text
