"""How far rounding alone can move a sum of products: the a-priori bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pvfalsifiers.kernels.arrays import Float64Array

UNIT_ROUNDOFF = 2.0**-24
"""Largest relative error of one rounding to nearest in float32 (Higham, table 2.1)."""
HIGHAM = "Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (SIAM 2002)"
"""The source of the bounds."""


def find_gamma(roundings: int) -> float:
    """Return gamma_k = k u / (1 - k u), which bounds the relative effect of k roundings to float32.

    Parameters
    ----------
    roundings
        How many, 0 to 2**23.

    Returns
    -------
    float
        In float64, to a few of its roundings.

    Raises
    ------
    ValueError
        Fewer than 0 or more than 2**23.

    Notes
    -----
    Lemma 3.1 of Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.: a product of k factors (1 +
    delta) or 1 / (1 + delta) with |delta| <= u is 1 + theta with |theta| <= gamma_k. So a dot product of n
    products, added in any order, with or without fused multiply-add, is off by at most gamma_n |a|.|b| where
    nothing over- or underflows (section 3.1, equation 3.5): each product passes at most n roundings, its own
    and n - 1 additions.

    Examples
    --------
    >>> find_gamma(0), find_gamma(1) == 2.0**-24 / (1 - 2.0**-24)
    (0.0, True)
    """
    if not 0 <= roundings <= 2**23:
        raise ValueError(f"roundings: expected 0 to 2**23, got {roundings}")
    return roundings * UNIT_ROUNDOFF / (1 - roundings * UNIT_ROUNDOFF)


def divide_by_bound(error: Float64Array, magnitude: Float64Array, roundings: int) -> float:
    """Return the largest error relative to gamma_k times its magnitude: at most 1 for rounding alone.

    Parameters
    ----------
    error : float64, any shape
        Distances from the exact values.
    magnitude : float64, the same shape
        |a|.|b| of each.
    roundings
        k.

    Returns
    -------
    float
        The largest quotient; 0 for an error of 0 whatever its magnitude, infinity for any other error of a
        magnitude of 0. NaN propagates.

    Examples
    --------
    >>> divide_by_bound(np.array([0.0, 2.0**-24]), np.array([0.0, 2.0]), 1) == 0.5 * (1 - 2.0**-24)
    True
    """
    with np.errstate(all="ignore"):
        quotients = np.where(error == 0, 0.0, error / (find_gamma(roundings) * magnitude))
    return float(np.max(quotients))
