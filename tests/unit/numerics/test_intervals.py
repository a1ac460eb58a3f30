"""Open and closed ends are exact, and gaps and overlaps are found where they are."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pvengine.models.claim import Band
from pvengine.numerics.intervals import Interval, find_partition_faults, interval_of

INF = math.inf


def band(**bounds: float) -> Interval:
    return interval_of(Band.model_validate(bounds))


@pytest.mark.parametrize(
    ("bounds", "text", "inside", "outside"),
    [
        ({"lt": 1}, "(-inf, 1)", [0.9999999999999999, -1e308], [1, 1.0]),
        ({"le": 1}, "(-inf, 1]", [1, 1.0], [1.0000000000000002]),
        ({"gt": 1}, "(1, inf)", [1.0000000000000002, 1e308], [1]),
        ({"ge": 1}, "[1, inf)", [1], [0.9999999999999999]),
        ({"gt": 1, "le": 5.0}, "(1, 5.0]", [5, 2.5], [1, 5.000000000000001]),
        ({"ge": 0, "le": 0}, "[0, 0]", [0, 0.0, -0.0], [5e-324, -5e-324]),
    ],
)
def test_ends_are_open_or_closed_to_the_last_bit(
    bounds: dict[str, float], text: str, inside: list[float], outside: list[float]
) -> None:
    interval = band(**bounds)
    assert str(interval) == text
    assert [interval.contains(value) for value in inside] == [True] * len(inside)
    assert [interval.contains(value) for value in outside] == [False] * len(outside)


@pytest.mark.parametrize("value", [math.nan, INF, -INF])
def test_nothing_holds_what_is_not_finite(value: float) -> None:
    assert not Interval((-INF, 0), (INF, 1)).contains(value)


def test_integers_beyond_every_double_are_compared_exactly() -> None:
    assert band(gt=2**53).contains(2**53 + 1)
    assert not band(le=2**53).contains(2**53 + 1)
    assert band(gt=1).contains(10**400)
    assert band(lt=10**400).contains(10**400 - 1)


@pytest.mark.parametrize(
    "bounds", [{"gt": 5, "lt": 5}, {"gt": 5, "le": 5}, {"ge": 5, "lt": 5}, {"ge": 6, "le": 5}]
)
def test_an_interval_can_be_empty(bounds: dict[str, float]) -> None:
    assert band(**bounds).is_empty
    assert not band(**bounds).contains(5)


def test_one_point_is_not_empty() -> None:
    assert not band(ge=5, le=5).is_empty


@pytest.mark.parametrize(
    ("bands", "faults"),
    [
        ([{"gt": 5}, {"gt": 1, "le": 5}, {"le": 1}], []),
        ([{"lt": 0}, {"ge": 0, "le": 0}, {"gt": 0}], []),
        ([{"le": 0}, {"gt": 0, "lt": 1}, {"ge": 1}], []),
        ([{"gt": 5}, {"lt": 5}], [(0, "no band holds 5")]),
        ([{"ge": 5}, {"le": 5}], [(0, "overlaps (-inf, 5]: both hold 5")]),
        ([{"gt": 5}, {"le": 4}], [(0, "no band holds (4, 5]")]),
        ([{"gt": 4}, {"le": 5}], [(0, "overlaps (-inf, 5]: both hold (4, 5]")]),
        ([{"gt": 5}], [(0, "no band holds (-inf, 5]")]),
        ([{"le": 5}], [(None, "no band holds (5, inf)")]),
        ([], [(None, "no band holds (-inf, inf)")]),
        ([{"lt": 5}, {"ge": 5}, {"gt": 5, "lt": 5}], [(2, "(5, 5) is empty")]),
        ([{"lt": 5}, {"ge": 5}, {"ge": 2, "le": 3}], [(2, "overlaps (-inf, 5): both hold [2, 3]")]),
        (
            [{"lt": 5}, {"ge": 5}, {"lt": 5}],
            [(2, "overlaps (-inf, 5): both hold (-inf, 5)")],
        ),
        (
            [{"lt": 0}, {"gt": 0, "lt": 1}, {"gt": 1}],
            [(1, "no band holds 0"), (2, "no band holds 1")],
        ),
        ([{"le": 1}, {"gt": 1.0}], []),
    ],
)
def test_gaps_overlaps_and_empty_bands_are_found(
    bands: list[dict[str, float]], faults: list[tuple[Any, str]]
) -> None:
    assert find_partition_faults([band(**one) for one in bands]) == faults


def test_many_bands_are_checked_in_little_time() -> None:
    bands = [band(lt=0), *(band(ge=low, lt=low + 1) for low in range(20_000)), band(ge=20_000)]
    assert find_partition_faults(bands) == []
