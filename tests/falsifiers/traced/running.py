"""Run the falsifiers of real models on a file, and say what a fault must break."""

from __future__ import annotations

import importlib
import math
import pkgutil
from typing import TYPE_CHECKING, Any

import pvfalsifiers.traced
from pvengine.plugin import Falsifier, Trial, iter_registered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["CASES", "FAULTS", "PARAMS", "is_noticed", "run"]

for _module in pkgutil.iter_modules(pvfalsifiers.traced.__path__):
    importlib.import_module(f"{pvfalsifiers.traced.__name__}.{_module.name}")

FALSIFIERS: Mapping[str, Falsifier] = {
    each.name: each
    for each in iter_registered()
    if each.function.__module__.startswith("pvfalsifiers.traced.")
}
RAMP = {"offset": -128, "step": 0.05, "modulus": 7, "ripple": 0.01}
PARAMS: Mapping[str, Mapping[str, Any]] = {
    "trace.completeness": {},
    "trace.bit-identity": {},
    "trace.std-ratio": {"layer": 3, "tensor": "inner"},
    "trace.std-ratio-over-layers": {"tensor": "inner"},
    "real-weights.matvec-drift": {
        "layer": 3, "matrix": "down", "activations": RAMP, "reference_drift": 0.00077
    },
    "activations.crest-factor": {},
    "forward.chained-drift": {"matrix": "down", "activations": RAMP},
    "forward.noise-floor": {"perturbation": 1e-7},
}  # fmt: skip
HOLDS: Mapping[str, Mapping[str, Callable[[float], bool]]] = {
    "trace.completeness": {"missing_tensors": lambda x: x == 0},
    "trace.bit-identity": {"differing_bits": lambda x: x == 0},
    "trace.std-ratio": {"std_ratio": lambda x: 0.5 <= x <= 2},
    "trace.std-ratio-over-layers": {
        "smallest_std_ratio": lambda x: x >= 0.5,
        "largest_std_ratio": lambda x: x <= 2,
    },
    "real-weights.matvec-drift": {"relative_l2": lambda x: x < 0.1, "differing_bits": lambda x: x > 0},
    "activations.crest-factor": {
        "correlation": lambda x: x > 0.8,
        "median_error_by_predicted": lambda x: 0.95 <= x <= 1.05,
    },
    "forward.chained-drift": {
        "smallest_free_drift": lambda x: x > 1e-7,
        "free_by_forced": lambda x: x > 1.05,
        "free_growth": lambda x: x < 5,
    },
    "forward.noise-floor": {
        "input_drift": lambda x: 1e-8 < x < 2e-5,
        "noise_a": lambda x: x < 1e-4,
        "noise_by_path_drift": lambda x: 0.01 < x < 100,
    },
}
"""What holds of the subject, and breaks under each fault."""
CASES = tuple(sorted(PARAMS))
FAULTS = tuple((name, fault) for name in CASES for fault in FALSIFIERS[name].planted_faults)


def run(
    name: str, path: Path, fault: str | None = None, prompt: str = "What is 2+2?", **params: Any
) -> dict[str, float]:
    """Return what one trial measures, as floats."""
    found = FALSIFIERS[name]
    trial = Trial(found.planted_faults[fault] if fault else found.subject, seed=0, inputs={"model": path})
    given = dict(PARAMS[name]) | ({} if name == "real-weights.matvec-drift" else {"prompt": prompt}) | params
    found.function(trial, found.params_model.model_validate(given))
    for measurement in trial.measurements.values():
        assert measurement.population
        assert measurement.arithmetic
    return {metric: float(each.value) for metric, each in trial.measurements.items()}


def is_noticed(name: str, measured: Mapping[str, float]) -> bool:
    """Say whether one of the conditions breaks; a number that is not finite breaks each."""
    return not all(
        math.isfinite(measured[metric]) and holds(measured[metric]) for metric, holds in HOLDS[name].items()
    )
