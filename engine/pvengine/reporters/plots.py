"""Draw searches as SVG: the metric on the line to the worst point, with the bands and the points that matter.

Matplotlib is an extra (``plots``) and is imported when a plot is drawn. The file is the same for the same
search and the same version of Matplotlib: it has no date, and its ids come from a fixed salt.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from pvengine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.models.landscape import BandEntry, LandscapeReport, SearchedTest

__all__ = ["draw_search", "draw_searches"]

_COLOURS = {"CONFIRMED": "#009e73", "PARTIALLY_CONFIRMED": "#e69f00", "FALSIFIED": "#d55e00"}
"""Of the palette by Okabe and Ito (2008), which people with any colour vision can tell apart."""
_LOG_FROM = 1e3
"""Ratio of the largest to the least value from which the metric is drawn on a logarithmic axis."""


def draw_searches(report: LandscapeReport) -> dict[str, bytes]:
    """Draw every search of a landscape that has a line to draw; SVG by the id of its test.

    Raises
    ------
    UsageError
        Matplotlib is not installed.
    """
    drawn = ((each.test, draw_search(each)) for each in report.searches)
    return {test: content for test, content in drawn if content is not None}


def draw_search(entry: SearchedTest) -> bytes | None:
    """Draw one search as SVG; None where nothing finite was measured on its line."""
    profile = entry.profile
    if profile is None:
        return None
    points = [
        (at, float(value))
        for at, value in zip(profile.at, profile.values, strict=True)
        if isinstance(value, int | float)
    ]
    if not points:
        return None
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra, and heavy
        from matplotlib.figure import Figure  # noqa: PLC0415 - as above
    except ImportError as error:
        raise UsageError(
            f"a plot needs {error.name}, which is not installed",
            why="plots are an extra",
            fix="pip install 'pvengine[plots]'",
        ) from error
    with mpl.rc_context({"svg.hashsalt": "pvengine", "svg.fonttype": "none"}):
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes: Any = figure.add_subplot()
        _draw_line(axes, entry, points)
        _draw_bands(axes, entry.bands, entry.cuts)
        _name(axes, entry)
        content = io.BytesIO()
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": "pvengine"})
    return content.getvalue()


def _draw_line(axes: Any, entry: SearchedTest, points: Sequence[tuple[float, float]]) -> None:
    ats, values = zip(*points, strict=True)
    axes.plot(ats, values, color="#0072b2", marker=".", label=entry.search.metric)
    published, worst = entry.search.published, entry.search.worst
    if published is not None and isinstance(published.value, int | float):
        axes.plot([0], [published.value], "o", color="#000000", label=f"published, {published.value:.4g}")
    if isinstance(worst.value, int | float):
        name = "counterexample" if entry.search.learnt == "counterexample" else "worst found"
        axes.plot([1], [worst.value], "X", color="#cc79a7", markersize=9, label=f"{name}, {worst.value:.4g}")
    if min(values) > 0 and max(values) / min(values) > _LOG_FROM:
        axes.set_yscale("log")


def _draw_bands(axes: Any, bands: Sequence[BandEntry], cuts: Sequence[float]) -> None:
    """Colour the bands within what is seen, and draw a line at each value at which an outcome changes."""
    bottom, top = axes.get_ylim()
    for cut in cuts:
        if bottom <= cut <= top:
            axes.axhline(cut, color="#666666", linestyle="--", linewidth=0.8)
    seen: set[str] = set()
    for band in bands:
        low = max(bottom, -math.inf if band.low is None else float(band.low))
        high = min(top, math.inf if band.high is None else float(band.high))
        if low < high:
            label = None if band.verdict in seen else band.verdict
            seen.add(band.verdict)
            axes.axhspan(low, high, color=_COLOURS[band.verdict], alpha=0.12, linewidth=0, label=label)
    axes.set_ylim(bottom, top)


def _name(axes: Any, entry: SearchedTest) -> None:
    names = ", ".join(entry.search.worst.params)
    start = "the published point" if entry.search.published else "the mildest point"
    axes.set_title(f"{entry.test}: {entry.search.aim} {entry.search.metric}", fontsize=10)
    axes.set_xlabel(f"way from {start} (0) to the worst found (1), varying {names}", fontsize=9)
    axes.set_ylabel(entry.search.metric, fontsize=9)
    axes.legend(fontsize=8)
