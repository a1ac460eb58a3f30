"""Compare both paths with llama.cpp on real weights, and write the figures into the page about it.

``make models`` first. The page is docs/how-to/test-with-real-models.md; a test holds it to what it measures.
"""

from __future__ import annotations

import os
import statistics
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import fetch
import numpy as np
from llamacpp import normalize
from subjects import SUBJECTS, Subject, list_top, list_unlike, predict, predict_with_exact_gelu

from pvfalsifiers.models import forward

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PAGE = fetch.ROOT / "docs" / "how-to" / "test-with-real-models.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end of measured -->\n"
NONE = "-"


@dataclass(frozen=True)
class Figures:
    """What was measured for a model: counts are exact, the others depend on the processor."""

    prompts: int
    tokens: int
    same_top: int
    same_top_as_sets: int
    path_a: float
    path_a_exact_gelu: float | None
    path_a_table: float | None
    path_b_median: float
    path_b_largest: float
    between_median: float
    between_largest: float
    disturbed_median: float
    disturbed_largest: float


def measure(subject: Subject) -> Figures:
    """Run all prompts of a model through both paths, and through llama.cpp on both files."""
    prompts = [tuple(subject.reference.tokenize(prompt)) for prompt in subject.prompts]
    pairs = [(predict(subject, tokens), subject.reference.predict(tokens)) for tokens in prompts]
    has_gelu = subject.model.hyperparameters.activation == "gelu"
    exact = [predict_with_exact_gelu(subject, tokens)[0] for tokens in prompts] if has_gelu else []
    table = [predict(subject, tokens, table=True) for tokens in prompts] if has_gelu else []
    path_b = [predict(subject, tokens, "B") for tokens in prompts]
    quantized = [subject.quantized.predict(tokens) for tokens in prompts]
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    disturbed = [normalize(forward(subject.model, tokens, "B", perturb=1e-7)[-1]) for tokens in prompts]
    apart_b, between = _list_apart(path_b, quantized), _list_apart(ours, path_b)
    floor = _list_apart(path_b, disturbed)
    return Figures(
        prompts=len(prompts),
        tokens=sum(map(len, prompts)),
        same_top=sum(not list_unlike(*pair) for pair in pairs),
        same_top_as_sets=sum(list_top(one) == list_top(other) for one, other in pairs),
        path_a=max(_list_apart(ours, theirs)),
        path_a_exact_gelu=max(_list_apart(ours, exact), default=None),
        path_a_table=max(_list_apart(table, theirs), default=None),
        path_b_median=statistics.median(apart_b),
        path_b_largest=max(apart_b),
        between_median=statistics.median(between),
        between_largest=max(between),
        disturbed_median=statistics.median(floor),
        disturbed_largest=max(floor),
    )


def format_table(found: list[tuple[Subject, Figures]]) -> str:
    """Return the table of the page."""
    rows = [
        ["Largest difference of a log-probability", *(subject.name for subject, _ in found)],
        ["---", *("---:" for _ in found)],
        ["allowed on path A", *(f"{subject.allowed:g}" for subject, _ in found)],
        ["path A, llama.cpp on the weights in f32", *_show(found, "path_a")],
        ["the same, GELU of llama.cpp replaced by one in f32", *_show(found, "path_a_exact_gelu")],
        ["the same, GELU of path A replaced by ggml's table", *_show(found, "path_a_table")],
        ["path B, llama.cpp on the quantised weights: median", *_show(found, "path_b_median")],
        ["path B, llama.cpp on the quantised weights: largest", *_show(found, "path_b_largest")],
        ["path B, path B with embeddings changed by 1e-7: median", *_show(found, "disturbed_median")],
        ["path B, path B with embeddings changed by 1e-7: largest", *_show(found, "disturbed_largest")],
        ["path B, path A: median", *_show(found, "between_median")],
        ["path B, path A: largest", *_show(found, "between_largest")],
        ["**Prompts**", *(f"{figures.prompts} ({figures.tokens} tokens)" for _, figures in found)],
        ["five most probable of path A are llama.cpp's", *_count(found, "same_top")],
        ["of these, without a tie", *_count(found, "same_top_as_sets")],
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def read_table() -> str:
    """Return the table that the page has."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def iter_cells(table: str) -> Iterator[tuple[str, int, str]]:
    """Give the name of the row, the column and the text of each cell."""
    for line in table.splitlines():
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        yield from ((name, number, cell) for number, cell in enumerate(cells))


def main() -> int:
    """Write the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    table = format_table([(subject, measure(subject)) for subject in SUBJECTS])
    sys.stdout.write(table)
    PAGE.write_text(before + BEGIN + table + END + rest.partition(END)[2], encoding="utf-8")
    return os.EX_OK


def _list_apart(ones: list[NDArray[np.float64]], others: list[NDArray[np.float64]]) -> list[float]:
    """Return the largest difference of each pair; none where one side was not computed."""
    if not ones or not others:
        return []
    return [float(np.abs(one - other).max()) for one, other in zip(ones, others, strict=True)]


def _show(found: list[tuple[Subject, Figures]], name: str) -> list[str]:
    values = [getattr(figures, name) for _, figures in found]
    return [NONE if value is None else f"{value:.1e}" for value in values]


def _count(found: list[tuple[Subject, Figures]], name: str) -> list[str]:
    return [f"{getattr(figures, name)} of {figures.prompts}" for _, figures in found]


if __name__ == "__main__":
    sys.exit(main())
