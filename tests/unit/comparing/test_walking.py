from __future__ import annotations

from typing import Any

import pytest

from pvengine.comparing.walking import Difference, Form, iter_differences


def tell(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    return [
        (one.form.value, one.before and one.before.path, one.after and one.after.path)
        for one in iter_differences(before, after)
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": 1, "b": [1, {"c": None}]}, {"b": [1.0, {"c": None}], "a": 1.0}),
        ({"a": float("nan")}, {"a": float("nan")}),
        ({}, {}),
    ],
)
def test_the_same_data_has_no_difference(before: Any, after: Any) -> None:
    assert tell(before, after) == []


def test_each_leaf_is_told_in_the_order_of_the_later_data_and_what_is_gone_last() -> None:
    before = {"gone": {"x": 1}, "a": {"b": 1, "c": 2}}
    after = {"new": [1], "a": {"c": "2", "b": 1}}
    assert tell(before, after) == [
        ("added", None, ("new",)),
        ("changed", ("a", "c"), ("a", "c")),
        ("removed", ("gone",), None),
    ]


def test_a_block_is_told_entry_by_entry_where_one_version_has_none() -> None:
    entries = [{"id": "a"}, {"id": "b"}]
    assert tell({}, {"hypotheses": entries}) == [
        ("added", None, ("hypotheses", 0)),
        ("added", None, ("hypotheses", 1)),
    ]
    assert tell({"equations": {"e": 1}}, {"equations": None}) == [("removed", ("equations", "e"), None)]


@pytest.mark.parametrize("empty", [None, [], {}, "", " "])
def test_nothing_in_another_form_is_written_otherwise(empty: Any) -> None:
    assert tell({}, {"hypotheses": empty}) == [("rewritten", None, ("hypotheses",))]
    assert tell({"x": empty}, {}) == [("rewritten", ("x",), None)]


def test_zero_and_false_are_something() -> None:
    assert tell({}, {"x": 0, "y": False}) == [("added", None, ("x",)), ("added", None, ("y",))]


def test_one_value_and_a_list_of_it_are_written_otherwise() -> None:
    test: dict[str, Any] = {"hypothesis": "A"}
    assert tell(test, {"hypothesis": ["A"]}) == [("rewritten", ("hypothesis",), ("hypothesis",))]
    assert tell({"hypothesis": ["B", "A"]}, test) == [
        ("removed", ("hypothesis", 0), None),
        ("rewritten", ("hypothesis",), ("hypothesis",)),
    ]
    assert tell(test, {"hypothesis": ["B"]}) == [
        ("changed", ("hypothesis",), ("hypothesis", 0)),
        ("rewritten", ("hypothesis",), ("hypothesis",)),
    ]


def test_an_entry_that_moved_and_changed_is_told_twice() -> None:
    before = {"hypotheses": [{"id": "a", "x": 1}, {"id": "b"}]}
    after = {"hypotheses": [{"id": "b"}, {"id": "a", "x": 2}]}
    assert tell(before, after) == [
        ("moved", ("hypotheses", 1), ("hypotheses", 0)),
        ("changed", ("hypotheses", 0, "x"), ("hypotheses", 1, "x")),
    ]


def test_a_difference_knows_the_entry_around_it() -> None:
    before = {"hypotheses": [{"id": "a", "x": {"y": 1}}]}
    after = {"hypotheses": [{"id": "n"}, {"id": "a", "x": {"y": 2}}]}
    difference: Difference = list(iter_differences(before, after))[-1]
    assert (difference.form, difference.path) == (Form.CHANGED, ("hypotheses", 1, "x", "y"))
    entry = difference.around.find_entry(2)
    assert entry is not None
    assert (entry.before.path, entry.after.path) == (("hypotheses", 0), ("hypotheses", 1))
    assert difference.around.find_entry(9) is None


def test_data_of_which_only_the_type_is_left_is_one_difference() -> None:
    assert tell({"a": [1]}, {"a": {"0": 1}}) == [("changed", ("a",), ("a",))]
    assert tell({"a": 1}, {"a": True}) == [("changed", ("a",), ("a",))]
