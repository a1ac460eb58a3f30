"""Whether the error of activation quantisation follows from the crest factor of what is quantised."""

import math

import numpy as np

from pvengine.plugin import Trial, falsifier
from pvfalsifiers.blocks import FORMATS, quantize_activations
from pvfalsifiers.faults.blocks import expand_truncated, expand_unquantized, expand_with_one_scale
from pvfalsifiers.fixtures.prompted import Prompted
from pvfalsifiers.kernels.arrays import Float32Array, Float64Array
from pvfalsifiers.models import Model, ModelError, Trace, forward_traced

BLOCKS = {"Q8_0": 32, "Q8_1": 32, "Q8_K": 256}
"""Activations that share a scale, by kind."""
SOURCES = (("attention_norm", "q"), ("ffn_norm", "gate"), ("inner", "down"))
"""What is quantised in a layer, and the matrix that it meets, whose type says how."""


class CrestParams(Prompted):
    """The prompt whose activations are quantised."""


def quantize_and_expand(x: Float32Array, kind: str) -> Float32Array:
    """Quantise activations, and expand them again."""
    return quantize_activations(x, kind).dequantized()


def measure_blocks(
    trial: Trial, x: Float32Array, kind: str
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Return crest factor, relative error and predicted relative error of each block that is not zero."""
    size = BLOCKS[kind]
    before = x.reshape(-1, size).astype(np.float64)
    error = trial.subject(x, kind).reshape(-1, size) - before
    used = before.any(axis=1)
    norms = np.linalg.norm(before[used], axis=1)
    crest = np.abs(before[used]).max(axis=1) * math.sqrt(size) / norms
    predicted = crest * math.sqrt((size - 1) / size) / (127 * math.sqrt(12))
    return crest, np.linalg.norm(error[used], axis=1) / norms, predicted


def collect_blocks(
    trial: Trial, model: Model, trace: Trace
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Return the same of all that is quantised in every layer."""
    found = []
    for layer, weights in enumerate(model.layers):
        for name, matrix in SOURCES:
            kind = FORMATS[getattr(weights, matrix).format].activations
            if kind in BLOCKS:
                found.append(measure_blocks(trial, trace.array(layer, name), kind))
    if not found:
        raise ModelError(
            "path B quantises nothing in this model",
            where=str(model.path),
            why="the weights that the activations meet are not quantised",
            fix="use a quantised model",
        )
    crest, error, predicted = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return crest, error, predicted


@falsifier(
    "activations.crest-factor",
    subject=quantize_and_expand,
    planted_faults={
        "rounded towards zero": expand_truncated,
        "one scale a row": expand_with_one_scale,
        "not quantised": expand_unquantized,
    },
)
def measure_crest_factor(trial: Trial, p: CrestParams) -> None:
    """Measure the normwise error of each quantised block by the error that its crest factor predicts.

    A block of n is divided into steps of max|x| / 127. Rounding errors that are spread evenly over a step
    have the root mean square step / sqrt(12), and the largest element has none: the relative error is crest *
    sqrt((n - 1) / n) / (127 sqrt(12)) with crest = max|x| / rms(x). Nothing else about the activations
    enters.
    """
    model, tokens = p.load(trial)
    crest, error, predicted = collect_blocks(trial, model, forward_traced(model, tokens, "A"))
    ratio = error / predicted
    with np.errstate(all="ignore"):
        correlation = np.corrcoef(np.log(crest), np.log(error))[0, 1]
    population = f"{len(ratio)} blocks; what is quantised in {len(model.layers)} layers, {len(tokens)} tokens"
    for name, value, aggregation in (
        ("median_error_by_predicted", np.median(ratio), "median"),
        ("p05_error_by_predicted", np.percentile(ratio, 5), "5th percentile"),
        ("p95_error_by_predicted", np.percentile(ratio, 95), "95th percentile"),
        ("correlation", correlation, "Pearson, log crest and log error"),
        ("smallest_crest", crest.min(), "min"),
        ("median_crest", np.median(crest), "median"),
        ("largest_crest", crest.max(), "max"),
        ("median_error", np.median(error), "median of relative L2"),
    ):
        trial.measure(
            name, value, unit="ratio", population=population, aggregation=aggregation, arithmetic="float64"
        )
    trial.measure("blocks", len(ratio), unit="block", population=population, arithmetic="integer")
