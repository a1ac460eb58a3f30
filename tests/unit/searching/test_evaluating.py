"""What measures keeps to the budget and to the domain, remembers, and knows the extremes."""

from __future__ import annotations

import contextlib
import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.searching.evaluating import BudgetSpentError

NAN = float("nan")


def points_of(seed: int, count: int, size: int = 2) -> list[Any]:
    return list(np.random.default_rng(seed).uniform(-2, 2, size=(count, size)))


@given(
    st.integers(0, 2**32),
    st.lists(st.integers(1, 90), min_size=1, max_size=4),
    st.integers(1, 120),
    st.floats(0, 1),
    st.floats(0.5, 3),
)
def test_never_beyond_the_limit_the_box_or_a_constraint(  # noqa: PLR0913, PLR0917 - what is drawn
    lab: Any, seed: int, batches: list[int], limit: int, refused: float, norm: float
) -> None:
    def measure(x: list[float]) -> float | None:
        return None if abs(x[0]) < refused else x[0]

    probe = lab.probe(measure)
    domain = {"x": lab.real(-1.5, 1.5, shape=[2])}
    space = lab.space(domain, {}, {"variable": "x", "norm": "L1", "le": norm})
    evaluator = lab.evaluator(probe, space, limit)
    done = 0
    with contextlib.suppress(BudgetSpentError):
        for index, count in enumerate(batches):
            assert len(evaluator.evaluate_many(points_of(seed + index, count))) == count
            done += 1
    assert done == len(batches) or evaluator.spent == "evaluations"
    asked = [point["x"] for point in probe.points]
    measured = [point["x"] for point in probe.points if abs(point["x"][0]) >= refused]
    assert evaluator.evaluations == len(measured) <= limit
    assert all(max(map(abs, x)) <= 1.5 and sum(map(abs, x)) <= norm for x in asked)
    seen = evaluator.extremes.get("m")
    assert (seen is None) == (not measured)
    if seen is not None:
        assert seen.least.value == min(x[0] for x in measured)
        assert seen.largest.value == max(x[0] for x in measured) == evaluator.worst.value
        assert evaluator.best.value == seen.least.value


def test_a_point_is_measured_once(lab: Any) -> None:
    probe = lab.probe(lambda x: x)
    evaluator = lab.evaluator(probe, lab.space({"x": lab.real(0, 1, grid=0.25)}), limit=10)
    point = np.array([0.5])
    first = evaluator.evaluate(point)
    assert evaluator.evaluate_many([point, np.array([0.45]), np.array([0.75])])[0] is first
    assert probe.points == [{"x": 0.5}, {"x": 0.75}]
    assert evaluator.evaluations == 2


def test_a_refused_point_is_remembered_too(lab: Any) -> None:
    probe = lab.probe(lambda **_: None)
    evaluator = lab.evaluator(probe, lab.space({"x": lab.real(0, 1)}), limit=10)
    assert evaluator.evaluate_many([np.array([0.5])] * 3) == [None, None, None]
    assert (len(probe.points), evaluator.refused, evaluator.evaluations) == (1, 1, 0)


def sum_up(x: list[float]) -> float:
    return sum(x)


def test_a_large_box_is_not_remembered(lab: Any) -> None:
    probe = lab.probe(sum_up)
    evaluator = lab.evaluator(probe, lab.space({"x": lab.real(0, 1, shape=[65])}), limit=10)
    for _ in range(2):
        evaluator.evaluate(np.zeros(65))
    assert evaluator.evaluations == 2


def test_what_is_refused_ends_a_search_in_the_end(lab: Any) -> None:
    probe = lab.probe(lambda **_: None)
    evaluator = lab.evaluator(probe, lab.space({"x": lab.real(-2, 2, shape=[2])}), limit=4)
    with pytest.raises(BudgetSpentError):
        evaluator.evaluate_many(points_of(1, 200))
    assert 40 <= evaluator.refused <= 64, (
        "ten times what may be measured, and the batch at which that was seen"
    )


def test_the_budget_of_seconds(lab: Any) -> None:
    evaluator = lab.evaluator(
        lab.probe(lambda x: x), lab.space({"x": lab.real(0, 1)}), 10, deadline=time.perf_counter() - 1
    )
    with pytest.raises(BudgetSpentError) as caught:
        evaluator.evaluate(np.array([0.5]))
    assert (caught.value.by, evaluator.spent, evaluator.evaluations) == ("seconds", "seconds", 0)


def test_a_share_ends_what_is_done_within_and_nothing_else(lab: Any) -> None:
    evaluator = lab.evaluator(lab.probe(lambda x: x), lab.space({"x": lab.real(0, 1)}), 10)
    done = []
    with evaluator.limit_to(3):
        for value in np.linspace(0, 1, 9):
            evaluator.evaluate(np.array([value]))
            done.append(value)
    assert (len(done), evaluator.evaluations, evaluator.spent) == (3, 3, None)
    evaluator.evaluate(np.array([0.99]))
    assert evaluator.evaluations == 4
    with pytest.raises(BudgetSpentError), evaluator.limit_to(100):
        evaluator.evaluate_many([np.array([value]) for value in np.linspace(0, 0.9, 20)])
    assert (evaluator.evaluations, evaluator.spent) == (10, "evaluations")


@pytest.mark.parametrize("odd", [NAN, math.inf, -math.inf])
def test_nothing_hides_behind_a_metric_that_is_not_finite(lab: Any, odd: float) -> None:
    probe = lab.probe(lambda x: {"m": -x, "k": odd if x == 0.5 else 1.0})
    space = lab.space({"x": lab.real(0, 1)})
    points = [np.array([value]) for value in (0.0, 0.5, 1.0)]
    watching = lab.evaluator(probe, space, 10, watched=("m", "k"))
    watching.evaluate_many(points)
    assert (watching.worst.point.tolist(), watching.worst.score) == ([0.5], math.inf)
    assert watching.extremes["k"].largest.measurements["k"].value == 1.0
    careless = lab.evaluator(probe, space, 10, watched=("m",))
    careless.evaluate_many(points)
    assert careless.worst.point.tolist() == [0.0]


@pytest.mark.parametrize("measured", [{"m": NAN}, {"k": 1.0}])
def test_a_searched_metric_that_is_missing_is_the_worst(lab: Any, measured: dict[str, float]) -> None:
    probe = lab.probe(lambda x: measured if x == 0.5 else {"m": x})
    evaluator = lab.evaluator(probe, lab.space({"x": lab.real(0, 1)}), 10)
    evaluator.evaluate_many([np.array([value]) for value in (0.0, 0.5, 1.0)])
    assert evaluator.worst.point.tolist() == [0.5]
    assert math.isnan(evaluator.worst.value)


def test_scores_outside_of_the_domain(lab: Any) -> None:
    evaluator = lab.evaluator(
        lab.probe(lambda x: None if x > 0.5 else x), lab.space({"x": lab.real(0, 1)}), 10
    )
    assert evaluator.score_many([np.array([0.25]), np.array([0.75])]) == [0.25, -math.inf]


def test_points_are_measured_in_batches(lab: Any) -> None:
    probe = lab.probe(lambda x: x[0])
    evaluator = lab.evaluator(probe, lab.space({"x": lab.real(-2, 2, shape=[2])}), 1000)
    found = evaluator.evaluate_many(points_of(3, 150))
    assert probe.batches == [64, 64, 22]
    assert [each.value for each in found] == [point[0] for point in points_of(3, 150)]
