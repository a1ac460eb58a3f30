"""How far path B may lie from path A: the half step of Q8_K, and what rounding adds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, Float64Array, UInt8Array, check_array
from pvfalsifiers.kernels.q4_k import BLOCK_WEIGHTS, dequantize, unpack
from pvfalsifiers.kernels.rounding import find_gamma

_FUSED_ROUNDINGS = 11
"""Roundings that a term of the fused dot passes in one super-block: 2 products, 8 additions, one to spare."""
_WEIGHT_ROUNDINGS = 3
"""Roundings that d * scale * quant passes on its way into a weight; dmin * min passes 2."""
_LEAST = 2.0**-149
"""What an operation that underflows may lose at most, twice over."""


class PathError(NamedTuple):
    """Quantities of the distance of path B from path A, for rows of one super-block each, float64 (rows,)."""

    bound: Float64Array
    """What |A - B| is at most."""
    step_part: Float64Array
    """Its part that comes from quantising: half a step for each weight, Q8_K scale / 2 * sum|w|."""
    magnitude: Float64Array
    """sum (|d scale quant| + |dmin min|) |x|: the size of all that is added up on path B."""


@np.errstate(all="ignore")
def bound_path_error(blocks: UInt8Array, x: Float32Array) -> PathError:
    """Bound |A - B| for path A (dequantised, left fold) and path B (Q8_K, fused dot) on one super-block.

    Parameters
    ----------
    blocks : uint8, shape (rows, 1, 144)
        One Q4_K super-block a row, with finite d and dmin.
    x : float32, shape (256,)
        Activations, finite.

    Returns
    -------
    PathError
        Computed in float64, to about 1e-13. Activations of zeros give zeros but for 1e-42.

    Raises
    ------
    ValueError
        Another dtype or shape.

    Notes
    -----
    With W_i = d scale q_i - dmin min exactly, M_i = |d scale q_i| + |dmin min|, w_i the float32 weight, s the
    magnitude of the Q8_K scale, k_i the Q8_K quant, e_i = x_i - s k_i (up to the signs), n = 256, u = 2**-24
    and gamma_k = k u / (1 - k u), by lemma 3.1 of Higham, Accuracy and Stability of Numerical Algorithms:

    1. |w_i - W_i| <= gamma_3 M_i, and |A - sum w_i x_i| <= gamma_n sum |w_i x_i|, so
       |A - sum W_i x_i| <= gamma_(n + 3) sum M_i |x_i|.
    2. A term of the fused dot passes at most 11 roundings in either order of `fused.multiply_rows`, and the
       integer sums are exact, so |B - sum W_i s k_i| <= gamma_11 sum M_i |s k_i|.
    3. k_i is x_i times a reciprocal of s, both rounded, rounded to the nearest integer. So |x_i / s - k_i| <=
       1/2 + gamma_3 |x_i / s|, and |x_i / s| <= 127 (1 + 3 u): |e_i| <= h s with h = 1/2 + 128 gamma_3.

    A - B is the sum of W_i e_i and of the two rounding errors, and |W_i| <= |w_i| + gamma_3 M_i:

        |A - B| <= h s sum |w_i| + gamma_3 h s sum M_i + gamma_(n+3) sum M_i |x_i|
                   + gamma_11 sum M_i (|x_i| + h s),

    to which the smallest float32 is added for each operation, for what underflows. The first term is all but
    the whole: it is attained where every |e_i| is half a step and has the sign of its weight.

    Besides, |e_i| <= |x_i| (1 + gamma_7): what is rounded to 0 loses itself, and anything else is above half
    a step. So |A - B| <= (1 + gamma_(n + 40)) sum M_i |x_i| as well, which is attained where every activation
    but one, whose weight is 0, is below half a step.

    Examples
    --------
    >>> block = np.zeros((1, 1, 144), np.uint8)
    >>> block[..., 1], block[..., 4:8], block[..., 16:] = 0x3C, 1, 0x01
    >>> found = bound_path_error(block, np.full(256, 127, np.float32))
    >>> float(found.magnitude[0]), float(found.step_part[0])
    (8128.0, 32.0)
    """
    check_array("blocks", blocks, np.uint8, ndim=3)
    check_array("x", x, np.float32, ndim=1)
    if blocks.shape[1] != 1 or x.shape != (BLOCK_WEIGHTS,):
        raise ValueError(
            f"blocks and x: expected (rows, 1, 144) and ({BLOCK_WEIGHTS},), got {blocks.shape} and {x.shape}"
        )
    rows = blocks[:, 0]
    weights = np.abs(dequantize(rows).astype(np.float64))
    terms = _find_term_sizes(rows)
    sizes = np.abs(x.astype(np.float64))
    step = float(np.max(sizes)) / 127
    half = 0.5 + 128 * find_gamma(_WEIGHT_ROUNDINGS)
    magnitude = terms @ sizes
    all_weights, all_terms = weights.sum(axis=1), terms.sum(axis=1)
    rounding = (find_gamma(BLOCK_WEIGHTS + _WEIGHT_ROUNDINGS) + find_gamma(_FUSED_ROUNDINGS)) * magnitude
    rounding += (find_gamma(_WEIGHT_ROUNDINGS) + find_gamma(_FUSED_ROUNDINGS)) * half * step * all_terms
    underflow = 4 * BLOCK_WEIGHTS * _LEAST
    return PathError(
        half * step * all_weights + rounding + underflow, step / 2 * all_weights, np.asarray(magnitude)
    )


def _find_term_sizes(rows: UInt8Array) -> Float64Array:
    """Return |d scale quant| + |dmin min| of every weight, float64 (rows, 256), exact but for its sum."""
    fields = unpack(rows)
    scales = np.abs(fields.d.astype(np.float64))[:, None] * fields.scales
    mins = np.abs(fields.dmin.astype(np.float64))[:, None] * fields.mins
    terms = scales[..., None] * fields.quants + mins[..., None]
    return np.asarray(terms.reshape(len(rows), BLOCK_WEIGHTS), np.float64)
