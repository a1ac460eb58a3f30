"""``pv bump``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, finish, format_option, reports_errors, wait_option
from pvengine.project.project import open_project
from pvengine.reporters.edits import render_edit
from pvengine.reporters.progress import choose_progress

__all__ = ["command"]


@click.command("bump")
@click.argument("contract", type=PATH)
@click.option(
    "--base",
    default="HEAD",
    show_default=True,
    metavar="REF",
    help="The commit that has the version before the edit.",
)
@click.option("--reason", metavar="TEXT", help="Why; the amendment keeps it.")
@click.option("--dry-run", is_flag=True, help="Show the same diff, but write nothing.")
@wait_option
@format_option("text", "json")
@reports_errors
def command(  # noqa: PLR0913 - click passes each option by its name
    contract: Path, *, base: str, reason: str | None, dry_run: bool, wait_s: float, form: str
) -> None:
    """Record an edit of CONTRACT: write the version that follows, with an amendment.

    The contract is compared by its meaning with the version that a commit has. One amendment of kind edit
    gets the lowest version that suffices for all changes; one that was raised by hand, and suffices, is kept.
    Where the version says enough already nothing is written, unless --reason asks for an amendment.
    """
    found = open_project(contract).bump(
        contract, base=base, reason=reason, dry_run=dry_run, wait_s=wait_s, progress=choose_progress()
    )
    finish(found.report, form, lambda _: render_edit(found))
