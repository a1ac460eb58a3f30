"""Each way of looking keeps to its share and finds what it is made for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvengine.searching.methods import evolve, find_minimal, find_nearest, refine, sample


def make(lab: Any, function: Any, size: int = 3, limit: int = 1000, start: float = 0.3, **facts: Any) -> Any:
    probe = lab.probe(lambda x: function(np.array(x)))
    evaluator = lab.evaluator(probe, lab.space({"x": lab.real(-1, 1, shape=[size], **facts)}), limit)
    return evaluator, evaluator.evaluate(np.full(size, start))


@pytest.mark.parametrize("method", [sample, evolve, refine])
@pytest.mark.parametrize("share", [1, 7, 60])
def test_a_method_takes_its_share_and_no_more(lab: Any, method: Any, share: int) -> None:
    evaluator, _ = make(lab, lambda x: float(np.sin(20 * x).sum()))
    method(evaluator, np.random.default_rng(1), share)
    assert 1 <= evaluator.evaluations <= 1 + share


@pytest.mark.parametrize("method", [sample, evolve, refine])
def test_the_same_generator_gives_the_same_points(lab: Any, method: Any) -> None:
    runs = []
    for seed in (5, 5, 6):
        probe = lab.probe(lambda x: float(np.cos(np.array(x) * 9).sum()))
        evaluator = lab.evaluator(probe, lab.space({"x": lab.real(-1, 1, shape=[3])}), 1000)
        evaluator.evaluate(np.full(3, 0.3))
        method(evaluator, np.random.default_rng(seed), 80)
        runs.append(probe.points)
    assert runs[0] == runs[1]
    assert (runs[0] != runs[2]) == (method is not refine), "the climb draws nothing"


def test_random_points_include_the_corners(lab: Any) -> None:
    probe = lab.probe(lambda **_: 0.0)
    evaluator = lab.evaluator(probe, lab.space({"x": lab.real(-1, 1, shape=[2])}), 1000)
    sample(evaluator, np.random.default_rng(1), 60)
    seen = {tuple(point["x"]) for point in probe.points}
    assert {(-1, -1), (-1, 1), (1, -1), (1, 1)} <= seen
    assert len(seen) > 40


def test_evolution_finds_a_summit_among_many(lab: Any) -> None:
    def rastrigin(x: Any) -> float:
        y = 4 * (x - 0.2)
        return -float((y**2 - 10 * np.cos(2 * np.pi * y) + 10).sum())

    evaluator, first = make(lab, rastrigin, size=2, limit=3000)
    evolve(evaluator, np.random.default_rng(2), 2500)
    assert first.value < -5
    assert evaluator.worst.value > -0.1


@given(st.lists(st.floats(-0.9, 0.9), min_size=3, max_size=3))
@settings(max_examples=20)
def test_a_climb_ends_on_the_summit(lab: Any, summit: list[float]) -> None:
    evaluator, _ = make(lab, lambda x: -float(((x - np.array(summit)) ** 2).sum()), limit=2000)
    refine(evaluator, np.random.default_rng(0), 1500)
    assert np.abs(evaluator.worst.point - summit).max() < 1e-6


@given(st.lists(st.sampled_from([-1.0, 1.0]), min_size=3, max_size=3))
@settings(max_examples=8)
def test_a_climb_goes_to_a_vertex(lab: Any, signs: list[float]) -> None:
    evaluator, _ = make(lab, lambda x: float((np.array(signs) * x).sum() + (x**2).sum()), limit=200)
    refine(evaluator, np.random.default_rng(0), 150)
    assert evaluator.worst.point.tolist() == signs


@pytest.mark.parametrize("cut", [0.5, -0.25, 0.301])
def test_the_nearest_edit_crosses_the_nearest_cut(lab: Any, cut: float) -> None:
    evaluator, first = make(lab, lambda x: float(x[0] + 10 * x[1] - x[2]), start=0.1)
    home = first.value < cut
    found = find_nearest(evaluator, first, lambda each: (each.value < cut) != home, 500)
    changed = np.flatnonzero(found.point != first.point)
    assert changed.tolist() == [1], "the steepest coordinate needs the smallest edit"
    assert found.point[1] == pytest.approx(0.1 + (cut - first.value) / 10, abs=1e-9)
    assert (found.value < cut) != home


def test_the_nearest_edit_of_integers(lab: Any) -> None:
    probe = lab.probe(lambda n: float(n[0] * n[1]))
    space = lab.space({"n": {"kind": "integer", "range": [-40, 40], "shape": [2]}})
    evaluator = lab.evaluator(probe, space, 1000)
    first = evaluator.evaluate(np.array([3.0, 5.0]))
    found = find_nearest(evaluator, first, lambda each: each.value < -6, 200)
    assert found.point.tolist() == [-2.0, 5.0]
    assert find_nearest(evaluator, first, lambda each: each.value > 1e9, 200) is None
    found = find_nearest(evaluator, first, lambda each: each.value > 17, 200)
    assert found.point.tolist() == [4.0, 5.0]


@pytest.mark.parametrize("is_large", [False, True])
def test_the_minimal_example_has_few_and_small_numbers(lab: Any, is_large: bool) -> None:  # noqa: FBT001 - a column
    size = 80 if is_large else 4
    evaluator, _ = make(lab, lambda x: float(np.abs(x).sum()), size=size, limit=2000, start=0.0)
    evaluator.evaluate(np.full(size, 0.9))
    found = find_minimal(evaluator, lambda each: each.value >= 0.5, seed=3)
    assert found.value >= 0.5
    assert np.count_nonzero(found.point) == 1
    assert np.allclose(found.point * 10, np.rint(found.point * 10))


def test_a_minimal_example_of_what_is_rare_is_shrunk_from_the_worst(lab: Any) -> None:
    needle = np.array([0.7, -0.3, 0.6, 0.0, 0.0, 0.9])
    evaluator, _ = make(lab, lambda x: float(np.abs((x - needle)[:3]).max() < 0.02), size=6, start=0.0)
    evaluator.evaluate(needle + 0.01)
    found = find_minimal(evaluator, lambda each: each.value == 1.0, seed=3)
    assert found.point.tolist() == pytest.approx([0.7, -0.3, 0.6, 0.0, 0.0, 0.0])


def test_no_minimal_example_where_nothing_is_wanted(lab: Any) -> None:
    evaluator, _ = make(lab, lambda x: float(x.sum()))
    assert find_minimal(evaluator, lambda _: False, seed=3) is None


@pytest.mark.parametrize("left", [0, 1, 2, 5, 40])
@pytest.mark.parametrize("size", [2, 80])
def test_a_minimal_example_keeps_to_the_budget(lab: Any, left: int, size: int) -> None:
    evaluator, _ = make(lab, lambda x: float(np.abs(x).sum()), size=size, limit=2 + left, start=0.0)
    evaluator.evaluate(np.full(size, 0.91))  # the grid has 0.9
    found = find_minimal(evaluator, lambda each: each.value >= 0.5, seed=3)
    assert evaluator.evaluations <= 2 + left
    assert (found is not None) == (left > 0)


@pytest.mark.parametrize(
    ("bounds", "unit"), [((-1, 1), 0.1), ((-100, 100), 1.0), ((0, 1e-6), 1e-7), ((-5, 5), 1.0), ((0, 3), 0.1)]
)
def test_a_minimal_example_is_on_a_grid_that_a_person_reads(
    lab: Any, bounds: tuple[float, float], unit: float
) -> None:
    evaluator = lab.evaluator(lab.probe(lambda x: x), lab.space({"x": lab.real(*bounds)}), 500)
    evaluator.evaluate(np.array([bounds[1]]))
    found = find_minimal(evaluator, lambda each: each.value > 0.5 * bounds[1], seed=1)
    steps = found.point[0] / unit
    assert steps == pytest.approx(np.rint(steps))
    assert len(repr(float(found.point[0]))) <= 5, "3.3 and not 3.3000000000000003"
    assert 0.5 * bounds[1] < found.point[0] <= 0.5 * bounds[1] + 1.01 * unit


def test_choices_and_integers_have_steps_of_one(lab: Any) -> None:
    domain = {
        "c": {"kind": "choice", "values": ["a", "b", "c", "d"]},
        "n": {"kind": "integer", "range": [-9, 9]},
    }
    evaluator = lab.evaluator(lab.probe(lambda c, n: float(n) if c == "c" else 0.0), lab.space(domain), 500)
    evaluator.evaluate(np.array([2.0, 9.0]))
    found = find_minimal(evaluator, lambda each: each.value >= 4, seed=1)
    assert evaluator.space.decode(found.point) == {"c": "c", "n": 4}
