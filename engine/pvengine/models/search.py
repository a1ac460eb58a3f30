"""A search in a claim: over which domain a falsifier looks for the worst, how hard, and what it found."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pvengine.models.base import ClosedModel, FiniteNumber, Items, Name
from pvengine.models.measurement import Measurement

__all__ = ["METHODS", "Budget", "Method", "MethodReport", "Search", "SearchReport", "Variable"]

Method = Literal["random", "evolution", "refinement", "nearest", "minimal"]
METHODS: tuple[Method, ...] = ("random", "evolution", "refinement", "nearest", "minimal")
"""How a search looks for the worst, in this order, behind the published point."""


class Variable(ClosedModel):
    """One param that the search varies; all of its elements have one range."""

    kind: Literal["real", "integer"]
    range: Annotated[Items[FiniteNumber], Field(min_length=2, max_length=2)] = Field(
        description="the least and the largest value, both of them allowed"
    )
    shape: Annotated[Items[Annotated[int, Field(ge=1)]], Field(max_length=4)] = Field(
        default=(), description="shape of nested lists; absent for a single number"
    )

    @model_validator(mode="after")
    def _have_a_range(self) -> Variable:
        low, high = self.range
        if low >= high:
            msg = f"the range [{low}, {high}] has no room: the first bound is below the second"
            raise ValueError(msg)
        if self.kind == "integer" and not all(isinstance(bound, int) for bound in self.range):
            msg = "the range of an integer has integers as bounds"
            raise ValueError(msg)
        return self

    @property
    def size(self) -> int:
        """How many numbers the variable has."""
        size = 1
        for length in self.shape:
            size *= length
        return size


class Budget(ClosedModel):
    """How hard a search looks."""

    evaluations: Annotated[int, Field(ge=1)] = Field(description="points at which the falsifier measures")
    seconds: Annotated[FiniteNumber, Field(gt=0)] | None = Field(
        default=None, description="wall clock; a search that it ends says so, and is not repeated to the bit"
    )


class Search(ClosedModel):
    """The search of a test: it is part of the claim."""

    domain: Annotated[dict[Name, Variable], Field(min_length=1)] = Field(
        description="the params that vary, by name; the others are as `params` says"
    )
    maximise: Name | None = Field(default=None, description="the metric whose largest value is looked for")
    minimise: Name | None = Field(default=None, description="the metric whose least value is looked for")
    budget: Budget
    methods: Annotated[Items[Method], Field(min_length=1)] | None = Field(
        default=None, description="absent: all of them"
    )

    @model_validator(mode="after")
    def _have_one_aim(self) -> Search:
        if (self.maximise is None) is (self.minimise is None):
            msg = "a search has one aim: give either maximise or minimise"
            raise ValueError(msg)
        return self

    @property
    def metric(self) -> str:
        """The metric that is searched."""
        return self.maximise or self.minimise or ""

    @property
    def sign(self) -> int:
        """1 where the metric is maximised, -1 where it is minimised."""
        return 1 if self.maximise is not None else -1


class MethodReport(ClosedModel):
    """What one method did."""

    method: Literal["published", "random", "evolution", "refinement", "nearest", "minimal"]
    evaluations: int = Field(description="points at which the falsifier measured")
    seconds: float = Field(description="seconds of all of them")
    best: float | None = Field(description="the best value of the metric it came to; null for none")


class SearchReport(ClosedModel):
    """What a search found; the measurements of the record are those at its worst point."""

    metric: Name
    aim: Literal["maximise", "minimise"]
    published: float | None = Field(description="the metric at the point that `params` names")
    worst: float = Field(description="the metric at the worst point")
    found_by: str = Field(description="the method that found it")
    params: dict[str, Any] = Field(description="the params of the worst point, whole")
    nearest: dict[str, Any] | None = Field(
        description="the params of the published point with the smallest edit of one number that changes the outcome"
    )
    minimal: dict[str, Any] | None = Field(
        description="the params of an example with few and small numbers that has the outcome of the worst point"
    )
    evaluations: int
    refused: int = Field(description="points that the parameter model refused: outside of the domain")
    seconds: float
    ended_by: Literal["evaluations", "seconds", "methods"] = Field(
        description="what ended the search: a part of the budget, or that the methods were through"
    )
    spread: float = Field(description="largest minus least value of the metric over all points")
    methods: Items[MethodReport]
    measurements_published: dict[str, Measurement] = Field(
        description="what was measured at the published point"
    )
