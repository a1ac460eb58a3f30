"""``pv reopen``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, finish, format_option, reports_errors, wait_option
from pvengine.project.project import open_project
from pvengine.reporters.progress import choose_progress
from pvengine.reporters.text import render_report

__all__ = ["command"]


@click.command("reopen")
@click.argument("contract", type=PATH)
@click.option(
    "--test", "-t", "tests", multiple=True, required=True, metavar="ID", help="This test; may be repeated."
)
@click.option("--reason", required=True, metavar="TEXT", help="Why; the amendment keeps it.")
@click.option("--dry-run", is_flag=True, help="Show the same diff, but write nothing.")
@wait_option
@format_option("text", "json")
@reports_errors
def command(  # noqa: PLR0913 - click passes each option by its name
    contract: Path, *, tests: tuple[str, ...], reason: str, dry_run: bool, wait_s: float, form: str
) -> None:
    """Take tests of CONTRACT back to NEW, with what followed from them.

    For a status that evidence grounds and that nobody believes any more. One amendment of kind reopen keeps
    the reason; records stay, and count as attempts. It is the only way back to NEW.
    """
    report = open_project(contract).reopen(
        contract, tests=tests, reason=reason, dry_run=dry_run, wait_s=wait_s, progress=choose_progress()
    )
    finish(report, form, render_report)
