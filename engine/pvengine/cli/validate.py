"""``pv validate``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, finish, format_option, open_project_of, reports_errors
from pvengine.reporters.text import render_report

__all__ = ["command"]


@click.command("validate")
@click.argument("paths", nargs=-1, type=PATH)
@format_option("text", "json")
@reports_errors
def command(paths: tuple[Path, ...], form: str) -> None:
    """Check contracts and report every finding.

    PATHS are contracts or folders; without any, the contracts of the project. Nothing that a contract names
    is run.
    """
    project = open_project_of(paths)
    finish(project.validate(paths), form, render_report)
