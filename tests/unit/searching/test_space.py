"""Params and points of the box are each other's, and a point keeps to bounds, grid and constraints."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.models.search import Constraint, Variable
from pvengine.searching.space import Space

BOUNDS = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
SHAPES = st.lists(st.integers(1, 3), max_size=3)


@st.composite
def variables(draw: st.DrawFn) -> Variable:
    kind = draw(st.sampled_from(["real", "grid", "integer", "choice"]))
    shape = draw(SHAPES)
    if kind == "choice":
        values = draw(
            st.lists(
                st.text(max_size=3) | st.integers(2, 9) | st.booleans(),
                min_size=2,
                max_size=5,
                unique_by=repr,
            )
        )
        return Variable.model_validate({"kind": kind, "values": values, "shape": shape})
    if kind == "integer":
        low = draw(st.integers(-1000, 1000))
        return Variable.model_validate(
            {"kind": kind, "range": [low, low + draw(st.integers(1, 1000))], "shape": shape}
        )
    low = draw(BOUNDS)
    width = draw(st.floats(1e-3, 1e6)) * max(1.0, abs(low))  # else the bounds round the steps away
    grid = {"grid": width / draw(st.floats(1.5, 50))} if kind == "grid" else {}
    return Variable.model_validate({"kind": "real", "range": [low, low + width], "shape": shape, **grid})


@st.composite
def spaces(draw: st.DrawFn) -> Space:
    names = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True))
    return Space({name: draw(variables()) for name in names}, {})


def draw_point(space: Space, seed: int, beyond: float = 0.5) -> Any:
    low, high = space.bounds
    room = beyond * (high - low)
    return np.random.default_rng(seed).uniform(low - room, high + room)


@given(spaces(), st.integers(0, 2**32))
def test_a_snapped_point_lies_in_the_box_on_the_grid_and_stays(space: Space, seed: int) -> None:
    snapped = space.snap(draw_point(space, seed))
    low, high = space.bounds
    assert np.all((low <= snapped) & (snapped <= high))
    assert np.array_equal(space.snap(snapped), snapped)
    assert np.array_equal(np.rint(snapped[space.integral]), snapped[space.integral])
    steps, on = space.steps, space.steps > 0
    counted = (snapped[on] - low[on]) / steps[on]
    assert np.allclose(counted, np.rint(counted), rtol=0, atol=1e-6)


@given(spaces(), st.integers(0, 2**32))
def test_no_point_of_the_domain_is_nearer(space: Space, seed: int) -> None:
    point = draw_point(space, seed, beyond=0.0)
    far = np.abs(space.snap(point) - point)
    low, high = space.bounds
    allowed = np.where(space.integral, 0.5, space.steps / 2)
    # The last step of a grid may end before the bound: what lies behind is nearer than one step.
    behind = (space.steps > 0) & (point > high - space.steps)
    assert np.all(far <= np.where(behind, space.steps, allowed) * (1 + 1e-9) + 1e-12 * (high - low))


@given(spaces(), st.integers(0, 2**32))
def test_what_a_point_is_written_as_reads_back(space: Space, seed: int) -> None:
    point = space.snap(draw_point(space, seed))
    params = space.decode(point)
    assert list(params) == list(space.variables)
    back = space.encode(params)
    assert back is not None
    assert np.array_equal(back, point)
    for name, variable in space.variables.items():
        for value in flatten(params[name], len(variable.shape)):
            expected = {"real": float, "integer": int}.get(variable.kind)
            assert expected is None or type(value) is expected
            assert variable.values is None or value in variable.values


def flatten(value: Any, depth: int) -> list[Any]:
    return [value] if depth == 0 else [one for each in value for one in flatten(each, depth - 1)]


def test_nested_lists_in_row_major_order(lab: Any) -> None:
    space = lab.space({"x": lab.real(0, 9, shape=[2, 3]), "n": {"kind": "integer", "range": [0, 9]}})
    point = space.encode({"x": [[1, 2, 3], [4, 5, 6]], "n": 7, "other": "stays"})
    assert point.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert space.decode(point) == {"x": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "n": 7}


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ({"kind": "real", "range": [0, 1]}, 1.5, None),
        ({"kind": "real", "range": [0, 1]}, 1, [1.0]),
        ({"kind": "real", "range": [0, 1], "grid": 0.1}, 0.3, [0.3]),
        ({"kind": "real", "range": [0, 1], "grid": 0.1}, 0.34, None),
        ({"kind": "integer", "range": [0, 9]}, 2.0, [2.0]),
        ({"kind": "integer", "range": [0, 9]}, 2.5, None),
        ({"kind": "choice", "values": ["a", "b"]}, "b", [1.0]),
        ({"kind": "choice", "values": ["a", "b"]}, "c", None),
        ({"kind": "choice", "values": [True, 1]}, 1, [1.0]),
        ({"kind": "choice", "values": [1, True]}, True, [1.0]),
        ({"kind": "choice", "values": [0, False]}, True, None),
    ],
)
def test_what_lies_in_the_domain(lab: Any, variable: dict[str, Any], value: Any, expected: Any) -> None:
    point = lab.space({"x": variable}).encode({"x": value})
    assert (None if point is None else point.tolist()) == expected


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "`search.domain` varies 'x', which `params` does not have"),
        ({"x": 1.0}, "`search.domain` says that 'x' has the shape [2], and `params` has 1.0"),
        ({"x": [1.0]}, "`search.domain` says that 'x' has the shape [2], and `params` has 1 entries"),
        ({"x": [[1.0], 2.0]}, "`search.domain` varies 'x' as one value, and `params` has [1.0]"),
        ({"x": [True, 0]}, "`search.domain` varies 'x' as a number, and `params` has True"),
        ({"x": ["1", 0]}, "`search.domain` varies 'x' as a number, and `params` has '1'"),
    ],
)
def test_params_that_do_not_have_the_variables(lab: Any, params: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        lab.space({"x": lab.real(0, 1, shape=[2])}).encode(params)


@pytest.mark.parametrize(
    ("bounds", "admitted"),
    [
        ({"norm": "L2", "le": 5}, True),
        ({"norm": "L2", "lt": 5}, False),
        ({"norm": "L2", "ge": 5}, True),
        ({"norm": "L2", "gt": 5}, False),
        ({"norm": "L1", "ge": 7, "le": 7}, True),
        ({"norm": "L1", "gt": 7}, False),
        ({"norm": "Linf", "lt": 4.5, "gt": 3.5}, True),
        ({"norm": "Linf", "lt": 4}, False),
    ],
)
def test_constraints_on_a_norm(lab: Any, bounds: dict[str, Any], admitted: bool) -> None:  # noqa: FBT001 - a column
    constraint = Constraint.model_validate({"variable": "x", **bounds})
    domain = {
        "y": Variable(kind="real", range=(0, 99)),
        "x": Variable(kind="real", range=(-9, 9), shape=(2,)),
    }
    space = Space(domain, {}, [constraint])
    assert space.admits(np.array([99.0, 3.0, -4.0])) is admitted
    assert lab.space({"x": lab.real(0, 1)}).admits(np.array([5.0])), "without constraints"


def test_every_constraint_counts(lab: Any) -> None:
    space = lab.space(
        {"x": lab.real(-1, 1, shape=[2])},
        None,
        {"variable": "x", "norm": "L1", "gt": 0},
        {"variable": "x", "norm": "Linf", "lt": 1},
    )
    assert [space.admits(np.array(each)) for each in ([0.0, 0.0], [0.5, 0.0], [1.0, 0.0])] == [
        False,
        True,
        False,
    ]


@given(spaces(), st.integers(2, 20))
def test_corners(space: Space, limit: int) -> None:
    corners = [corner.tolist() for corner in space.iter_corners(limit)]
    low, high = space.bounds
    assert corners[:2] == [low.tolist(), high.tolist()]
    assert 2 <= len(corners) <= limit
    assert all(value in (a, b) for each in corners for value, a, b in zip(each, low, high, strict=True))
