"""What a falsifier may tell a search is checked where it is said."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from pydantic import BaseModel

from pvengine.errors import RegistrationError
from pvengine.plugin import Bound, Range, Trial, falsifier, iter_registered


class P(BaseModel):
    x: float


def register(**aids: Any) -> None:
    @falsifier("test.aids", subject=abs, planted_faults={"wrong": len}, **aids)
    def measure(trial: Trial, p: P) -> None:
        """Measure."""


@pytest.mark.parametrize(
    "facts", [{"at_most": 1.0}, {"at_least": -1}, {"at_most": 0.0, "at_least": 0.0, "rounding": 1e-9}]
)
def test_a_bound(facts: dict[str, Any]) -> None:
    bound = Bound("m", "Theorem 2 of a paper", **facts)
    assert (bound.at_most, bound.at_least) == (facts.get("at_most"), facts.get("at_least"))
    assert bound.any_subject is False


@pytest.mark.parametrize(
    ("source", "facts", "message"),
    [
        ("x", {}, "a bound on 'm' has a finite at_most or at_least"),
        ("x", {"at_most": math.inf}, "a bound on 'm' has a finite at_most or at_least"),
        ("x", {"at_most": 1.0, "at_least": math.nan}, "a bound on 'm' has a finite at_most or at_least"),
        ("x", {"at_most": 1.0, "rounding": math.nan}, "a bound on 'm' has a finite at_most or at_least"),
        (" ", {"at_most": 1.0}, "the bound on 'm' names no source"),
    ],
)
def test_a_bound_that_says_nothing(source: str, facts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Bound("m", source, **facts)


def test_what_is_told_is_registered() -> None:
    def find_worst(p: P, domain: dict[str, Range]) -> list[dict[str, float]]:
        return [{"x": domain["x"].high + p.x}]

    register(worst_case=find_worst, bounds=find_worst, vectorised=find_worst)
    (found,) = iter_registered()
    assert (found.worst_case, found.bounds, found.vectorised) == (find_worst, find_worst, find_worst)
    assert list(find_worst(P(x=1.0), {"x": Range(0.0, 2.0, (), "real")})) == [{"x": 3.0}]


def test_nothing_needs_to_be_told() -> None:
    register()
    (found,) = iter_registered()
    assert (found.worst_case, found.bounds, found.vectorised) == (None, None, None)


@pytest.mark.parametrize("keyword", ["worst_case", "bounds", "vectorised"])
def test_what_cannot_be_called_is_refused(keyword: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        register(**{keyword: [1]})
    what, why, fix = str(caught.value).splitlines()
    assert what.endswith(f"measure: {keyword} of 'test.aids' is [1]")
    assert (why, fix) == ("  why: a search calls it", f"  fix: pass a function, or leave {keyword} out")
    assert list(iter_registered()) == []
