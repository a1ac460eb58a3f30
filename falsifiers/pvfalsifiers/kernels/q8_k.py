"""The Q8_K format of activations: per 256 values one float32 scale and 256 int8."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, Int8Array, check_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

Convention: TypeAlias = Literal["ggml", "max_abs"]
"""Which of the two definitions of scale and rounding is meant."""
BLOCK_VALUES = 256
_LARGEST = np.float32(127)
_ONE = np.float32(1)


@np.errstate(all="ignore")
def quantize(x: Float32Array, convention: Convention = "ggml") -> tuple[Float32Array, Int8Array]:
    """Quantise activations in blocks of 256.

    Parameters
    ----------
    x : float32, shape (n, 256 k)
        Rows of activations; n and k may be 0.
    convention
        "ggml": the value of largest magnitude (the first of several) becomes -127; quants are round(x * (-127
        / largest)), ties to even, at most 127; the scale is 1 / (-127 / largest). "max_abs": the scale is
        max|x| / 127; quants are round(x * (1 / scale)), ties away from zero, within -127 and 127.

    Returns
    -------
    scales : float32, shape (n, k)
        The scale of each block; x is about scale * quant. Negative where ggml's largest value is positive.
    quants : int8, shape (n, 256 k)
        The quants, -127 to 127.

    Raises
    ------
    ValueError
        Another dtype or shape, or an unknown convention.

    Notes
    -----
    Every operation is rounded to float32. |x - scale * quant| is at most half a scale, up to roundings: about
    max|x| / 254. A block of zeros has scale 0 and quants 0, and so has a block whose reciprocal scale
    overflows (max|x| below 3.7323e-37), as in ggml. A block that holds a NaN or an infinity has the scale NaN
    and quants 0, so that all that is computed from it is NaN; ggml would skip a NaN. ggml's rounding adds and
    takes off 1.5 * 2**23, which is round half to even in this range.

    The source of the first is ggml's `quantize_row_q8_K_ref`. The second is that of the Rust code behind the
    published figures: it multiplies by the reciprocal, and dividing instead moves the drift of one of the
    seven published tokens. That code writes the scale 1 / 127 for max|x| up to 1e-10; this does not.

    Examples
    --------
    >>> x = np.zeros((1, 256), np.float32)
    >>> x[0, :3] = [254, -127, 1]
    >>> scales, quants = quantize(x, "ggml")
    >>> float(scales[0, 0]), quants[0, :3].tolist()
    (-2.0, [-127, 64, 0])
    >>> scales, quants = quantize(x, "max_abs")
    >>> float(scales[0, 0]), quants[0, :3].tolist()
    (2.0, [127, -64, 1])
    """
    check_array("x", x, np.float32, ndim=2)
    if x.shape[1] % BLOCK_VALUES:
        raise ValueError(f"x: expected rows of a multiple of {BLOCK_VALUES}, got the shape {x.shape}")
    if convention not in get_args(Convention):
        raise ValueError(f"convention: expected one of {get_args(Convention)}, got {convention!r}")
    values = x.reshape(len(x), x.shape[1] // BLOCK_VALUES, BLOCK_VALUES)
    inverse, scales = _find_scales_ggml(values) if convention == "ggml" else _find_scales_max_abs(values)
    scaled = values * inverse[..., None]
    rounded = np.rint(scaled) if convention == "ggml" else round_half_away(scaled)
    has_special = ~np.isfinite(values).all(axis=-1)
    scales = np.where(has_special, np.float32(np.nan), scales)
    usable = (np.isfinite(inverse) & ~has_special)[..., None]
    quants = np.where(usable, np.clip(rounded, -_LARGEST, _LARGEST), np.float32(0))
    return scales, quants.astype(np.int8).reshape(x.shape)


@np.errstate(all="ignore")
def dequantize(scales: Float32Array, quants: Int8Array) -> Float32Array:
    """Expand Q8_K blocks to scale * quant.

    Parameters
    ----------
    scales : float32, shape (n, k)
        The scale of each block.
    quants : int8, shape (n, 256 k)
        The quants.

    Returns
    -------
    float32, shape (n, 256 k)
        One rounding each; a NaN scale gives NaN.

    Raises
    ------
    ValueError
        Another dtype or shape.

    Examples
    --------
    >>> dequantize(np.array([[0.5]], np.float32), np.full((1, 256), -3, np.int8))[0, :2].tolist()
    [-1.5, -1.5]
    """
    check_array("scales", scales, np.float32, ndim=2)
    check_array("quants", quants, np.int8, ndim=2)
    rows, blocks = scales.shape
    if quants.shape != (rows, BLOCK_VALUES * blocks):
        raise ValueError(f"quants: expected the shape {(rows, BLOCK_VALUES * blocks)}, got {quants.shape}")
    values = scales[..., None] * quants.reshape(rows, blocks, BLOCK_VALUES).astype(np.float32)
    return np.asarray(values, np.float32).reshape(quants.shape)


@np.errstate(all="ignore")
def round_half_away(x: Float32Array) -> Float32Array:
    """Round to the nearest integer, ties away from zero, as C's `roundf`.

    Parameters
    ----------
    x : float32, any shape
        The values.

    Returns
    -------
    float32, the same shape
        Exact: the fraction x - trunc(x) has no rounding, where floor(|x| + 0.5) would round up 0.49999997.
        NaN and infinities give NaN.

    Examples
    --------
    >>> round_half_away(np.array([0.5, -2.5, 0.49999997], np.float32)).tolist()
    [1.0, -3.0, 0.0]
    """
    check_array("x", x, np.float32)
    whole = np.trunc(x)
    is_half_or_more = np.abs(x - whole) >= np.float32(0.5)
    return np.asarray(whole + np.where(is_half_or_more, np.copysign(_ONE, x), np.float32(0)), np.float32)


def _find_scales_ggml(values: Float32Array) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return reciprocal scale and scale of each block, shape (n, k)."""
    first = np.argmax(np.abs(values), axis=-1, keepdims=True)
    largest = np.take_along_axis(values, first, axis=-1)[..., 0]
    inverse = -_LARGEST / largest
    return inverse, np.where(largest == 0, np.float32(0), _ONE / inverse)


def _find_scales_max_abs(values: Float32Array) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return reciprocal scale and scale of each block, shape (n, k)."""
    scales = np.max(np.abs(values), axis=-1) / _LARGEST
    inverse = _ONE / scales
    return inverse, np.where(np.isfinite(inverse), scales, np.float32(0))
