"""Root-mean-square norms in float32."""

from __future__ import annotations

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, check_array
from pvfalsifiers.kernels.fold import sum_left


@np.errstate(all="ignore")
def rms_norm(x: Float32Array, epsilon: float) -> Float32Array:
    """Divide by sqrt(mean(x**2) + epsilon).

    Parameters
    ----------
    x : float32, shape (n,)
        At least one element.
    epsilon
        Added to the mean of the squares; 0 or more; rounded to float32.

    Returns
    -------
    float32, shape (n,)
        x by its root mean square. Zeros give zeros where epsilon is above 0, else NaN. NaN and infinities
        make NaN of what they touch.

    Raises
    ------
    ValueError
        Another dtype or shape, no element, or a negative epsilon.

    Notes
    -----
    Squares, their left fold, mean, sum with epsilon, root and quotients are rounded to float32; the relative
    error of an element is at most about (n / 2 + 3) 2**-24. Zhang and Sennrich, Root Mean Square Layer
    Normalization, arXiv 1910.07467, without the gain.

    Examples
    --------
    >>> rms_norm(np.array([3, -3], np.float32), 0.0).tolist()
    [1.0, -1.0]
    """
    if not epsilon >= 0:
        raise ValueError(f"epsilon: expected 0 or more, got {epsilon}")
    return np.asarray(x / np.sqrt(_find_mean_square(x) + np.float32(epsilon)), np.float32)


@np.errstate(all="ignore")
def scale_to_unit_rms(x: Float32Array, floor: float = 1e-9) -> Float32Array:
    """Divide by max(rms, floor), the step between the matvecs of the published chains.

    Parameters
    ----------
    x : float32, shape (n,)
        At least one element.
    floor
        The smallest divisor, above 0; rounded to float32.

    Returns
    -------
    float32, shape (n,)
        x by its root mean square; zeros give zeros. NaN propagates to all elements.

    Raises
    ------
    ValueError
        Another dtype or shape, no element, or a floor that is not above 0.

    Notes
    -----
    Rounded as `rms_norm`.

    Examples
    --------
    >>> scale_to_unit_rms(np.array([3, -3], np.float32)).tolist()
    [1.0, -1.0]
    >>> scale_to_unit_rms(np.zeros(2, np.float32)).tolist()
    [0.0, 0.0]
    """
    if not floor > 0:
        raise ValueError(f"floor: expected more than 0, got {floor}")
    return np.asarray(x / np.maximum(np.sqrt(_find_mean_square(x)), np.float32(floor)), np.float32)


def _find_mean_square(x: Float32Array) -> np.float32:
    check_array("x", x, np.float32, ndim=1)
    if not len(x):
        raise ValueError("x: expected at least one element, got none")
    return np.float32(sum_left(x * x) / np.float32(len(x)))
