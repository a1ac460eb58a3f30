"""``pv why``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, emit, format_option, open_project_of, reports_errors
from pvengine.reporters.story import render_story

__all__ = ["command"]


@click.command("why")
@click.argument("test", metavar="ID")
@click.argument("contract", type=PATH, required=False)
@format_option("text", "json")
@reports_errors
def command(test: str, contract: Path | None, form: str) -> None:
    """Tell the story of the test ID: its claim, its trials, and what its status rests on.

    At the end stands what is missing or stale, and the command to run next. ID is looked for in CONTRACT;
    without it, in the contracts of the project.
    """
    project = open_project_of([] if contract is None else [contract])
    emit(render_story(project.why(test, contract), form))
