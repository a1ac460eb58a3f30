"""``pv diff``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import emit, format_option, reports_errors
from pvengine.project.diffing import diff_contracts
from pvengine.reporters.comparison import render_comparison

__all__ = ["command"]


@click.command("diff")
@click.argument("before")
@click.argument("after")
@format_option("text", "json", "markdown")
@reports_errors
def command(before: str, after: str, form: str) -> None:
    """Compare two versions of a contract by their meaning.

    BEFORE and AFTER are files, or REF:path for a file as a commit has it; the path begins at the top of the
    repository, or here with `./`. Every change of every field is listed with its class and the reason, then
    the bump that follows from all of them and whether the version was raised enough.
    """
    report = diff_contracts(before, after, folder=Path())
    emit(render_comparison(report, form))
    click.get_current_context().exit(report.exit_code)
