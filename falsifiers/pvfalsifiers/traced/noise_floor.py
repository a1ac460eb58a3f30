"""How far two runs of path B drift apart when their embeddings differ by a rounding error."""

from typing import Annotated

import numpy as np
from pydantic import Field

from pvengine.plugin import Trial, falsifier
from pvfalsifiers.faults.forward import (
    trace_disturbed_thousandfold,
    trace_path_a_disturbed,
    trace_undisturbed,
)
from pvfalsifiers.fixtures.prompted import Prompted
from pvfalsifiers.kernels.arrays import Float32Array, Float64Array
from pvfalsifiers.kernels.drift import find_relative_l2
from pvfalsifiers.models import Model, Trace, forward_traced
from pvfalsifiers.models.trace import Path


class NoiseParams(Prompted):
    """The prompt, and the relative size of the disturbance."""

    perturbation: Annotated[float, Field(gt=0, lt=1e-3)]


def trace_disturbed(model: Model, tokens: list[int], path: Path, perturb: float) -> Trace:
    """Trace a pass whose embeddings are disturbed."""
    return forward_traced(model, tokens, path, perturb=perturb)


def find_drift(reference: Float32Array, other: Float32Array) -> float:
    """Compute the relative L2 of two arrays of one shape in float64."""
    return float(find_relative_l2(*(each.astype(np.float64).ravel() for each in (reference, other))))


def divide(numerator: float, denominator: float) -> float:
    """Divide as IEEE 754 does: by zero is infinite, or NaN."""
    with np.errstate(all="ignore"):
        return float(np.float64(numerator) / np.float64(denominator))


def find_log_probabilities(logits: Float32Array) -> Float64Array:
    """Compute the logarithm of the softmax in float64."""
    shifted = logits.astype(np.float64) - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), np.float64)


@falsifier(
    "forward.noise-floor",
    subject=trace_disturbed,
    planted_faults={
        "not disturbed": trace_undisturbed,
        "disturbed a thousandfold": trace_disturbed_thousandfold,
        "path A whatever was asked": trace_path_a_disturbed,
    },
)
def measure_noise_floor(trial: Trial, p: NoiseParams) -> None:
    """Measure how far the logits of the last token move on each path, and by how much the paths differ.

    A disturbance of d steps moves an activation across the edge of two quants with a probability of d, and
    then by a whole step: its root mean square grows from d to sqrt(d) at every quantisation, until it is that
    of quantisation itself. No end-to-end comparison with a path B resolves less than the floor that this
    leaves: what two equally right implementations of path B differ by.
    """
    model, tokens = p.load(trial)
    a, moved_a = (trial.subject(model, tokens, "A", size) for size in (0.0, p.perturbation))
    b, moved_b = (trial.subject(model, tokens, "B", size) for size in (0.0, p.perturbation))
    drifts = {
        "noise_a": find_drift(a.logits[-1], moved_a.logits[-1]),
        "noise_b": find_drift(b.logits[-1], moved_b.logits[-1]),
        "path_drift": find_drift(a.logits[-1], b.logits[-1]),
    }
    every, last = f"logits of {len(tokens)} tokens", f"logits of the last of {len(tokens)} tokens"
    over_all = divide(find_drift(b.logits, moved_b.logits), find_drift(a.logits, b.logits))
    log_b, log_moved = find_log_probabilities(b.logits[-1]), find_log_probabilities(moved_b.logits[-1])
    for name, value, unit, population in (
        *((name, value, "ratio", last) for name, value in drifts.items()),
        (
            "input_drift",
            find_drift(a.embeddings, moved_b.embeddings),
            "ratio",
            f"embeddings of {len(tokens)} tokens",
        ),
        ("noise_by_path_drift", divide(drifts["noise_b"], drifts["path_drift"]), "ratio", last),
        ("noise_by_path_drift_all_tokens", over_all, "ratio", every),
        ("largest_log_probability_change_b", float(np.abs(log_moved - log_b).max()), "nat", last),
    ):
        how = "max" if unit == "nat" else "relative L2"
        trial.measure(
            name,
            value,
            unit=unit,
            population=population,
            aggregation=how,
            arithmetic="float64 of float32",
        )
