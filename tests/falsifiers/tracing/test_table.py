from __future__ import annotations

import math

import pytest
import small_tables

from pvfalsifiers.tracing.table import Row, compare, divide, divide_unlike, find_extremes


def test_both_paths_are_compared_over_the_same_tokens() -> None:
    passes = small_tables.make_passes()
    assert compare(passes, (0, 2), ("gate", "down"), "all") == (
        Row(0, "gate", 96, 4.0, 4.0, 1.0),
        Row(0, "down", 64, 2.0, 1.0, 2.0),
        Row(2, "gate", 96, 1.0, 3.0, 1 / 3),
        Row(2, "down", 64, 0.5, 0.5, 1.0),
    )
    assert compare(passes, (0,), ("gate",), "last") == (Row(0, "gate", 96, 1.0, 2.0, 0.5),)


@pytest.mark.parametrize(("place", "stds"), [(0, (4.0, None)), (1, (None, 4.0))])
def test_one_path_alone_has_no_ratio(place: int, stds: tuple[float | None, float | None]) -> None:
    (row,) = compare([small_tables.make_passes()[place]], (0,), ("gate",), "all")
    assert (row.std_a, row.std_b, row.ratio) == (*stds, None)


def test_the_artefact_divides_all_tokens_of_a_by_the_last_of_b() -> None:
    a, b = small_tables.make_passes()
    found = divide_unlike(a, b, (0, 2), ("gate", "down"))
    assert [(row.std_a_all, row.std_b_last, row.quotient) for row in found] == [
        (4.0, 2.0, 2.0),
        (2.0, 3.0, 2 / 3),
        (1.0, 5.0, 0.2),
        (0.5, 0.125, 4.0),
    ]
    assert divide_unlike(a, a, (0,), ("gate",))[0].quotient == 4.0, "not 1 for one path and itself"


@pytest.mark.parametrize(
    ("dividend", "divisor", "expected"),
    [(1.0, 4.0, 0.25), (2.0, 0.0, math.inf), (0.0, 0.0, math.nan), (math.nan, 0.0, math.nan)],
)
def test_division_by_zero_is_that_of_ieee(dividend: float, divisor: float, expected: float) -> None:
    assert divide(dividend, divisor) == pytest.approx(expected, nan_ok=True, abs=0)


def test_extremes_leave_out_what_is_not_finite() -> None:
    rows = [
        Row(layer, "up", 1, 1.0, 1.0, ratio) for layer, ratio in enumerate((math.inf, 2.0, 0.5, math.nan))
    ]
    found = find_extremes(rows)
    assert found is not None
    assert (found.smallest.layer, found.largest.layer) == (2, 1)
    assert find_extremes([rows[0], Row(0, "up", 1, 1.0, None, None)]) is None
