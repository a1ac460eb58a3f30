"""Only like is compared with like: the 18.23x of seven tokens against one cannot be made a ratio."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from pvengine.plugin import NotComparableError, Population, Statistic, Trial
from pvengine.plugin.statistics import compare_statistics

WIDTH = 4096
WHICH = "SwiGLU inner, layer 3"


def make_inner_tensors() -> tuple[Any, Any]:
    """Make 7 tokens of path A, whose first is an outlier, and the last token alone of path B.

    The standard deviations are 1.2216 over the seven, 0.0834 over the last, and 0.0670 over that of path B,
    as published.
    """
    drawn = np.random.default_rng(3).standard_normal(WIDTH)
    token = (drawn - drawn.mean()) / drawn.std()
    last = 0.0670 * 1.2452
    first = math.sqrt(7 * 1.2216**2 - 6 * last**2)
    return np.outer([first, *[last] * 6], token), (0.0670 * token)[None, :]


def take_std(trial: Trial, inner: Any, **facts: Any) -> Statistic:
    """Take the standard deviation of a tensor, tokens by elements."""
    given = {"which": WHICH, "aggregation": "std", "normalisation": "n", "axes": ("tokens", "elements")}
    return trial.statistic(inner, np.std, **{**given, **facts})


def make(**facts: Any) -> Statistic:
    given = {"value": 2.0, "population": Population("all", {"tokens": 7}), "aggregation": "std"}
    return Statistic(**{**given, "normalisation": "n", **facts})


def test_the_published_ratio_is_refused_and_the_difference_is_named() -> None:
    trial = Trial(len, seed=1)
    apr, gguf = make_inner_tensors()
    assert np.std(apr) / np.std(gguf) == pytest.approx(18.23, abs=0.005)
    with pytest.raises(NotComparableError, match=r"^the population has tokens: 7 against tokens: 1$"):
        trial.compare("std_ratio", take_std(trial, apr), take_std(trial, gguf))
    assert trial.measurements == {}
    assert trial.refusal == "not comparable: 'std_ratio': the population has tokens: 7 against tokens: 1"


def test_the_same_tokens_on_both_sides_are_compared() -> None:
    trial = Trial(len, seed=1)
    apr, gguf = make_inner_tensors()
    trial.compare("std_ratio", take_std(trial, apr[-1:]), take_std(trial, gguf), arithmetic="float64")
    found = trial.measurements["std_ratio"]
    assert found.number == pytest.approx(1.2452, abs=1e-12)
    assert (found.unit, found.aggregation, found.normalisation) == ("ratio", "ratio of std", "n")
    assert found.population == f"tokens: 1, elements: {WIDTH}; {WHICH}"
    assert found.arithmetic == "float64"
    assert trial.refusal is None


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"population": Population("last", {"tokens": 7})}, "the population is 'all' against 'last'"),
        (
            {"population": Population("all", {"rows": 7})},
            "the population has tokens: 7 against no tokens; the population has no rows against rows: 7",
        ),
        ({"aggregation": "rms"}, "the aggregation is 'std' against 'rms'"),
        ({"normalisation": "n - 1"}, "the normalisation is 'n' against 'n - 1'"),
        ({"unit": "V"}, "the unit is '1' against 'V'"),
        (
            {"aggregation": "rms", "unit": "V"},
            "the aggregation is 'std' against 'rms'; the unit is '1' against 'V'",
        ),
    ],
)
def test_each_difference_is_named(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(NotComparableError) as caught:
        compare_statistics(make(), make(**facts), by="ratio")
    assert str(caught.value) == said


def test_the_order_of_axes_and_the_arithmetic_do_not_matter() -> None:
    one = make(population=Population("all", {"tokens": 7, "elements": 3}), arithmetic="float32")
    two = make(population=Population("all", {"elements": 3, "tokens": 7}), value=np.float32(4))
    assert compare_statistics(one, two, by="ratio").value == 0.5
    found = compare_statistics(one, two, by="difference")
    assert (found.value, found.unit, found.aggregation) == (-2.0, "1", "difference of std")


@pytest.mark.parametrize(
    ("one", "two", "ratio"),
    [(1, 3, 1 / 3), (1.0, 0.0, math.inf), (1.0, -0.0, -math.inf), (-1, 0, -math.inf), (7, 7, 1.0)],
)
def test_a_ratio_is_that_of_ieee_754(one: float, two: float, ratio: float) -> None:
    assert compare_statistics(make(value=one), make(value=two), by="ratio").value == ratio


@pytest.mark.parametrize("one", [0.0, math.nan])
def test_a_ratio_of_nothing_to_nothing_is_no_number(one: float) -> None:
    assert math.isnan(compare_statistics(make(value=one), make(value=0.0), by="ratio").value)


def test_a_difference_of_counts_stays_an_integer() -> None:
    trial = Trial(len, seed=1)
    trial.compare("more", make(value=2**62), make(value=2**62 - 1), by="difference")
    assert (trial.measurements["more"].value, trial.measurements["more"].dtype) == (1, "int")


def test_the_first_refusal_stays() -> None:
    trial = Trial(len, seed=1)
    for name in ("first", "second"):
        with pytest.raises(NotComparableError):
            trial.compare(name, make(), make(unit="V"))
    assert (trial.refusal or "").startswith("not comparable: 'first': ")


def test_a_statistic_is_measured_with_what_it_has() -> None:
    trial = Trial(len, seed=1)
    trial.measure("std", make(unit="V", arithmetic="float64"))
    found = trial.measurements["std"]
    assert (found.unit, found.population, found.normalisation) == ("V", "tokens: 7; all", "n")
    assert (found.aggregation, found.arithmetic, found.value) == ("std", "float64", 2.0)
    for keyword in ({"unit": "A"}, {"population": "x"}, {"normalisation": "n"}):
        with pytest.raises(TypeError, match="says itself what it was taken over"):
            trial.measure("other", make(), **keyword)


def test_counts_are_those_of_the_shape() -> None:
    found = take_std(Trial(len, seed=1), [[1.0, 2.0], [3.0, 4.0]])
    assert found.population.counts == {"tokens": 2, "elements": 2}
    assert found.value == pytest.approx(math.sqrt(1.25))


@pytest.mark.parametrize("axes", ["tokens", ("tokens",), ("tokens", "tokens"), ("a", "b", "c"), ()])
def test_axes_are_those_of_the_array(axes: Any) -> None:
    with pytest.raises(ValueError, match=r"an array of shape \(2, 2\) has 2 axes"):
        take_std(Trial(len, seed=1), np.ones((2, 2)), axes=axes)


@pytest.mark.parametrize(
    ("which", "counts"),
    [(" ", {"a": 1}), ("x", {}), ("x", {"a": 0}), ("x", {"a": True}), ("x", {"": 1}), ("x\n", {"a": 1})],
)
def test_a_population_says_which_and_how_many(which: str, counts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"population|which|name of an axis"):
        Population(which, counts)


def test_nothing_has_no_statistic() -> None:
    with pytest.raises(ValueError, match="at least 1, and not 0"):
        take_std(Trial(len, seed=1), np.ones((0, 4)))


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"population": "7 tokens"}, TypeError),
        ({"value": "2"}, TypeError),
        ({"value": np.ones(3)}, TypeError),
        ({"aggregation": ""}, ValueError),
        ({"normalisation": None}, ValueError),
        ({"unit": "\n"}, ValueError),
    ],
)
def test_a_statistic_is_complete(facts: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        make(**facts)


def test_bare_numbers_and_other_words_are_not_compared() -> None:
    with pytest.raises(TypeError, match="only statistics are compared"):
        compare_statistics(make(), 2.0, by="ratio")  # type: ignore[arg-type]  # what is refused
    with pytest.raises(ValueError, match="not by 'quotient'"):
        compare_statistics(make(), make(), by="quotient")  # type: ignore[arg-type]  # what is refused
