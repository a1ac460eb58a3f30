"""``pv run``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import PATH, finish, format_option, jobs_option, reports_errors, test_option
from pvengine.project.project import open_project
from pvengine.reporters.progress import choose_progress
from pvengine.reporters.text import render_report

__all__ = ["command"]


@click.command("run")
@click.argument("contract", type=PATH)
@test_option
@jobs_option
@format_option("text", "json")
@reports_errors
def command(contract: Path, tests: tuple[str, ...], jobs: int | None, form: str) -> None:
    """Run every bound test of CONTRACT whose needs can be met, and record nothing."""
    report = open_project(contract).run(contract, tests=tests, jobs=jobs, progress=choose_progress())
    finish(report, form, render_report)
