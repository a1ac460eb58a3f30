"""One float32 matrix product in many orders of adding: what kernels, threads and batches make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from pvfalsifiers.kernels.arrays import Float32Array, check_array
from pvfalsifiers.kernels.fold import sum_left
from pvfalsifiers.kernels.lanes import fused_multiply_add

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Kernel: TypeAlias = Literal[
    "left_fold",
    "backwards",
    "pairwise",
    "two_workers",
    "four_workers",
    "blocks_of_32",
    "fma_lanes",
    "by_rows",
    "blas",
    "einsum",
    "add_reduce",
]
"""Which order of adding is meant, see `multiply`."""
LIBRARY_KERNELS: frozenset[Kernel] = frozenset({"blas", "einsum", "add_reduce"})
"""Kernels of NumPy and of its BLAS: their bits depend on the CPU and the build; no others do."""
_ACCUMULATORS, _LANES = 4, 8
_GROUP = _ACCUMULATORS * _LANES


@np.errstate(all="ignore")
def multiply(a: Float32Array, b: Float32Array, kernel: Kernel) -> Float32Array:
    """Multiply two matrices in float32, adding the products of each element in the order of a kernel.

    Parameters
    ----------
    a : float32, shape (m, n)
        Left factor, a row a token.
    b : float32, shape (n, p)
        Right factor.
    kernel
        "left_fold": one by one, inner index 0 first. "backwards": one by one, the last first. "pairwise":
        neighbours in pairs until one is left. "two_workers", "four_workers": a parallel reduction, in which
        each worker takes a run of the inner dimension and adds from the left, and the parts are added from
        the left. "blocks_of_32": likewise, in runs of 32. "fma_lanes": 4 accumulators of 8 fused multiply-add
        lanes, as `pvfalsifiers.kernels.lanes.fma_lanes`. "by_rows": "fma_lanes" for one row and "left_fold"
        for several, as libraries choose between a vector kernel and a matrix kernel. "blas": `a @ b`.
        "einsum": `numpy.einsum`. "add_reduce": `numpy.add.reduce` of the products.

    Returns
    -------
    float32, shape (m, p)
        The product; NaN, infinities and overflow propagate as in IEEE 754.

    Raises
    ------
    ValueError
        Another dtype, shapes that cannot be multiplied, an empty inner dimension, or an unknown kernel.

    Notes
    -----
    But for "fma_lanes", which rounds a product and its addition once in whole groups of 8, every product and
    every addition is rounded to float32. What stands in `LIBRARY_KERNELS` is the library's own affair; the
    others give the same bits on every machine.

    Examples
    --------
    >>> a, b = np.array([[2.0**24, 1, 1]], np.float32), np.ones((3, 1), np.float32)
    >>> float(multiply(a, b, "left_fold")[0, 0]) == 2.0**24
    True
    >>> float(multiply(a, b, "backwards")[0, 0]) == 2.0**24 + 2
    True
    """
    check_array("a", a, np.float32, ndim=2)
    check_array("b", b, np.float32, ndim=2)
    if a.shape[1] != b.shape[0] or not a.shape[1]:
        raise ValueError(f"a and b: expected (m, n) and (n, p) with n > 0, got {a.shape} and {b.shape}")
    if kernel not in get_args(Kernel):
        raise ValueError(f"kernel: expected one of {get_args(Kernel)}, got {kernel!r}")
    if kernel == "by_rows":
        kernel = "fma_lanes" if len(a) == 1 else "left_fold"
    if kernel == "blas":
        return np.asarray(a @ b, np.float32)
    if kernel == "einsum":
        return np.asarray(np.einsum("mn,np->mp", a, b), np.float32)
    if kernel == "fma_lanes":
        return _add_in_lanes(a, b)
    terms = np.multiply(a[:, None, :], b.T[None, :, :], order="C")
    return np.asarray(_ORDERS[kernel](terms), np.float32)


def _add_backwards(terms: Float32Array) -> Float32Array:
    return sum_left(terms[..., ::-1])


def _add_pairwise(terms: Float32Array) -> Float32Array:
    while terms.shape[-1] > 1:
        paired = terms.shape[-1] // 2 * 2
        sums = terms[..., 0:paired:2] + terms[..., 1:paired:2]
        terms = np.concatenate([sums, terms[..., paired:]], axis=-1)
    return np.asarray(terms[..., 0])


def _add_in_runs(terms: Float32Array, runs: int) -> Float32Array:
    """Add each of so many runs from the left, then the runs; they differ in length by at most one."""
    parts = [sum_left(part) for part in np.array_split(terms, runs, axis=-1) if part.shape[-1]]
    return sum_left(np.stack(parts, axis=-1))


def _add_in_blocks(terms: Float32Array) -> Float32Array:
    starts = range(0, terms.shape[-1], 32)
    return sum_left(np.stack([sum_left(terms[..., start : start + 32]) for start in starts], axis=-1))


_ORDERS: Mapping[str, Callable[[Float32Array], Float32Array]] = {
    "left_fold": sum_left,
    "backwards": _add_backwards,
    "pairwise": _add_pairwise,
    "two_workers": lambda terms: _add_in_runs(terms, 2),
    "four_workers": lambda terms: _add_in_runs(terms, 4),
    "blocks_of_32": _add_in_blocks,
    "add_reduce": lambda terms: np.add.reduce(terms, axis=-1),
}


def _add_in_lanes(a: Float32Array, b: Float32Array) -> Float32Array:
    """Compute every element as `fma_lanes` does, all elements at once."""
    shape = (len(a), b.shape[1], a.shape[1])
    left = np.ascontiguousarray(np.broadcast_to(a[:, None, :], shape))
    right = np.ascontiguousarray(np.broadcast_to(b.T[None, :, :], shape))
    total = np.zeros((*shape[:2], _ACCUMULATORS, _LANES), np.float32)
    whole = shape[2] // _GROUP * _GROUP
    for start in range(0, whole, _GROUP):
        first, second = (each[..., start : start + _GROUP].reshape(total.shape) for each in (left, right))
        total = fused_multiply_add(first, second, total)
    in_groups = shape[2] // _LANES * _LANES
    for start in range(whole, in_groups, _LANES):
        taken = slice(start, start + _LANES)
        total[..., 0, :] = fused_multiply_add(left[..., taken], right[..., taken], total[..., 0, :])
    lanes = (total[..., 0, :] + total[..., 1, :]) + (total[..., 2, :] + total[..., 3, :])
    lanes = lanes[..., :4] + lanes[..., 4:]
    lanes = lanes[..., :2] + lanes[..., 2:]
    head = lanes[..., :1] + lanes[..., 1:]
    rest = left[..., in_groups:] * right[..., in_groups:]
    return sum_left(np.concatenate([head, rest], axis=-1))
