"""``pv discharge``."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import (
    PATH,
    finish,
    format_option,
    jobs_option,
    reports_errors,
    test_option,
    wait_option,
)
from pvengine.project.project import open_project
from pvengine.reporters.progress import choose_progress
from pvengine.reporters.signatures import render_signed_report

__all__ = ["command"]


@click.command("discharge")
@click.argument("contract", type=PATH)
@test_option
@click.option("--dry-run", is_flag=True, help="Measure and show the same diff, but write nothing.")
@click.option(
    "--sign",
    type=PATH,
    metavar="KEY",
    help="Sign each record with this private ed25519 key; PV_SIGN_PASSPHRASE opens an encrypted one.",
)
@wait_option
@jobs_option
@format_option("text", "json")
@reports_errors
def command(  # noqa: PLR0913 - click passes each option by its name
    contract: Path,
    *,
    tests: tuple[str, ...],
    dry_run: bool,
    sign: Path | None,
    wait_s: float,
    jobs: int | None,
    form: str,
) -> None:
    """Run the tests that need it and record the result in CONTRACT.

    A test needs it when it is new, self-declared, stale, or named by --test. Evidence is stored first; then
    one edit writes statuses, verdicts, evidence links, an amendment and the version. A record that an
    interrupted discharge left is adopted where nothing has changed since, and not measured again.
    """
    project = open_project(contract)
    report = project.discharge(
        contract,
        tests=tests,
        dry_run=dry_run,
        sign=sign,
        wait_s=wait_s,
        jobs=jobs,
        progress=choose_progress(),
    )
    finish(report, form, render_signed_report)
