"""Which of two domains holds the other."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.comparing.searches import compare_constraints, compare_variables, lies_in

REAL: dict[str, Any] = {"kind": "real", "range": [0, 4], "grid": 0.5}
CHOICE: dict[str, Any] = {"kind": "choice", "values": ["a", "b", 1]}
NORM: dict[str, Any] = {"variable": "x", "norm": "L2", "ge": 1, "le": 5}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (REAL, REAL | {"grid": 0.25}, "strengthened"),
        (REAL, REAL | {"grid": 0.25, "range": [0.25, 4]}, "changed"),
        (REAL, REAL | {"grid": 0.25, "range": [-0.25, 4]}, "strengthened"),
        (REAL, REAL | {"grid": 0.3}, "changed"),
        (REAL, REAL | {"grid": 1, "range": [1, 3]}, "weakened"),
        (REAL, REAL | {"grid": None}, "strengthened"),
        (REAL, {"kind": "integer", "range": [0, 4]}, "changed"),
        (REAL, CHOICE, "changed"),
        (REAL, {"kind": "real"}, "changed"),
        (REAL, "real", "changed"),
        (CHOICE, CHOICE | {"values": [1, "b", "a"]}, "reworded"),
        (CHOICE, CHOICE | {"values": ["a", "b"]}, "weakened"),
        (CHOICE, CHOICE | {"values": ["a", "b", True]}, "changed"),
    ],
)
def test_variables(before: Any, after: Any, expected: str) -> None:
    assert compare_variables(before, after).value == expected
    assert compare_variables(after, before) == compare_variables(before, after).mirrored


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (NORM | {"lt": 9}, "reworded"),
        (NORM | {"lt": 5}, "weakened"),
        (NORM | {"gt": 1}, "weakened"),
        (NORM | {"ge": None}, "strengthened"),
        (NORM | {"ge": None, "le": 4}, "changed"),
        (NORM | {"variable": "y"}, "changed"),
        (NORM | {"norm": "L3"}, "changed"),
        (None, "changed"),
    ],
)
def test_constraints(after: Any, expected: str) -> None:
    assert compare_constraints(NORM, after).value == expected
    assert compare_constraints(after, NORM) == compare_constraints(NORM, after).mirrored


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        (REAL, 4, True),
        (REAL, [[0, 1], [2.5, 4.5]], False),
        (REAL, [[0, 1], [2.5, 4]], True),
        (REAL, True, False),
        (REAL, "1", False),
        (CHOICE, "b", True),
        (CHOICE, ["b", "c"], False),
        (CHOICE, True, False),
        (None, 1, False),
    ],
)
def test_a_published_value_lies_in_a_variable(variable: Any, value: Any, expected: bool) -> None:  # noqa: FBT001 - a case
    assert lies_in(variable, value) is expected
