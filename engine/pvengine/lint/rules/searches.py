"""Searches that cannot be made, that look for what judges nothing, or that look hardly anywhere.

Everything is told from the text: no falsifier is asked. What a parameter model refuses, the search finds.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.contract import FalsificationTest
    from pvengine.models.search import Constraint, Search, Variable
    from pvengine.yamldoc import Path

__all__ = ["LEAST_POINTS", "iter_search_issues"]

LEAST_POINTS = 10
"""Points for each number that varies, below which a search is small: a fault then has less than one."""
_ON_GRID = 1e-9
"""Part of the range by which a number may lie beside the grid, as a search has it: 0.3 is not 3 times 0.1."""
_WIDTH = 60


def iter_search_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over what is wrong with the searches of bound tests (PV411 to PV415)."""
    for index, test in zip(loaded.indexes.get("falsification_tests", ()), loaded.contract.tests, strict=True):
        if test.is_bound and test.search is not None:
            path = ("falsification_tests", index, "search")
            yield from _iter_point_issues(test, test.search, path)
            yield from _iter_aim_issues(test, test.search, path)


def _iter_point_issues(test: FalsificationTest, search: Search, path: Path) -> Iterator[Issue]:
    """Compare the domain with the published params: a search begins there."""
    params = test.params or {}
    known: dict[str, list[Any]] = {}
    for name, variable in search.domain.items():
        where = (*path, "domain", name)
        unfit = _say_unfit(name, variable, params)
        if unfit:
            yield Issue("PV411", where, f"{test.id}: the search varies {name!r}{unfit}", at_key=True)
            continue
        known[name] = _flatten(params[name], variable.shape) or []
        beyond = next((each for each in known[name] if not _is_in(variable, each)), None)
        if beyond is not None:
            yield _outside(test, where, f"{name!r} is {_show(beyond)} there")
    for index, constraint in enumerate(search.constraints):
        numbers = known.get(constraint.variable)
        if numbers is not None and not _is_met(constraint, numbers):
            norm = f"the {constraint.norm} norm of {constraint.variable!r} is {_norm(constraint, numbers)!r}"
            yield _outside(test, (*path, "constraints", index), f"{norm} there")


def _outside(test: FalsificationTest, where: Path, why: str) -> Issue:
    return Issue("PV413", where, f"{test.id}: `params` lies outside of the domain: {why}")


def _say_unfit(name: str, variable: Variable, params: Mapping[str, Any]) -> str | None:
    """Say why a param cannot be varied as the domain says, behind its name; None where it can."""
    if name not in params:
        return ", which `params` does not have"
    values = _flatten(params[name], variable.shape)
    if values is None:
        wanted = f"with the shape {list(variable.shape)}" if variable.shape else "as one value"
        return f" {wanted}, and `params` has {_show(params[name])}"
    if variable.kind == "choice":
        return None
    others = [each for each in values if isinstance(each, bool) or not isinstance(each, int | float)]
    return f" as a number, and `params` has {_show(others[0])}" if others else None


def _flatten(value: Any, shape: Sequence[int]) -> list[Any] | None:
    """Return the values of nested lists in row-major order; None where the shape is another."""
    if not shape:
        return None if isinstance(value, list | tuple | dict) else [value]
    if not isinstance(value, list | tuple) or len(value) != shape[0]:
        return None
    parts = [_flatten(item, shape[1:]) for item in value]
    found = [part for part in parts if part is not None]
    return [number for part in found for number in part] if len(found) == len(parts) else None


def _is_in(variable: Variable, value: Any) -> bool:
    """Whether one value is one that a variable may have."""
    if variable.values is not None:
        return any(
            each == value and isinstance(each, bool) is isinstance(value, bool) for each in variable.values
        )
    low, high = variable.range or (-math.inf, math.inf)
    if not low <= value <= high:
        return False
    if variable.kind == "integer":
        return bool(value == math.floor(value))
    if variable.grid is None:
        return True
    steps = (Fraction(value) - Fraction(low)) / Fraction(variable.grid)  # exact, however large they are
    return abs(steps - round(steps)) * Fraction(variable.grid) <= Fraction(_ON_GRID) * (
        Fraction(high) - Fraction(low)
    )


def _norm(constraint: Constraint, numbers: Sequence[Any]) -> float:
    try:
        sizes = [abs(float(number)) for number in numbers]
    except OverflowError:
        return math.inf
    if constraint.norm == "Linf":
        return max(sizes)
    return math.fsum(sizes) if constraint.norm == "L1" else math.hypot(*sizes)


def _is_met(constraint: Constraint, numbers: Sequence[Any]) -> bool:
    norm = _norm(constraint, numbers)
    return (
        (constraint.lt is None or norm < constraint.lt)
        and (constraint.le is None or norm <= constraint.le)
        and (constraint.gt is None or norm > constraint.gt)
        and (constraint.ge is None or norm >= constraint.ge)
    )


def _iter_aim_issues(test: FalsificationTest, search: Search, path: Path) -> Iterator[Issue]:
    """Report a metric that nothing judges, a budget that is spent at once, and a method that stands twice."""
    judged = [each.metric for each in test.conditions] + [each.metric for each in test.decisions]
    if search.metric not in judged:
        yield Issue(
            "PV412",
            (*path, search.aim),
            f"{test.id}: it searches for {_show(search.metric)}, which neither `accept` nor `decides` names",
        )
    size = sum(variable.size for variable in search.domain.values())
    points = search.budget.evaluations
    if points < LEAST_POINTS * size:
        noun = "number that varies" if size == 1 else "numbers that vary"
        yield Issue(
            "PV414",
            (*path, "budget", "evaluations"),
            f"{test.id}: {points} points for {size} {noun}",
            f"give it {LEAST_POINTS * size} points or more",
        )
    methods = search.methods or ()
    for index, method in enumerate(methods):
        if method in methods[:index]:
            yield Issue("PV415", (*path, "methods", index), f"{test.id}: the method {method!r} stands twice")


def _show(value: Any) -> str:
    text = repr(value) if not isinstance(value, tuple) else repr(list(value))
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."
