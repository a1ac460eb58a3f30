from __future__ import annotations

from typing import Any

import pytest

from pvengine.comparing.alignment import align_lists, name_item


def entry(name: str, text: str = "s") -> dict[str, Any]:
    return {"id": name, "statement": text}


def test_entries_are_matched_by_id_wherever_they_stand() -> None:
    before = [entry("a"), entry("b"), entry("c")]
    after = [entry("c"), entry("a", "other"), entry("d", "new")]
    found = align_lists(before, after, "hypotheses")
    assert found.pairs == ((2, 0), (0, 1))
    assert (found.removed, found.added, found.renamed) == ((1,), (2,), ())
    assert found.moved == {(2, 0)}


def test_an_insertion_moves_nothing() -> None:
    found = align_lists([entry("a"), entry("b")], [entry("n", "new"), entry("a"), entry("b")], "hypotheses")
    assert found.moved == frozenset()


def test_an_entry_of_which_only_the_name_differs_was_renamed() -> None:
    found = align_lists([entry("a", "x"), entry("b", "y")], [entry("b", "y"), entry("n", "x")], "hypotheses")
    assert found.renamed == ((0, 1),)
    assert (found.removed, found.added) == ((), ())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([entry("a", "x"), entry("b", "x")], [entry("n", "x")], id="two that it could have been"),
        pytest.param([entry("a", "x")], [entry("n", "y")], id="another text"),
        pytest.param([{"id": "a"}], [{"id": "n"}], id="nothing but a name"),
    ],
)
def test_anything_else_is_removed_and_added(before: list[Any], after: list[Any]) -> None:
    found = align_lists(before, after, "hypotheses")
    assert found.renamed == ()
    assert (len(found.removed), len(found.added)) == (len(before), len(after))


def test_repeated_names_are_matched_where_they_are_equal_and_then_in_order() -> None:
    before = [entry("a", "x"), entry("a", "y"), entry("a", "z")]
    after = [entry("a", "z"), entry("a", "w")]
    found = align_lists(before, after, "hypotheses")
    assert found.pairs == ((2, 0), (0, 1))
    assert found.removed == (1,)


def test_entries_without_a_name_are_matched_by_what_is_alike() -> None:
    before = [{"type": "bound", "formal": "a"}, {"type": "order", "formal": "b"}]
    after = [
        {"type": "order", "formal": "c"},
        {"type": "frame", "formal": "d"},
        {"type": "bound", "formal": "a"},
    ]
    found = align_lists(before, after, "proof_obligations")
    assert found.pairs == ((1, 0), (0, 2))
    assert found.added == (1,)


def test_texts_are_matched_where_they_are_alike() -> None:
    found = align_lists(["IEEE 754-2008", "other"], ["other", "IEEE 754-2019", "new"], "references")
    assert found.pairs == ((1, 0), (0, 1))
    assert found.added == (2,)


def test_numbers_are_known_by_their_places() -> None:
    found = align_lists([1, 2, 3], [3, 2], "values")
    assert found.pairs == ((0, 0), (1, 1))
    assert (found.removed, found.moved) == ((2,), frozenset())


def test_many_items_that_are_unlike_are_not_compared_letter_by_letter() -> None:
    before, after = ([f"{word} number {index}" for index in range(100)] for word in ("old", "new"))
    found = align_lists(before, after, "references")
    assert (len(found.removed), len(found.added)) == (100, 100)


def test_swapped_lists_give_the_swapped_pairs() -> None:
    before = ["one text", "two texts", "three"]
    after = ["two text", "one texts", "three", "more"]
    there, back = align_lists(before, after, "tags"), align_lists(after, before, "tags")
    assert {(new, old) for old, new in there.pairs} == set(back.pairs)
    assert (there.removed, there.added) == (back.added, back.removed)


@pytest.mark.parametrize(
    ("item", "list_name", "name"),
    [
        ({"id": "H"}, "hypotheses", "H"),
        ({"id": " "}, "hypotheses", None),
        ({"id": 3}, "hypotheses", None),
        ({"name": "decode"}, "phases", "decode"),
        ({"metric": "m", "lt": 1}, "accept", ("m",)),
        ({"model": "m"}, "requires", ("m",)),
        ("softmax-v1 v1.0.0 (kernel)", "depends_on", "softmax-v1"),
        ("", "needs", ""),
        ("softmax-v1 v1.0.0", "references", None),
        (3, "needs", None),
    ],
)
def test_a_name_of_an_item(item: Any, list_name: str, name: Any) -> None:
    assert name_item(item, list_name) == name
