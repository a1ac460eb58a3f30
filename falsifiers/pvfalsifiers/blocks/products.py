"""Products of quantised matrices with activations, on path A and path B, tile by tile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from pvfalsifiers.blocks.activations import quantize_activations, refuse_special
from pvfalsifiers.blocks.dequantization import expand_tile
from pvfalsifiers.blocks.formats import FORMATS, BlockFormat, find_format
from pvfalsifiers.blocks.layouts import LAYOUTS
from pvfalsifiers.blocks.scratch import Scratch
from pvfalsifiers.kernels.arrays import Float32Array, UInt8Array, check_array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvfalsifiers.blocks.layouts import Layout

Path: TypeAlias = Literal["A", "B"]
"""A: float32 activations; B: activations quantised as ggml does for the format of the weights."""
_Input: TypeAlias = tuple[Float32Array, Path]
_TILE_COLUMNS = 2**14
_TILE_WEIGHTS = 2**19
_COLUMN_VALUES = 2**17
"""Values of activations that are laid out at a time; with the tiles they bound the scratch."""
_PARTIAL_VALUES = 2**18
"""Products of groups that are held at a time."""
_MOST_TOKENS = 512


@dataclass(frozen=True, eq=False)
class QuantisedMatrix:
    """A matrix of weights as it is stored."""

    format: str
    """A name of `FORMATS`."""
    rows: int
    columns: int
    data: UInt8Array
    """uint8, shape (rows, row_bytes); may be memory-mapped, of which a tile is read at a time."""

    def __post_init__(self) -> None:
        """Refuse bytes that are not rows x columns weights of the format.

        Raises
        ------
        ValueError
            An unknown format, columns that do not fill whole blocks, or data of another dtype or shape.
        """
        check_array("data", self.data, np.uint8, ndim=2)
        expected = (self.rows, find_format(self.format).count_row_bytes(self.columns))
        if self.data.shape != expected:
            raise ValueError(
                f"data: expected the shape {expected} for {self.rows} x {self.columns} weights of "
                f"{self.format}, got {self.data.shape}"
            )


class _Columns(NamedTuple):
    """The activations that meet a range of columns of the matrix, one column a token and path."""

    values: Float32Array
    """float32, shape (groups, width, n); for float formats (1, columns, n)."""
    sums: Float32Array
    """What the offsets are multiplied with, shape (groups, n)."""


def multiply(matrix: QuantisedMatrix, x: Float32Array, path: Path) -> Float32Array:
    """Multiply a matrix with activations.

    Parameters
    ----------
    matrix
        The weights.
    x : float32, shape (tokens, columns)
        The activations; any number of tokens, also 0.
    path
        "A" multiplies with them as they are, "B" with their quantised values, see `quantize_activations`.

    Returns
    -------
    float32, shape (tokens, rows)
        x times the transposed matrix. NaN and infinities propagate as in IEEE 754 on path A.

    Raises
    ------
    ValueError
        Another dtype or shape, an unknown path, or on path B activations that are not finite.

    Notes
    -----
    The order of the sums is that of the BLAS at hand: against the exact value, and against ggml's dot
    products, the error stays within 1e-6 * sum|w x| (measured; `blocks.reference.dot` has ggml's bits). It
    may differ in the last bits with the number of tokens. Scratch: less than 8 MiB for any matrix. Scales
    and offsets are applied to the products of groups of 16 or 32 weights, not to the weights.

    Examples
    --------
    >>> data = np.zeros((2, 34), np.uint8)
    >>> data[:, 1], data[1, 2] = 0x3C, 3
    >>> x = np.full((1, 32), 0.5, np.float32)
    >>> multiply(QuantisedMatrix("Q8_0", 2, 32, data), x, "A").tolist()
    [[0.0, 1.5]]
    """
    if path not in get_args(Path):
        raise ValueError(f"path: expected one of {get_args(Path)}, got {path!r}")
    _check_activations("x", x, matrix, path)
    return _multiply(matrix, [(x, path)])[0]


def multiply_both(
    matrix: QuantisedMatrix, x_a: Float32Array, x_b: Float32Array
) -> tuple[Float32Array, Float32Array]:
    """Multiply a matrix with the activations of both paths, unpacking it once.

    Parameters
    ----------
    matrix
        The weights.
    x_a, x_b : float32, shape (tokens, columns)
        The activations of path A and of path B, which is what gets quantised.

    Returns
    -------
    tuple of float32, shape (tokens, rows)
        What `multiply` gives for path A and for path B, up to the order of sums in the BLAS.

    Raises
    ------
    ValueError
        As in `multiply`.
    """
    _check_activations("x_a", x_a, matrix, "A")
    _check_activations("x_b", x_b, matrix, "B")
    first, second = _multiply(matrix, [(x_a, "A"), (x_b, "B")])
    return first, second


def _check_activations(name: str, x: Float32Array, matrix: QuantisedMatrix, path: Path) -> None:
    check_array(name, x, np.float32, ndim=2)
    if x.shape[1] != matrix.columns:
        raise ValueError(
            f"{name}: expected {matrix.columns} columns as the matrix has, got the shape {x.shape}"
        )
    if path == "B":
        refuse_special(name, x)


def _multiply(matrix: QuantisedMatrix, inputs: list[_Input]) -> list[Float32Array]:
    """Multiply with each input, no more than so many tokens at a time."""
    results = [np.zeros((len(x), matrix.rows), np.float32) for x, _ in inputs]
    tokens = max(len(x) for x, _ in inputs)
    for first in range(0, tokens, _MOST_TOKENS // len(inputs)):
        some = slice(first, first + _MOST_TOKENS // len(inputs))
        _multiply_tokens(matrix, [(x[some], path) for x, path in inputs], [each[some] for each in results])
    return results


@np.errstate(all="ignore")
def _multiply_tokens(matrix: QuantisedMatrix, inputs: list[_Input], results: list[Float32Array]) -> None:
    """Add the products to the results."""
    form, layout = FORMATS[matrix.format], LAYOUTS.get(matrix.format)
    data = np.asarray(matrix.data)
    bounds = np.cumsum([0, *(len(x) for x, _ in inputs)])
    width = max(form.weights, min(_TILE_COLUMNS, _COLUMN_VALUES // bounds[-1]) // form.weights * form.weights)
    scratch = Scratch()
    for left in range(0, matrix.columns, width):
        right = min(left + width, matrix.columns)
        columns = _lay_out(form, layout, [(x[:, left:right], path) for x, path in inputs])
        start, stop = form.count_row_bytes(left), form.count_row_bytes(right)
        for top, bottom in _iter_rows(matrix.rows, columns.values):
            tile = data[top:bottom, start:stop]
            if layout is None:
                product = _multiply_floats(tile, form.name, columns, scratch)
            else:
                product = _multiply_blocks(tile, layout, columns, scratch)
            for result, begin, end in zip(results, bounds[:-1], bounds[1:], strict=True):
                result[:, top:bottom] += product[:, begin:end].T


def _iter_rows(rows: int, values: Float32Array) -> Iterator[tuple[int, int]]:
    """Give the first and the last row of each tile; weights and products of groups bound its height."""
    groups, width, tokens = values.shape
    height = max(1, min(_TILE_WEIGHTS // (groups * width), _PARTIAL_VALUES // (groups * tokens)))
    for top in range(0, rows, height):
        yield top, min(top + height, rows)


def _lay_out(form: BlockFormat, layout: Layout | None, inputs: list[_Input]) -> _Columns:
    """Put the activations of all inputs side by side as columns, those of path B quantised."""
    values, sums = [], []
    width = inputs[0][0].shape[1] if layout is None else layout.width
    for x, path in inputs:
        quantised = quantize_activations(x, form.activations) if path == "B" else None
        values.append(x if quantised is None else quantised.dequantized())
        grouped = x.reshape(len(x), x.shape[1] // width, width)
        sums.append(grouped.sum(axis=-1) if quantised is None else quantised.sum_groups(width))
    columns = np.ascontiguousarray(np.concatenate(values).T)
    return _Columns(columns.reshape(-1, width, columns.shape[1]), np.concatenate(sums).T)


def _multiply_blocks(tile: UInt8Array, layout: Layout, columns: _Columns, scratch: Scratch) -> Float32Array:
    """Multiply a tile, group by group with the bare quants, then with the scales; shape (rows, n)."""
    blocks = layout.view_blocks(tile)
    rows, (groups, width, tokens) = len(blocks), columns.values.shape
    scales, offsets = layout.read_scales(blocks)
    quants = scratch.take("values", (rows, groups, width), np.float32)
    np.copyto(quants, layout.unpack(blocks, scratch).reshape(quants.shape))
    partial = scratch.take("partial", (rows, groups, tokens), np.float32)
    np.matmul(quants.transpose(1, 0, 2), columns.values, out=partial.transpose(1, 0, 2))
    product: Float32Array = np.matmul(scales.reshape(rows, 1, groups), partial)[:, 0]
    if offsets is not None:
        product -= offsets.reshape(rows, groups) @ columns.sums
    return product


def _multiply_floats(tile: UInt8Array, name: str, columns: _Columns, scratch: Scratch) -> Float32Array:
    """Multiply a tile of a float format; shape (rows, n)."""
    weights = scratch.take("values", (len(tile), columns.values.shape[1]), np.float32)
    expand_tile(tile, name, weights, scratch)
    product: Float32Array = weights @ columns.values[0]
    return product


__all__ = ["Path", "QuantisedMatrix", "multiply", "multiply_both"]
