"""A search finds worst points that are known, within a stated budget, and reports what it did."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from pvengine.models.search import METHODS
from pvengine.plugin import Bound

NAN = float("nan")


def timeless(found: Any) -> dict[str, Any]:
    """Return a report without its seconds."""
    data: dict[str, Any] = found.report.model_dump(mode="json")
    del data["seconds"]
    for method in data["methods"]:
        del method["seconds"]
    return data


def bowl(x: list[float]) -> float:
    return -float(((np.array(x) - [0.25, -0.5, 0.75]) ** 2).sum())


def saddle(x: list[float]) -> float:
    return float(np.square(x).sum() + np.sum(x))


def spike(x: list[float]) -> float:
    return float(np.exp(-1e6 * ((np.array(x) - [0.123456, -0.654321]) ** 2).sum()))


@pytest.mark.parametrize(
    ("domain", "params", "function", "evaluations", "supremum", "tolerance"),
    [
        ({"x": {"range": [-1, 1], "shape": [3]}}, {"x": [0.0] * 3}, bowl, 600, 0.0, 1e-9),
        ({"x": {"range": [-1, 1], "shape": [8]}}, {"x": [0.0] * 8}, saddle, 300, 16.0, 0.0),
        ({"x": {"range": [-3, 1]}}, {"x": 0.0}, lambda x: x * x, 10, 9.0, 0.0),
        ({"x": {"range": [0, 1], "grid": 0.1}}, {"x": 0.0}, lambda x: -abs(x - 0.34), 40, -0.04, 1e-12),
        (
            {"n": {"kind": "integer", "range": [-50, 50], "shape": [2]}},
            {"n": [0, 0]},
            lambda n: -((n[0] - 17) ** 2) - (n[1] + 23) ** 2,
            600,
            0.0,
            0.0,
        ),
        (
            {"c": {"kind": "choice", "values": ["sin", "cos", "tan"]}, "x": {"range": [0, 1.5]}},
            {"c": "sin", "x": 0.0},
            lambda c, x: getattr(math, c)(x),
            200,
            math.tan(1.5),
            0.0,
        ),
    ],
)
def test_a_known_supremum_is_found_within_a_budget(  # noqa: PLR0913, PLR0917 - columns of the table
    lab: Any, domain: Any, params: Any, function: Any, evaluations: int, supremum: float, tolerance: float
) -> None:
    domain = {name: {"kind": "real", **variable} for name, variable in domain.items()}
    report = lab.search(domain, params, function, evaluations=evaluations).report
    assert report.worst.value.number == pytest.approx(supremum, rel=0, abs=tolerance)
    assert report.evaluations <= evaluations
    assert report.extremes["m"].largest == report.worst.value


def test_minimise_finds_the_least(lab: Any) -> None:
    report = lab.search(
        {"x": lab.real(-1, 1, shape=[3])},
        {"x": [0.0] * 3},
        lambda x: 3 - bowl(x),
        minimise="m",
        evaluations=600,
    ).report
    assert report.worst.value.number == pytest.approx(3.0, abs=1e-6)
    assert report.extremes["m"].least == report.worst.value


def test_a_spike_is_found_by_its_candidate_and_climbed(lab: Any) -> None:
    domain, params = {"x": lab.real(-1, 1, shape=[2])}, {"x": [0.0, 0.0]}
    blind = lab.search(domain, params, spike, evaluations=400).report
    assert blind.worst.value.number < 0.5
    near = {"candidates": [{"x": [0.1236, -0.6544]}]}
    told = lab.search(domain, params, spike, evaluations=400, instrument=near).report
    assert told.worst.value.number > 0.999
    alone = lab.search(domain, params, spike, methods=["analytic"], instrument=near).report
    assert (alone.found_by, alone.worst.params) == ("analytic", {"x": [0.1236, -0.6544]})
    assert alone.evaluations == 2


def test_a_candidate_takes_the_other_params_from_the_published_ones(lab: Any) -> None:
    domain = {"x": lab.real(-1, 1), "y": lab.real(-1, 1)}
    report = lab.search(
        domain,
        {"x": 0.5, "y": 0.25},
        lambda x, y: y - x,
        methods=["analytic"],
        instrument={"candidates": [{"y": 1.0}]},
    ).report
    assert report.worst.params == {"x": 0.5, "y": 1.0}


@pytest.mark.parametrize(
    ("candidate", "message"),
    [
        ({"x": 2.0}, "a candidate of worst_case is outside of the domain: {'x': 2.0}"),
        ({"y": 0.0}, "a candidate of worst_case varies 'y', which the domain does not: {'y': 0.0}"),
        ({"x": [1.0]}, "`search.domain` varies 'x' as one value, and `params` has [1.0]"),
    ],
)
def test_a_candidate_outside_is_refused(lab: Any, candidate: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        lab.search({"x": lab.real(-1, 1)}, {"x": 0.0}, lambda x: x, instrument={"candidates": [candidate]})


def test_a_candidate_beyond_a_constraint_is_not_measured(lab: Any) -> None:
    probe = lab.probe(lambda x: x[0])
    report = lab.search(
        {"x": lab.real(-1, 1, shape=[2])},
        {"x": [0.0, 0.0]},
        probe,
        constraints=[{"variable": "x", "norm": "L1", "le": 1}],
        methods=["analytic"],
        instrument={"candidates": [{"x": [1.0, 1.0]}, {"x": [0.5, 0.5]}]},
    ).report
    assert (report.worst.params, report.refused) == ({"x": [0.5, 0.5]}, 1)
    assert {"x": [1.0, 1.0]} not in probe.points


@pytest.mark.parametrize("aim", ["maximise", "minimise", "margin"])
@pytest.mark.parametrize("evaluations", [1, 3, 65, 150])
@pytest.mark.parametrize("seed", [0, 2**53 - 1])
def test_laws_of_a_report(lab: Any, seed: int, evaluations: int, aim: str) -> None:
    def measure(x: list[float], n: int) -> dict[str, float] | None:
        if n == 3:
            return None
        return {"m": math.sin(5 * x[0]) * x[1] + n, "k": x[0] - n}

    def search(share: float) -> tuple[Any, Any]:
        probe = lab.probe(measure)
        found = lab.search(
            {"x": lab.real(-1, 2, shape=[2]), "n": {"kind": "integer", "range": [0, 5]}},
            {"x": [0.5, 0.5], "n": 1},
            probe,
            evaluations=evaluations,
            seed=seed,
            cuts=(2.0, 4.5),
            watched=("m", "k"),
            constraints=[{"variable": "x", "norm": "L2", "lt": 1.9}],
            share=share,
            **{aim: "m"},
        )
        return probe, found

    probe, found = search(0.999999)  # brief: without a profile, which measures beside the budget
    report = found.report
    inside = [(each, measure(**each)) for each in probe.points if each["n"] != 3]
    assert report.evaluations == len(inside) <= evaluations
    assert len({json.dumps(each) for each, _ in inside}) == len(inside), "no point twice"
    for point in probe.points:
        assert all(-1 <= value <= 2 for value in point["x"])
        assert np.linalg.norm(point["x"]) < 1.9
        assert point["n"] in range(6)
    for name, seen in report.extremes.items():
        values = [measured[name] for _, measured in inside]
        assert (seen.least.number, seen.largest.number) == (min(values), max(values))
        assert (seen.least_params, seen.largest_params) == (None, None)
    assert (report.published, report.nearest, report.minimal) == (None, None, None)
    assert probe.points[0] == {"x": [0.5, 0.5], "n": 1}
    assert measure(**report.worst.params)["m"] == report.worst.value.number
    assert found.measurements["m"] == report.worst.value
    if aim != "margin":
        worst = report.extremes["m"].largest if aim == "maximise" else report.extremes["m"].least
        assert report.worst.value == worst
    assert sum(method.evaluations for method in report.methods) == report.evaluations
    assert timeless(search(0.999999)[1]) == timeless(found)
    whole = search(1.0)[1].report
    assert whole.published.params == probe.points[0]
    for name, seen in whole.extremes.items():
        assert measure(**seen.least_params)[name] == seen.least.number
        assert measure(**seen.largest_params)[name] == seen.largest.number


def test_another_seed_measures_elsewhere(lab: Any) -> None:
    def look(seed: int) -> Any:
        return timeless(lab.search({"x": lab.real(-1, 1, shape=[2])}, {"x": [0.0, 0.0]}, saddle, seed=seed))

    assert look(1) == look(1) != look(2)


SCRIPT = """
import json, math, sys
sys.path.insert(0, {here!r})
import conftest, test_search
lab = conftest.Laboratory()
found = lab.search(
    {{"x": lab.real(-1, 1, shape=[3])}}, {{"x": [0.1] * 3}},
    lambda x: math.sin(7 * x[0]) + x[1] * x[2], seed=11, evaluations=500, cuts=(0.9,),
)
print(json.dumps(test_search.timeless(found)))
"""


def test_two_processes_find_the_same(lab: Any) -> None:
    here = str(__file__).rpartition("/")[0]
    texts = [
        subprocess.run(  # noqa: S603 - this interpreter
            [sys.executable, "-c", SCRIPT.format(here=here)],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert texts[0] == texts[1]
    found = lab.search(
        {"x": lab.real(-1, 1, shape=[3])},
        {"x": [0.1] * 3},
        lambda x: math.sin(7 * x[0]) + x[1] * x[2],
        seed=11,
        evaluations=500,
        cuts=(0.9,),
    )
    assert json.loads(texts[0]) == timeless(found)


def test_a_vectorised_form_measures_the_same_points_with_the_same_result(lab: Any) -> None:
    domain, params = {"x": lab.real(-1, 1, shape=[3])}, {"x": [0.1] * 3}
    one, many = lab.probe(saddle), lab.probe(saddle)
    without = timeless(lab.search(domain, params, one, evaluations=200, share=0.99))
    instrument = {"measure_many": many.measure_many}
    own = lab.probe(saddle)
    with_it = timeless(lab.search(domain, params, own, evaluations=200, share=0.99, instrument=instrument))
    assert one.points == many.points
    assert (without.pop("is_vectorised"), with_it.pop("is_vectorised")) == (False, True)
    assert without == with_it
    assert 1 <= len(own.points) <= 10, "what is reported is measured by the falsifier itself"
    assert max(many.batches) > 10


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        (
            lambda x: saddle(x) + 8e-5,
            "the vectorised form measures 8.00008 as 'm', the falsifier 8.0, at",
        ),
        (
            lambda x: NAN if x[0] > 0.5 else saddle(x),
            "the vectorised form measures nan as 'm', the falsifier",
        ),
        (lambda x: {"k": saddle(x)}, "the vectorised form measures None as 'm', the falsifier"),
    ],
)
def test_a_vectorised_form_that_lies_is_refused(lab: Any, lie: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        lab.search(
            {"x": lab.real(-1, 1, shape=[4])},
            {"x": [0.1] * 4},
            saddle,
            instrument={"measure_many": lab.probe(lie).measure_many},
        )


def test_a_vectorised_form_may_round_otherwise(lab: Any) -> None:
    rounded = lab.probe(lambda x: saddle(x) * (1 + 1e-12))
    found = lab.search(
        {"x": lab.real(-1, 1, shape=[2])},
        {"x": [0.0, 0.0]},
        saddle,
        instrument={"measure_many": rounded.measure_many},
    )
    assert found.report.worst.value.number == 4.0, "what is recorded is what the falsifier measures"
    assert found.measurements["m"].number == found.report.extremes["m"].largest.number == 4.0


def test_a_margin_crosses_the_nearest_cut(lab: Any) -> None:
    domain, params = {"x": lab.real(-1, 1)}, {"x": 0.0}
    report = lab.search(domain, params, lambda x: x + 0.4, cuts=(0.0, 1.0), margin="m", seed=3).report
    assert report.aim == "margin"
    assert report.worst.value.number < 0 or report.worst.value.number > 1
    assert report.nearest.value.number == pytest.approx(0.0, abs=1e-6)
    assert report.nearest.value.number < 0.0
    unreachable = lab.search(domain, params, lambda x: 0.1 * x, cuts=(0.2, 1.0), margin="m").report
    assert unreachable.worst.params == {"x": 1.0}
    assert (unreachable.nearest, unreachable.minimal) == (None, None)


def test_examples_where_the_outcome_changes(lab: Any) -> None:
    report = lab.search(
        {"x": lab.real(-10, 10, shape=[4])},
        {"x": [0.1, 0.2, 0.3, 0.4]},
        lambda x: float(np.abs(x).sum()),
        evaluations=1500,
        cuts=(5.0, 39.0),
    ).report
    assert report.worst.value.number == 40.0
    assert report.minimal.value.number > 39.0
    assert np.allclose(report.minimal.params["x"], np.rint(report.minimal.params["x"]))
    assert report.nearest.value.number == pytest.approx(5.0)
    edited = [a != b for a, b in zip(report.nearest.params["x"], [0.1, 0.2, 0.3, 0.4], strict=True)]
    assert edited.count(True) == 1
    calm = lab.search({"x": lab.real(-10, 10)}, {"x": 0.5}, lambda x: x, cuts=(50.0,)).report
    assert (calm.nearest, calm.minimal) == (None, None)


def test_a_published_point_outside_of_the_domain(lab: Any) -> None:
    for domain, params in (
        ({"x": lab.real(-1, 1)}, {"x": 2.0}),
        ({"x": lab.real(-1, 1, grid=0.5)}, {"x": 0.3}),
    ):
        report = lab.search(domain, params, lambda x: x, cuts=(0.5,)).report
        assert (report.published, report.nearest, report.methods[0].evaluations) == (None, None, 0)
        assert report.worst.value.number == 1.0
        assert report.minimal.value.number > 0.5
    constrained = {"constraints": [{"variable": "x", "norm": "L1", "gt": 0.5}]}
    report = lab.search({"x": lab.real(-1, 1)}, {"x": 0.0}, lambda x: x, **constrained).report
    assert report.published is None


def test_the_methods_are_run_in_their_order_whatever_is_written(lab: Any) -> None:
    domain, params = {"x": lab.real(-1, 1)}, {"x": 0.0}
    report = lab.search(domain, params, lambda x: x).report
    assert [each.method for each in report.methods] == ["published", *METHODS]
    assert report.ended_by == "methods"
    chosen = lab.search(domain, params, lambda x: x, methods=["refinement", "random"]).report
    assert [each.method for each in chosen.methods] == ["published", "random", "refinement"]
    bests = [each.best for each in report.methods]
    assert bests == sorted(bests)


def test_what_ends_a_search(lab: Any) -> None:
    domain, params = {"x": lab.real(-1, 1, shape=[2])}, {"x": [0.0, 0.0]}
    short = lab.search(domain, params, saddle, evaluations=1).report
    assert (short.evaluations, short.ended_by, short.worst.params) == (1, "evaluations", params)
    timed = lab.search(domain, params, busy, evaluations=10**6, seconds=0.3).report
    assert timed.ended_by == "seconds"
    assert 0.3 <= timed.seconds < 5
    brief = lab.search(domain, params, saddle, evaluations=100, share=0.1).report
    assert brief.evaluations <= 10
    assert brief.profile is None


def busy(x: list[float]) -> float:
    return float(np.linalg.norm(np.random.default_rng(1).standard_normal((50, 50)))) + saddle(x)


@pytest.mark.parametrize("odd", [NAN, math.inf])
def test_a_point_that_is_not_finite_is_the_worst(lab: Any, odd: float) -> None:
    report = lab.search(
        {"x": lab.real(-1, 1)}, {"x": 0.5}, lambda x: odd if x < -0.9 else x, evaluations=100
    ).report
    assert report.worst.params["x"] < -0.9
    assert report.worst.value.value == str(odd)
    assert report.extremes["m"].least.number >= -0.9


def test_every_point_refused(lab: Any) -> None:
    with pytest.raises(ValueError, match=r"^no point of the domain could be measured: \d+ were refused$"):
        lab.search({"x": lab.real(-1, 1)}, {"x": 0.5}, lambda **_: None, evaluations=5)


def test_a_bound_is_reported_of_all_points(lab: Any) -> None:
    bounds = [Bound("m", "proof", at_most=4.0), Bound("m", "wrong", at_most=3.0)]
    report = lab.search(
        {"x": lab.real(-1, 1, shape=[2])}, {"x": [0.0, 0.0]}, saddle, instrument={"bounds": bounds}
    ).report
    assert [(each.source, each.is_met, each.attained) for each in report.bounds] == [
        ("proof", True, 1.0),
        ("wrong", False, 0.75),
    ]


def test_the_profile_goes_from_the_published_point_to_the_worst(lab: Any) -> None:
    domain, params = {"x": lab.real(-1, 1, shape=[2])}, {"x": [0.0, 0.5]}
    report = lab.search(domain, params, saddle, evaluations=200).report
    profile = report.profile
    assert (profile.start, profile.end) == (params, {"x": [1.0, 1.0]})
    assert (len(profile.at), profile.at[0], profile.at[-1]) == (41, 0.0, 1.0)
    assert (profile.values[0], profile.values[-1]) == (0.75, 4.0)
    assert profile.values[20] == saddle([0.5, 0.75])
    hollow = lab.search(
        {"x": lab.real(-1, 1)}, {"x": -0.5}, lambda x: None if abs(x) < 0.2 else x, evaluations=200
    ).report.profile
    assert None in hollow.values
    assert lab.search({"x": lab.real(-1, 1)}, {"x": 1.0}, lambda x: x).report.profile is None


def test_params_without_the_variable(lab: Any) -> None:
    with pytest.raises(ValueError, match="varies 'x', which `params` does not have"):
        lab.search({"x": lab.real(-1, 1)}, {}, lambda x: x)


def test_the_order_in_which_variables_are_written_changes_nothing(lab: Any) -> None:
    def measure(a: float, b: float) -> dict[str, float]:
        return {"m": math.sin(5 * a) * b + a}

    domain = {"a": lab.real(-1, 2), "b": lab.real(0, 3)}
    turned = dict(reversed(domain.items()))
    found = [
        timeless(lab.search(each, {"a": 0.5, "b": 0.5}, lab.probe(measure), evaluations=150, maximise="m"))
        for each in (domain, turned)
    ]
    assert found[0] == found[1]
