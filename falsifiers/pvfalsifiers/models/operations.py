"""The operations of a transformer block in float32: norm, rotation, attention, activation."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pvfalsifiers.models.hyperparameters import Pairing

__all__ = ["ACTIVATIONS", "attend", "gelu", "norm", "rotate", "silu"]

Floats: TypeAlias = NDArray[np.float32]
_GELU_FACTOR = np.float32(0.7978845608028654)  # sqrt(2 / pi)
_GELU_CUBIC = np.float32(0.044715)
_TABLE_END = np.float32(10)
_ONE, _HALF = np.float32(1), np.float32(0.5)


@np.errstate(all="ignore")
def norm(x: Floats, weight: Floats, epsilon: float) -> Floats:
    """Divide each row by sqrt(mean(x**2) + epsilon), and multiply it by the weight.

    Parameters
    ----------
    x : float32, shape (..., n)
        Rows; n is at least 1.
    weight : float32, shape (n,)
        The gain of each element.
    epsilon
        Added to the mean of the squares.

    Returns
    -------
    float32, shape (..., n)
        Zeros give zeros where epsilon is above 0; NaN and infinities make NaN of their row.

    Notes
    -----
    Squares are added in float64, as ggml does; mean, root, quotient and both products are rounded to
    float32. Zhang and Sennrich, Root Mean Square Layer Normalization, arXiv 1910.07467.

    Examples
    --------
    >>> norm(np.array([[3, -3]], np.float32), np.array([1, 2], np.float32), 0.0).tolist()
    [[1.0, -2.0]]
    """
    squares = np.square(x.astype(np.float64)).mean(axis=-1, keepdims=True).astype(np.float32)
    scale = _ONE / np.sqrt(squares + np.float32(epsilon))
    return np.asarray(x * scale * weight, np.float32)


def rotate(x: Floats, positions: NDArray[np.int64], base: float, width: int, pairing: Pairing) -> Floats:
    """Turn pairs of elements of each head by position * base**(-2 i / width).

    Parameters
    ----------
    x : float32, shape (tokens, heads, n)
        Heads of each token.
    positions : int64, shape (tokens,)
        Position of each token.
    base
        Base of the frequencies, above 0.
    width
        How many elements of a head turn, even and at most n; those after it stay.
    pairing
        ``"adjacent"``: elements 2 i and 2 i + 1 turn together (Llama's own order, and that of its GGUF
        files); ``"halves"``: i and i + width / 2 (GPT-NeoX, Qwen, Gemma).

    Returns
    -------
    float32, the same shape
        Position 0 gives x itself.

    Notes
    -----
    Angles are computed in float64, their cosines and sines rounded to float32; two products and a sum are
    rounded to float32. Su et al., RoFormer, arXiv 2104.09864.

    Examples
    --------
    >>> x = np.array([[[1, 0, 0, 0]]], np.float32)
    >>> np.round(rotate(x, np.array([1]), 10000.0, 4, "adjacent"), 3).tolist()
    [[[0.5400000214576721, 0.8410000205039978, 0.0, 0.0]]]
    >>> np.round(rotate(x, np.array([1]), 10000.0, 4, "halves"), 3).tolist()
    [[[0.5400000214576721, 0.0, 0.8410000205039978, 0.0]]]
    """
    half = width // 2
    frequencies = np.float64(base) ** (-np.arange(half, dtype=np.float64) / half)
    angles = positions[:, None, None].astype(np.float64) * frequencies
    cosines, sines = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    if pairing == "adjacent":
        first, second = slice(0, width, 2), slice(1, width, 2)
    else:
        first, second = slice(0, half), slice(half, width)
    turned = x.copy()
    turned[..., first] = x[..., first] * cosines - x[..., second] * sines
    turned[..., second] = x[..., first] * sines + x[..., second] * cosines
    return turned


@np.errstate(all="ignore")
def attend(q: Floats, k: Floats, v: Floats, scale: float, window: int | None) -> Floats:
    """Weigh the values that each token sees by the softmax of its scaled scores.

    Parameters
    ----------
    q : float32, shape (tokens, heads, n)
        Queries.
    k : float32, shape (tokens, key heads, n)
        Keys; query head h reads key head h // (heads / key heads).
    v : float32, shape (tokens, key heads, m)
        Values.
    scale
        Factor of the scores.
    window
        How many tokens back a token sees, itself among them; None: all before it, and itself.

    Returns
    -------
    float32, shape (tokens, heads * m)
        The heads of each token, one after the other.

    Notes
    -----
    Float32 throughout; exponentials of score minus largest score are added in float64. Vaswani et al.,
    arXiv 1706.03762; grouped queries: Ainslie et al., arXiv 2305.13245.
    """
    tokens, heads, width = q.shape
    key_heads = k.shape[1]
    grouped = q.reshape(tokens, key_heads, heads // key_heads, width).transpose(1, 2, 0, 3)
    scores = grouped @ k.transpose(1, 2, 0)[:, None] * np.float32(scale)
    distances = np.arange(tokens)[:, None] - np.arange(tokens)[None]
    hidden = distances < 0 if window is None else (distances < 0) | (distances >= window)
    scores[..., hidden] = -np.inf
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    sums = exponentials.sum(axis=-1, keepdims=True, dtype=np.float64).astype(np.float32)
    mixed = (exponentials / sums) @ v.transpose(1, 0, 2)[:, None]
    return np.ascontiguousarray(mixed.transpose(2, 0, 1, 3)).reshape(tokens, -1)


@np.errstate(all="ignore")
def silu(x: Floats) -> Floats:
    """Compute x / (1 + exp(-x)) in float32; Elfwing et al., arXiv 1702.03118.

    Examples
    --------
    >>> silu(np.array([0, 20, -200], np.float32)).tolist()
    [0.0, 20.0, -0.0]
    """
    return np.asarray(x / (_ONE + np.exp(-x)), np.float32)


@np.errstate(all="ignore")
def gelu(x: Floats) -> Floats:
    """Compute x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x**3))) / 2 in float32; arXiv 1606.08415.

    Examples
    --------
    >>> gelu(np.array([0, 20, -20], np.float32)).tolist()
    [0.0, 20.0, -0.0]
    """
    inner = _GELU_FACTOR * x * (_ONE + _GELU_CUBIC * x * x)
    return np.asarray(_HALF * x * (_ONE + np.tanh(inner)), np.float32)


def gelu_from_table(x: Floats) -> Floats:
    """Compute the same as ggml's CPU does: from float16 to float16; x itself from 10, and 0 to -10.

    Examples
    --------
    >>> gelu_from_table(np.array([0.5, 10, -10], np.float32)).tolist()
    [0.345703125, 10.0, 0.0]
    """
    halves = x.astype(np.float16).astype(np.float32)
    looked_up = gelu(halves).astype(np.float16).astype(np.float32)
    return np.where(x <= -_TABLE_END, np.float32(0), np.where(x >= _TABLE_END, x, looked_up))


ACTIVATIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "silu": silu,
    "gelu": gelu,
    "gelu_from_table": gelu_from_table,
}
"""The activations by the name that `Hyperparameters.activation` has."""
