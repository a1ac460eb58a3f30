"""Test 007-S: whether two Q4_K dequantisers that share no code give the same bits for any block."""

from collections.abc import Iterator

import numpy as np

from pvengine.plugin import Bound, Domain, Params, Trial, falsifier
from pvfalsifiers.fixtures.stored_blocks import StoredBlock, pack_block
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array
from pvfalsifiers.kernels.drift import count_differing_bits
from pvfalsifiers.kernels.q4_k import dequantize
from pvfalsifiers.kernels.q4_k_elementwise import dequantize_block

_SOURCE = (
    "derived in the docstring of q4-k.searched-dequantizers: equal fields, then the same IEEE operations"
)


_TELLING_FIELDS = ((0xC1, 0x01, 0x11), (0x01, 0xC1, 0x11), (0x7F, 0x80, 0xF0), (0x80, 0x7F, 0x0F))
"""Bytes 4 to 7, 8 to 11 and 12 to 15: scales and mins with other upper bits, and other lower ones."""
_TELLING_HALVES = ((0x00, 0x00), (0x00, 0x80), (0x01, 0x00), (0xFF, 0x7B), (0xFF, 0xFB))
"""+0, -0, the least subnormal, the largest float16 and its negative, the lower byte first."""


class AnyBlockParams(Params):
    """One super-block, byte by byte."""

    block: StoredBlock


def swap_nibbles(blocks: UInt8Array) -> Float32Array:
    """Take the upper nibbles for the first sub-block of each pair."""
    broken = blocks.copy()
    broken[:, 16:] = (blocks[:, 16:] >> 4) | (blocks[:, 16:] << 4)
    return dequantize(broken)


def lose_upper_bits(blocks: UInt8Array) -> Float32Array:
    """Leave out the upper two bits of the scales and mins of sub-blocks 4 to 7."""
    broken = blocks.copy()
    broken[:, 4:12] &= 63
    return dequantize(broken)


def exchange_upper_bits(blocks: UInt8Array) -> Float32Array:
    """Take the upper bits of the mins for those of the scales and the reverse, in sub-blocks 4 to 7."""
    broken = blocks.copy()
    broken[:, 4:8] = (blocks[:, 4:8] & 63) | (blocks[:, 8:12] & 192)
    broken[:, 8:12] = (blocks[:, 8:12] & 63) | (blocks[:, 4:8] & 192)
    return dequantize(broken)


def lose_sign_of_zero(blocks: UInt8Array) -> Float32Array:
    """Give +0 where a weight is -0."""
    return np.asarray(dequantize(blocks) + np.float32(0), np.float32)


def flush_subnormal_scales(blocks: UInt8Array) -> Float32Array:
    """Read a subnormal float16 d or dmin as 0."""
    broken = blocks.copy()
    for low, high in ((0, 1), (2, 3)):
        is_subnormal = (blocks[:, high] & 0x7C) == 0
        broken[is_subnormal, low] = 0
        broken[is_subnormal, high] &= 0x80
    return dequantize(broken)


def iter_telling_blocks(_p: AnyBlockParams, _domain: Domain) -> Iterator[dict[str, list[int]]]:
    """Give blocks where dequantisers go wrong: every field told from the others, extremes, negative zeros."""
    for first, second, nibbles in _TELLING_FIELDS:
        yield {"block": [0x00, 0x3C, 0x00, 0xB4, *4 * [first], *4 * [second], *4 * [nibbles], *range(128)]}
    for d in _TELLING_HALVES:
        for dmin in _TELLING_HALVES:
            for rest in (0x00, 0xFF):
                yield {"block": [*d, *dmin, *140 * [rest]]}


def state_bounds(_p: AnyBlockParams, _domain: Domain) -> Iterator[Bound]:
    """State that no bit differs, whatever the bytes."""
    yield Bound("differing_bits", _SOURCE, at_most=0.0)


@falsifier(
    "q4-k.searched-dequantizers",
    subject=dequantize,
    planted_faults={
        "nibbles swapped": swap_nibbles,
        "upper bits of scales and mins 4 to 7 lost": lose_upper_bits,
        "upper bits of scales and mins 4 to 7 exchanged": exchange_upper_bits,
        "sign of zero lost": lose_sign_of_zero,
        "subnormal scales flushed to zero": flush_subnormal_scales,
    },
    worst_case=iter_telling_blocks,
    bounds=state_bounds,
)
def measure_any_block(trial: Trial, p: AnyBlockParams) -> None:
    """Count the bits in which the vectorised Q4_K dequantiser differs from one that goes weight by weight.

    Theorem: none, for any 144 bytes whose float16 d and dmin are finite.

    1. Both read the same fields. Apart from d and dmin, which are the same two little-endian float16 widened
       exactly, a field is a number whose bits are bits of the block, each at a fixed place: both
       dequantisers only mask, shift and join disjoint bits. Two such maps that agree on the block of zeros
       and on each of the 1120 blocks with a single bit in bytes 4 to 143 agree on all. (A test goes through
       these.)
    2. Both then compute, in float32 and in this order, step = d * scale, product = step * quant, offset =
       dmin * min, weight = product - offset, where scale, min and quant are small integers that float32 has
       exactly. Each is one operation of IEEE 754, correctly rounded to nearest even, so each result is a
       function of its operands, the sign of a zero included, as long as none is NaN.
    3. None is: |d * scale * quant| <= 65504 * 63 * 15 < 2**26 and |dmin * min| < 2**22, so nothing overflows
       and no infinity meets a zero or another. Subnormal float16 are normal float32.

    A compiler that contracts product - offset to one fused operation would break step 2: neither does.
    """
    block = pack_block(p.block)[0]
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
    negative_zeros = int(np.count_nonzero(reference.view(np.uint32) == np.uint32(1 << 31)))
    trial.measure(
        "negative_zeros", negative_zeros, population=population, aggregation="count", arithmetic="integer"
    )
