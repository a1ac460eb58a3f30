"""The facts of a trace: which model, which tokens, and the table of both paths, like with like."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvfalsifiers.models.trace import Tokens
    from pvfalsifiers.tracing.passes import PassFacts, Spread

__all__ = [
    "ArtefactRow",
    "Extremes",
    "ModelFacts",
    "PromptToken",
    "Row",
    "TraceTable",
    "compare",
    "divide",
    "divide_unlike",
    "find_extremes",
]


@dataclass(frozen=True)
class ModelFacts:
    """Which model was run.

    Parameters
    ----------
    name
        What it was called on the command line.
    file
        Its file.
    sha256
        Of the file's content, 64 hexadecimal digits.
    architecture, layers
        As the file says.
    """

    name: str
    file: str
    sha256: str
    architecture: str
    layers: int


@dataclass(frozen=True)
class PromptToken:
    """A token with its text, in which a byte that is no UTF-8 is U+FFFD."""

    token: int
    text: str


@dataclass(frozen=True)
class Row:
    """One tensor of one layer: the standard deviation of each path, over the same tokens.

    Parameters
    ----------
    layer, tensor
        Which it is.
    elements
        Of each token.
    std_a, std_b
        None where that path was not run.
    ratio
        Of A by B; None where one of them was not run, NaN or infinite where B does not spread.
    """

    layer: int
    tensor: str
    elements: int
    std_a: float | None
    std_b: float | None
    ratio: float | None


@dataclass(frozen=True)
class ArtefactRow:
    """The quotient of two populations that are not alike: A over all tokens, B over the last alone."""

    layer: int
    tensor: str
    std_a_all: float
    std_b_last: float
    quotient: float


@dataclass(frozen=True)
class TraceTable:
    """A trace as it is told.

    Parameters
    ----------
    model
        Which model was run.
    prompt, tokens
        The prompt, and what it was split into.
    over
        Which tokens the statistics of the rows are taken over.
    passes
        The paths that were run, A before B.
    rows
        By layer, then in the order in which the tensors are computed.
    artefact
        The unlike quotients, in the same order; None where nobody asked.
    vocabulary
        The texts of the tokens that the passes name.
    """

    model: ModelFacts
    prompt: str
    tokens: tuple[PromptToken, ...]
    over: Tokens
    passes: tuple[PassFacts, ...]
    rows: tuple[Row, ...]
    artefact: tuple[ArtefactRow, ...] | None
    vocabulary: dict[int, str]


@dataclass(frozen=True)
class Extremes:
    """The rows with the smallest and the largest ratio."""

    smallest: Row
    largest: Row


def divide(dividend: float, divisor: float) -> float:
    """Divide as IEEE 754 does: x by 0 is infinite, 0 by 0 is NaN.

    Examples
    --------
    >>> divide(1.0, 0.0), divide(0.0, 0.0), divide(1.0, 2.0)
    (inf, nan, 0.5)
    """
    if divisor:
        return dividend / divisor
    return math.nan if math.isnan(dividend) or not dividend else math.copysign(math.inf, dividend)


def compare(
    passes: Sequence[PassFacts], layers: Sequence[int], tensors: Sequence[str], over: Tokens
) -> tuple[Row, ...]:
    """Put the paths side by side, each statistic over the same tokens.

    Parameters
    ----------
    passes
        Of one path or of both, of one prompt.
    layers, tensors
        What each of them kept.
    over
        Which tokens.
    """
    rows = []
    for layer in layers:
        for tensor in tensors:
            stds = {each.path: _choose(each.spreads[layer, tensor], over) for each in passes}
            a, b = stds.get("A"), stds.get("B")
            ratio = None if a is None or b is None else divide(a, b)
            rows.append(Row(layer, tensor, passes[0].spreads[layer, tensor].elements, a, b, ratio))
    return tuple(rows)


def _choose(spread: Spread, over: Tokens) -> float:
    return spread.over_all if over == "all" else spread.over_last


def divide_unlike(
    a: PassFacts, b: PassFacts, layers: Sequence[int], tensors: Sequence[str]
) -> tuple[ArtefactRow, ...]:
    """Divide path A over all tokens by path B over the last one: what a published comparison did.

    It says nothing about the paths: where the tokens of a prompt differ, it is not 1 for two equal paths.
    """
    found = []
    for layer in layers:
        for tensor in tensors:
            std_a, std_b = a.spreads[layer, tensor].over_all, b.spreads[layer, tensor].over_last
            found.append(ArtefactRow(layer, tensor, std_a, std_b, divide(std_a, std_b)))
    return tuple(found)


def find_extremes(rows: Sequence[Row]) -> Extremes | None:
    """Return the rows with the smallest and the largest finite ratio; None where no ratio is finite."""
    finite = [(row.ratio, row) for row in rows if row.ratio is not None and math.isfinite(row.ratio)]
    if not finite:
        return None
    return Extremes(min(finite, key=lambda each: each[0])[1], max(finite, key=lambda each: each[0])[1])
