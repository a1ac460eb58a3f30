"""A trace as text, as the JSON document `pv/trace/v1`, and as CSV."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import unicodedata
from typing import TYPE_CHECKING, Any

from pvfalsifiers.tracing.table import find_extremes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pvfalsifiers.tracing.passes import PassFacts
    from pvfalsifiers.tracing.table import Row, TraceTable

__all__ = ["SCHEMA", "render_csv", "render_json", "render_text"]

SCHEMA = "pv/trace/v1"
_WIDTH = 110
_DIGEST_DIGITS = 12
_ARITHMETIC = "float64 of float32"
_COLUMNS = ("layer", "tensor", "tokens", "elements", "std_a", "std_b", "ratio", "not_comparable")


def render_text(table: TraceTable) -> str:
    """Render a trace for a person; all is the same from run to run but the seconds of the last line."""
    parts = [_render_head(table), _render_rows(table)]
    if table.artefact is not None:
        parts.append(_render_artefact(table))
    parts += [_render_next_tokens(table), _render_seconds(table)]
    return "\n".join("".join(f"{line.rstrip()}\n" for line in part) for part in parts)


def _render_head(table: TraceTable) -> list[str]:
    model = table.model
    count = _count(len(table.tokens), "token")
    over = "the last token" if table.over == "last" else f"all {count}"
    layers = _count(model.layers, "layer")
    return [
        f"{_show(model.name)}  {model.architecture}, {layers}, sha256 {model.sha256[:_DIGEST_DIGITS]}",
        *_wrap(f"prompt  {count}: ", [f"{each.token} {each.text!r}" for each in table.tokens]),
        f"std     over {over} and all elements, divided by their number n, in float64",
        *_wrap("        elements of a token: ", _list_elements(table.rows)),
    ]


def _list_elements(rows: Sequence[Row]) -> list[str]:
    counts = {row.tensor: row.elements for row in rows}
    return [f"{tensor} {count}" for tensor, count in counts.items()]


def _render_rows(table: TraceTable) -> list[str]:
    names = [each.path for each in table.passes]
    heads = ["layer", "tensor", *(f"std {name}" for name in names)]
    if len(names) == 1:
        return _align(heads, [[row.layer, row.tensor, _std_of(row, names[0])] for row in table.rows])
    cells = [[row.layer, row.tensor, row.std_a, row.std_b, row.ratio] for row in table.rows]
    lines = _align([*heads, "A / B"], cells)
    extremes = find_extremes(table.rows)
    if extremes is not None:
        ends = [f"{row.ratio:.6g} (layer {row.layer}, {row.tensor})" for row in vars(extremes).values()]
        lines += ["", f"A / B, like with like: {ends[0]} to {ends[1]}"]
    return lines


def _std_of(row: Row, path: str) -> float | None:
    return row.std_a if path == "A" else row.std_b


def _render_artefact(table: TraceTable) -> list[str]:
    tokens = _count(len(table.tokens), "token")
    heads = ["layer", "tensor", "std A, all tokens", "std B, last token", "quotient"]
    rows = table.artefact or ()
    cells: list[list[float | str | None]] = [
        [row.layer, row.tensor, row.std_a_all, row.std_b_last, row.quotient] for row in rows
    ]
    return [
        f"not comparable: A over all {tokens} by B over the last one; it is not 1 for two equal paths either",
        *_align(heads, cells),
    ]


def _render_next_tokens(table: TraceTable) -> list[str]:
    """Render the most probable next tokens, one path beside the other."""
    paths = [
        [
            f"{each.log_probability:.4f}  {each.token} {table.vocabulary[each.token]!r}"
            for each in one.next_tokens
        ]
        for one in table.passes
    ]
    width = max(_measure(text) for text in paths[0])
    shown = [f"path {each.path}" for each in table.passes]
    lines = [
        "most probable next tokens, with ln p",
        f"      {'  '.join(text.ljust(width) for text in shown)}",
    ]
    for number, entries in enumerate(itertools.zip_longest(*paths, fillvalue=""), 1):
        shown = [text + " " * (width - _measure(text)) for text in entries]
        lines.append(f"{number:4}  {'  '.join(shown)}")
    return lines


def _render_seconds(table: TraceTable) -> list[str]:
    return [", ".join(f"path {each.path} took {each.seconds:.2f} s" for each in table.passes)]


def _align(heads: Sequence[str], rows: Sequence[Sequence[float | str | None]]) -> list[str]:
    """Align a table: the second column, which has names, to the left, and numbers to the right."""
    cells = [list(heads), *([_show_cell(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    return [
        "  ".join(
            cell.ljust(width) if place == 1 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]


def _show_cell(cell: float | str | None) -> str:
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def _wrap(head: str, items: Sequence[str]) -> list[str]:
    """Put items behind a head, and on further lines where one is full."""
    lines = [head]
    for place, item in enumerate(items):
        shown = item if place == len(items) - 1 else f"{item}, "
        if len(lines[-1]) + len(shown.rstrip()) > _WIDTH and lines[-1].strip():
            lines.append(" " * 8)
        lines[-1] += shown
    return lines


def _measure(text: str) -> int:
    """Return how many columns of a terminal text takes: wide characters take two, marks none."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _show(text: str) -> str:
    """Escape what is not printable, so that no control character reaches a terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def render_json(table: TraceTable) -> str:
    """Render a trace as one document; the same bytes for the same trace, so that no time is in it."""
    count = len(table.tokens)
    document = {
        "schema": SCHEMA,
        "model": vars(table.model),
        "prompt": table.prompt,
        "tokens": [vars(token) for token in table.tokens],
        "paths": [each.path for each in table.passes],
        "statistic": {
            "aggregation": "std",
            "normalisation": "n",
            "arithmetic": _ARITHMETIC,
            "tokens": table.over,
            "token_count": count if table.over == "all" else 1,
        },
        "rows": [_clean_numbers(vars(row)) for row in table.rows],
        "not_comparable": _list_artefact(table),
        "next_tokens": {each.path: list(_iter_next(each, table.vocabulary)) for each in table.passes},
    }
    # DEL alone is no printable character of ASCII that the encoder leaves as it is.
    return json.dumps(document, indent=2, allow_nan=False).replace("\x7f", "\\u007f") + "\n"


def _list_artefact(table: TraceTable) -> list[dict[str, Any]] | None:
    return None if table.artefact is None else [_clean_numbers(vars(row)) for row in table.artefact]


def _iter_next(one: PassFacts, vocabulary: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    for each in one.next_tokens:
        yield {
            "token": each.token,
            "text": vocabulary[each.token],
            **_clean_numbers({"log_probability": each.log_probability}),
        }


def _clean_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write numbers that JSON has not as the texts that evidence has for them: nan, inf, -inf."""
    return {
        key: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }


def render_csv(table: TraceTable) -> str:
    """Render the table as CSV, a row for each layer and tensor, numbers with all their digits.

    ``not_comparable`` is the unlike quotient; it is empty where nobody asked, as is what was not run.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    unlike = [row.quotient for row in table.artefact or ()]
    for row, quotient in itertools.zip_longest(table.rows, unlike):
        figures = (row.std_a, row.std_b, row.ratio, quotient)
        shown = ("" if figure is None else repr(figure) for figure in figures)
        writer.writerow([row.layer, row.tensor, table.over, row.elements, *shown])
    return stream.getvalue()
