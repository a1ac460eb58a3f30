"""Render what a search found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pvengine.reporters.plain import clean_line, count_noun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pvengine.models.search_entry import BoundEntry, SearchEntry

__all__ = ["render_search", "show_params"]

_SHOWN = 150
"""Characters of params that a line shows; the JSON document has all of them."""


def render_search(search: SearchEntry) -> Iterator[str]:
    """Render a search: the worst point, how hard it was looked for, and examples that a person can read."""
    published = "" if search.published is None else f", published {_number(search.published.value)}"
    learnt = f"{search.learnt}: " if search.learnt else ""
    aim = {"maximise": "largest", "minimise": "least", "margin": "nearest to a change of"}[search.aim]
    found = f"{clean_line(search.metric)} {_number(search.worst.value)}, by {search.found_by}"
    yield f"  search  {learnt}{aim} {found}{published}"
    outside = f", {search.refused:,} outside of the domain" if search.refused else ""
    end = ", ended by its budget of seconds" if search.ended_by == "seconds" else ""
    looked = f"{search.evaluations:,} of {count_noun(search.budget, 'point')}"
    yield f"          {looked} in {search.seconds:.2f} s{outside}{end}"
    yield f"          worst: {show_params(search.worst.params)}"
    for name, example in (("minimal", search.minimal), ("nearest", search.nearest)):
        if example is not None:
            yield f"          {name}: {_number(example.value)} at {show_params(example.params)}"
    for bound in search.bounds:
        yield f"          bound: {_bound(bound)}"
    if search.replay:
        yield f"          replay: {clean_line(search.replay)}"


def _number(value: float | str | None) -> str:
    return "not measured" if value is None else str(value)


def show_params(params: Mapping[str, Any]) -> str:
    """Show params on one line, cut short where they are long."""
    shown = ", ".join(f"{name} = {json.dumps(value)}" for name, value in params.items())
    shown = clean_line(shown)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


def _bound(bound: BoundEntry) -> str:
    limits = []
    if bound.at_least is not None:
        limits.append(f"{bound.metric} >= {bound.at_least!r}")
    if bound.at_most is not None:
        limits.append(f"{bound.metric} <= {bound.at_most!r}")
    attained = "" if bound.attained is None else f", {bound.attained:.4g} of it attained"
    met = "met" if bound.is_met else "NOT MET"
    return clean_line(f"{' and '.join(limits)}, {met}{attained} ({bound.source})")
