"""``pv check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pvengine.cli.output import (
    also_option,
    check_output,
    finish,
    format_option,
    output_option,
    reports_errors,
)
from pvengine.project.project import open_project
from pvengine.reporters.check import render_check
from pvengine.reporters.progress import choose_progress

if TYPE_CHECKING:
    from pvengine.project.checking.check import RerunChoice

__all__ = ["command"]


@click.command("check")
@click.option(
    "--base",
    metavar="REF",
    help="Where the change goes to; default: `base` of [tool.pv.check], else the main branch.",
)
@click.option(
    "--rerun",
    type=click.Choice(("auto", "all", "none")),
    default="auto",
    show_default=True,
    help="Measure again what the change can have made another result of, everything, or nothing.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="Processes at a time; default: the number of cores."
)
@format_option("text", "json", "markdown", "github", "sarif", "junit")
@output_option
@also_option("json", "markdown", "sarif", "junit")
@reports_errors
def command(  # noqa: PLR0913 - click passes each option by its name
    *,
    base: str | None,
    rerun: RerunChoice,
    jobs: int | None,
    form: str,
    output: Path | None,
    also: list[tuple[str, Path]],
) -> None:
    """Check a change before it is merged.

    What differs between the working tree and the commit where it left the base is checked against the base as
    it is now: the contracts that changed are validated and verified, with those that rest on what changed;
    versions were raised as `pv diff` demands; statuses, verdicts, versions and amendments follow from
    evidence and from commands; no record was edited or taken away. Nothing is written, fetched or checked
    out. Exit codes: 0 clean, 1 invalid, 2 no base, 3 evidence or history, 10 falsified, 11 gate, 12
    inconclusive, 14 nothing to check.
    """
    for file in (output, *(file for _, file in also)):
        check_output(file)
    report = open_project().check(base=base, rerun=rerun, jobs=jobs, progress=choose_progress())
    finish(report, form, render_check(form), output, also)
