"""Test 007: whether two Q4_K dequantisers that share no code give the same bits."""

import numpy as np

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.fixtures.q4_k import BlockParams
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array
from pvfalsifiers.kernels.drift import count_differing_bits
from pvfalsifiers.kernels.q4_k import dequantize
from pvfalsifiers.kernels.q4_k_elementwise import dequantize_block

ARITHMETIC = "float32, four roundings a weight"


class DequantizeParams(Params):
    """One super-block."""

    block: BlockParams


def swap_nibbles(blocks: UInt8Array) -> Float32Array:
    """Take the upper nibbles for the first sub-block of each pair."""
    broken = blocks.copy()
    broken[:, 16:] = (blocks[:, 16:] >> 4) | (blocks[:, 16:] << 4)
    return dequantize(broken)


def interleave_nibbles(blocks: UInt8Array) -> Float32Array:
    """Write the two nibbles of a byte side by side, where they lie 32 weights apart."""
    weights = dequantize(blocks).reshape(-1, 4, 2, 32)
    return np.ascontiguousarray(weights.swapaxes(2, 3)).reshape(-1, 256)


def add_mins(blocks: UInt8Array) -> Float32Array:
    """Add the mins instead of subtracting them."""
    broken = blocks.copy()
    broken[:, 3] ^= 0x80
    return dequantize(broken)


def exchange_scales_and_mins(blocks: UInt8Array) -> Float32Array:
    """Exchange the scales and the mins of sub-blocks 4 to 7: the nibbles of their bytes are swapped."""
    broken = blocks.copy()
    broken[:, 12:16] = (blocks[:, 12:16] >> 4) | (blocks[:, 12:16] << 4)
    return dequantize(broken)


def shift_scales(blocks: UInt8Array) -> Float32Array:
    """Give each sub-block the scale and the min of its neighbour."""
    broken = blocks.copy()
    for start in (4, 8, 12):
        broken[:, start : start + 4] = np.roll(blocks[:, start : start + 4], -1, axis=1)
    return dequantize(broken)


@falsifier(
    "q4-k.dequantizers-agree",
    subject=dequantize,
    planted_faults={
        "nibbles swapped": swap_nibbles,
        "nibbles interleaved": interleave_nibbles,
        "mins added": add_mins,
        "scales and mins of sub-blocks 4 to 7 exchanged": exchange_scales_and_mins,
        "scale index off by one": shift_scales,
    },
)
def measure_agreement(trial: Trial, p: DequantizeParams) -> None:
    """Compare the vectorised Q4_K dequantiser with one that goes weight by weight.

    The second follows ggml's `get_scale_min_k4` literally and shares neither code nor indexing with the
    first. Whether the upper two bits of the scales and mins of sub-blocks 4 to 7 are read right shows only
    where bytes 4 to 11 are above 63; in the published block none is.
    """
    block = p.block.generate()[0, 0]
    weights, reference = trial.subject(block)[0], dequantize_block(block[0])
    population = f"{len(reference)} weights of one super-block"
    trial.measure(
        "differing_bits",
        count_differing_bits(reference, weights),
        unit="bit",
        population=population,
        aggregation="sum",
        arithmetic="integer",
    )
    differing = int(np.count_nonzero(weights.view(np.uint32) != reference.view(np.uint32)))
    trial.measure(
        "differing_weights", differing, population=population, aggregation="count", arithmetic="integer"
    )
    trial.measure("first_weight", weights[0], population="weight 0", arithmetic=ARITHMETIC)
    trial.measure("last_weight", weights[-1], population=f"weight {len(weights) - 1}", arithmetic=ARITHMETIC)
