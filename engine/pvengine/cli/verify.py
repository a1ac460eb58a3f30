"""``pv verify``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import (
    PATH,
    finish,
    format_option,
    open_project_of,
    reports_errors,
    test_option,
)
from pvengine.errors import UsageError
from pvengine.reporters.progress import choose_progress
from pvengine.reporters.signatures import render_signed_standing

__all__ = ["command"]


@click.command("verify")
@click.argument("paths", nargs=-1, type=PATH)
@click.option(
    "--trusted",
    type=PATH,
    metavar="KEYS",
    multiple=True,
    help="Check signatures by these public keys: a file, or a folder of .pem files; may be repeated.",
)
@click.option(
    "--require-signature", is_flag=True, help="Each status needs a record that a trusted key signed."
)
@click.option("--rerun", is_flag=True, help="Also measure what the records say again, and compare.")
@test_option
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    help="Processes at a time, and with --rerun tests; default: the number of cores.",
)
@format_option("text", "json")
@reports_errors
def command(  # noqa: PLR0913 - click passes each option by its name
    paths: tuple[Path, ...],
    *,
    trusted: tuple[Path, ...],
    require_signature: bool,
    rerun: bool,
    tests: tuple[str, ...],
    jobs: int | None,
    form: str,
) -> None:
    """Derive every status again from its evidence and report what does not follow.

    PATHS are contracts or folders; without any, the contracts of the project. Exit code 3: evidence was
    changed or is missing, or is not signed as --trusted and --require-signature ask. Exit code 11: a status
    is stale or self-declared. With --rerun every record is measured again, planted faults first, and nothing
    is written. Exit code 10: a claim is falsified now. Exit code 12: a record was not reproduced. --test
    belongs to --rerun.
    """
    if tests and not rerun:
        raise UsageError(
            "--test is given without --rerun",
            why="only tests that are measured again can be chosen; what is stored is verified as a whole",
            fix="add --rerun, or leave the option out",
        )
    project = open_project_of(paths)
    progress = choose_progress() if rerun else None
    report = project.verify(
        paths,
        trusted=trusted,
        require_signature=require_signature,
        rerun=rerun,
        tests=tests,
        jobs=jobs,
        progress=progress,
    )
    finish(report, form, render_signed_standing)
