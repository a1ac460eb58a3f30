"""What the commands share: options, printing, and errors as messages or as a JSON document."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pvengine.diagnostics import ContractError
from pvengine.errors import ExitCode, PvError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pvengine.diagnostics import Diagnostic
    from pvengine.models.report import Report
    from pvengine.project import Project

__all__ = [
    "PATH",
    "discard_output",
    "emit",
    "emit_findings",
    "finish",
    "format_option",
    "jobs_option",
    "open_project_of",
    "reports_errors",
    "test_option",
]

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


def open_project_of(paths: Sequence[Path]) -> Project:
    """Open the project of the paths, or that of the working folder where there are none.

    Raises
    ------
    UsageError
        A path does not exist, or two belong to projects with other configurations.
    """
    from pvengine.project.project import open_project  # noqa: PLC0415 - a command imports on use

    first, *others = paths or [Path()]
    project = open_project(first)
    for path in others:
        other = open_project(path)
        if other.configuration_file != project.configuration_file:
            raise UsageError(
                f"{first} and {path} belong to different projects",
                why="the configuration of one project says nothing about the contracts of another",
                fix="run the command once for each project",
            )
    return project


def emit(text: str) -> None:
    """Write to standard output, in UTF-8 whatever the locale says; a reader that has gone is no error.

    Raises
    ------
    UsageError
        The output cannot be written, such as on a full disk.
    """
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        discard_output()
    except OSError as error:
        discard_output()
        raise _OutputError(f"cannot write the report: {(error.strerror or str(error)).lower()}") from error


def discard_output() -> None:
    """Point standard output nowhere, so that nothing is written to it when the interpreter ends."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
    os.close(sink)


def emit_findings(found: Iterable[Diagnostic]) -> None:
    """Write findings to standard error."""
    from pvengine.project.reporting import list_diagnostics  # noqa: PLC0415 - a command imports on use
    from pvengine.reporters.findings import render_finding  # noqa: PLC0415 - as above

    for entry in list_diagnostics(found):
        click.echo(render_finding(entry) + "\n", err=True)


def finish(report: Report, form: str, render: Callable[[Report], str]) -> None:
    """Print a report and exit with its code."""
    from pvengine.reporters.machine import render_json  # noqa: PLC0415 - a command imports on use

    if report.exit_code == ExitCode.INTERRUPTED:
        click.echo("pv: interrupted: what was recorded before is kept", err=True)
    emit(render_json(report) if form == "json" else render(report))
    click.get_current_context().exit(report.exit_code)


def reports_errors(function: Function) -> Function:
    """Turn a person's mistake into a message, or into a JSON document where one was asked for."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except PvError as error:
            return _fail(error, kwargs.get("form"))
        except OSError as error:
            what = (error.strerror or str(error)).lower()
            where = None if error.filename is None else os.fsdecode(error.filename)
            return _fail(UsageError(what, where=where), kwargs.get("form"))
        except KeyboardInterrupt:
            click.echo("pv: interrupted", err=True)
            return _fail(_InterruptedError("interrupted"), kwargs.get("form"), is_said=True)

    return wrapped  # type: ignore[return-value]


class _OutputError(UsageError):
    """Standard output cannot be written: a document that says so would not arrive either."""


class _InterruptedError(PvError):
    exit_code = ExitCode.INTERRUPTED


def _fail(error: PvError, form: str | None, *, is_said: bool = False) -> Any:
    """Say what is wrong and exit with its code."""
    from pvengine.project.reporting import list_diagnostics  # noqa: PLC0415 - only an error needs it
    from pvengine.reporters.findings import render_error, render_finding  # noqa: PLC0415 - as above
    from pvengine.reporters.machine import render_error_report  # noqa: PLC0415 - as above

    context = click.get_current_context()
    found = list_diagnostics(error.diagnostics) if isinstance(error, ContractError) else ()
    if isinstance(error, _OutputError):
        click.echo(render_error(error), err=True)
    elif form == "json":
        emit(render_error_report(context.command.name or "", error, found))
    elif found:
        click.echo("\n\n".join(map(render_finding, found)), err=True)
    elif not is_said:
        click.echo(render_error(error), err=True)
    return context.exit(int(error.exit_code))
