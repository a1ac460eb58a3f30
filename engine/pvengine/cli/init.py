"""``pv init``."""

from __future__ import annotations

import click

from pvengine.cli.output import emit, reports_errors
from pvengine.project.discovery import show_path
from pvengine.project.project import open_project
from pvengine.reporters.plain import clean_line

__all__ = ["command"]


@click.command("init")
@reports_errors
def command() -> None:
    """Write `pv.toml`, the folders for contracts and falsifiers, and `.gitattributes`.

    What exists is left as it is.
    """
    written = open_project().init()
    for path in written:
        emit(clean_line(f"wrote {show_path(path)}") + "\n")
    if not written:
        emit("everything is there already: nothing was written\n")
