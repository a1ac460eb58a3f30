"""``pv new``."""

from __future__ import annotations

import click

from pvengine.cli.output import reports_errors
from pvengine.project import open_project
from pvengine.project.discovery import show_path

__all__ = ["command"]


@click.command("new")
@click.argument("contract_id", metavar="CONTRACT-ID")
@reports_errors
def command(contract_id: str) -> None:
    """Write a commented contract and a falsifier that run at once.

    Where the project has no configuration yet, `pv init` is done first.
    """
    project = open_project()
    written = [] if project.configuration_file else project.init()
    if written:
        project = open_project()
    written += project.new(contract_id)
    for path in written:
        click.echo(f"wrote {show_path(path)}")
    contract = next(path for path in written if path.suffix == ".yaml")
    click.echo(f"next: pv discharge {show_path(contract)}")
