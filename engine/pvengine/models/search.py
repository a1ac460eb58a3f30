"""A search in a claim: over which domain a falsifier looks for the worst, how hard, and what it found."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pvengine.models.base import ClosedModel, FiniteNumber, Items, Name, Text
from pvengine.models.measurement import Measurement

__all__ = [
    "METHODS",
    "Aim",
    "BoundReport",
    "Budget",
    "Constraint",
    "Example",
    "Extremes",
    "Method",
    "MethodReport",
    "Profile",
    "Search",
    "SearchReport",
    "Variable",
]

Method = Literal["analytic", "random", "evolution", "refinement", "nearest", "minimal"]
METHODS: tuple[Method, ...] = ("analytic", "random", "evolution", "refinement", "nearest", "minimal")
"""How a search looks for the worst, in this order, behind the published point."""
Aim = Literal["maximise", "minimise", "margin"]
"""What makes a point the worst: a large metric, a small one, or one past where the outcome changes."""
_NumberOrNot = int | float | Literal["nan", "inf", "-inf"]


class Variable(ClosedModel):
    """One param that the search varies; all of its elements have one range, or one list of values."""

    kind: Literal["real", "integer", "choice"]
    range: Annotated[Items[FiniteNumber], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="the least and the largest value, both of them allowed; not for a choice"
    )
    values: Annotated[Items[str | bool | FiniteNumber], Field(min_length=2)] | None = Field(
        default=None, description="what a choice is made from"
    )
    grid: Annotated[FiniteNumber, Field(gt=0)] | None = Field(
        default=None, description="step of a real variable, from the least value on; absent: any value"
    )
    shape: Annotated[Items[Annotated[int, Field(ge=1)]], Field(max_length=4)] = Field(
        default=(), description="shape of nested lists; absent for a single value"
    )

    @model_validator(mode="after")
    def _fit_the_kind(self) -> Variable:
        if self.kind == "choice":
            if self.values is None or self.range is not None or self.grid is not None:
                msg = "a choice has `values`, and neither `range` nor `grid`"
                raise ValueError(msg)
            return self
        if self.range is None or self.values is not None:
            msg = f"a variable of kind {self.kind} has a `range`, and no `values`"
            raise ValueError(msg)
        low, high = self.range
        if low >= high:
            msg = f"the range [{low}, {high}] has no room: the first bound is below the second"
            raise ValueError(msg)
        if self.kind == "integer" and not all(isinstance(bound, int) for bound in self.range):
            msg = "the range of an integer has integers as bounds"
            raise ValueError(msg)
        if self.grid is not None and (self.kind != "real" or self.grid > high - low):
            msg = "a grid is for a real variable, and its step fits into the range"
            raise ValueError(msg)
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest coordinate; for a choice, of the index of its values."""
        if self.range is None:
            return 0.0, float(len(self.values or ()) - 1)
        return float(self.range[0]), float(self.range[1])

    @property
    def size(self) -> int:
        """How many coordinates the variable has."""
        size = 1
        for length in self.shape:
            size *= length
        return size


class Constraint(ClosedModel):
    """What the elements of one variable must be together: a norm within bounds."""

    variable: Name
    norm: Literal["L1", "L2", "Linf"]
    lt: FiniteNumber | None = None
    le: FiniteNumber | None = None
    gt: FiniteNumber | None = None
    ge: FiniteNumber | None = None

    @model_validator(mode="after")
    def _bound_something(self) -> Constraint:
        if all(bound is None for bound in (self.lt, self.le, self.gt, self.ge)):
            msg = "a constraint has a bound: give one of lt, le, gt, ge"
            raise ValueError(msg)
        return self


class Budget(ClosedModel):
    """How hard a search looks."""

    evaluations: Annotated[int, Field(ge=1)] = Field(description="points at which the falsifier measures")
    seconds: Annotated[FiniteNumber, Field(gt=0)] | None = Field(
        default=None, description="wall clock; a search that it ends may find less on a slower machine"
    )


class Search(ClosedModel):
    """The search of a test: it is part of the claim."""

    domain: Annotated[dict[Name, Variable], Field(min_length=1)] = Field(
        description="the params that vary, by name; the others are as `params` says"
    )
    constraints: Items[Constraint] = Field(
        default=(), description="what a point must meet beside its ranges; else it is outside of the domain"
    )
    maximise: Name | None = Field(default=None, description="the metric whose largest value is looked for")
    minimise: Name | None = Field(default=None, description="the metric whose least value is looked for")
    margin: Name | None = Field(
        default=None,
        description="the metric that is driven towards, and past, the nearest value at which a condition or a"
        " verdict changes",
    )
    budget: Budget
    methods: Annotated[Items[Method], Field(min_length=1)] | None = Field(
        default=None, description="absent: all of them"
    )

    @model_validator(mode="after")
    def _fit_together(self) -> Search:
        if sum(metric is not None for metric in (self.maximise, self.minimise, self.margin)) != 1:
            msg = "a search has one aim: give one of maximise, minimise, margin"
            raise ValueError(msg)
        for constraint in self.constraints:
            variable = self.domain.get(constraint.variable)
            if variable is None or variable.kind == "choice":
                msg = f"a constraint on {constraint.variable!r}, which is no number that the domain varies"
                raise ValueError(msg)
        return self

    @property
    def metric(self) -> str:
        """The metric that is searched."""
        return self.maximise or self.minimise or self.margin or ""

    @property
    def aim(self) -> Aim:
        """What makes a point the worst."""
        if self.maximise is not None:
            return "maximise"
        return "minimise" if self.minimise is not None else "margin"


class MethodReport(ClosedModel):
    """What one method did."""

    method: Literal["published", "analytic", "random", "evolution", "refinement", "nearest", "minimal"]
    evaluations: int = Field(description="points at which the falsifier measured")
    seconds: float = Field(description="seconds of all of them")
    best: _NumberOrNot | None = Field(description="the metric at the worst point so far; null for none")


class Extremes(ClosedModel):
    """The least and the largest value of a metric over all points, with the params of each."""

    least: Measurement
    least_params: dict[str, Any] | None = Field(
        description="only the params that vary; null in a brief search"
    )
    largest: Measurement
    largest_params: dict[str, Any] | None = Field(
        description="only the params that vary; null in a brief search"
    )


class Example(ClosedModel):
    """A point of the domain that a person may want to look at, and the metric there."""

    params: dict[str, Any] = Field(description="only the params that vary")
    value: Measurement | None = Field(description="the searched metric; null where it was not measured")


class Profile(ClosedModel):
    """The metric along the straight line from one point to another, for a plot."""

    start: dict[str, Any] = Field(description="params at 0; only those that vary")
    end: dict[str, Any] = Field(description="params at 1, the worst point")
    at: Items[float] = Field(description="parts of the way, rising; integers are rounded on it")
    values: Items[_NumberOrNot | None] = Field(description="the metric there; null outside of the domain")


class BoundReport(ClosedModel):
    """A proved bound that the falsifier states, and how near the search came to it."""

    metric: Name
    source: Text = Field(description="where the proof stands")
    at_most: float | None
    at_least: float | None
    rounding: float = Field(description="by how much a value may lie beyond, relative to the bound")
    any_subject: bool = Field(description="whether it holds whatever the subject is")
    is_met: bool = Field(description="whether no point lies beyond")
    attained: float | None = Field(
        description="the smaller of the found extreme and the bound divided by the larger; 1 where both are"
        " zero; null where the metric was never finite, or their signs differ"
    )


class SearchReport(ClosedModel):
    """What a search found; the measurements of the trial are those at its worst point."""

    metric: Name
    aim: Aim
    published: Example | None = Field(
        description="the point that `params` names; null outside of the domain, and in a brief search"
    )
    worst: Example = Field(description="the worst point that was found")
    found_by: str = Field(description="the method that found it")
    nearest: Example | None = Field(
        description="the published point with the smallest edit of one number that changes the outcome"
    )
    minimal: Example | None = Field(
        description="an example with few and small numbers that has the outcome of the worst point"
    )
    evaluations: int
    refused: int = Field(description="points outside of the domain: a constraint, or the parameter model")
    seconds: float
    ended_by: Literal["evaluations", "seconds", "methods"] = Field(
        description="what ended the search: a part of the budget, or that the methods were through"
    )
    is_vectorised: bool = Field(description="whether many points were measured at once")
    extremes: dict[str, Extremes] = Field(
        description="over all points, of each metric that the claim names and that was finite everywhere"
    )
    bounds: Items[BoundReport]
    methods: Items[MethodReport]
    profile: Profile | None = Field(
        description="from the published point, or else the mildest, to the worst; null in a brief search"
    )
