"""Test 005-S: whether a float32 matrix product depends on the kernel, the workers or the batch."""

from collections.abc import Iterator
from itertools import count
from typing import Annotated

import numpy as np
from pydantic import Field

from pvengine.plugin import Bound, Domain, Params, Trial, falsifier
from pvfalsifiers.fixtures.draws import draw_normal
from pvfalsifiers.fixtures.sequences import Sawtooth
from pvfalsifiers.kernels.arrays import Float32Array
from pvfalsifiers.kernels.drift import count_differing_bits, find_relative_l2
from pvfalsifiers.kernels.fold import sum_left
from pvfalsifiers.kernels.matmul import matmul
from pvfalsifiers.kernels.matmul_orders import Kernel, multiply
from pvfalsifiers.kernels.rounding import HIGHAM, divide_by_bound

_ORDERS: tuple[Kernel, Kernel] = ("left_fold", "pairwise")


class ProductParams(Params):
    """One product: draw 0 has the published entries, any other standard normal ones."""

    kernel: Kernel
    draw: Annotated[int, Field(ge=0, lt=2**53)]
    rows: Annotated[int, Field(ge=1, le=64)]
    inner: Annotated[int, Field(ge=1, le=2**12)]
    columns: Annotated[int, Field(ge=1, le=2**12)]
    activations: Sawtooth
    weights: Sawtooth

    def generate(self) -> tuple[Float32Array, Float32Array]:
        """Return the activations (rows, inner) and the weights (inner, columns), float32."""
        counts = (self.rows * self.inner, self.inner * self.columns)
        if self.draw == 0:
            a, b = self.activations.generate(counts[0]), self.weights.generate(counts[1])
        else:
            a, b = draw_normal(self.draw, *counts)
        return a.reshape(self.rows, self.inner), b.reshape(self.inner, self.columns)


_calls = count()


def change_order_every_other_call(a: Float32Array, b: Float32Array, _kernel: Kernel) -> Float32Array:
    """Add in another order in every other call: what a changed number of threads does."""
    return multiply(a, b, _ORDERS[next(_calls) % 2])


def drop_last_product(a: Float32Array, b: Float32Array, kernel: Kernel) -> Float32Array:
    """End the inner loop one element too early."""
    cut = a.copy()
    cut[:, -1] = 0
    return multiply(cut, b, kernel)


def load_as_bfloat16(a: Float32Array, b: Float32Array, kernel: Kernel) -> Float32Array:
    """Load the activations as bfloat16, cutting the lower half of their bits off."""
    return multiply((a.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32), b, kernel)


def carry_over_rows(a: Float32Array, b: Float32Array, kernel: Kernel) -> Float32Array:
    """Start each row of a batch from the sum of the row before: an accumulator that is not cleared."""
    return np.asarray(np.cumsum(multiply(a, b, kernel), axis=0), np.float32)


def multiply_by_left_fold(a: Float32Array, b: Float32Array, _kernel: Kernel) -> Float32Array:
    """Ignore the kernel that is asked for, so that the left fold is compared with itself."""
    return multiply(a, b, "left_fold")


def state_bounds(_p: ProductParams, _domain: Domain) -> Iterator[Bound]:
    """State how far rounding alone can take an element from the exact one."""
    source = f"{HIGHAM}, section 3.1, equation (3.5): |fl(a.b) - a.b| <= gamma_n |a|.|b| in any order"
    yield Bound("error_by_bound", source, at_most=1.0, rounding=1e-6)
    yield Bound("rerun_differing_bits", "the subject is a function of its arguments alone", at_most=0.0)


@falsifier(
    "matmul.searched-kernels",
    subject=multiply,
    planted_faults={
        "order changes from call to call": change_order_every_other_call,
        "last product dropped": drop_last_product,
        "activations loaded as bfloat16": load_as_bfloat16,
        "accumulator carried over rows": carry_over_rows,
        "left fold whatever the kernel": multiply_by_left_fold,
    },
    bounds=state_bounds,
)
def measure_kernels(trial: Trial, p: ProductParams) -> None:
    """Count the bits in which the product of one kernel differs from that of the left fold.

    A kernel is a function of its arguments: called twice it gives the same bits, and the published test,
    which did that, could find nothing else (`rerun_differing_bits`). Another order of adding is another
    function. A parallel reduction over w workers has one order for each w, and a library chooses its kernel
    by the shape, so that a row alone and the same row in a batch may differ (`batching_differing_bits`).

    All lie within gamma_n |a|.|b| of the exact element (Higham, Accuracy and Stability of Numerical
    Algorithms, 2nd ed., section 3.1, equation 3.5, with n = inner, gamma_n = n u / (1 - n u), u = 2**-24),
    whatever the order and with fused multiply-add or without; `error_by_bound` is the largest quotient, with
    the exact element taken in float64. Two kernels that add without fusing agree where inner is 1 or 2,
    because one addition commutes.

    The drifts are relative, in the L2 norm over all elements, against the product in float64.
    """
    a, b = p.generate()
    first, second = trial.subject(a.copy(), b.copy(), p.kernel), trial.subject(a.copy(), b.copy(), p.kernel)
    alone = np.concatenate([trial.subject(row[None].copy(), b.copy(), p.kernel) for row in a])
    fold = matmul(a, b)
    population = f"{p.rows}x{p.inner} by {p.inner}x{p.columns}"
    for name, product, other, compared in (
        ("differing_bits", fold, first, f"left fold and {p.kernel}"),
        ("rerun_differing_bits", first, second, f"two runs of {p.kernel}"),
        ("batching_differing_bits", first, alone, f"{p.kernel}, each row in the batch and alone"),
    ):
        bits = count_differing_bits(product, np.asarray(other, np.float32))
        trial.measure(
            name,
            bits,
            unit="bit",
            population=f"{population}, {compared}",
            aggregation="sum",
            arithmetic="integer",
        )
    products = a.astype(np.float64)[:, None, :] * b.T.astype(np.float64)[None, :, :]
    exact, magnitude = sum_left(products), sum_left(np.abs(products))
    trial.measure(
        "error_by_bound",
        divide_by_bound(np.abs(first - exact), magnitude, p.inner),
        unit="gamma_n |a|.|b|",
        population=population,
        aggregation="max",
        arithmetic="float64",
    )
    for name, product in (("kernel_drift", first), ("left_fold_drift", fold)):
        drift = float(find_relative_l2(exact.ravel(), product.astype(np.float64).ravel()))
        trial.measure(
            name, drift, unit="ratio", population=population, aggregation="L2", arithmetic="float64"
        )
