"""Matrix products in which every element is a left fold in float32."""

from __future__ import annotations

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, check_array
from pvfalsifiers.kernels.fold import sum_left


@np.errstate(all="ignore")
def matmul(a: Float32Array, b: Float32Array) -> Float32Array:
    """Multiply two matrices; each element adds its products one by one, inner index 0 first.

    Parameters
    ----------
    a : float32, shape (m, n)
        Left factor.
    b : float32, shape (n, p)
        Right factor.

    Returns
    -------
    float32, shape (m, p)
        The product; zeros for n = 0. NaN, infinities and overflow propagate as in IEEE 754.

    Raises
    ------
    ValueError
        Another dtype, or shapes that cannot be multiplied.

    Notes
    -----
    Every element is bit for bit `pvfalsifiers.kernels.fold.left_fold` of its row and column, whatever the
    shapes, threads and CPU: the loop runs over the inner index and is vectorised over the elements.

    Examples
    --------
    >>> matmul(np.array([[1, 2]], np.float32), np.array([[3, 4], [5, 6]], np.float32)).tolist()
    [[13.0, 16.0]]
    """
    check_array("a", a, np.float32, ndim=2)
    check_array("b", b, np.float32, ndim=2)
    if a.shape[1] != b.shape[0]:
        raise ValueError(f"a and b: expected (m, n) and (n, p), got {a.shape} and {b.shape}")
    total = np.zeros((a.shape[0], b.shape[1]), np.float32)
    for k in range(a.shape[1]):
        total += a[:, k, None] * b[None, k, :]
    return total


@np.errstate(all="ignore")
def matvec(matrix: Float32Array, vector: Float32Array) -> Float32Array:
    """Multiply a matrix with a vector; each element is a left fold.

    Parameters
    ----------
    matrix : float32, shape (m, n)
        Weights, a row an output.
    vector : float32, shape (n,)
        Activations.

    Returns
    -------
    float32, shape (m,)
        The product, bit for bit `left_fold` of each row; zeros for n = 0. NaN, infinities and overflow
        propagate.

    Raises
    ------
    ValueError
        Another dtype, or shapes that cannot be multiplied.

    Examples
    --------
    >>> matvec(np.array([[1, 2], [3, 4]], np.float32), np.array([5, 6], np.float32)).tolist()
    [17.0, 39.0]
    """
    check_array("matrix", matrix, np.float32, ndim=2)
    check_array("vector", vector, np.float32, ndim=1)
    if matrix.shape[1] != vector.shape[0]:
        raise ValueError(
            f"matrix and vector: expected (m, n) and (n,), got {matrix.shape} and {vector.shape}"
        )
    return np.asarray(sum_left(matrix * vector), np.float32)
