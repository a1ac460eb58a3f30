"""What the commands share: options, printing, and errors as messages or as a JSON document."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pvengine.diagnostics import ContractError
from pvengine.errors import PvError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.report import Report

__all__ = ["PATH", "finish", "format_option", "jobs_option", "reports_errors", "test_option"]

PATH = click.Path(path_type=Path)
"""A path that need not exist: the project layer says what is wrong with it."""

Function = TypeVar("Function", bound="Callable[..., Any]")

jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="Tests that run at a time; default: the number of cores."
)
test_option = click.option(
    "--test", "-t", "tests", multiple=True, metavar="ID", help="Only this test; may be repeated."
)


def format_option(*names: str) -> Callable[[Function], Function]:
    """Return the option that chooses the output format; the first name is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="How the result is printed.",
    )


def finish(report: Report, form: str, render: Callable[[Report], str]) -> None:
    """Print a report and exit with its code."""
    from pvengine.reporters.machine import render_json  # noqa: PLC0415 - a command imports on use

    click.echo(render_json(report) if form == "json" else render(report), nl=False)
    click.get_current_context().exit(report.exit_code)


def reports_errors(function: Function) -> Function:
    """Turn a person's mistake into a message, or into a JSON document where one was asked for."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except PvError as error:
            _show(error, kwargs.get("form"))
            return click.get_current_context().exit(int(error.exit_code))

    return wrapped  # type: ignore[return-value]


def _show(error: PvError, form: str | None) -> None:
    from pvengine.project.reporting import list_diagnostics  # noqa: PLC0415 - only an error needs it
    from pvengine.reporters.findings import render_error, render_finding  # noqa: PLC0415 - as above
    from pvengine.reporters.machine import render_error_report  # noqa: PLC0415 - as above

    command = click.get_current_context().command.name or ""
    found = list_diagnostics(error.diagnostics) if isinstance(error, ContractError) else ()
    if form == "json":
        click.echo(render_error_report(command, error, found), nl=False)
        return
    for entry in found:
        click.echo(render_finding(entry) + "\n", err=True)
    if not found:
        click.echo(render_error(error), err=True)
