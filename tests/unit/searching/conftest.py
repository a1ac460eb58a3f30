"""Searches of functions whose worst point is known, without any process or falsifier."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.models.measurement import Measurement, encode_bits
from pvengine.models.search import Search
from pvengine.searching.aims import Scorer
from pvengine.searching.evaluating import Evaluator
from pvengine.searching.search import Instrument, search_domain
from pvengine.searching.space import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pvengine.searching.search import Found

Metrics = dict[str, float]


def number(value: float) -> Measurement:
    """Return a float64 measurement."""
    value = float(value)
    shown = value if math.isfinite(value) else str(value)
    return Measurement.model_validate(
        {"value": shown, "dtype": "float64", "bits": encode_bits(value, "float64")}
    )


def real(low: float, high: float, **facts: Any) -> dict[str, Any]:
    """Return a real variable."""
    return {"kind": "real", "range": [low, high], **facts}


@dataclass
class Probe:
    """A function that is searched, and every point at which it measured, in order."""

    function: Callable[..., float | Metrics | None]
    points: list[dict[str, Any]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    def measure(self, params: Mapping[str, Any]) -> dict[str, Measurement] | None:
        """Measure at one point."""
        self.points.append(dict(params))
        found = self.function(**params)
        if found is None:
            return None
        metrics = found if isinstance(found, dict) else {"m": found}
        return {name: number(value) for name, value in metrics.items()}

    def measure_many(self, points: Sequence[dict[str, Any]]) -> list[dict[str, Measurement] | None]:
        """Measure at many points."""
        self.batches.append(len(points))
        return [self.measure(each) for each in points]


@dataclass(frozen=True)
class Laboratory:
    """What makes searches, and the parts of one."""

    number = staticmethod(number)
    real = staticmethod(real)
    probe = Probe

    @staticmethod
    def search(  # noqa: PLR0913 - keyword-only facts of one search
        domain: dict[str, Any],
        params: dict[str, Any],
        function: Callable[..., Any] | Probe,
        *,
        evaluations: int = 300,
        seconds: float | None = None,
        seed: int = 1,
        cuts: Sequence[float] = (),
        watched: Sequence[str] = ("m",),
        share: float = 1.0,
        instrument: Mapping[str, Any] | None = None,
        **keys: Any,
    ) -> Found:
        """Search a function that takes the params that vary."""
        probe = function if isinstance(function, Probe) else Probe(function)
        aim = {} if {"minimise", "margin"} & keys.keys() else {"maximise": "m"}
        budget = {"evaluations": evaluations} | ({} if seconds is None else {"seconds": seconds})
        search = Search.model_validate({"domain": domain, "budget": budget, **aim, **keys})
        given = Instrument(probe.measure, **(instrument or {}))
        return search_domain(search, params, given, seed=seed, cuts=cuts, watched=watched, share=share)

    @staticmethod
    def space(domain: dict[str, Any], params: dict[str, Any] | None = None, *constraints: Any) -> Space:
        """Return a domain as a box."""
        search = Search.model_validate(
            {"domain": domain, "constraints": constraints, "maximise": "m", "budget": {"evaluations": 1}}
        )
        return Space(search.domain, params or {}, search.constraints)

    @staticmethod
    def evaluator(probe: Probe, space: Space, limit: int, **facts: Any) -> Evaluator:
        """Return an evaluator that looks for the largest `m`."""
        given = {"watched": ("m",)} | facts
        return Evaluator(space, probe.measure_many, "m", Scorer("maximise"), limit, **given)


@pytest.fixture(scope="session")
def lab() -> Laboratory:
    """Return what makes searches."""
    return Laboratory()
