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
@format_option("text", "json")
@reports_errors
def check(name: str, form: str) -> None:
    """Run the planted faults of falsifier NAME for each test that is bound to it.

    Exit code 12: a fault was not noticed, so the test has no teeth.
    """
    checks = open_project().check_falsifier(name)
    emit(render_checks(name, checks, form))
    if not all(each.has_teeth for each in checks):
        click.get_current_context().exit(int(ExitCode.INCONCLUSIVE))
