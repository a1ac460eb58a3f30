"""``pv new``."""

from __future__ import annotations

import shlex

import click

from pvengine.cli.output import emit, reports_errors
from pvengine.project.discovery import show_path
from pvengine.project.project import open_project
from pvengine.reporters.plain import clean_line

__all__ = ["command"]


@click.command("new")
@click.argument("contract_id", metavar="CONTRACT-ID")
@reports_errors
def command(contract_id: str) -> None:
    """Write a commented contract and a falsifier that run at once.

    Where the project has no configuration yet, `pv init` is done first.
    """
    written = open_project().new(contract_id)
    for path in written:
        emit(clean_line(f"wrote {show_path(path)}") + "\n")
    contract = next(path for path in written if path.suffix == ".yaml")
    emit(clean_line(f"next: pv discharge {shlex.quote(show_path(contract))}") + "\n")
