"""``pv merge-driver``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, reports_errors
from pvengine.errors import ExitCode
from pvengine.project.discovery import show_path
from pvengine.project.merging.files import merge_files
from pvengine.reporters.findings import render_error
from pvengine.reporters.plain import clean_line

__all__ = ["command"]


@click.command("merge-driver")
@click.argument("base", type=PATH)
@click.argument("ours", type=PATH)
@click.argument("theirs", type=PATH)
@click.option(
    "--path", type=PATH, metavar="PATH", help="The contract that they are versions of; default: OURS."
)
@click.option(
    "--marker-size", type=click.IntRange(min=1), default=7, metavar="N", help="Length of merge markers."
)
@reports_errors
def command(base: Path, ours: Path, theirs: Path, path: Path | None, marker_size: int) -> None:
    """Merge two versions of a contract for git, and write the result to OURS.

    BASE is the version that both come from. Statuses, verdicts, evidence links, amendments and versions are
    merged by their meaning, the rest line by line. Exit code 1: a person must decide, and OURS has markers.
    `pv init --git` installs this as the driver of all contracts.
    """
    shown = show_path(path or ours)
    merged = merge_files(base, ours, theirs, path=shown, marker_size=marker_size)
    for note in merged.notes:
        click.echo(clean_line(f"pv: {shown}: {note}"), err=True)
    for problem in merged.problems:
        click.echo(render_error(problem), err=True)
    click.get_current_context().exit(ExitCode.CLEAN if merged.is_clean else ExitCode.INVALID)
