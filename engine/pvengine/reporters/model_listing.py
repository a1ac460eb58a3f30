"""The list of models as text, Markdown or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.report import list_data
from pvengine.reporters.findings import render_finding
from pvengine.reporters.machine import render_data
from pvengine.reporters.markdown import escape_markdown, make_head, make_row
from pvengine.reporters.plain import align, clean_line, count_noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.model_listing import ModelEntry, ModelListing

__all__ = ["render_models"]

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


def render_models(listing: ModelListing, form: str) -> str:
    """Render the list of models; JSON is the document `pv/models/v1`."""
    if form == "json":
        return render_data(list_data(listing))
    return _render_markdown(listing) if form == "markdown" else _render_text(listing)


def _render_text(listing: ModelListing) -> str:
    blocks = ["\n".join(_list_lines(entry)) for entry in listing.models]
    blocks += [render_finding(entry) for entry in listing.diagnostics]
    blocks.append(_say_summary(listing))
    return "\n\n".join(blocks) + "\n"


def _list_lines(entry: ModelEntry) -> Iterator[str]:
    size = "" if entry.size_bytes is None else f", {say_size(entry.size_bytes)}"
    yield clean_line(f"{entry.name}  {entry.state}{size}")
    rows = [(head, text) for head, text in _iter_rows(entry) if text]
    yield from align([(head, clean_line(text)) for head, text in rows])


def _iter_rows(entry: ModelEntry) -> Iterator[tuple[str, str | None]]:
    yield "problem", entry.problem
    yield "file", entry.path
    yield "found by", _say_through(entry)
    yield "sha256", entry.sha256
    yield "get it", None if entry.state == "found" else entry.get
    yield "license", entry.license
    yield "required by", _say_tests(entry)


def _say_through(entry: ModelEntry) -> str | None:
    if entry.through == "package":
        return f"the package {entry.package} {entry.package_version}"
    words = {
        "path": "its path in the configuration",
        "folder": "a folder of the configuration",
        "variable": "PV_MODELS",
        "usual place": "where its catalogue says that it is put",
    }
    return None if entry.through is None else words[entry.through]


def _say_tests(entry: ModelEntry) -> str:
    by_contract: dict[str, list[str]] = {}
    for each in entry.required_by:
        by_contract.setdefault(each.contract, []).append(each.test)
    return "; ".join(f"{contract}: {', '.join(tests)}" for contract, tests in by_contract.items())


def say_size(size_bytes: int) -> str:
    """Say a size in the largest unit of which there is one.

    Examples
    --------
    >>> say_size(1023), say_size(1536), say_size(98_362_432)
    ('1023 bytes', '1.5 KiB', '93.8 MiB')
    """
    size, unit = float(size_bytes), 0
    while size >= _STEP and unit + 1 < len(_UNITS):
        size, unit = size / _STEP, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{size_bytes} {_UNITS[0]}"


def _say_summary(listing: ModelListing) -> str:
    summary = listing.summary
    return (
        f"{count_noun(summary.models, 'model')}: {summary.found} found, {summary.missing} missing,"
        f" {summary.other_content} with other content, {summary.damaged} damaged;"
        f" {summary.required} required by {count_noun(summary.contracts, 'contract')}"
    )


def _render_markdown(listing: ModelListing) -> str:
    blocks = ["### pv models", f"{escape_markdown(_say_summary(listing))}."]
    if listing.models:
        rows = [make_row(_list_cells(entry)) for entry in listing.models]
        head = make_head("model", "state", "size", "found by", "SHA-256", "how to get it", "required by")
        blocks.append(head + "\n".join(rows))
    if listing.diagnostics:
        rows = [make_row((each.code, each.path, each.message)) for each in listing.diagnostics]
        blocks.append(make_head("finding", "place", "what") + "\n".join(rows))
    return "\n\n".join(blocks) + "\n"


def _list_cells(entry: ModelEntry) -> tuple[str, ...]:
    return (
        entry.name,
        f"{entry.state}: {entry.problem}" if entry.problem else entry.state,
        "" if entry.size_bytes is None else say_size(entry.size_bytes),
        _say_through(entry) or "",
        entry.sha256 or "",
        "" if entry.state == "found" else entry.get,
        _say_tests(entry),
    )
