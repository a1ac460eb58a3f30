"""The worst point has the largest score, whatever makes it the worst."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.searching.aims import Scorer

if TYPE_CHECKING:
    from pvengine.models.search import Aim

NUMBERS = st.floats(allow_nan=False)
CUTS = st.lists(st.floats(-100, 100), min_size=1, max_size=4, unique=True).map(sorted)


@given(NUMBERS, NUMBERS)
def test_a_larger_value_is_worse_or_better(one: float, other: float) -> None:
    assert (Scorer("maximise").score(one) < Scorer("maximise").score(other)) == (one < other)
    assert (Scorer("minimise").score(one) > Scorer("minimise").score(other)) == (one < other)


@pytest.mark.parametrize("aim", ["maximise", "minimise", "margin"])
def test_no_number_is_the_worst_there_is(aim: Aim) -> None:
    assert Scorer(aim, (1.0,)).score(math.nan) == math.inf


@given(CUTS, st.floats(-100, 100), st.floats(-100, 100))
def test_a_margin_is_negative_at_home_and_not_beyond(cuts: list[float], home: float, value: float) -> None:
    scorer = Scorer("margin", cuts)
    scorer.score(home)
    is_home = scorer.place(value) == scorer.place(home)
    score = scorer.score(value)
    assert (score <= 0) if is_home else (score >= 0)
    assert abs(score) == min(abs(value - cut) for cut in cuts)


@given(CUTS, st.floats(-100, 100), st.floats(-100, 100))
def test_what_is_nearer_to_a_cut_is_worse_at_home(cuts: list[float], one: float, other: float) -> None:
    scorer = Scorer("margin", cuts)
    if scorer.place(one) != scorer.place(other):
        return
    scorer.score(one)
    near = min(abs(one - cut) for cut in cuts) < min(abs(other - cut) for cut in cuts)
    assert (scorer.score(one) > scorer.score(other)) == near


def test_a_margin_in_numbers() -> None:
    scorer = Scorer("margin", (1.0, 5.0))
    assert [scorer.score(value) for value in (0.25, 0.75, 1.5, 7.0, 1.0)] == [-0.75, -0.25, 0.5, 2.0, 0.0]
    assert Scorer("margin").score(3.0) == -math.inf, "without a cut nothing can change"


def test_a_number_on_a_cut_has_a_place_of_its_own() -> None:
    scorer = Scorer("margin", (1.0, 5.0))
    assert len({scorer.place(value) for value in (0.0, 1.0, 2.0, 3.0, 5.0, 6.0)}) == 5
    assert scorer.place(2.0) == scorer.place(3.0)
