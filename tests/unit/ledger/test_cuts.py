"""The values at which a claim gives another answer."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.ledger.cuts import find_cuts
from pvengine.ledger.judge import Judging

BANDS = {"CONFIRMED": {"gt": 5}, "PARTIALLY_CONFIRMED": {"gt": 1, "le": 5}, "FALSIFIED": {"le": 1}}


@pytest.mark.parametrize(
    ("keys", "cuts"),
    [
        ({"accept": [{"metric": "m", "lt": 1, "gt": -2}]}, (-2.0, 1.0)),
        ({"accept": [{"metric": "m", "le": 1}, {"metric": "m", "ge": 1}, {"metric": "k", "lt": 9}]}, (1.0,)),
        ({"accept": [{"metric": "m", "eq": 0}, {"metric": "m", "ne": 3}]}, (0.0, 3.0)),
        ({"accept": [{"metric": "m", "in": [4, 2.5, 1]}]}, (1.0, 2.5, 4.0)),
        ({"accept": [{"metric": "m", "bits": "3fc00000"}]}, ()),
        ({"decides": {"metric": "m", "hypothesis": "H", **BANDS}}, (1.0, 5.0)),
        (
            {"decides": {"metric": "k", "hypothesis": "H", **BANDS}, "accept": [{"metric": "m", "lt": 7}]},
            (7.0,),
        ),
        (
            {"decides": {"metric": "m", "hypothesis": "H", **BANDS}, "accept": [{"metric": "m", "lt": 7}]},
            (1, 5, 7),
        ),
    ],
)
def test_cuts(build: Any, keys: dict[str, Any], cuts: tuple[float, ...]) -> None:
    assert find_cuts(Judging.of(build.test(**keys)), "m") == cuts
