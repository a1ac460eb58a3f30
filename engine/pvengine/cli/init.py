"""``pv init``."""

from __future__ import annotations

import click

from pvengine.cli.output import emit, reports_errors
from pvengine.project.discovery import show_path
from pvengine.project.project import open_project
from pvengine.reporters.plain import clean_line

__all__ = ["command"]


@click.command("init")
@click.option("--git", is_flag=True, help="Also set up the merge driver of contracts in this repository.")
@reports_errors
def command(*, git: bool) -> None:
    """Write `pv.toml`, the folders for contracts and falsifiers, and `.gitattributes`.

    What exists is left as it is. With --git, git merges contracts by `pv merge-driver`: an attribute of their
    paths in `.gitattributes` says so, and the configuration of the repository, which is of this clone alone,
    has the command.
    """
    written = open_project().init(git=git)
    for path in written:
        emit(clean_line(f"wrote {show_path(path)}") + "\n")
    if not written:
        emit("everything is there already: nothing was written\n")
