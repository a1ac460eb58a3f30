"""``pv falsifiers`` and ``pv falsifiers check``."""

from __future__ import annotations

import click

from pvengine.cli.output import format_option, reports_errors
from pvengine.errors import ExitCode
from pvengine.project import open_project
from pvengine.project.reporting import list_diagnostics
from pvengine.reporters.findings import render_finding
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
    broken = project.catalogue.diagnostics
    click.echo(render_falsifiers(project.catalogue, project.falsifiers(), form), nl=False)
    if form != "json":
        for entry in list_diagnostics(broken):
            click.echo(render_finding(entry) + "\n", err=True)
    if any(found.is_error for found in broken):
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
    click.echo(render_checks(name, checks, form), nl=False)
    if not all(each.has_teeth for each in checks):
        click.get_current_context().exit(int(ExitCode.INCONCLUSIVE))
