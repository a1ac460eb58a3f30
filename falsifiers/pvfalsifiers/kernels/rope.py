"""Rotary position embedding with split halves: element i turns with element i + n / 2."""

from __future__ import annotations

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, Float64Array, check_array


@np.errstate(all="ignore")
def rotate(x: Float32Array, position: int, theta: float) -> Float32Array:
    """Rotate the pairs (x[i], x[i + n / 2]) by position * theta**(-2 i / n).

    Parameters
    ----------
    x : float32, shape (n,)
        One head; n is even.
    position
        Position of the token, 0 and up, in tokens.
    theta
        Base of the frequencies, above 0.

    Returns
    -------
    float32, shape (n,)
        The rotated head; position 0 gives x itself (with +0 for -0). NaN and infinities propagate to their
        pair.

    Raises
    ------
    ValueError
        Another dtype or shape, an odd n, a negative position, or a theta that is not above 0.

    Notes
    -----
    All in float32: exponent, power, reciprocal, angle, cosine and sine, two products and a sum each are
    rounded. Power, cosine and sine are computed in float64 and rounded once, so that they do not depend on
    the CPU. With angles up to a few radians each element is within about 4 ulp of the larger of its pair. Su
    et al., RoFormer, arXiv 2104.09864, with the pairing of GPT-NeoX.

    Examples
    --------
    >>> rotate(np.array([1, 0], np.float32), 0, 10000.0).tolist()
    [1.0, 0.0]
    >>> [round(v, 6) for v in rotate(np.array([1, 0], np.float32), 1, 10000.0).tolist()]
    [0.540302, 0.841471]
    """
    _check(x, position, theta)
    half = len(x) // 2
    exponents = (2 * np.arange(half)).astype(np.float32) / np.float32(len(x))
    powers = np.power(np.float64(np.float32(theta)), exponents.astype(np.float64)).astype(np.float32)
    angles = np.float32(position) * (np.float32(1) / powers)
    cosines = np.cos(angles.astype(np.float64)).astype(np.float32)
    sines = np.sin(angles.astype(np.float64)).astype(np.float32)
    lower, upper = x[:half], x[half:]
    return np.concatenate([lower * cosines - upper * sines, lower * sines + upper * cosines])


@np.errstate(all="ignore")
def rotate_complex(x: Float32Array, position: int, theta: float) -> Float64Array:
    """Rotate as `rotate` does, in float64 and by one complex multiplication a pair: a reference.

    Parameters
    ----------
    x : float32, shape (n,)
        One head; n is even.
    position, theta
        As in `rotate`.

    Returns
    -------
    float64, shape (n,)
        The rotated head, within a few float64 ulp of the larger of each pair.

    Raises
    ------
    ValueError
        As in `rotate`.

    Examples
    --------
    >>> [round(v, 6) for v in rotate_complex(np.array([0, 1], np.float32), 1, 10000.0).tolist()]
    [-0.841471, 0.540302]
    """
    _check(x, position, theta)
    half = len(x) // 2
    frequencies = np.float64(theta) ** (-np.arange(half) / half)
    pairs = x[:half].astype(np.float64) + 1j * x[half:].astype(np.float64)
    turned = pairs * np.exp(1j * position * frequencies)
    return np.concatenate([turned.real, turned.imag])


def _check(x: Float32Array, position: int, theta: float) -> None:
    check_array("x", x, np.float32, ndim=1)
    if len(x) % 2:
        raise ValueError(f"x: expected an even length, got {len(x)}")
    if position < 0:
        raise ValueError(f"position: expected 0 or more, got {position}")
    if not theta > 0:
        raise ValueError(f"theta: expected more than 0, got {theta}")
