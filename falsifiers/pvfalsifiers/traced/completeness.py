"""Test 001: whether a traced forward pass keeps all that it says."""

from typing import get_args

import numpy as np

from pvengine.plugin import Trial, falsifier
from pvfalsifiers.faults.forward import (
    trace_into_one_buffer,
    trace_last_token,
    trace_without_inner,
    trace_without_last_layer,
)
from pvfalsifiers.fixtures.prompted import Prompted
from pvfalsifiers.kernels.arrays import Float32Array
from pvfalsifiers.models import NAMES, Model, Trace, forward_traced
from pvfalsifiers.models.trace import Path


class CompletenessParams(Prompted):
    """The prompt."""


def list_widths(model: Model, layer: int) -> dict[str, int]:
    """Return how many elements a token has in each tensor of a layer, read off the weights."""
    weights = model.layers[layer]
    rows = {
        name: getattr(weights, name).rows for name in ("q", "k", "v", "attention_out", "gate", "up", "down")
    }
    inner = dict.fromkeys(("activation", "inner"), weights.gate.rows)
    return dict.fromkeys(NAMES, model.hyperparameters.width) | rows | inner


def is_kept(found: Float32Array | None, before: Float32Array | None, tokens: int, width: int) -> bool:
    """Whether a tensor is there for every token, finite, and not that of the layer before."""
    if found is None or found.shape != (tokens, width) or not np.isfinite(found).all():
        return False
    return bool(np.ptp(found) > 0) and (before is None or not np.array_equal(found, before))


def count_missing(trace: Trace, model: Model) -> int:
    """Count the tensors that a trace should have and has not."""
    layers, missing = trace.layers, 0
    for layer in range(len(model.layers)):
        found = layers[layer] if layer < len(layers) else {}
        before = layers[layer - 1] if 0 < layer <= len(layers) else {}
        missing += sum(
            not is_kept(found.get(name), before.get(name), len(trace.tokens), width)
            for name, width in list_widths(model, layer).items()
        )
    return missing


@falsifier(
    "trace.completeness",
    subject=forward_traced,
    planted_faults={
        "inner not kept": trace_without_inner,
        "last layer not kept": trace_without_last_layer,
        "last token alone": trace_last_token,
        "every layer in one buffer": trace_into_one_buffer,
    },
)
def measure_completeness(trial: Trial, p: CompletenessParams) -> None:
    """Count the tensors that a traced pass on both paths has not kept.

    A tensor counts as missing where it is not there, has not a row for every token and an element for every
    row of its weights, is not finite, holds one value throughout, or is that of the layer before.
    """
    model, tokens = p.load(trial)
    paths = get_args(Path)
    missing = sum(count_missing(trial.subject(model, tokens, path), model) for path in paths)
    expected = len(paths) * len(model.layers) * len(NAMES)
    population = f"{expected} tensors: {len(paths)} paths, {len(model.layers)} layers, {len(NAMES)} names"
    trial.measure("missing_tensors", missing, unit="tensor", population=population, arithmetic="integer")
    trial.measure("expected_tensors", expected, unit="tensor", population=population, arithmetic="integer")
