"""Test 006: whether a SIMD dot product with fused multiply-add gives the bits of the left fold."""

from typing import Annotated

import numpy as np
from pydantic import Field

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array
from pvfalsifiers.kernels.drift import count_differing_bits, find_distance_ulp
from pvfalsifiers.kernels.fold import left_fold
from pvfalsifiers.kernels.lanes import fma_lanes

LANES_ARITHMETIC = "8-lane FMA emulation, float32"


class DotParams(Params):
    """Two vectors of one length."""

    length: Annotated[int, Field(ge=1, le=2**16)]
    a: Ramp
    b: Ramp


def drop_last_accumulator(a: Float32Array, b: Float32Array) -> np.float32:
    """Forget the last of the four accumulators in the final addition."""
    kept = a.copy()
    kept[: len(a) // 32 * 32].reshape(-1, 4, 8)[:, -1] = 0
    return fma_lanes(kept, b)


def skip_last_group(a: Float32Array, b: Float32Array) -> np.float32:
    """End the loop one group of eight too early."""
    return fma_lanes(a[:-8], b[:-8])


def drop_upper_lanes(a: Float32Array, b: Float32Array) -> np.float32:
    """Add only the lower four lanes of the register at the end."""
    kept = a.copy()
    kept[: len(a) // 8 * 8].reshape(-1, 8)[:, 4:] = 0
    return fma_lanes(kept, b)


def add_first_group_twice(a: Float32Array, b: Float32Array) -> np.float32:
    """Start from a register that still holds the first group."""
    return fma_lanes(np.concatenate([a, a[:8]]), np.concatenate([b, b[:8]]))


@falsifier(
    "dot.fma-lanes-against-left-fold",
    subject=fma_lanes,
    planted_faults={
        "last accumulator dropped": drop_last_accumulator,
        "last group skipped": skip_last_group,
        "upper lanes dropped": drop_upper_lanes,
        "first group added twice": add_first_group_twice,
    },
)
def measure_lanes_against_fold(trial: Trial, p: DotParams) -> None:
    """Compare the dot product of 4 accumulators of 8 FMA lanes with the left fold, bit by bit.

    The errors are relative to the dot product in float64 of the same float32 vectors.
    """
    a, b = p.a.generate(p.length), p.b.generate(p.length)
    lanes, folded = np.float32(trial.subject(a, b)), left_fold(a, b)
    exact = float(np.dot(a.astype(np.float64), b.astype(np.float64)))
    population = f"one dot product of {p.length}"
    trial.measure(
        "left_fold", folded, population=population, aggregation="sum", arithmetic="left fold, float32"
    )
    trial.measure("lanes", lanes, population=population, aggregation="sum", arithmetic=LANES_ARITHMETIC)
    trial.measure(
        "differing_bits",
        count_differing_bits(np.array([folded]), np.array([lanes])),
        unit="bit",
        population=population,
        arithmetic="integer",
    )
    trial.measure(
        "distance_ulp",
        find_distance_ulp(folded, lanes),
        unit="ulp",
        population=population,
        arithmetic="integer",
    )
    for name, value in (("left_fold_error", folded), ("lanes_error", lanes)):
        error = abs(float(value) - exact) / abs(exact) if exact else float("nan")
        trial.measure(name, error, unit="ratio", population=population, arithmetic="float64")
