"""An edit that would touch another value is refused, with the place and the reason, and nothing is lost."""

from __future__ import annotations

import pytest

from pvengine.errors import ExitCode
from pvengine.yamldoc import read_document
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.edits import AppendItem, Edit, EditError, InsertKey, SetScalar

SHARED = "base: &b\n  status: NEW\n  l: [1]\nother: *b\nword: &w NEW\nsame: *w\n"


@pytest.mark.parametrize(
    ("source", "edit", "message"),
    [
        (
            SHARED,
            SetScalar(("base", "status"), "X"),
            "c.yaml:2:3: base is used again at 4:8: a change of base.status would be one there too",
        ),
        (
            SHARED,
            SetScalar(("other", "status"), "X"),
            "c.yaml:4:8: other is an alias: a change of other.status would change the anchor &b too",
        ),
        (
            SHARED,
            InsertKey(("other", "k"), "X"),
            "c.yaml:4:8: other is an alias: a change of other would change the anchor &b too",
        ),
        (
            SHARED,
            AppendItem(("base", "l"), "X"),
            "c.yaml:2:3: base is used again at 4:8: a change of base.l would be one there too",
        ),
        (
            SHARED,
            SetScalar(("word",), "X"),
            "c.yaml:5:10: word is used again at 6:7: a change of word would be one there too",
        ),
        ("a: 1\n", SetScalar(("b",), "X"), "c.yaml:1:1: there is no b to set"),
        ("a: {b: 1}\n", SetScalar(("a", "c"), "X"), "c.yaml:1:1: there is no a.c to set"),
        ("a: [1]\n", SetScalar(("a",), "X"), "c.yaml:1:1: a is a sequence, not a single value"),
        (
            "a: !!int 1\n",
            SetScalar(("a",), "X"),
            "has the tag !!int, under which 'X' reads as something else",
        ),
        ("a: 1\n", InsertKey(("a",), "X"), "c.yaml:1:1: a exists"),
        (
            "a: 1\n",
            InsertKey(("a", "k"), "X"),
            "c.yaml:1:1: there is no mapping a to which 'k' could be added",
        ),
        (
            "a: 1\n",
            InsertKey(("m", "k"), "X"),
            "c.yaml:1:1: there is no mapping m to which 'k' could be added",
        ),
        ("a: [1]\n", InsertKey(("a", 0), "X"), "c.yaml:1:5: a[0] is not a key"),
        (
            "a: [x: 1]\n",
            InsertKey(("a", 0, "k"), "X"),
            "a[0] is a single pair in brackets, without braces of its own",
        ),
        ("a: 1\n", AppendItem(("a",), "X"), "c.yaml:1:1: a is a scalar, not a list"),
        ("a: {b: 1}\n", AppendItem(("a",), "X"), "c.yaml:1:1: a is a mapping, not a list"),
        ("a: 1\n", SetScalar(("a",), object()), "a cannot be written: object is not YAML data"),  # type: ignore[arg-type]
        ("a: []\n", AppendItem(("a",), {1: 2}), "a cannot be written: a mapping has a key that is not text"),
        ("? a\n? b\n", SetScalar(("a",), "X"), "the edit of a would break the file: "),
        ("? |\n  x", InsertKey(("k",), "X"), "the edit of k would also change the document"),
        ("a: 1\n", SetScalar(("a",), "x" * 10 + "\ud800"), "the edit of a would break the file: "),
    ],
)
def test_an_edit_is_refused(source: str, edit: Edit, message: str) -> None:
    document = read_document(source.encode(), "c.yaml")
    with pytest.raises(EditError) as caught:
        apply_edits(document, [edit])
    assert message in str(caught.value)
    assert caught.value.where
    assert caught.value.where.startswith("c.yaml:")
    assert caught.value.why
    assert caught.value.exit_code is ExitCode.INVALID
    assert document.encode() == source.encode()


def test_the_edit_at_fault_is_named() -> None:
    document = read_document(b"a: 1\n? b\n? c\n", "c.yaml")
    with pytest.raises(EditError, match="the edit of b would break the file"):
        apply_edits(document, [SetScalar(("a",), "X"), SetScalar(("b",), "X")])


def test_the_value_of_an_anchor_without_aliases_can_be_set() -> None:
    document = read_document(b"a: &x NEW\n", "c.yaml")
    assert apply_edits(document, [SetScalar(("a",), "X")]).text == "a: &x X\n"


def test_something_that_is_no_edit_is_a_bug_of_the_caller() -> None:
    document = read_document(b"a: 1\n", "c.yaml")
    with pytest.raises(TypeError, match="Edit is not an edit that can be made"):
        apply_edits(document, [Edit(("a",))])


def test_no_edits_give_the_same_document() -> None:
    document = read_document(b"a: 1\n", "c.yaml")
    assert apply_edits(document, []) is document
