"""A claim as text: what it says, and what it is judged by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pvengine.reporters.plain import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["iter_claim_rows", "say_bounds"]

_SYMBOLS = {
    "gt": ">",
    "ge": ">=",
    "lt": "<",
    "le": "<=",
    "eq": "==",
    "ne": "!=",
    "in": "in",
    "bits": "has the bits",
}
_VERDICTS = ("CONFIRMED", "PARTIALLY_CONFIRMED", "FALSIFIED")


def say_bounds(bounds: Mapping[str, Any]) -> str:
    """Say the comparators of a condition or a band.

    Examples
    --------
    >>> say_bounds({"metric": "m", "gt": 1.0, "le": 5})
    '> 1.0 and <= 5'
    """
    return " and ".join(f"{_SYMBOLS[key]} {bounds[key]}" for key in _SYMBOLS if key in bounds)


def iter_claim_rows(claim: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Iterate over what a claim says, as a label and a line."""
    for key in ("rule", "prediction"):
        if claim.get(key):
            yield key, clean_line(str(claim[key]))
    for name, statement in claim.get("statements", {}).items():
        yield "hypothesis", clean_line(f"{name}: {statement or 'the contract does not state it'}")
    for name, value in (claim.get("params") or {}).items():
        yield "param", clean_line(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    for condition in claim.get("accept") or ():
        yield "accept", clean_line(f"{condition['metric']} {say_bounds(condition)}")
    for decision in _as_list(claim.get("decides")):
        yield from _iter_decision(decision, claim)
    if claim.get("reproduce"):
        yield "reproduce", clean_line(f"within {claim['reproduce'].get('relative')}, relative")


def _iter_decision(decision: Mapping[str, Any], claim: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    scope = f", in the scope of {decision['scope']}" if decision.get("scope") else ""
    hypothesis = decision.get("hypothesis") or claim.get("hypothesis")
    yield "decides", clean_line(f"{hypothesis} by {decision['metric']}{scope}")
    for verdict in _VERDICTS:
        if decision.get(verdict) is not None:
            bands = " or ".join(say_bounds(band) for band in _as_list(decision[verdict]))
            yield "", clean_line(f"  {verdict} where {bands}")


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
