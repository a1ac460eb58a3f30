"""The dot product of a SIMD kernel with fused multiply-add, emulated without such an instruction."""

from __future__ import annotations

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, check_array, check_same_shape
from pvfalsifiers.kernels.fold import sum_left


@np.errstate(all="ignore")
def fused_multiply_add(a: Float32Array, b: Float32Array, c: Float32Array) -> Float32Array:
    """Compute a * b + c with a single rounding to float32.

    Parameters
    ----------
    a, b, c : float32, one shape
        Factors and addend.

    Returns
    -------
    float32, the same shape
        a * b + c rounded once to nearest, ties to even, subnormal results included. NaN, infinities and
        signed zeros as in IEEE 754: 0 times infinity is NaN.

    Raises
    ------
    ValueError
        Another dtype, or the shapes differ.

    Notes
    -----
    Exact up to that rounding. The product of two float32 is exact in float64 (48 of 53 bits, and the
    exponents fit). The sum in float64 is not, so its error is recovered by TwoSum (Knuth) and the sum is
    rounded to odd: where it is inexact and its last bit is even, it moves to the neighbour on the side of the
    exact value. Rounding that to float32, with at least two bits fewer, gives what one rounding would give
    (Boldo and Melquiond, Emulation of FMA and correctly rounded sums, 2008).

    Examples
    --------
    The product alone would round to 1, and the sum to 0:

    >>> a = np.array([1 + 2.0**-12], np.float32)
    >>> b = np.array([1 - 2.0**-12], np.float32)
    >>> float(fused_multiply_add(a, b, np.array([-1], np.float32))[0]) == -(2.0**-24)
    True
    """
    for name, array in (("a", a), ("b", b), ("c", c)):
        check_array(name, array, np.float32)
    check_same_shape("a", a, "b", b)
    check_same_shape("a", a, "c", c)
    product = a.astype(np.float64) * b.astype(np.float64)
    addend = c.astype(np.float64)
    total = np.asarray(product + addend)
    virtual = total - product
    error = (product - (total - virtual)) + (addend - virtual)
    bits = total.view(np.int64)
    moves = np.isfinite(total) & (error != 0) & (bits & 1 == 0)
    away_from_zero = (error > 0) == (total > 0)
    odd = np.where(moves, np.where(away_from_zero, bits + 1, bits - 1), bits)
    return odd.view(np.float64).astype(np.float32)


@np.errstate(all="ignore")
def fma_lanes(a: Float32Array, b: Float32Array, accumulators: int = 4, lanes: int = 8) -> np.float32:
    """Compute a dot product with several accumulators of several fused multiply-add lanes each.

    With 4 accumulators of 8 lanes, accumulator u takes the elements 32 j + 8 u to 32 j + 8 u + 7; the groups
    of 8 that remain go to accumulator 0. Then (acc0 + acc1) + (acc2 + acc3), then the lanes i and i + 4, i
    and i + 2, 0 and 1. The elements that still remain are multiplied and added one by one, with two roundings
    each.

    Parameters
    ----------
    a, b : float32, shape (n,)
        The factors; any n.
    accumulators, lanes
        Powers of two. Other than 4 and 8 they are reduced in the same pattern: neighbouring accumulators in
        pairs, then the lower half of the lanes with the upper half.

    Returns
    -------
    float32
        The dot product; 0 for n = 0. NaN, infinities and overflow propagate as in IEEE 754.

    Raises
    ------
    ValueError
        Another dtype or shape, or a number of accumulators or lanes that is no power of two.

    Notes
    -----
    Bit for bit what an AVX2 kernel of this order gives; the error is at most about (n / 32 + 6) u |a|.|b|
    with u = 2**-24, by the longest chain of roundings.

    Examples
    --------
    >>> ones = np.ones(41, np.float32)
    >>> float(fma_lanes(ones, ones))
    41.0
    """
    check_array("a", a, np.float32, ndim=1)
    check_array("b", b, np.float32, ndim=1)
    check_same_shape("a", a, "b", b)
    _check_power_of_two("accumulators", accumulators)
    _check_power_of_two("lanes", lanes)
    groups = len(a) // lanes
    rounds = groups // accumulators
    in_groups = groups * lanes
    left, right = a[:in_groups].reshape(groups, lanes), b[:in_groups].reshape(groups, lanes)
    total = np.zeros((accumulators, lanes), np.float32)
    for j in range(rounds):
        taken = slice(j * accumulators, (j + 1) * accumulators)
        total = fused_multiply_add(left[taken], right[taken], total)
    for j in range(rounds * accumulators, groups):
        total[0] = fused_multiply_add(left[j], right[j], total[0])
    head = _reduce_lanes(_reduce_accumulators(total))
    return np.float32(sum_left(np.concatenate([head, a[in_groups:] * b[in_groups:]])))


def _reduce_accumulators(total: Float32Array) -> Float32Array:
    """Add neighbouring accumulators in pairs until one is left, shape (lanes,)."""
    while len(total) > 1:
        total = total[0::2] + total[1::2]
    return np.asarray(total[0])


def _reduce_lanes(lanes: Float32Array) -> Float32Array:
    """Add the upper half of the lanes to the lower until one is left, shape (1,)."""
    while len(lanes) > 1:
        half = len(lanes) // 2
        lanes = lanes[:half] + lanes[half:]
    return lanes


def _check_power_of_two(name: str, value: int) -> None:
    if value < 1 or value & (value - 1):
        raise ValueError(f"{name}: expected a power of two, got {value}")
