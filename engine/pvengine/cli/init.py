"""``pv init``."""

from __future__ import annotations

import click

from pvengine.cli.output import reports_errors
from pvengine.project import open_project
from pvengine.project.discovery import show_path

__all__ = ["command"]


@click.command("init")
@reports_errors
def command() -> None:
    """Write `pv.toml`, the folders for contracts and falsifiers, and `.gitattributes`.

    What exists is left as it is.
    """
    written = open_project().init()
    for path in written:
        click.echo(f"wrote {show_path(path)}")
    if not written:
        click.echo("everything is there already: nothing was written")
