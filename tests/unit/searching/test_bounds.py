"""A stated bound is met or not by all that was measured, and attained to a part."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.models.search import Extremes
from pvengine.plugin import Bound
from pvengine.searching.bounds import report_bounds


def report(
    lab: Any, least: float, largest: float, metric: str = "m", **facts: Any
) -> tuple[bool, float | None]:
    seen = Extremes(least=lab.number(least), least_params={}, largest=lab.number(largest), largest_params={})
    (found,) = report_bounds([Bound(metric, "a proof", **facts)], {"m": seen})
    assert (found.metric, found.source) == (metric, "a proof")
    return found.is_met, found.attained


@pytest.mark.parametrize(
    ("least", "largest", "facts", "expected"),
    [
        (1.0, 2.0, {"at_most": 2.0}, (True, 1.0)),
        (1.0, 2.0, {"at_most": 4.0}, (True, 0.5)),
        (1.0, 4.0, {"at_most": 2.0}, (False, 0.5)),
        (1.0, 2.0000001, {"at_most": 2.0}, (False, 2.0 / 2.0000001)),
        (1.0, 2.0000001, {"at_most": 2.0, "rounding": 1e-6}, (True, 2.0 / 2.0000001)),
        (-8.0, -2.0, {"at_least": -8.0}, (True, 1.0)),
        (-8.0, -2.0, {"at_least": -16.0}, (True, 0.5)),
        (-8.0, -2.0, {"at_least": -4.0}, (False, 0.5)),
        (-8.0, -2.0, {"at_most": 1.0}, (True, None)),
        (0.0, 2.0, {"at_least": 0.0}, (True, 1.0)),
        (0.5, 2.0, {"at_least": 0.0}, (True, 0.0)),
        (-0.5, 2.0, {"at_least": 0.0}, (False, 0.0)),
        (0.5, 2.0, {"at_least": 0.25, "at_most": 2.0}, (True, 0.5)),
        (-8.0, -2.0, {"at_least": -8.5, "at_most": 1.0}, (True, 8.0 / 8.5)),
    ],
)
def test_met_and_attained(
    lab: Any, least: float, largest: float, facts: dict[str, Any], expected: tuple[bool, float | None]
) -> None:
    assert report(lab, least, largest, **facts) == expected


def test_a_metric_that_was_never_finite_has_no_extreme(lab: Any) -> None:
    assert report(lab, 0.0, 1.0, metric="other", at_most=1.0) == (True, None)
