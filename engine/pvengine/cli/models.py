"""``pv models``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, emit, format_option, open_project_of, reports_errors
from pvengine.reporters.model_listing import render_models

__all__ = ["command"]


@click.command("models")
@click.argument("paths", nargs=-1, type=PATH)
@format_option("text", "json", "markdown")
@click.option("--sha256", is_flag=True, help="Hash every file, also where nothing says what it should be.")
@reports_errors
def command(paths: tuple[Path, ...], form: str, sha256: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """List the models that tests can use: where each file is, or how to get it.

    PATHS are contracts or folders; without any, the contracts of the project. Listed is what they require,
    and what the configuration and the catalogues of installed packages (entry points `pv.models`) know. A
    model that is missing changes no exit code.
    """
    listing = open_project_of(paths).models(paths, sha256=sha256)
    emit(render_models(listing, form))
    click.get_current_context().exit(listing.exit_code)
