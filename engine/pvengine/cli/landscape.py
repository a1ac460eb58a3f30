"""``pv landscape``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, emit, format_option, open_project_of, reports_errors
from pvengine.reporters.landscape import render_landscape

__all__ = ["command"]


@click.command("landscape")
@click.argument("contract", type=PATH)
@format_option("text", "json", "markdown")
@reports_errors
def command(contract: Path, form: str) -> None:
    """Tell what is decided about each hypothesis of CONTRACT, and what its attributions come to.

    Each hypothesis is shown with every scope and the figure that decides there, from the newest record; each
    attribution with its factors, their product, and what they leave of the target.
    """
    report = open_project_of([contract]).landscape(contract)
    emit(render_landscape(report, form))
    click.get_current_context().exit(report.exit_code)
