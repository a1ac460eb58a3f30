"""``pv status``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, finish, format_option, open_project_of, reports_errors
from pvengine.reporters.standing import render_standing

__all__ = ["command"]


@click.command("status")
@click.argument("paths", nargs=-1, type=PATH)
@click.option(
    "--gate", is_flag=True, help="Exit with 11 unless every test is discharged by current evidence."
)
@format_option("text", "json")
@reports_errors
def command(paths: tuple[Path, ...], gate: bool, form: str) -> None:  # noqa: FBT001 - click passes flags by name
    """Tell where contracts, tests, hypotheses and milestones stand.

    PATHS are contracts or folders; without any, the contracts of the project.
    """
    project = open_project_of(paths)
    finish(project.status(paths, gate=gate), form, render_standing)
