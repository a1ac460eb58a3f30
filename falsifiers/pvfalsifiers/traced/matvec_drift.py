"""Test 014: how far path B lies from path A on real weights, over every group of a tensor."""

from typing import Annotated

import numpy as np
from pydantic import Field

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.blocks import FORMATS, QuantisedMatrix, multiply
from pvfalsifiers.faults.blocks import (
    multiply_next_row,
    multiply_unquantized,
    multiply_with_coarse_activations,
)
from pvfalsifiers.fixtures.prompted import (
    LayerNumber,
    MatrixName,
    cut_into_groups,
    find_matrix,
    load_required,
)
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array
from pvfalsifiers.kernels.drift import count_differing_bits

GROUP = 256
"""Weights of a group: one super-block of Q4_K, or eight blocks of 32."""


class MatvecParams(Params):
    """The tensor, the activations, and the drift of synthetic weights to compare with."""

    layer: LayerNumber
    matrix: MatrixName
    activations: Ramp
    reference_drift: Annotated[float, Field(gt=0)]


def multiply_quantized(matrix: QuantisedMatrix, x: Float32Array) -> Float32Array:
    """Take path B."""
    return multiply(matrix, x, "B")


@falsifier(
    "real-weights.matvec-drift",
    subject=multiply_quantized,
    planted_faults={
        "activations not quantised": multiply_unquantized,
        "row index off by one": multiply_next_row,
        "activations of 3 bits": multiply_with_coarse_activations,
    },
)
def measure_matvec_drift(trial: Trial, p: MatvecParams) -> None:
    """Measure |B - A| / |A| for the dot product of every group of 256 weights with the same activations.

    The published figure is that of the first group. A dot product that happens to lie near zero has a large
    relative drift whatever the kernels do, so that the median and the 95th percentile say more than the
    largest; the relative L2 over all groups does not divide by small numbers. Groups whose product is exactly
    0 are counted, not divided by.
    """
    model = load_required(trial)
    matrix = find_matrix(model, p.layer, p.matrix)
    groups = cut_into_groups(matrix, GROUP)
    x = p.activations.generate(GROUP)[None]
    a, b = multiply(groups, x, "A")[0], trial.subject(groups, x)[0]
    away = np.abs(b.astype(np.float64) - a)
    divided = a != 0
    drifts = away[divided] / np.abs(a[divided], dtype=np.float64)
    population = f"{len(drifts)} groups of {GROUP} weights; {p.matrix}, layer {p.layer}, {matrix.format}"
    kind = FORMATS[matrix.format].activations
    arithmetic = f"A float32, B {kind} activations, tiled float32 products; drift in float64"
    first, median = float(drifts[0]), float(np.median(drifts))
    for name, value, aggregation in (
        ("first_drift", first, "the first group"),
        ("median_drift", median, "median"),
        ("p95_drift", float(np.percentile(drifts, 95)), "95th percentile"),
        ("largest_drift", float(drifts.max()), "max"),
        ("relative_l2", float(np.linalg.norm(away) / np.linalg.norm(a.astype(np.float64))), "relative L2"),
        ("first_amplification", first / p.reference_drift, f"the first group, by {p.reference_drift:g}"),
        ("median_amplification", median / p.reference_drift, f"median, by {p.reference_drift:g}"),
    ):
        trial.measure(
            name, value, unit="ratio", population=population, aggregation=aggregation, arithmetic=arithmetic
        )
    for name, count, unit in (
        ("groups", len(drifts), "group"),
        ("groups_of_zero", int((~divided).sum()), "group"),
        ("differing_bits", count_differing_bits(a, b), "bit"),
    ):
        trial.measure(name, count, unit=unit, population=population, arithmetic="integer")
