"""``pv graph``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, emit, emit_findings, format_option, reports_errors
from pvengine.errors import ExitCode
from pvengine.project.project import open_project
from pvengine.reporters.graphs import render_graph

__all__ = ["command"]


@click.command("graph")
@click.argument("contract", type=PATH)
@format_option("text", "dot", "mermaid", "json")
@reports_errors
def command(contract: Path, form: str) -> None:
    """Draw the dependency graph of CONTRACT: tests, hypotheses, steps, stages and other contracts.

    Broken references and cycles are reported on standard error, with exit code 1.
    """
    drawing = open_project(contract).graph(contract)
    emit(render_graph(drawing, form))
    if form != "json":
        emit_findings(drawing.diagnostics)
    if any(found.is_error for found in drawing.diagnostics):
        click.get_current_context().exit(int(ExitCode.INVALID))
