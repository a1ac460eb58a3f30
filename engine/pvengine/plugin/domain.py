"""What a falsifier may tell a search: where the worst is expected, and what is proved about a metric."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pvengine.plugin.trial import Trial

__all__ = ["Bound", "BoundsOf", "Domain", "Range", "Vectorised", "WorstCase"]


@dataclass(frozen=True, slots=True)
class Range:
    """What one variable of a search may be; all of its numbers have the same bounds.

    Attributes
    ----------
    low, high
        The least and the largest value, both allowed. For a choice: 0 and the index of the last value.
    shape
        Shape of the nested lists; empty for one number.
    kind
        ``"real"``, ``"integer"`` or ``"choice"``.
    values
        What a choice is made from, in the order of the contract; empty for numbers.
    """

    low: float
    high: float
    shape: tuple[int, ...]
    kind: str
    values: tuple[Any, ...] = ()


Domain = Mapping[str, Range]
"""The variables of a search, by the name of the param that varies."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A proved bound on a metric over a domain: no point of it may lie beyond.

    Attributes
    ----------
    metric
        The metric that is bounded.
    source
        Where the proof stands: a publication with the number of the theorem, or a docstring that derives it.
    at_most, at_least
        The bounds; one of them or both.
    rounding
        By how much a measured value may lie beyond, relative to the bound, because it was computed with
        rounding.
    any_subject
        The bound holds whatever the subject is. A condition that it implies can never break.

    Raises
    ------
    ValueError
        There is no bound, it is not finite, or no source is named.
    """

    metric: str
    source: str
    at_most: float | None = None
    at_least: float | None = None
    rounding: float = 0.0
    any_subject: bool = False

    def __post_init__(self) -> None:
        """Refuse a bound that says nothing."""
        given = [bound for bound in (self.at_most, self.at_least) if bound is not None]
        if not given or not all(math.isfinite(bound) for bound in (*given, self.rounding)):
            msg = f"a bound on {self.metric!r} has a finite at_most or at_least"
            raise ValueError(msg)
        if not self.source.strip():
            msg = f"the bound on {self.metric!r} names no source"
            raise ValueError(msg)


WorstCase = Callable[[Any, Domain], Iterable[Mapping[str, Any]]]
"""Given the published params and the domain, gives params (only those that differ) of points to try."""
BoundsOf = Callable[[Any, Domain], Iterable[Bound]]
"""Given the published params and the domain, gives what is proved about metrics there."""
Vectorised = Callable[[Sequence["Trial"], Sequence[Any]], None]
"""Measures many points at once: ``trials[i]`` gets what the falsifier measures with ``params[i]``."""
