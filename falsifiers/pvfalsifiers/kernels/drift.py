"""How far two results lie apart: relative drift, differing bits, ulp."""

from __future__ import annotations

from typing import Any

import numpy as np

from pvfalsifiers.kernels.arrays import FloatArray, check_float_array, check_same_shape
from pvfalsifiers.kernels.fold import sum_left


@np.errstate(all="ignore")
def find_relative_l1(reference: FloatArray, other: FloatArray) -> Any:
    """Compute sum|other - reference| / sum|reference|.

    Parameters
    ----------
    reference, other : float32 or float64, shape (n,)
        Two vectors of one dtype.

    Returns
    -------
    scalar of that dtype
        The drift as a fraction. A reference of zeros gives infinity, or NaN where `other` is zero too; an
        empty vector gives NaN; NaN propagates.

    Raises
    ------
    ValueError
        Other dtypes, or shapes that differ.

    Notes
    -----
    Difference, left folds and quotient are rounded to the dtype.

    Examples
    --------
    >>> float(find_relative_l1(np.array([1.0, 3.0]), np.array([1.0, 2.0])))
    0.25
    """
    _check(reference, other)
    return (sum_left(np.abs(other - reference)) / sum_left(np.abs(reference)))[()]


@np.errstate(all="ignore")
def find_relative_l2(reference: FloatArray, other: FloatArray) -> Any:
    """Compute |other - reference| / |reference| in the Euclidean norm.

    Parameters
    ----------
    reference, other : float32 or float64, shape (n,)
        Two vectors of one dtype.

    Returns
    -------
    scalar of that dtype
        The drift as a fraction; specials as in `find_relative_l1`.

    Raises
    ------
    ValueError
        Other dtypes, or shapes that differ.

    Notes
    -----
    Difference, squares, left folds, roots and quotient are rounded to the dtype. Squares of float32 below
    about 1e-19 underflow: not for such vectors.

    Examples
    --------
    >>> float(find_relative_l2(np.array([3.0, 4.0]), np.array([3.0, 4.5])))
    0.1
    """
    _check(reference, other)
    difference = other - reference
    return (np.sqrt(sum_left(difference * difference)) / np.sqrt(sum_left(reference * reference)))[()]


def count_differing_bits(first: FloatArray, second: FloatArray) -> int:
    """Count the bits in which two arrays differ; NaN compares by its bits.

    Parameters
    ----------
    first, second : float32 or float64, any shape
        Two arrays of one shape and dtype.

    Returns
    -------
    int
        Exact; 0 for bit-identical or empty arrays. +0 and -0 differ in one bit.

    Raises
    ------
    ValueError
        Other dtypes, or shapes that differ.

    Examples
    --------
    >>> count_differing_bits(np.array([1.0, 0.0], np.float32), np.array([1.0, -0.0], np.float32))
    1
    """
    _check(first, second)
    a, b = (np.frombuffer(array.tobytes(), np.uint8) for array in (first, second))
    return int(np.unpackbits(a ^ b).sum())


def find_distance_ulp(first: np.float32, second: np.float32) -> int | float:
    """Count the float32 numbers from one to the other.

    Parameters
    ----------
    first, second
        Two float32.

    Returns
    -------
    int, or a float NaN where one of the two is NaN
        Exact; 0 for equal bits and for +0 and -0. Infinity counts as the number after the largest.

    Examples
    --------
    >>> find_distance_ulp(np.float32(1), np.float32(1) + np.float32(2**-23))
    1
    >>> find_distance_ulp(np.float32(0), np.float32(-1e-45))
    1
    """
    if np.isnan(first) or np.isnan(second):
        return float("nan")
    return abs(_find_rank(first) - _find_rank(second))


def _find_rank(value: np.float32) -> int:
    """Return the place of a float32 on the line of all float32, 0 for zero."""
    bits = int(np.float32(value).view(np.uint32))
    magnitude = bits & 0x7FFFFFFF
    return -magnitude if bits >> 31 else magnitude


def _check(first: FloatArray, second: FloatArray) -> None:
    check_float_array("the first vector", first)
    check_float_array("the second vector", second)
    check_same_shape("the first vector", first, "the second vector", second)
