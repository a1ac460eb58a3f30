from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pvengine.lint.rules.scalars import find_scalars
from pvengine.yamldoc import read_document

TEXT = """\
a: one  # note
list: [two, {b: three}, &x four]
again: *x
block: |
  five
  six
"""


def show(text: str, *words: str) -> list[tuple[str, tuple[str | int, ...], bool]]:
    document = read_document(text.encode(), "x.yaml")
    offsets = [text.index(word) for word in words]
    return [
        (text[found.offset : found.offset + 3], found.path, found.is_key)
        for found in find_scalars(document.root, sorted(offsets))
    ]


def test_a_character_is_found_in_its_value_or_key() -> None:
    assert show(TEXT, "one", "two", "three", "six", "b:") == [
        ("one", ("a",), False),
        ("two", ("list", 0), False),
        ("b: ", ("list", 1, "b"), True),
        ("thr", ("list", 1, "b"), False),
        ("six", ("block",), False),
    ]


def test_what_stands_in_no_scalar_is_left_out() -> None:
    assert show(TEXT, "note", "*x", "&x", "[two") == []


@given(st.lists(st.integers(-1, len(TEXT) + 1), max_size=8))
def test_every_offset_in_a_scalar_is_found_once(offsets: list[int]) -> None:
    found = find_scalars(read_document(TEXT.encode(), "x.yaml").root, sorted(offsets))
    assert [one.offset for one in found] == sorted(one.offset for one in found)
    assert all(one.node.start <= one.offset < one.node.end for one in found)
    wanted = [offset for offset in offsets if TEXT[max(offset, 0) :].startswith(("one", "five", "a:"))]
    assert set(wanted) <= {one.offset for one in found} | {-1}
