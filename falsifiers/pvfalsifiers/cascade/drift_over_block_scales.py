"""Test 010: whether the drift of path B depends on the scale of the block."""

from typing import Annotated

import numpy as np
from pydantic import Field

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.faults.multiply import (
    multiply_unquantized,
    multiply_with_fixed_point_scale,
    multiply_with_swapped_nibbles,
    multiply_with_swapped_scale_bytes,
)
from pvfalsifiers.fixtures.q4_k import BlockParams, Bytes, HalfBits, decode_half
from pvfalsifiers.fixtures.sequences import Ramp
from pvfalsifiers.kernels.drift import find_relative_l1
from pvfalsifiers.kernels.fused import Order
from pvfalsifiers.kernels.paths import multiply_dequantized, multiply_quantized
from pvfalsifiers.kernels.q8_k import Convention


class ScaleParams(Params):
    """The scales, the rest of the super-block, its activations, and how path B quantises and adds."""

    d_bits: Annotated[tuple[HalfBits, ...], Field(min_length=2, max_length=64)]
    dmin_bits: HalfBits
    scale_bytes: Bytes
    quant_bytes: Bytes
    activations: Ramp
    quantizer: Convention
    order: Order


@falsifier(
    "q4-k.drift-over-block-scales",
    subject=multiply_quantized,
    planted_faults={
        "activations not quantised": multiply_unquantized,
        "nibbles swapped": multiply_with_swapped_nibbles,
        "scale read big-endian": multiply_with_swapped_scale_bytes,
        "scale rounded to 1/256": multiply_with_fixed_point_scale,
    },
)
def measure_drift_over_scales(trial: Trial, p: ScaleParams) -> None:
    """Measure the relative drift of path B at several block scales, and the largest by the smallest.

    The drift at each scale is named after the bits of its float16 d.
    """
    x = p.activations.generate(256)
    arithmetic = f"A left fold, B Q8_K ({p.quantizer}) with {p.order} order, float32"
    drifts = []
    for bits in p.d_bits:
        params = BlockParams(
            d_bits=bits, dmin_bits=p.dmin_bits, scale_bytes=p.scale_bytes, quant_bytes=p.quant_bytes
        )
        blocks = params.generate()[0]
        a, b = multiply_dequantized(blocks, x), trial.subject(blocks, x, p.quantizer, p.order)
        drifts.append(find_relative_l1(a, b))
        trial.measure(
            f"drift_{bits.upper()}",
            drifts[-1],
            unit="ratio",
            population=f"one dot product of 256, d = {decode_half(bits)!r}",
            arithmetic=arithmetic,
        )
    smallest, largest = np.min(drifts), np.max(drifts)
    population = f"{len(drifts)} block scales"
    for name, value, aggregation in (("smallest_drift", smallest, "min"), ("largest_drift", largest, "max")):
        trial.measure(
            name, value, unit="ratio", population=population, aggregation=aggregation, arithmetic=arithmetic
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = largest / smallest
    trial.measure(
        "spread", spread, unit="ratio", population=population, aggregation="max / min", arithmetic="float32"
    )
