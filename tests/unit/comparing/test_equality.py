from __future__ import annotations

from typing import Any

import pytest

from pvengine.comparing.equality import is_blank, is_number, is_same


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1, "b": [1.0]}, {"b": [1], "a": 1.0}, True),
        (float("nan"), float("nan"), True),
        (2**53 + 1, float(2**53), False),
        (0.0, -0.0, False),
        (0, -0.0, False),
        (0, 0.0, True),
        (1, True, False),
        (None, "", False),
        ([], {}, False),
        ("1", 1, False),
        ([1, 2], [2, 1], False),
        ("nan", float("nan"), False),
        ({"a": None}, {}, False),
        (["bool", 1], True, False),
        (["none"], None, False),
    ],
)
def test_what_means_the_same(before: Any, after: Any, expected: bool) -> None:  # noqa: FBT001 - a case
    assert is_same(before, after) is expected
    assert is_same(after, before) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, True),
        (1.5, True),
        (10**400, True),
        (True, False),
        (float("inf"), False),
        ("1", False),
        (None, False),
    ],
)
def test_what_is_a_number(value: Any, expected: bool) -> None:  # noqa: FBT001 - a case
    assert is_number(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [(None, True), (" ", True), ([], True), (0, False), (False, False)]
)
def test_what_is_blank(value: Any, expected: bool) -> None:  # noqa: FBT001 - a case
    assert is_blank(value) is expected
