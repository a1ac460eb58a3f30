"""``pv verify``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import (
    PATH,
    finish,
    format_option,
    jobs_option,
    open_project_of,
    reports_errors,
    test_option,
)
from pvengine.errors import UsageError
from pvengine.reporters.progress import choose_progress
from pvengine.reporters.standing import render_standing

__all__ = ["command"]


@click.command("verify")
@click.argument("paths", nargs=-1, type=PATH)
@click.option("--rerun", is_flag=True, help="Also measure what the records say again, and compare.")
@test_option
@jobs_option
@format_option("text", "json")
@reports_errors
def command(
    paths: tuple[Path, ...], tests: tuple[str, ...], jobs: int | None, form: str, *, rerun: bool
) -> None:
    """Derive every status again from its evidence and report what does not follow.

    PATHS are contracts or folders; without any, the contracts of the project. Exit code 3: evidence was
    changed or is missing. Exit code 11: a status is stale or self-declared. With --rerun every record is
    measured again, planted faults first, and nothing is written. Exit code 10: a claim is falsified now.
    Exit code 12: a record was not reproduced. --test and --jobs belong to --rerun.
    """
    if (tests or jobs) and not rerun:
        raise UsageError(
            f"{'--test' if tests else '--jobs'} is given without --rerun",
            why="only tests that are measured again can be chosen; what is stored is verified as a whole",
            fix="add --rerun, or leave the option out",
        )
    project = open_project_of(paths)
    progress = choose_progress() if rerun else None
    report = project.verify(paths, rerun=rerun, tests=tests, jobs=jobs, progress=progress)
    finish(report, form, render_standing)
