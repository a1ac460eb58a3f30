"""Test 006-S: whether FMA lanes and the left fold give the same bits for any pair of normal vectors."""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from pvengine.plugin import Bound, Domain, Params, Trial, falsifier
from pvfalsifiers.fixtures.draws import draw_normal
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array
from pvfalsifiers.kernels.drift import count_differing_bits, find_distance_ulp
from pvfalsifiers.kernels.fold import left_fold, sum_left
from pvfalsifiers.kernels.lanes import fma_lanes
from pvfalsifiers.kernels.rounding import HIGHAM, divide_by_bound

_FEWEST = 8
"""Below 8 elements there is no group of lanes, and the kernel is the left fold itself."""


class PairParams(Params):
    """Two vectors of one length: draw 0 is the published pair, any other has standard normal vectors."""

    draw: Annotated[int, Field(ge=0, lt=2**53)]
    length: Annotated[int, Field(ge=_FEWEST, le=2**12)]
    a: Ramp
    b: Ramp

    def generate(self) -> tuple[Float32Array, Float32Array]:
        """Return both vectors, float32."""
        if self.draw == 0:
            return self.a.generate(self.length), self.b.generate(self.length)
        first, second = draw_normal(self.draw, self.length, self.length)
        return first, second


def drop_last_group(a: Float32Array, b: Float32Array) -> np.float32:
    """End the loop one group of eight too early."""
    start = len(a) // 8 * 8 - 8
    return fma_lanes(np.delete(a, range(start, start + 8)), np.delete(b, range(start, start + 8)))


def drop_upper_lanes(a: Float32Array, b: Float32Array) -> np.float32:
    """Add only the lower four lanes of the register at the end."""
    kept = a.copy()
    kept[: len(a) // 8 * 8].reshape(-1, 8)[:, 4:] = 0
    return fma_lanes(kept, b)


def add_first_group_twice(a: Float32Array, b: Float32Array) -> np.float32:
    """Start from a register that still holds the first group."""
    return fma_lanes(np.concatenate([a, a[:8]]), np.concatenate([b, b[:8]]))


def load_as_bfloat16(a: Float32Array, b: Float32Array) -> np.float32:
    """Load the factors as bfloat16, cutting the lower half of their bits off."""
    upper = np.uint32(0xFFFF0000)
    first, second = ((each.view(np.uint32) & upper).view(np.float32) for each in (a, b))
    return fma_lanes(first, second)


def fold_left_instead(a: Float32Array, b: Float32Array) -> np.float32:
    """Fall back to the left fold, so that it is compared with itself."""
    return left_fold(a, b)


def state_bounds(_p: PairParams, _domain: Domain) -> Iterator[Bound]:
    """State how far rounding alone can take either of the two from the exact dot product."""
    source = f"{HIGHAM}, section 3.1, equation (3.5): |fl(a.b) - a.b| <= gamma_n |a|.|b| in any order"
    yield Bound("error_by_bound", source, at_most=1.0, rounding=1e-6)
    yield Bound("left_fold_error_by_bound", source, at_most=1.0, rounding=1e-6, any_subject=True)
    both = f"{HIGHAM}, equation (3.5), twice: both lie within gamma_n |a|.|b| of the same number"
    yield Bound("difference_by_bound", both, at_most=2.0, rounding=1e-6)


@falsifier(
    "dot.searched-normal-pairs",
    subject=fma_lanes,
    planted_faults={
        "last group dropped": drop_last_group,
        "upper lanes dropped": drop_upper_lanes,
        "first group added twice": add_first_group_twice,
        "factors loaded as bfloat16": load_as_bfloat16,
        "left fold instead of lanes": fold_left_instead,
    },
    bounds=state_bounds,
)
def measure_pair(trial: Trial, p: PairParams) -> None:
    """Count the bits in which a dot product by 4 accumulators of 8 FMA lanes differs from the left fold.

    Both are rounded, in different places, so they are within gamma_n |a|.|b| of the exact a.b, and within
    twice that of each other (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1,
    equation 3.5; gamma_n = n u / (1 - n u), u = 2**-24). Nothing makes them equal. The errors are divided by
    that bound and cannot exceed 1; the exact value is taken in float64, which moves them by 2**-29 at most.

    There is no bound on the bits or the ulps that differ: a.b may be as near to 0 as one likes while
    |a|.|b| is not, and an error of |a|.|b| then counts any number of ulps.

    A pair that a person can check: a = (2**24, 1, 0, 1, 0, 0, 0, 0), b = (1, ..., 1). From the left, each 1
    is lost as half an ulp, ties to even, and the sum is 2**24. Lanes 1 and 3 are added first, to 2, and
    2**24 + 2 is a float32.
    """
    a, b = p.generate()
    lanes, folded = np.float32(trial.subject(a, b)), left_fold(a, b)
    products = a.astype(np.float64) * b.astype(np.float64)
    exact, magnitude = sum_left(products), sum_left(np.abs(products))
    population = "one dot product"
    for name, value, arithmetic in (
        ("left_fold", folded, "left fold, float32"),
        ("lanes", lanes, "8-lane FMA emulation, float32"),
    ):
        trial.measure(name, value, population=population, aggregation="sum", arithmetic=arithmetic)
    bits = count_differing_bits(np.array([folded]), np.array([lanes]))
    trial.measure("differing_bits", bits, unit="bit", population=population, arithmetic="integer")
    distance = find_distance_ulp(folded, lanes)
    trial.measure("distance_ulp", distance, unit="ulp", population=population, arithmetic="integer")
    for name, value, reference in (
        ("error_by_bound", lanes, exact),
        ("left_fold_error_by_bound", folded, exact),
        ("difference_by_bound", lanes, np.float64(folded)),
    ):
        error = np.abs(np.float64(value) - reference)
        trial.measure(
            name,
            divide_by_bound(error, magnitude, p.length),
            unit="gamma_n |a|.|b|",
            population=population,
            arithmetic="float64",
        )
