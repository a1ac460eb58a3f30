"""Test 008-S: how far the quantised path may lie from the dequantised one, over blocks and activations."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from pvengine.plugin import Bound, Domain, Params, Trial, falsifier
from pvfalsifiers.faults.multiply import (
    multiply_unquantized,
    multiply_with_shifted_scales,
    multiply_with_swapped_nibbles,
    multiply_without_mins,
)
from pvfalsifiers.fixtures.stored_blocks import StoredBlock, pack_block
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array
from pvfalsifiers.kernels.drift import count_differing_bits, find_distance_ulp
from pvfalsifiers.kernels.fused import Order
from pvfalsifiers.kernels.path_error import PathError, bound_path_error
from pvfalsifiers.kernels.paths import multiply_dequantized, multiply_quantized
from pvfalsifiers.kernels.q4_k import BLOCK_WEIGHTS
from pvfalsifiers.kernels.q8_k import Convention

_LEAST_SUM = 1e-20
"""Below it a float32 sum of 256 products may be lost to underflow, and is outside of the domain."""
_SOURCE = "derived in the docstring of pvfalsifiers.kernels.path_error.bound_path_error"
_ROUNDING = 2e-5
"""gamma_(256 + 40), rounded up."""


class PathParams(Params):
    """One super-block byte by byte, its activations, and how path B quantises and adds."""

    block: StoredBlock
    activations: Annotated[tuple[float, ...], Field(min_length=BLOCK_WEIGHTS, max_length=BLOCK_WEIGHTS)]
    quantizer: Convention
    order: Order

    @cached_property
    def blocks(self) -> UInt8Array:
        """The super-block as one row, uint8 (1, 1, 144)."""
        return pack_block(self.block)

    @cached_property
    def x(self) -> Float32Array:
        """The activations, each rounded to float32."""
        return np.array(self.activations, np.float32)

    @cached_property
    def path_a(self) -> Float32Array:
        """What path A gives, float32 (1,)."""
        return multiply_dequantized(self.blocks, self.x)

    @cached_property
    def limits(self) -> PathError:
        """How far path B may lie from it."""
        return bound_path_error(self.blocks, self.x)

    @model_validator(mode="after")
    def _have_a_result(self) -> Self:
        if not float(self.limits.magnitude[0]) >= _LEAST_SUM:
            raise ValueError("the products of weights and activations vanish: there is no drift of nothing")
        if not self.path_a[0]:
            raise ValueError("path A gives 0, relative to which there is no drift")
        return self


def iter_worst_cases(_p: PathParams, domain: Domain) -> Iterator[dict[str, Sequence[float]]]:
    """Give the points at which the analysis of `measure_path_drift` expects the worst."""
    high = min(abs(domain["activations"].low), domain["activations"].high) if "activations" in domain else 1.0
    plain = [0x00, 0x3C, 0x00, 0x00, *4 * [1], *4 * [0], *4 * [1], 0xF0, *127 * [0xFF]]  # 0, then 15 each
    below_half = high / 127 * 0.4999
    yield {"block": plain, "activations": [high, *255 * [below_half]]}
    unit = 2.0 ** np.floor(np.log2(high / 127))
    triples = [1.4375, 1.4375, -2.875]  # sum 0, quants 1 + 1 - 3
    for leftover in (1e-3, 1e-10, 2.0**-100):
        cancelling = [127 * unit, *(unit * each for each in 84 * triples), 0.0, 0.0, leftover]
        yield {"block": plain, "activations": [float(each) for each in cancelling]}


def state_bounds(_p: PathParams, _domain: Domain) -> Iterator[Bound]:
    """State how large the error may be, relative to the quantisation step and to the terms added."""
    yield Bound("normwise_error", _SOURCE, at_most=1.0, rounding=_ROUNDING)
    yield Bound("error_by_bound", _SOURCE, at_most=1.0, rounding=1e-9)


@falsifier(
    "q4-k.searched-path-drift",
    subject=multiply_quantized,
    planted_faults={
        "mins not subtracted": multiply_without_mins,
        "scale index off by one": multiply_with_shifted_scales,
        "nibbles swapped": multiply_with_swapped_nibbles,
        "activations not quantised": multiply_unquantized,
    },
    worst_case=iter_worst_cases,
    bounds=state_bounds,
)
def measure_path_drift(trial: Trial, p: PathParams) -> None:
    """Measure the drift of path B on one super-block as a product: normwise error times condition number.

    With A and B what the two paths give, drift = |A - B| / |A| = normwise_error * condition, where

        normwise_error = |A - B| / S,  condition = S / |A|,  S = sum (|d scale quant| + |dmin min|) |x|.

    The two products of a weight d scale quant - dmin min count apart, because path B adds them apart: with
    sum |w x| instead, rounding alone would exceed any bound where the two nearly cancel in every weight.

    The first factor is the kernel's. Rounding to the nearest Q8_K step takes off an activation at most half a
    step, max|x| / 254, and at most the activation itself, so the error is at most about max|x| / 254 *
    sum|w| (`error_by_bound` divides by that bound, with all roundings) and at most about S. The supremum of
    the normwise error is 1, up to rounding: one large activation meets a weight of 0 and sets the step; all
    others lie below half of it, have the sign of their weights, and are lost. Then B = 0 and |A| = S.

    The second factor is the data's, and has no supremum, nor has the drift: with max|x| = 127 * s, the
    activations 1.4375 s, 1.4375 s and -2.875 s have the sum 0 and the quants 1, 1 and -3. Many such triples
    with equal weights, and one activation t alone, give A = w t and B = -(a number of steps), so the drift is
    a constant / t, however small t is.
    """
    a, b = p.path_a, trial.subject(p.blocks, p.x, p.quantizer, p.order)
    error = abs(float(a[0]) - float(b[0]))
    population = "one dot product of 256"
    fused = f"Q8_K ({p.quantizer}), integer dot, {p.order} order, float32"
    trial.measure("path_a", a[0], population=population, aggregation="sum", arithmetic="left fold, float32")
    trial.measure("path_b", b[0], population=population, aggregation="sum", arithmetic=fused)
    magnitude, path_a = float(p.limits.magnitude[0]), abs(float(a[0]))
    for name, value in (
        ("drift", error / path_a),
        ("normwise_error", error / magnitude),
        ("condition", magnitude / path_a),
        ("error_by_bound", error / float(p.limits.bound[0])),
        ("error_by_step", error / float(p.limits.step_part[0])),
    ):
        trial.measure(name, value, unit="ratio", population=population, arithmetic="float64")
    distance = find_distance_ulp(np.float32(a[0]), np.float32(b[0]))
    trial.measure("distance_ulp", distance, unit="ulp", population=population, arithmetic="integer")
    bits = count_differing_bits(a, b)
    trial.measure("differing_bits", bits, unit="bit", population=population, arithmetic="integer")
