"""Bands partition the line exactly where every finite number has one verdict."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from pvengine.models.claim import Band
from pvengine.numerics.intervals import Interval, find_partition_faults, interval_of

ENDS = st.integers(-3, 3) | st.sampled_from([-1.5, 0.5, 5e-324, -5e-324, 1e308, 2.0])
BANDS = st.fixed_dictionaries(
    {},
    optional={
        "lower": st.tuples(st.sampled_from(["gt", "ge"]), ENDS),
        "upper": st.tuples(st.sampled_from(["lt", "le"]), ENDS),
    },
).filter(bool)


def to_interval(data: dict[str, tuple[str, Any]]) -> Interval:
    return interval_of(Band.model_validate(dict(data.values())))


def list_witnesses(intervals: list[Interval]) -> list[float]:
    """List a double in every place where the number of intervals can change: each end and its neighbours."""
    ends = {float(cut[0]) for one in intervals for cut in (one.lower, one.upper) if math.isfinite(cut[0])}
    around = {math.nextafter(end, side) for end in ends for side in (-math.inf, math.inf)}
    return sorted(ends | around | {-1.7976931348623157e308, 0.0, 1.7976931348623157e308})


@given(st.lists(BANDS, max_size=5))
def test_no_fault_means_that_every_number_has_exactly_one_band(bands: list[dict[str, Any]]) -> None:
    intervals = [to_interval(band) for band in bands]
    counts = [sum(one.contains(value) for one in intervals) for value in list_witnesses(intervals)]
    faults = [reason for _, reason in find_partition_faults(intervals) if not reason.endswith("is empty")]
    assert (not faults) is all(count == 1 for count in counts)


@given(st.lists(ENDS, unique=True, max_size=6), st.data())
def test_a_line_cut_anywhere_is_a_partition_and_each_piece_is_needed(ends: list[float], data: Any) -> None:
    cuts = [(-math.inf, 0), *((end, data.draw(st.integers(0, 1))) for end in sorted(ends)), (math.inf, 1)]
    pieces = [Interval(lower, upper) for lower, upper in pairwise(cuts)]
    shuffled = data.draw(st.permutations(pieces))
    assert find_partition_faults(shuffled) == []
    for index in range(len(pieces)):
        assert len(find_partition_faults(pieces[:index] + pieces[index + 1 :])) == 1
        assert find_partition_faults([*pieces, pieces[index]])


@given(BANDS, ENDS)
@example({"lower": ("gt", 0), "upper": ("lt", 5e-324)}, 0)
def test_an_empty_interval_holds_nothing(band: dict[str, Any], value: float) -> None:
    interval = to_interval(band)
    bounds = dict(band.values())
    expected = all(
        {"gt": value > end, "ge": value >= end, "lt": value < end, "le": value <= end}[name]
        for name, end in bounds.items()
    )
    assert interval.contains(value) is expected
    assert not (interval.is_empty and expected)
