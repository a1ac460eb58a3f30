from __future__ import annotations

import math
from typing import Any

import pytest

from pvengine.comparing.value_sets import EVERYTHING, NOTHING, set_of_comparator
from pvengine.numerics.intervals import Interval

BIG = 2**53 + 1
"""No double has this value; the double nearest to it is one less."""


@pytest.mark.parametrize(
    ("comparator", "operand", "inside", "outside"),
    [
        ("lt", 1, [0.9999999999999999, -1e308], [1, 2]),
        ("le", 1, [1.0], [1.0000000000000002]),
        ("gt", 1, [1.0000000000000002], [1]),
        ("ge", 1, [1], [0.9999999999999999]),
        ("eq", 0.5, [0.5], [0.25]),
        ("ne", 0.5, [0.25, 1e308], [0.5]),
        ("in", (3, 1, 1.0), [1, 3.0], [2]),
        ("lt", BIG, [BIG - 1], [BIG]),
        ("lt", 0, [-5e-324], [0, -0.0]),
    ],
)
def test_a_comparator_accepts(comparator: str, operand: Any, inside: list[Any], outside: list[Any]) -> None:
    accepted = set_of_comparator(comparator, operand)
    assert [value for value in inside if not accepted.contains(value)] == []
    assert [value for value in [*outside, math.nan, math.inf, -math.inf] if accepted.contains(value)] == []


def test_sets_are_combined_exactly() -> None:
    low, high = set_of_comparator("lt", 1), set_of_comparator("ge", 1)
    assert low.union(high) == EVERYTHING
    assert low.intersect(high) == NOTHING
    assert EVERYTHING.minus(low) == high
    assert low.minus(EVERYTHING).is_empty
    assert NOTHING.minus(low) == NOTHING
    assert set_of_comparator("ne", 1).union(set_of_comparator("eq", 1.0)) == EVERYTHING
    assert low.minus(set_of_comparator("eq", 0)).intervals == (
        Interval((-math.inf, 0), (0, 0)),
        Interval((0, 1), (1, 0)),
    )


def test_touching_intervals_are_one() -> None:
    both = set_of_comparator("lt", 1).union(set_of_comparator("eq", 1))
    assert both == set_of_comparator("le", 1)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (EVERYTHING, "(-inf, inf)"),
        (NOTHING, "nothing"),
        (set_of_comparator("in", (1, 2.5)), "{1} or {2.5}"),
        (set_of_comparator("in", (1, 2, 3, 4, 5)), "{1} or {2} or {3} or 2 more"),
        (set_of_comparator("le", 1e-5), "(-inf, 1e-05]"),
    ],
)
def test_a_set_is_written_shortly(values: Any, text: str) -> None:
    assert str(values) == text
