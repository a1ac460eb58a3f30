"""A trace as a figure: the standard deviation of each path over the layers, and the ratio with its bands.

Matplotlib is an extra (``plots``) and is imported when a figure is drawn. The file is the same for the same
trace and the same version of Matplotlib: it has no date, and its ids come from a fixed salt.
"""

from __future__ import annotations

import importlib
import io
import math
from typing import TYPE_CHECKING, Any

from pvengine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvfalsifiers.tracing.table import Row, TraceTable

__all__ = ["BANDS", "check_matplotlib", "draw_table"]

BANDS = (0.5, 2.0)
"""Between them two paths agree to a factor of two; the flagship's hypotheses part there."""
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""The palette by Okabe and Ito (2008), which people with any colour vision can tell apart."""
_STYLES = {"A": "-", "B": "--"}
_MARKERS = "os^vDPX"


def check_matplotlib() -> Any:
    """Import Matplotlib and return it.

    Raises
    ------
    UsageError
        It is not installed.
    """
    try:
        importlib.import_module("matplotlib.figure")
        return importlib.import_module("matplotlib")
    except ImportError as error:
        raise UsageError(
            f"a plot needs {error.name}, which is not installed",
            why="plots are an extra",
            fix="pip install 'pvengine[plots]'",
        ) from error


def draw_table(table: TraceTable) -> bytes:
    """Draw a trace as SVG; the ratio only where both paths were run.

    Raises
    ------
    UsageError
        Matplotlib is not installed.
    """
    matplotlib = check_matplotlib()
    has_ratio = len(table.passes) > 1
    with matplotlib.rc_context(
        {"svg.hashsalt": "pvengine", "svg.fonttype": "none", "text.parse_math": False}
    ):
        figure = matplotlib.figure.Figure(figsize=(7.5, 7 if has_ratio else 4), layout="constrained")
        axes: Any = figure.subplots(2 if has_ratio else 1, 1, sharex=True, squeeze=False)[:, 0]
        _draw_spreads(axes[0], table)
        if has_ratio:
            _draw_ratios(axes[1], table)
        axes[-1].set_xlabel("layer", fontsize=9)
        content = io.BytesIO()
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": "pvengine"})
    return content.getvalue()


def _draw_spreads(axes: Any, table: TraceTable) -> None:
    for place, (tensor, rows) in enumerate(_group(table.rows).items()):
        for each in table.passes:
            values = [row.std_a if each.path == "A" else row.std_b for row in rows]
            _draw(axes, place, rows, values, f"{tensor}, path {each.path}", _STYLES[each.path])
    over = "the last token" if table.over == "last" else f"all {len(table.tokens)} tokens"
    axes.set_title(f"{table.model.name}, over {over}".encode("unicode_escape").decode(), fontsize=10)
    axes.set_ylabel("standard deviation", fontsize=9)
    if any(value > 0 for line in axes.lines for value in line.get_ydata()):
        _set_logarithmic(axes)
    _add_legend(axes)


def _draw_ratios(axes: Any, table: TraceTable) -> None:
    axes.axhspan(*BANDS, color="#009e73", alpha=0.08, linewidth=0)
    for bound in BANDS:
        axes.axhline(bound, color="#666666", linestyle="--", linewidth=0.8)
    axes.axhline(1.0, color="#666666", linewidth=0.5)
    for place, (tensor, rows) in enumerate(_group(table.rows).items()):
        _draw(axes, place, rows, [row.ratio for row in rows], tensor, "-")
    _set_logarithmic(axes)
    bottom, top = axes.get_ylim()
    axes.set_ylim(min(bottom, 0.4), max(top, 2.5))
    ticks = [0.5, 1.0, 2.0]
    axes.set_yticks(ticks)
    axes.set_ylabel("std A / std B, like with like", fontsize=9)
    _add_legend(axes)


def _set_logarithmic(axes: Any) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("")


def _add_legend(axes: Any) -> None:
    """Put the names beside the axes, where they hide no line."""
    axes.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _draw(  # noqa: PLR0913, PLR0917 - a line is where, whose, what, its name and its look
    axes: Any, place: int, rows: Sequence[Row], values: Sequence[float | None], label: str, style: str
) -> None:
    """Draw a line over the layers; a value that is not finite or not above 0 leaves a gap."""
    shown = [value if value and math.isfinite(value) and value > 0 else math.nan for value in values]
    axes.plot(
        [row.layer for row in rows],
        shown,
        style,
        marker=_MARKERS[(place + place // len(_COLOURS)) % len(_MARKERS)],
        markersize=3,
        linewidth=1,
        color=_COLOURS[place % len(_COLOURS)],
        label=label,
    )


def _group(rows: Sequence[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.tensor, []).append(row)
    return groups
