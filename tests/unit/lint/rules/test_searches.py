"""Searches that cannot be made, or that look for what judges nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.lint.rules.searches import iter_search_issues
from pvengine.loading.contract_file import load_contract

HEAD = "metadata: {id: C, version: 1.0.0}\nfalsification_tests:\n- id: T\n  rule: r\n"
JUDGED = "  accept:\n  - {metric: m, lt: 1}\n"


def find(params: str, search: str, rest: str = JUDGED, falsifier: str = "  falsifier: a.b\n") -> list[str]:
    text = f"{HEAD}{falsifier}  params: {{{params}}}\n  search: {{{search}}}\n{rest}"
    loaded = load_contract(Path("x.yaml"), "x.yaml", text.encode())
    return [f"{one.code} {one.message}" for one in loaded.locate(iter_search_issues(loaded))]


def vary(variable: str, *, aim: str = "maximise: m", budget: int = 100, more: str = "") -> str:
    return f"domain: {{x: {{{variable}}}}}, {aim}, budget: {{evaluations: {budget}}}{more}"


@pytest.mark.parametrize(
    ("value", "variable", "message"),
    [
        ("y: 1", "kind: real, range: [0, 2]", ", which `params` does not have"),
        ("x: [1]", "kind: real, range: [0, 2]", " as one value, and `params` has [1]"),
        ("x: {a: 1}", "kind: choice, values: [a, b]", " as one value, and `params` has {'a': 1}"),
        ("x: 1", "kind: real, range: [0, 2], shape: [1]", " with the shape [1], and `params` has 1"),
        (
            "x: [[1, 2], [3]]",
            "kind: real, range: [0, 9], shape: [2, 2]",
            " with the shape [2, 2], and `params` has [[1, 2], [3]]",
        ),
        ("x: a", "kind: real, range: [0, 2]", " as a number, and `params` has 'a'"),
        ("x: false", "kind: integer, range: [0, 2]", " as a number, and `params` has False"),
        ("x: [0, null]", "kind: real, range: [0, 2], shape: [2]", " as a number, and `params` has None"),
    ],
)
def test_a_domain_that_does_not_fit_the_params(value: str, variable: str, message: str) -> None:
    assert find(value, vary(variable)) == [f"PV411 T: the search varies 'x'{message}"]


@pytest.mark.parametrize(
    ("value", "variable", "shown"),
    [
        ("3", "kind: real, range: [0, 2]", "3"),
        ("[0, -1.5]", "kind: real, range: [0, 2], shape: [2]", "-1.5"),
        ("1.5", "kind: integer, range: [0, 2]", "1.5"),
        ("0.35", "kind: real, range: [0, 1], grid: 0.1", "0.35"),
        ("c", "kind: choice, values: [a, b]", "'c'"),
        ("true", "kind: choice, values: [0, 1]", "True"),
    ],
)
def test_a_published_point_beside_the_ranges(value: str, variable: str, shown: str) -> None:
    assert find(f"x: {value}", vary(variable)) == [
        f"PV413 T: `params` lies outside of the domain: 'x' is {shown} there"
    ]


@pytest.mark.parametrize(
    ("constraint", "norm"),
    [
        ("norm: L1, lt: 7", "L1 norm of 'x' is 7.0"),
        ("norm: L2, le: 4.9", "L2 norm of 'x' is 5.0"),
        ("norm: L2, gt: 5", "L2 norm of 'x' is 5.0"),
        ("norm: Linf, ge: 4.5", "Linf norm of 'x' is 4.0"),
    ],
)
def test_a_published_point_beside_a_constraint(constraint: str, norm: str) -> None:
    more = f", constraints: [{{variable: x, {constraint}}}]"
    assert find("x: [-3, 4]", vary("kind: real, range: [-9, 9], shape: [2]", more=more)) == [
        f"PV413 T: `params` lies outside of the domain: the {norm} there"
    ]


def test_a_number_that_no_double_holds_is_told_and_raises_nothing() -> None:
    more = ", constraints: [{variable: x, norm: L2, le: 5}]"
    large = f"1{'0' * 400}"
    found = find(f"x: {large}", vary("kind: real, range: [0, 2], grid: 0.5", more=more))
    assert [text.partition(" T:")[0] for text in found] == ["PV413", "PV413"]
    assert find(f"x: {large}", vary(f"kind: real, range: [0, {large}], grid: 0.5")) == []


@pytest.mark.parametrize("aim", ["maximise", "minimise", "margin"])
def test_a_metric_that_judges_nothing(aim: str) -> None:
    search = vary("kind: real, range: [0, 2]", aim=f"{aim}: other")
    assert find("x: 1", search) == [
        "PV412 T: it searches for 'other', which neither `accept` nor `decides` names"
    ]
    decides = "  hypothesis: H\n  decides: {metric: other, CONFIRMED: {lt: 1}, FALSIFIED: {ge: 1}}\n"
    assert find("x: 1", search, decides) == []


def test_a_small_budget_and_a_method_that_stands_twice() -> None:
    methods = ", methods: [random, nearest, random]"
    assert find("x: 1", vary("kind: real, range: [0, 2]", budget=9, more=methods)) == [
        "PV414 T: 9 points for 1 number that varies",
        "PV415 T: the method 'random' stands twice",
    ]
    pair = vary("kind: real, range: [0, 2], shape: [2, 1]", budget=19)
    assert find("x: [[1], [1]]", pair) == ["PV414 T: 19 points for 2 numbers that vary"]


@pytest.mark.parametrize(
    ("value", "variable"),
    [
        ("0.3", "kind: real, range: [0, 1], grid: 0.1"),
        ("2", "kind: integer, range: [0, 2]"),
        ("[[b]]", "kind: choice, values: [a, b], shape: [1, 1]"),
    ],
)
def test_a_search_that_fits(value: str, variable: str) -> None:
    assert find(f"x: {value}", vary(variable)) == []


def test_a_test_without_a_falsifier_searches_nothing() -> None:
    assert find("y: 1", vary("kind: real, range: [0, 2]", budget=1), falsifier="") == []
