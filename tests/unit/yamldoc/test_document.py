from __future__ import annotations

import pytest

from pvengine.yamldoc import Document, format_path, read_document

SOURCE = """\
# head
metadata:
  id: X
  version: "1.0.0"  # c
tests:
- id: A
  accept: [{lt: 1}, {gt: 0}]
- id: B
  status:
  text: |
    one
    two
shared: &s {k: v}
again: *s
"""


@pytest.fixture
def document() -> Document:
    return read_document(SOURCE.encode(), "c.yaml")


def test_values_and_keys(document: Document) -> None:
    node = document.node_at(("tests", 0, "accept", 1, "gt"))
    key = document.key_at(("tests", 1, "status"))
    assert node is not None
    assert key is not None
    assert node.data == 0
    assert key.data == "status"
    assert document.node_at(()) is document.root
    assert document.data["metadata"] == {"id": "X", "version": "1.0.0"}


@pytest.mark.parametrize(
    "path",
    [
        ("no",),
        ("tests", 2),
        ("tests", -1),
        ("tests", "id"),
        ("metadata", 0),
        ("metadata", "id", "x"),
        ("tests", 0, "no", "x"),
    ],
)
def test_what_is_not_there_is_none(document: Document, path: tuple[str | int, ...]) -> None:
    assert document.node_at(path) is None
    assert document.key_at(path) is None


def test_a_position_has_no_key(document: Document) -> None:
    assert document.key_at(("tests", 0)) is None
    assert document.key_at(()) is None


@pytest.mark.parametrize(
    ("path", "key", "expected"),
    [
        (("metadata", "version"), False, "4:12-4:19"),
        (("metadata", "version"), True, "4:3-4:10"),
        (("metadata",), False, "3:3-4:19"),
        (("tests", 1, "status"), False, "9:10-9:10"),
        (("tests", 1, "text"), False, "10:9-12:8"),
        (("tests", 0), False, "6:3-7:29"),
        (("tests", 0), True, "6:3-6:5"),
        (("tests", 0, "status"), False, "6:3-6:5"),
        (("tests", 0, "accept", 5, "lt"), False, "7:3-7:9"),
        (("tests", 0, "accept", 0, "no"), False, "7:13-7:15"),
        (("tests", 9, "status"), False, "5:1-5:6"),
        (("metadata", "no"), True, "2:1-2:9"),
        (("no", "where"), False, "2:1-2:9"),
        ((), True, "2:1-2:9"),
        (("again",), False, "14:8-14:10"),
        (("again", "k"), False, "13:16-13:17"),
        (("again", "no"), False, "14:1-14:6"),
    ],
)
def test_every_path_has_a_place(
    document: Document,
    path: tuple[str | int, ...],
    key: bool,  # noqa: FBT001 - a case of the table
    expected: str,
) -> None:
    place = document.place(path, key=key)
    assert f"{place.line}:{place.column}-{place.end_line}:{place.end_column}" == expected
    assert place.snippet == SOURCE.splitlines()[place.line - 1]


def test_an_empty_mapping_has_a_place() -> None:
    assert str(read_document(b"  {}\n", "c.yaml").place(("x",))) == "c.yaml:1:3"


def test_offsets_outside_are_moved_inside(document: Document) -> None:
    assert str(document.place_of_offsets(10**6, 10**6)) == "c.yaml:15:1"
    assert str(document.place_of_offsets(-5, -1)) == "c.yaml:1:1"


@pytest.mark.parametrize("raw", [b"a: 1\r\n", b"\xef\xbb\xbfa: 1", "a: é\x85\u2028\r\rb: 1\n".encode()])
def test_encoding_gives_the_bytes_that_were_read(raw: bytes) -> None:
    document = read_document(raw, "c.yaml")
    assert document.encode() == document.raw == raw
    assert document.has_bom == raw.startswith(b"\xef")


def test_representation(document: Document) -> None:
    assert repr(document) == f"<Document c.yaml, {len(SOURCE)} characters>"


def test_paths_as_people_write_them() -> None:
    assert format_path(("a", 0, "b", 1)) == "a[0].b[1]"
    assert format_path(()) == "the document"
