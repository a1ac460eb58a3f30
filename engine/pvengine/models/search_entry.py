"""A search as reports show it: what was looked for, what was found, and how hard it was looked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pvengine.models.document import key

__all__ = ["BoundEntry", "ExampleEntry", "MethodEntry", "PointName", "SearchEntry"]

PointName = Literal["worst", "minimal", "nearest", "published"]
"""The points of a record that can be measured again."""

_NumberOrNot = int | float | Literal["nan", "inf", "-inf"]


@dataclass(frozen=True, kw_only=True)
class ExampleEntry:
    """A point of the domain, and the searched metric there."""

    params: dict[str, Any] = field(metadata={"description": "only the params that vary"})
    value: _NumberOrNot | None = field(metadata={"description": "null where it was not measured"})


@dataclass(frozen=True, kw_only=True)
class BoundEntry:
    """A proved bound that the falsifier states."""

    metric: str
    source: str = key("where the proof stands")
    at_most: float | None
    at_least: float | None
    is_met: bool = key("whether no point lies beyond")
    attained: float | None = key(
        "the smaller of the found extreme and the bound divided by the larger; null where there is none"
    )


@dataclass(frozen=True, kw_only=True)
class MethodEntry:
    """What one method of a search did."""

    method: str
    evaluations: int = key("points at which the falsifier measured")
    seconds: float
    best: _NumberOrNot | None = field(
        metadata={"description": "the metric at the worst point so far; null for none"}
    )


@dataclass(frozen=True, kw_only=True)
class SearchEntry:
    """What a search found; the measurements of the test are those at its worst point."""

    metric: str
    aim: Literal["maximise", "minimise", "margin"]
    learnt: Literal["supremum", "counterexample", "theorem"] | None = field(
        metadata={
            "description": "null where nothing was decided; a supremum is what the budget found, no proof"
        }
    )
    published: ExampleEntry | None = field(
        metadata={"description": "the point that `params` names; null outside of the domain"}
    )
    worst: ExampleEntry = field(
        metadata={"description": "the worst point; the measurements of the test are those there"}
    )
    found_by: str = key("the method that found it")
    nearest: ExampleEntry | None = field(
        metadata={
            "description": "the published point with the smallest edit of one number that changes the outcome"
        }
    )
    minimal: ExampleEntry | None = field(
        metadata={
            "description": "an example with few and small numbers that has the outcome of the worst point"
        }
    )
    evaluations: int = key("points at which the falsifier measured")
    budget: int = key("points at which it might have measured")
    refused: int = key("points outside of the domain")
    seconds: float
    ended_by: Literal["evaluations", "seconds", "methods"] = field(
        metadata={
            "description": "what ended the search: a part of the budget, or that the methods were through"
        }
    )
    bounds: tuple[BoundEntry, ...]
    methods: tuple[MethodEntry, ...]
    replay: str | None = key("the command that measures the worst point again; null without a record")
