from __future__ import annotations

import enum
import math
from typing import Any

import pytest

from pvengine.yamldoc.compare import find_difference, insert_key, replace_value, to_plain


@pytest.mark.parametrize(
    ("left", "right", "path"),
    [
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "x"}]}, None),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, ("a", 1, "b")),
        (1, 1.0, ()),
        (1, True, ()),
        ("1", 1, ()),
        (0.0, -0.0, ()),
        (0.1, math.nextafter(0.1, 1), ()),
        (math.nan, -math.nan, None),
        (None, "", ()),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ()),
        ({"a": 1}, {"a": 1, "b": 2}, ()),
        ([1], [1, 2], ()),
        ([[]], [{}], (0,)),
    ],
)
def test_types_orders_and_bits_count(left: Any, right: Any, path: tuple[str | int, ...] | None) -> None:
    assert find_difference(left, right) == path


def test_shared_values_are_compared_once() -> None:
    left: Any = "x"
    right: Any = "x"
    for _ in range(60):
        left, right = [left, left], [right, right]
    assert find_difference(left, right) is None


def test_replacing_leaves_the_old_data_alone() -> None:
    data = {"a": [{"b": 1}, 2], "c": {}}
    assert replace_value(data, ("a", 0, "b"), 9) == {"a": [{"b": 9}, 2], "c": {}}
    assert data["a"] == [{"b": 1}, 2]
    assert replace_value(data, (), 9) == 9


def test_inserting_keeps_the_order_of_keys() -> None:
    mapping = {"a": 1, "b": 2}
    assert list(insert_key(mapping, "k", 0, after="a", before=None)) == ["a", "k", "b"]
    assert list(insert_key(mapping, "k", 0, after=None, before="a")) == ["k", "a", "b"]
    assert list(insert_key(mapping, "k", 0, after=None, before=None)) == ["a", "b", "k"]


class _Word(enum.StrEnum):
    NEW = "NEW"


class _Number(enum.IntEnum):
    ONE = 1


def test_subtypes_become_plain() -> None:
    plain = to_plain({_Word.NEW: (_Word.NEW, _Number.ONE, True, 0.5, None)})
    assert plain == {"NEW": ["NEW", 1, True, 0.5, None]}
    assert [type(item) for item in plain["NEW"]] == [str, int, bool, float, type(None)]
    assert [type(key) for key in plain] == [str]


@pytest.mark.parametrize("value", [object(), b"x", {1: 2}, [{"a": {1, 2}}]])
def test_other_types_are_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        to_plain(value)
