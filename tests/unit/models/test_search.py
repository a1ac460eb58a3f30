"""A search in a claim says one thing, or is refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pvengine.models.search import METHODS, Constraint, Search, Variable

BOX = {"x": {"kind": "real", "range": [-1, 2.5], "shape": [2, 3]}}


def search(**keys: Any) -> Search:
    return Search.model_validate({"domain": BOX, "maximise": "m", "budget": {"evaluations": 10}} | keys)


@pytest.mark.parametrize(
    ("variable", "size", "bounds"),
    [
        ({"kind": "real", "range": [-1, 2.5]}, 1, (-1.0, 2.5)),
        ({"kind": "real", "range": [0, 1], "grid": 0.25, "shape": [2, 3]}, 6, (0.0, 1.0)),
        ({"kind": "real", "range": [0, 1], "grid": 1}, 1, (0.0, 1.0)),
        ({"kind": "integer", "range": [-3, 4], "shape": [5]}, 5, (-3.0, 4.0)),
        ({"kind": "choice", "values": ["a", True, 1, 2.5]}, 1, (0.0, 3.0)),
    ],
)
def test_a_variable_has_coordinates_and_bounds(
    variable: dict[str, Any], size: int, bounds: tuple[float, float]
) -> None:
    found = Variable.model_validate(variable)
    assert (found.size, found.bounds) == (size, bounds)


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ({"kind": "choice"}, "a choice has `values`"),
        ({"kind": "choice", "values": ["a", "b"], "range": [0, 1]}, "a choice has `values`"),
        ({"kind": "choice", "values": ["a", "b"], "grid": 1}, "a choice has `values`"),
        ({"kind": "choice", "values": ["a"]}, "at least 2 items"),
        ({"kind": "real"}, "a variable of kind real has a `range`"),
        ({"kind": "integer", "range": [0, 1], "values": [1, 2]}, "and no `values`"),
        ({"kind": "real", "range": [1, 1]}, "[1, 1] has no room"),
        ({"kind": "real", "range": [2, 1]}, "[2, 1] has no room"),
        ({"kind": "real", "range": [0]}, "at least 2 items"),
        ({"kind": "real", "range": [0, 1, 2]}, "at most 2 items"),
        ({"kind": "real", "range": [0, float("inf")]}, "finite number"),
        ({"kind": "real", "range": [float("nan"), 0]}, "finite number"),
        ({"kind": "integer", "range": [0, 1.5]}, "integers as bounds"),
        ({"kind": "integer", "range": [0, 4], "grid": 1}, "a grid is for a real variable"),
        ({"kind": "real", "range": [0, 1], "grid": 1.5}, "its step fits into the range"),
        ({"kind": "real", "range": [0, 1], "grid": 0}, "greater than 0"),
        ({"kind": "real", "range": [0, 1], "shape": [0]}, "greater than or equal to 1"),
        ({"kind": "real", "range": [0, 1], "shape": [1, 1, 1, 1, 1]}, "at most 4 items"),
        ({"kind": "real", "range": [0, 1], "step": 1}, "Extra inputs"),
        ({"kind": "complex", "range": [0, 1]}, "'real', 'integer' or 'choice'"),
    ],
)
def test_a_variable_that_does_not_fit_its_kind(variable: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Variable.model_validate(variable)
    assert message in str(caught.value)


@pytest.mark.parametrize("aim", ["maximise", "minimise", "margin"])
def test_a_search_has_one_aim(aim: str) -> None:
    found = search(**({"maximise": None} | {aim: "amp"}))
    assert (found.metric, found.aim) == ("amp", aim)


@pytest.mark.parametrize(
    "keys",
    [
        {"maximise": None},
        {"minimise": "m"},
        {"margin": "m"},
        {"maximise": None, "minimise": "m", "margin": "m"},
    ],
)
def test_no_aim_and_two_aims(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a search has one aim"):
        search(**keys)


def test_a_constraint_bounds_numbers_that_vary() -> None:
    assert search(constraints=[{"variable": "x", "norm": "L2", "le": 1}]).constraints[0].le == 1
    with pytest.raises(ValidationError, match="give one of lt, le, gt, ge"):
        Constraint.model_validate({"variable": "x", "norm": "L1"})
    with pytest.raises(ValidationError, match="a constraint on 'y', which is no number"):
        search(constraints=[{"variable": "y", "norm": "L1", "gt": 0}])
    with pytest.raises(ValidationError, match="a constraint on 'c', which is no number"):
        search(
            domain={"c": {"kind": "choice", "values": [1, 2]}},
            constraints=[{"variable": "c", "norm": "L1", "gt": 0}],
        )


@pytest.mark.parametrize(
    "keys",
    [
        {"domain": {}},
        {"budget": {"evaluations": 0}},
        {"budget": {"evaluations": 1, "seconds": 0}},
        {"budget": {}},
        {"methods": []},
        {"methods": ["guess"]},
        {"metric": "m"},
    ],
)
def test_other_searches_that_are_none(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        search(**keys)


def test_methods_default_to_all_in_order() -> None:
    assert search().methods is None
    assert search(methods=["minimal", "random"]).methods == ("minimal", "random")
    assert METHODS == ("analytic", "random", "evolution", "refinement", "nearest", "minimal")
