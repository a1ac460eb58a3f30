"""``pv falsifiers`` and ``pv falsifiers check``."""

from __future__ import annotations

import click

from pvengine.cli.output import emit, emit_findings, format_option, reports_errors
from pvengine.errors import ExitCode
from pvengine.project.project import open_project
from pvengine.reporters.plugins import render_checks, render_falsifiers

__all__ = ["command"]


@click.group("falsifiers", invoke_without_command=True)
@format_option("text", "json")
@click.pass_context
@reports_errors
def command(ctx: click.Context, form: str) -> None:
    """List every falsifier with its params and planted faults.

    Falsifiers are found in installed packages (entry points `pv.falsifiers`) and in those that the
    project's configuration names.
    """
    if ctx.invoked_subcommand is not None:
        return
    project = open_project()
    listing = project.falsifiers()
    emit(render_falsifiers(project.catalogue, listing, form))
    if form != "json":
        emit_findings(listing.diagnostics)
    if any(found.is_error for found in listing.diagnostics):
        ctx.exit(int(ExitCode.INVALID))


@command.command("check")
@click.argument("name")
@click.option("--mutants", is_flag=True, help="Try small changes of the subject, too, and score the test.")
@click.option(
    "--at-most",
    type=click.IntRange(min=1),
    metavar="N",
    help="Try N mutants at most; otherwise as many as `teeth.mutants` of the configuration says.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Chooses the mutants where there are more."
)
@format_option("text", "json")
@reports_errors
def check(name: str, mutants: bool, at_most: int | None, seed: int, form: str) -> None:  # noqa: FBT001 - click passes flags by name
    """Run the planted faults of falsifier NAME for each test that is bound to it.

    Exit code 12: a fault was not noticed, so the test has no teeth, or nothing told its subject from identity
    and noise, so it is vacuous. Exit code 11: with --mutants, a score is below `teeth.minimum_score`.
    """
    if not mutants and at_most is not None:
        raise click.UsageError("--at-most counts mutants: it needs --mutants.")
    checks = open_project().check_falsifier(name, mutants=mutants, at_most=at_most, seed=seed)
    emit(render_checks(name, checks, form))
    if not all(each.has_teeth for each in checks):
        click.get_current_context().exit(int(ExitCode.INCONCLUSIVE))
    if not all(each.is_enough for each in checks):
        click.get_current_context().exit(int(ExitCode.GATE))
