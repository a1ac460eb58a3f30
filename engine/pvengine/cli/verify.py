"""``pv verify``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, finish, format_option, open_project_of, reports_errors
from pvengine.reporters.standing import render_standing

__all__ = ["command"]


@click.command("verify")
@click.argument("paths", nargs=-1, type=PATH)
@format_option("text", "json")
@reports_errors
def command(paths: tuple[Path, ...], form: str) -> None:
    """Derive every status again from its evidence and report what does not follow.

    PATHS are contracts or folders; without any, the contracts of the project. Exit code 3: evidence was
    changed or is missing. Exit code 11: a status is stale or self-declared.
    """
    project = open_project_of(paths)
    finish(project.verify(paths), form, render_standing)
