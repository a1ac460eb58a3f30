"""Test 005: whether one float32 matrix product, computed twice, gives the same bits."""

from itertools import count
from typing import Annotated

import numpy as np
from pydantic import Field

from pvengine.plugin import Params, Trial, falsifier
from pvfalsifiers.fixtures.sequences import Sawtooth
from pvfalsifiers.kernels.arrays import Float32Array
from pvfalsifiers.kernels.drift import count_differing_bits
from pvfalsifiers.kernels.matmul import matmul

Size = Annotated[int, Field(ge=1, le=4096)]


class Case(Params):
    """One product: activations (rows, inner) by weights (inner, columns), both filled row by row."""

    rows: Size
    inner: Size
    columns: Size
    activations: Sawtooth
    weights: Sawtooth


class IdentityParams(Params):
    """The products to compute, each twice."""

    cases: Annotated[tuple[Case, ...], Field(min_length=1, max_length=16)]


_calls = count()


def _is_second_call() -> bool:
    """Tell every other call from the one before: what a race or a changed thread count does to a kernel."""
    return next(_calls) % 2 == 1


def add_backwards_on_second_call(a: Float32Array, b: Float32Array) -> Float32Array:
    """Add the products of every other call from the last to the first."""
    if _is_second_call():
        return matmul(np.ascontiguousarray(a[:, ::-1]), np.ascontiguousarray(b[::-1]))
    return matmul(a, b)


def add_in_two_halves_on_second_call(a: Float32Array, b: Float32Array) -> Float32Array:
    """Split the inner dimension over two workers in every other call, and add their parts."""
    half = a.shape[1] // 2
    if _is_second_call() and half:
        return matmul(a[:, :half], b[:half]) + matmul(a[:, half:], b[half:])
    return matmul(a, b)


def lose_last_row_on_second_call(a: Float32Array, b: Float32Array) -> Float32Array:
    """Leave the last row of every other call unwritten, as a worker does that ends too early."""
    product = matmul(a, b)
    if _is_second_call():
        product[-1] = 0
    return product


@falsifier(
    "matmul.bit-identity",
    subject=matmul,
    planted_faults={
        "second call adds backwards": add_backwards_on_second_call,
        "second call adds in two halves": add_in_two_halves_on_second_call,
        "second call loses the last row": lose_last_row_on_second_call,
    },
)
def measure_bit_identity(trial: Trial, p: IdentityParams) -> None:
    """Count the bits in which two runs of one float32 matrix product differ.

    The subject is called twice a case with the same arrays. Inputs are computed in float32.
    """
    differing = 0
    shapes = []
    elements = 0
    for case in p.cases:
        a = case.activations.generate(case.rows * case.inner).reshape(case.rows, case.inner)
        b = case.weights.generate(case.inner * case.columns).reshape(case.inner, case.columns)
        first, second = trial.subject(a.copy(), b.copy()), trial.subject(a.copy(), b.copy())
        differing += count_differing_bits(first, second)
        elements += first.size
        shapes.append(f"{case.rows}x{case.inner} by {case.inner}x{case.columns}")
    population = f"two runs of {', '.join(shapes)}"
    trial.measure(
        "differing_bits",
        differing,
        unit="bit",
        population=population,
        aggregation="sum",
        arithmetic="left fold, float32",
    )
    trial.measure(
        "compared_elements", elements, population=population, aggregation="sum", arithmetic="integer"
    )
