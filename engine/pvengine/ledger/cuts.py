"""Where a claim changes its mind: the values of a metric at which a condition or a verdict changes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.ledger.judge import Judging

__all__ = ["find_cuts"]

_BOUNDS = ("lt", "le", "gt", "ge", "eq", "ne")


def find_cuts(judging: Judging, metric: str) -> tuple[float, ...]:
    """Find the values of a metric at which its conditions or bands give another answer, in rising order."""
    return tuple(sorted(set(_iter_cuts(judging, metric))))


def _iter_cuts(judging: Judging, metric: str) -> Iterator[float]:
    for condition in judging.conditions:
        if condition.metric == metric:
            values = (getattr(condition, name) for name in _BOUNDS)
            yield from (float(value) for value in values if value is not None)
            yield from map(float, condition.in_ or ())
    for _, decision in judging.decisions:
        if decision.metric == metric:
            for _, _, band in decision.iter_bands():
                bounds = (band.lt, band.le, band.gt, band.ge)
                yield from (float(bound) for bound in bounds if bound is not None)
