"""The landscape of a contract as text, Markdown or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.report import list_data
from pvengine.models.vocabulary import Verdict
from pvengine.reporters.findings import render_finding
from pvengine.reporters.machine import render_data
from pvengine.reporters.markdown import escape_markdown, make_head, make_row
from pvengine.reporters.plain import align, clean_line, count_noun
from pvengine.reporters.searches import render_search, show_params

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.landscape import (
        AttributionEntry,
        FigureEntry,
        LandscapeHypothesis,
        LandscapeReport,
        ScopedFigure,
        SearchedTest,
    )

__all__ = ["render_landscape"]


def render_landscape(report: LandscapeReport, form: str) -> str:
    """Render a landscape; JSON is the document `pv/landscape/v1`."""
    if form == "json":
        return render_data(list_data(report))
    return _render_markdown(report) if form == "markdown" else _render_text(report)


def _render_text(report: LandscapeReport) -> str:
    blocks = [clean_line(_say_contract(report))]
    if report.hypotheses:
        blocks.append("\n".join(["hypotheses", *_list_hypotheses(report)]))
    blocks += ["\n".join(_render_search(entry)) for entry in report.searches]
    blocks += ["\n".join(_render_attribution(entry)) for entry in report.attributions]
    blocks += [render_finding(entry) for entry in report.diagnostics]
    blocks.append(_say_summary(report))
    return "\n\n".join(blocks) + "\n"


def _say_contract(report: LandscapeReport) -> str:
    return f"{report.contract.path}  {_say_name(report)}"


def _say_name(report: LandscapeReport) -> str:
    return f"{report.contract.id}  {report.contract.version or 'no version'}"


def _list_hypotheses(report: LandscapeReport) -> list[str]:
    rows = [row for entry in report.hypotheses for row in _rows_of_hypothesis(entry)]
    return align(rows, "  ")


def _rows_of_hypothesis(entry: LandscapeHypothesis) -> Iterator[tuple[str, ...]]:
    yield clean_line(entry.id), entry.verdict, clean_line(f"{entry.statement}{_say_word(entry)}")
    for row in entry.scopes:
        text = f"{_say_scope(row)}, by {row.test}: {_say_figure(row)}"
        yield "", f"  {row.verdict or '-'}", clean_line(f"{text}  {_say_standing(row)}")


def _say_word(entry: LandscapeHypothesis) -> str:
    return "" if entry.status == entry.verdict else f"  (the contract says {entry.status})"


def _say_scope(row: ScopedFigure) -> str:
    return f"in the scope of {row.scope}" if row.scope else "without a scope"


def _say_figure(row: ScopedFigure) -> str:
    if row.metric is None:
        return "it decides nothing"
    if row.figure is None:
        return f"{row.metric} is not measured"
    unit = "" if row.figure.unit == "1" else f" {row.figure.unit}"
    return f"{row.metric} = {row.figure.value}{unit}"


def _say_standing(row: ScopedFigure) -> str:
    if row.counts:
        return row.status
    why = f"blocked: {row.blocked}" if row.blocked else row.standing
    if row.standing in ("new", "verified") and not row.blocked:
        return row.status if row.verdict is None else f"{row.status}, not counted"
    return f"{row.status}, {why}" + (", not counted" if row.verdict else "")


def _render_search(entry: SearchedTest) -> Iterator[str]:
    yield clean_line(f"search of {entry.test}  {entry.standing}")
    yield from render_search(entry.search)


def _render_attribution(entry: AttributionEntry) -> Iterator[str]:
    yield clean_line(f"attribution {entry.id}" + (f"  {entry.note}" if entry.note else ""))
    rows = [_row_of_figure(each, number + 1) for number, each in enumerate(entry.factors)]
    rows += [("product", _say_number(entry.product), "", "", "")]
    rows += [_row_of_figure(entry.target)]
    yield from align(rows, "  ")
    yield f"  {_say_result(entry)}"


def _row_of_figure(entry: FigureEntry, number: int | None = None) -> tuple[str, ...]:
    shown = _say_number(entry.number) if entry.unit == "%" or entry.value is None else str(entry.value)
    if entry.unit == "%" and entry.value is not None:
        shown += f" ({entry.value} %)"
    head = "target" if number is None else "times" if number > 1 else "factor"
    origin = f"from {entry.test} {entry.metric}" if entry.test else entry.source or ""
    notes = [*(["a residual"] if entry.residual else []), *([entry.problem] if entry.problem else [])]
    own = "" if entry.name in (f"{entry.test} {entry.metric}", "target") else entry.name
    name = "" if number is not None and entry.name == f"factor {number}" else own
    return (
        head,
        shown,
        clean_line(entry.kind),
        clean_line(name),
        clean_line("; ".join([origin, *notes]).strip("; ")),
    )


def _say_result(entry: AttributionEntry) -> str:
    parts = [
        f"product / target {_say_number(entry.ratio)}",
        f"residual target / product {_say_number(entry.residual)}",
    ]
    if entry.explained != entry.product:
        parts.append(f"without what was obtained by dividing {_say_number(entry.explained)}")
    if entry.stated is not None:
        parts.append(f"stated {entry.stated!r}")
    return "; ".join(parts)


def _say_number(number: float | None) -> str:
    return "not known" if number is None else repr(number)


def _say_summary(report: LandscapeReport) -> str:
    summary = report.summary
    words = [word.value for word in Verdict]
    counts = ", ".join(f"{getattr(summary, word.lower())} {word}" for word in words)
    text = f"{_count_hypotheses(summary.hypotheses)}: {counts}"
    if summary.searches:
        text += f"; {summary.searches} searched"
    text += f"; {count_noun(summary.attributions, 'attribution')}"
    if summary.attributions:
        text += f": {summary.computed} computed, {summary.clean} without a finding"
    if summary.unread:
        text += f"; {summary.unread} not read"
    findings = [
        count_noun(sum(entry.severity == word for entry in report.diagnostics), word)
        for word in ("error", "warning")
    ]
    return f"{text}; {', '.join(findings)}"


def _count_hypotheses(count: int) -> str:
    return "1 hypothesis" if count == 1 else f"{count} hypotheses"


def _render_markdown(report: LandscapeReport) -> str:
    blocks = [
        f"### {escape_markdown(f'pv landscape: {_say_name(report)}')}",
    ]
    blocks.append(f"{escape_markdown(_say_summary(report))}.")
    if report.hypotheses:
        rows = [make_row(cells) for entry in report.hypotheses for cells in _cells_of_hypothesis(entry)]
        head = make_head(
            "hypothesis", "verdict", "statement", "test", "scope", "verdict there", "figure", "status"
        )
        blocks.append(head + "\n".join(rows))
    if report.searches:
        head = make_head("search of", "learnt", "metric", "found", "published", "points", "example", "replay")
        blocks.append(head + "\n".join(make_row(_cells_of_search(each)) for each in report.searches))
    for each in report.attributions:
        blocks.append(f"#### {escape_markdown(f'attribution {each.id}')}")
        blocks += [escape_markdown(each.note)] if each.note else []
        rows = [make_row(_row_of_figure(figure, number + 1)) for number, figure in enumerate(each.factors)]
        rows += [
            make_row(("product", _say_number(each.product), "", "", "")),
            make_row(_row_of_figure(each.target)),
        ]
        blocks.append(make_head("", "number", "kind", "name", "source") + "\n".join(rows))
        blocks.append(f"{escape_markdown(_say_result(each))}.")
    if report.diagnostics:
        rows = [
            make_row((entry.code, _say_place(entry.path, entry.line, entry.column), entry.message))
            for entry in report.diagnostics
        ]
        blocks.append(make_head("finding", "place", "what") + "\n".join(rows))
    return "\n\n".join(blocks) + "\n"


def _cells_of_search(entry: SearchedTest) -> tuple[str, ...]:
    search = entry.search
    example = search.minimal or search.worst
    published = "" if search.published is None else str(search.published.value)
    return (
        entry.test,
        search.learnt or "",
        f"{search.aim} {search.metric}",
        str(search.worst.value),
        published,
        f"{search.evaluations:,} of {search.budget:,}",
        show_params(example.params),
        search.replay or "",
    )


def _cells_of_hypothesis(entry: LandscapeHypothesis) -> Iterator[tuple[str, ...]]:
    head = (entry.id, entry.verdict, f"{entry.statement}{_say_word(entry)}")
    for row in entry.scopes:
        cells = (row.test, row.scope or "", row.verdict or "", _say_figure(row), _say_standing(row))
        yield (*head, *cells)
        head = ("", "", "")
    if not entry.scopes:
        yield (*head, "", "", "", "", "")


def _say_place(path: str, line: int | None, column: int | None) -> str:
    return path if line is None else f"{path}:{line}:{column}"
