"""``pv discharge``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, finish, format_option, jobs_option, reports_errors, test_option
from pvengine.project.project import open_project
from pvengine.reporters.progress import choose_progress
from pvengine.reporters.text import render_report

__all__ = ["command"]


@click.command("discharge")
@click.argument("contract", type=PATH)
@test_option
@click.option("--dry-run", is_flag=True, help="Measure and show the same diff, but write nothing.")
@jobs_option
@format_option("text", "json")
@reports_errors
def command(contract: Path, tests: tuple[str, ...], dry_run: bool, jobs: int | None, form: str) -> None:  # noqa: FBT001 - click passes flags by name
    """Run the tests that need it and record the result in CONTRACT.

    A test needs it when it is new, self-declared, stale, or named by --test. Evidence is stored first; then
    one edit writes statuses, verdicts, evidence links, an amendment and the version.
    """
    project = open_project(contract)
    report = project.discharge(contract, tests=tests, dry_run=dry_run, jobs=jobs, progress=choose_progress())
    finish(report, form, render_report)
