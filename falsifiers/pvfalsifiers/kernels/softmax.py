"""The softmax of a vector of logits."""

from __future__ import annotations

import numpy as np

from pvfalsifiers.kernels.arrays import FloatArray, check_float_array
from pvfalsifiers.kernels.fold import sum_left


@np.errstate(all="ignore")
def softmax(logits: FloatArray) -> FloatArray:
    """Turn logits into probabilities, exp(x - max x) / sum.

    Parameters
    ----------
    logits : float32 or float64, shape (n,)
        At least one logit.

    Returns
    -------
    the dtype of `logits`, shape (n,)
        Probabilities. A NaN, or an infinity among the largest logits, makes all of them NaN; a logit of
        -infinity beside finite ones has probability 0.

    Raises
    ------
    ValueError
        Another dtype or shape, or no logit.

    Notes
    -----
    The difference, the exponential, each addition of the sum (left fold) and the quotient are rounded to the
    dtype. The exponential of float32 is computed in float64 and rounded once, because NumPy's own float32
    exponential differs between CPUs in the last bits.

    Examples
    --------
    >>> softmax(np.zeros(4, np.float32)).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    check_float_array("logits", logits, ndim=1)
    if not len(logits):
        raise ValueError("logits: expected at least one, got none")
    exponentials = exponential(logits - np.max(logits))
    return np.asarray(exponentials / sum_left(exponentials))


@np.errstate(all="ignore")
def exponential(x: FloatArray) -> FloatArray:
    """Compute exp(x) in float64 and round it to the dtype of x.

    Parameters
    ----------
    x : float32 or float64, any shape
        Exponents.

    Returns
    -------
    the dtype of `x`, the same shape
        For float32 the correctly rounded value, except where the float64 result (within an ulp) lies that
        close to the middle of two float32: about one in 2**29. Overflow gives infinity, NaN gives NaN.

    Examples
    --------
    >>> exponential(np.array([0.0, -np.inf], np.float32)).tolist()
    [1.0, 0.0]
    """
    check_float_array("x", x)
    return np.asarray(np.exp(x.astype(np.float64)).astype(x.dtype))
