"""``pv run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pvengine.cli.output import PATH, finish, format_option, jobs_option, reports_errors, test_option
from pvengine.errors import UsageError
from pvengine.project.project import open_project
from pvengine.reporters.progress import choose_progress
from pvengine.reporters.replay import render_replay
from pvengine.reporters.text import render_report

if TYPE_CHECKING:
    from pvengine.models.search_entry import PointName

__all__ = ["command"]


@click.command("run")
@click.argument("contract", type=PATH)
@test_option
@jobs_option
@click.option(
    "--replay",
    "digest",
    metavar="DIGEST",
    help="Measure the worst point of this record again and compare the numbers; takes one --test.",
)
@click.option(
    "--point",
    type=click.Choice(["worst", "minimal", "nearest", "published"]),
    help="The point that --replay measures; default: worst.",
)
@format_option("text", "json")
@reports_errors
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    contract: Path,
    tests: tuple[str, ...],
    jobs: int | None,
    digest: str | None,
    point: PointName | None,
    form: str,
) -> None:
    """Run every bound test of CONTRACT whose needs can be met, and record nothing."""
    project = open_project(contract)
    if digest is None and point is not None:
        raise UsageError(
            f"--point {point} without --replay",
            why="it chooses which point of a record is measured again",
            fix="name the record by --replay DIGEST, or leave --point out",
        )
    if digest is None:
        report = project.run(contract, tests=tests, jobs=jobs, progress=choose_progress())
        finish(report, form, render_report)
        return
    if len(tests) != 1:
        raise UsageError(
            f"--replay with {len(tests)} tests",
            why="a record is one of a test",
            fix="name its test by --test ID",
        )
    finish(project.replay(contract, tests[0], digest, point=point or "worst"), form, render_replay)
