"""Test 017: how the drift of path B grows through the layers of a model, each fed by the one before."""

from collections.abc import Sequence

import numpy as np

from pvengine.plugin import Trial, falsifier
from pvfalsifiers.blocks import multiply
from pvfalsifiers.faults.chains import repeat_first_layer, restart_from_path_a, run_unquantized
from pvfalsifiers.fixtures.prompted import MatrixName, Prompted, cut_into_groups, find_matrix
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array
from pvfalsifiers.kernels.drift import find_relative_l2
from pvfalsifiers.models import Model, Trace, forward_layer, forward_traced

GROUP = 256
"""Weights of the first group of a matrix, which is all that the published chain reads of a layer."""


class ChainParams(Prompted):
    """The prompt; and for the published kind of chain, the matrix and its activations."""

    matrix: MatrixName
    activations: Ramp


def run_free(model: Model, reference: Trace) -> Sequence[Float32Array]:
    """Run path B from the embeddings of path A; each layer reads what the one before handed on."""
    hidden, found = reference.embeddings, []
    for layer in range(len(model.layers)):
        hidden = forward_layer(model, layer, hidden, "B")
        found.append(hidden)
    return found


def find_drift(reference: Float32Array, other: Float32Array) -> float:
    """Compute the relative L2 of two arrays of one shape in float64."""
    return float(find_relative_l2(*(each.astype(np.float64).ravel() for each in (reference, other))))


def find_drift_of_first_group(model: Model, layer: int, p: ChainParams) -> float:
    """Compute |B - A| / |A| for the first group of a layer: what the record chained, and only rescaled.

    Rescaling the activations by a power of two rescales both products alike, and any other factor moves them
    by roundings, so that nothing is carried from layer to layer.
    """
    matrix = find_matrix(model, layer, p.matrix)
    group = cut_into_groups(matrix, GROUP)
    first = type(group)(group.format, 1, GROUP, group.data[:1])
    x = p.activations.generate(GROUP)[None]
    return find_drift(multiply(first, x, "A"), multiply(first, x, "B"))


@falsifier(
    "forward.chained-drift",
    subject=run_free,
    planted_faults={
        "activations not quantised": run_unquantized,
        "each layer starts from path A": restart_from_path_a,
        "first layer every time": repeat_first_layer,
    },
)
def measure_chained_drift(trial: Trial, p: ChainParams) -> None:
    """Measure the relative L2 of path B from path A after each layer, at the last token.

    Free-running, each layer reads what path B handed on; teacher-forced, it reads what path A did, so that
    its drift is the one that it adds itself. Were the added drifts independent and passed on unchanged, the
    free drift at the end would be the root of the sum of their squares. Beside it the published chain, in
    which each layer is one dot product of rescaled activations and nothing is carried.
    """
    model, tokens = p.load(trial)
    reference = forward_traced(model, tokens, "A")
    free, layers = trial.subject(model, reference), range(len(model.layers))
    after = [reference.array(layer, "residual")[-1] for layer in layers]
    forced = [forward_layer(model, layer, reference.read_hidden(layer), "B") for layer in layers]
    series = {
        "free": [find_drift(a, b[-1]) for a, b in zip(after, free, strict=True)],
        "forced": [find_drift(a, b[-1]) for a, b in zip(after, forced, strict=True)],
        "rescaled": [find_drift_of_first_group(model, layer, p) for layer in layers],
    }
    for kind, drifts in series.items():
        _measure_series(trial, kind, drifts)
    root = float(np.sqrt(np.square(series["forced"]).sum()))
    last_free, last_forced = series["free"][-1], series["forced"][-1]
    for name, value, aggregation in (
        ("free_by_forced", last_free / last_forced, "last layer, relative L2 by relative L2"),
        ("free_by_root_sum_of_forced", last_free / root, "last layer, by the root of the sum of squares"),
    ):
        trial.measure(
            name,
            value,
            unit="ratio",
            population=_describe(len(layers)),
            aggregation=aggregation,
            arithmetic="float64",
        )


def _measure_series(trial: Trial, kind: str, drifts: list[float]) -> None:
    population = (
        _describe(len(drifts)) if kind != "rescaled" else f"one dot product in each of {len(drifts)} layers"
    )
    arithmetic = "A float32, B quantised activations; drift in float64"
    for layer, drift in enumerate(drifts):
        trial.measure(
            f"{kind}_drift_{layer:02d}", drift, unit="ratio",
            population=population, aggregation="relative L2", arithmetic=arithmetic,
        )  # fmt: skip
    for name, value in (
        (f"smallest_{kind}_drift", min(drifts)),
        (f"largest_{kind}_drift", max(drifts)),
        (f"mean_{kind}_drift", float(np.mean(drifts))),
        (f"{kind}_growth", drifts[-1] / drifts[0] if drifts[0] else float("nan")),
    ):
        trial.measure(
            name,
            value,
            unit="ratio",
            population=population,
            aggregation=name.replace("_", " "),
            arithmetic=arithmetic,
        )


def _describe(layers: int) -> str:
    return f"residual of the last token after each of {layers} layers"
