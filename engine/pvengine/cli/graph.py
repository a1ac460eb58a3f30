"""``pv graph``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, format_option, reports_errors
from pvengine.errors import ExitCode
from pvengine.project import open_project
from pvengine.project.reporting import list_diagnostics
from pvengine.reporters.findings import render_finding
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
    click.echo(render_graph(drawing, form), nl=False)
    if form != "json":
        for entry in list_diagnostics(drawing.diagnostics):
            click.echo(render_finding(entry) + "\n", err=True)
    if any(found.is_error for found in drawing.diagnostics):
        click.get_current_context().exit(int(ExitCode.INVALID))
