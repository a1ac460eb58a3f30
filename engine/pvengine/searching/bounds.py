"""Compare what a search saw with the bounds that a falsifier states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.search import BoundReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pvengine.models.search import Extremes
    from pvengine.plugin.domain import Bound

__all__ = ["report_bounds"]


def report_bounds(bounds: Iterable[Bound], extremes: Mapping[str, Extremes]) -> tuple[BoundReport, ...]:
    """Say of each bound whether every point met it, and how near the nearest came."""
    return tuple(_report(bound, extremes.get(bound.metric)) for bound in bounds)


def _report(bound: Bound, seen: Extremes | None) -> BoundReport:
    is_met, attained = True, None
    if seen is not None:
        least, largest = float(seen.least.number), float(seen.largest.number)
        ratios = []
        if bound.at_most is not None:
            is_met &= largest <= bound.at_most + bound.rounding * abs(bound.at_most)
            ratios.append(_compare(largest, bound.at_most))
        if bound.at_least is not None:
            is_met &= least >= bound.at_least - bound.rounding * abs(bound.at_least)
            ratios.append(_compare(least, bound.at_least))
        attained = min((ratio for ratio in ratios if ratio is not None), default=None)
    return BoundReport(
        metric=bound.metric,
        source=bound.source,
        at_most=bound.at_most,
        at_least=bound.at_least,
        rounding=bound.rounding,
        any_subject=bound.any_subject,
        is_met=is_met,
        attained=attained,
    )


def _compare(found: float, bound: float) -> float | None:
    """Return the smaller of two numbers of one sign divided by the larger: 1 where the bound is attained."""
    if found == bound:
        return 1.0
    if found * bound <= 0:
        return 0.0 if found == 0 or bound == 0 else None
    small, large = sorted((abs(found), abs(bound)))
    return small / large
