"""Sequential sums: one accumulator, element 0 first, one rounding an addition."""

from __future__ import annotations

import numpy as np

from pvfalsifiers.kernels.arrays import (
    Float32Array,
    FloatArray,
    check_array,
    check_float_array,
    check_same_shape,
)


@np.errstate(all="ignore")
def sum_left(terms: FloatArray) -> FloatArray:
    """Sum along the last axis, one after the other, starting from +0.

    Parameters
    ----------
    terms : float32 or float64, shape (..., n)
        Any n, also 0.

    Returns
    -------
    the dtype of `terms`, shape (...)
        An empty axis gives 0. NaN and infinities propagate as in IEEE 754; terms that are all -0 give +0.

    Notes
    -----
    n - 1 roundings to nearest, ties to even; the error is at most (n - 1) u sum|terms| to first order, with u
    the unit roundoff (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
    `ufunc.accumulate` is defined as the sequential recurrence, where `sum` adds pairwise.

    Examples
    --------
    >>> float(sum_left(np.array([1.0, 2.0**-24, 2.0**-24], np.float32)))
    1.0
    >>> sum_left(np.zeros((2, 0), np.float32)).tolist()
    [0.0, 0.0]
    """
    check_float_array("terms", terms)
    if terms.ndim == 0:
        raise ValueError("terms: expected at least one dimension, got a scalar")
    if terms.shape[-1] == 0:
        return np.zeros(terms.shape[:-1], terms.dtype)
    last = np.add.accumulate(terms, axis=-1, dtype=terms.dtype)[..., -1]
    return np.asarray(last + terms.dtype.type(0))


@np.errstate(all="ignore")
def left_fold(a: Float32Array, b: Float32Array) -> np.float32:
    """Compute a dot product with one float32 accumulator, element 0 first.

    Each product is rounded to float32, then added, which rounds again: no fused multiply-add.

    Parameters
    ----------
    a, b : float32, shape (n,)
        The factors.

    Returns
    -------
    float32
        The dot product; 0 for n = 0. NaN, infinities and overflow propagate as in IEEE 754.

    Raises
    ------
    ValueError
        Another dtype, another number of dimensions, or two lengths.

    Notes
    -----
    2 n - 1 roundings to nearest, ties to even; the error is at most n u |a|.|b| to first order, with u =
    2**-24 (Higham, section 3.1).

    Examples
    --------
    >>> float(left_fold(np.array([1, 2, 3], np.float32), np.array([4, 5, 6], np.float32)))
    32.0
    """
    check_array("a", a, np.float32, ndim=1)
    check_array("b", b, np.float32, ndim=1)
    check_same_shape("a", a, "b", b)
    return np.float32(sum_left(a * b))
