"""The dependency graph of a contract as text, Graphviz DOT, Mermaid or JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pvengine.reporters.machine import render_data
from pvengine.reporters.plain import align, clean, clean_line, count_noun

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.project.drawing import Drawing, DrawnNode

__all__ = ["FORMATS", "render_graph"]

_SHAPES = {
    "contract": ("folder", "[[", "]]"),
    "test": ("box", "[", "]"),
    "hypothesis": ("ellipse", "([", "])"),
    "step": ("hexagon", "{{", "}}"),
    "stage": ("octagon", "[/", "/]"),
}


def render_graph(drawing: Drawing, form: str) -> str:
    """Render a drawing in one of `FORMATS`; the same contract gives the same bytes."""
    return FORMATS[form](drawing)


def _render_text(drawing: Drawing) -> str:
    names = {
        node.id: f"{node.kind} {node.name}{'' if node.is_defined else ' (not defined here)'}"
        for node in drawing.nodes
    }
    lines = [clean_line(f"{names[node.id]}  {node.status or ''}") for node in drawing.nodes]
    rows = [
        (clean_line(names[edge.needing]), edge.relation, clean_line(names[edge.needed]))
        for edge in drawing.edges
    ]
    flipped = [
        (needed, "decides", needing) if relation == "decides" else (needing, relation, needed)
        for needing, relation, needed in rows
    ]
    counts = f"{count_noun(len(drawing.nodes), 'node')}, {count_noun(len(drawing.edges), 'edge')}"
    return "\n".join([*lines, "", *align(flipped, ""), "", counts]) + "\n"


def _render_dot(drawing: Drawing) -> str:
    lines = ["digraph contract {", "  rankdir=LR;"]
    for node in drawing.nodes:
        style = "" if node.is_defined else ", style=dashed"
        lines.append(
            f"  {_quote(node.id)} [label={_quote(_label(node))}, shape={_SHAPES[node.kind][0]}{style}];"
        )
    lines += [
        f"  {_quote(edge.needed)} -> {_quote(edge.needing)} [label={_quote(edge.relation)}];"
        for edge in drawing.edges
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _label(node: DrawnNode) -> str:
    return f"{node.name}\n{node.status}" if node.status else node.name


def _quote(text: str) -> str:
    escaped = clean(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _render_mermaid(drawing: Drawing) -> str:
    short = {node.id: f"n{number}" for number, node in enumerate(drawing.nodes)}
    lines = ["flowchart LR"]
    for node in drawing.nodes:
        _, left, right = _SHAPES[node.kind]
        lines.append(f"  {short[node.id]}{left}{_quote_mermaid(_label(node))}{right}")
    lines += [
        f"  {short[edge.needed]} -->|{_quote_mermaid(edge.relation)}| {short[edge.needing]}"
        for edge in drawing.edges
    ]
    return "\n".join(lines) + "\n"


def _quote_mermaid(text: str) -> str:
    escaped = (
        clean(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    )
    return '"' + escaped.replace("\n", "<br/>") + '"'


def _render_json(drawing: Drawing) -> str:
    data = asdict(drawing)
    data["diagnostics"] = [
        {
            "path": found.path,
            "line": found.line,
            "column": found.column,
            "code": found.code,
            "severity": found.severity.value,
            "message": found.message,
        }
        for found in drawing.diagnostics
    ]
    summary = {"nodes": len(drawing.nodes), "edges": len(drawing.edges)}
    return render_data({"schema": "pv/graph/v1", **data, "summary": summary})


FORMATS: dict[str, Callable[[Drawing], str]] = {
    "text": _render_text,
    "dot": _render_dot,
    "mermaid": _render_mermaid,
    "json": _render_json,
}
