"""Test 010-S: whether the drift of path B depends on the scale of the block where the mins count."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from pvengine.plugin import Bound, Domain, Params, Trial, falsifier
from pvfalsifiers.faults.multiply import (
    multiply_unquantized,
    multiply_with_fixed_point_scale,
    multiply_with_swapped_nibbles,
    multiply_with_swapped_scale_bytes,
)
from pvfalsifiers.fixtures.q4_k import BlockParams, Bytes, HalfBits, encode_half
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array
from pvfalsifiers.kernels.fused import Order
from pvfalsifiers.kernels.path_error import bound_path_error
from pvfalsifiers.kernels.paths import multiply_dequantized, multiply_quantized
from pvfalsifiers.kernels.q4_k import unpack
from pvfalsifiers.kernels.q8_k import Convention

_FLOOR = 2.0**-24
"""One rounding to float32: a drift below it is none."""


class MinsParams(Params):
    """The scales, the scale of the mins, the rest of the super-block, its activations, and path B."""

    d_bits: Annotated[tuple[HalfBits, ...], Field(min_length=2, max_length=64)]
    dmin: Annotated[float, Field(ge=-65504, le=65504)]
    scale_bytes: Bytes
    quant_bytes: Bytes
    activations: Ramp
    quantizer: Convention
    order: Order

    @cached_property
    def blocks(self) -> UInt8Array:
        """The super-block at each scale, dmin rounded to float16: uint8 (scales, 1, 144)."""
        rest = BlockParams(
            d_bits="0000", dmin_bits="0000", scale_bytes=self.scale_bytes, quant_bytes=self.quant_bytes
        )
        blocks = np.repeat(rest.generate()[0], len(self.d_bits), axis=0)
        blocks[:, 0, 0:2] = [encode_half(bits) for bits in self.d_bits]
        blocks[:, 0, 2:4] = np.array([self.dmin], "<f2").view(np.uint8)
        return blocks

    @cached_property
    def x(self) -> Float32Array:
        """The activations, float32 (256,)."""
        return self.activations.generate(256)

    @cached_property
    def path_a(self) -> Float32Array:
        """What path A gives at each scale, float32 (scales,)."""
        return multiply_dequantized(self.blocks, self.x)

    @model_validator(mode="after")
    def _have_results(self) -> Self:
        if not np.isfinite(self.path_a).all() or not self.path_a.all():
            raise ValueError("path A gives 0 or no finite number at some scale: there is no drift of that")
        return self


def iter_cancelling_mins(p: MinsParams, domain: Domain) -> Iterator[dict[str, float]]:
    """Give the float16 dmin at which path A all but cancels at one of the scales, and their neighbours.

    Path A is d P - dmin Q with P = sum scale quant x and Q = sum min x, which vanishes at dmin = d P / Q.
    """
    x = p.x.astype(np.float64)
    fields = unpack(p.blocks[:, 0])
    scaled = (fields.scales[0, :, None].astype(np.float64) * fields.quants[0]).reshape(256) @ x
    offset = np.repeat(fields.mins[0].astype(np.float64), 32) @ x
    if not offset:
        return
    for d in fields.d.astype(np.float64):
        near = np.float16(d * scaled / offset)
        for each in (near, *(np.nextafter(near, np.float16(side)) for side in (-np.inf, np.inf))):
            if domain["dmin"].low <= float(each) <= domain["dmin"].high:
                yield {"dmin": float(each)}


def state_bounds(_p: MinsParams, _domain: Domain) -> Iterator[Bound]:
    """State how large the error may be at every scale."""
    source = "derived in the docstring of pvfalsifiers.kernels.path_error.bound_path_error"
    yield Bound("error_by_bound", source, at_most=1.0, rounding=1e-9)


@falsifier(
    "q4-k.searched-block-scales",
    subject=multiply_quantized,
    planted_faults={
        "activations not quantised": multiply_unquantized,
        "nibbles swapped": multiply_with_swapped_nibbles,
        "scale read big-endian": multiply_with_swapped_scale_bytes,
        "scale rounded to 1/256": multiply_with_fixed_point_scale,
    },
    worst_case=iter_cancelling_mins,
    bounds=state_bounds,
)
def measure_drift_with_mins(trial: Trial, p: MinsParams) -> None:
    """Measure the largest drift of path B over the block scales by the smallest, for one scale of the mins.

    With dmin = 0, a weight is d scale quant, both paths are proportional to d up to rounding, and the drift
    is the same at every d: the published experiment could find nothing else. With dmin not 0 the weights are
    d scale quant - dmin min. Path A is then d P - dmin Q with P = sum scale quant x and Q = sum min x, and
    its distance from B is d E - dmin F, where E and F are the same sums over what quantising takes off the
    activations. The drift |d E - dmin F| / |d P - dmin Q| depends on d / dmin, and has a pole where d P =
    dmin Q. So the ratio of two drifts has no bound but that which the float16 grid of d and dmin leaves: its
    largest value over all float16 dmin, which are few enough to try every one.

    A drift below one rounding, 2**-24, counts as that when the largest is divided by the smallest.
    """
    a, b = p.path_a, trial.subject(p.blocks, p.x, p.quantizer, p.order)
    arithmetic = f"A left fold, B Q8_K ({p.quantizer}) with {p.order} order, float32; quotients float64"
    errors = np.asarray(a.astype(np.float64) - b.astype(np.float64))
    limits = bound_path_error(p.blocks, p.x)
    drifts = np.abs(errors) / np.abs(a.astype(np.float64))
    population = f"{len(drifts)} block scales"
    for name, value, aggregation in (
        ("spread", np.max(drifts) / max(float(np.min(drifts)), _FLOOR), "max / max(min, 2**-24)"),
        ("smallest_drift", np.min(drifts), "min"),
        ("largest_drift", np.max(drifts), "max"),
        ("largest_normwise_error", np.max(np.abs(errors) / limits.magnitude), "max"),
        ("largest_condition", np.max(limits.magnitude / np.abs(a.astype(np.float64))), "max"),
        ("error_by_bound", np.max(np.abs(errors) / limits.bound), "max"),
    ):
        trial.measure(
            name,
            float(value),
            unit="ratio",
            population=population,
            aggregation=aggregation,
            arithmetic=arithmetic,
        )
