"""``pv landscape``."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import click

from pvengine.cli.delivery import write_content
from pvengine.cli.output import PATH, emit, format_option, open_project_of, reports_errors
from pvengine.reporters.landscape import render_landscape
from pvengine.reporters.plots import draw_searches

__all__ = ["command"]


@click.command("landscape")
@click.argument("contract", type=PATH)
@click.option(
    "--plots",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Draw each search into FOLDER, as an SVG file named after its test; needs the extra `plots`.",
)
@format_option("text", "json", "markdown")
@reports_errors
def command(contract: Path, folder: Path | None, form: str) -> None:
    """Tell what is decided about each hypothesis of CONTRACT, and what its attributions come to.

    Each hypothesis is shown with every scope and the figure that decides there, from the newest record; each
    search with the worst point that it found; each attribution with its factors, their product, and what they
    leave of the target.
    """
    report = open_project_of([contract]).landscape(contract)
    if folder is not None:
        for test, content in draw_searches(report).items():
            write_content(folder / f"{quote(test, safe='')}.svg", content)
    emit(render_landscape(report, form))
    click.get_current_context().exit(report.exit_code)
