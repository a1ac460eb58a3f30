"""``pv log``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, emit, format_option, open_project_of, reports_errors
from pvengine.reporters.history import render_history

__all__ = ["command"]


@click.command("log")
@click.argument("contract", type=PATH, required=False)
@format_option("text", "json")
@reports_errors
def command(contract: Path | None, form: str) -> None:
    """List the amendments of CONTRACT, the newest first, with the figures that they pin.

    Trials that no amendment pins stand between those that came before and after them. Without CONTRACT, the
    contracts of the project are listed.
    """
    project = open_project_of([] if contract is None else [contract])
    found = project.log(contract)
    emit(render_history(found, form))
    click.get_current_context().exit(found.exit_code)
