"""What the commands share: options, printing, and errors as messages or as a document of the format."""

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
    from pvengine.project.project import Project

__all__ = [
    "DOCUMENT_FORMATS",
    "PATH",
    "also_option",
    "check_output",
    "discard_output",
    "emit",
    "emit_findings",
    "fail",
    "finish",
    "format_option",
    "jobs_option",
    "open_project_of",
    "output_option",
    "reports_errors",
    "test_option",
    "wait_option",
]

PATH = click.Path(path_type=Path)
"""A path that need not exist: the project layer says what is wrong with it."""

DOCUMENT_FORMATS = ("json", "sarif", "junit", "github")
"""The formats in which an error that ends a command is a document, too."""

Function = TypeVar("Function", bound="Callable[..., Any]")

jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="Tests that run at a time; default: the number of cores."
)
test_option = click.option(
    "--test", "-t", "tests", multiple=True, metavar="ID", help="Only this test; may be repeated."
)

wait_option = click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="Wait this long for another command that writes the contract.",
)

output_option = click.option(
    "--output",
    "-o",
    type=PATH,
    metavar="FILE",
    help="Write the result to FILE, whole or not at all; a line on standard error says so.",
)


def also_option(*names: str) -> Callable[[Function], Function]:
    """Return the option that writes the same result to more files, each in its format."""

    def take_apart(
        _: click.Context, option: click.Parameter, given: tuple[str, ...]
    ) -> list[tuple[str, Path]]:
        documents = []
        for text in given:
            form, _sign, file = text.partition("=")
            if form not in names or not file:
                raise click.BadParameter(
                    f"{text!r} is not FORMAT=FILE with a format of {', '.join(names)}", param=option
                )
            documents.append((form, Path(file)))
        return documents

    return click.option(
        "--also",
        multiple=True,
        callback=take_apart,
        metavar="FORMAT=FILE",
        help="Write the same result to FILE in another format, too; may be repeated.",
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
    from pvengine.project.project import Project  # noqa: PLC0415 - a command imports on use
    from pvengine.project.workspace import open_workspace_of  # noqa: PLC0415 - as above

    found = open_workspace_of(paths)
    return Project(found.root, found.configuration, found.configuration_file)


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
    from pvengine.project.findings import list_diagnostics  # noqa: PLC0415 - a command imports on use
    from pvengine.reporters.findings import render_finding  # noqa: PLC0415 - as above

    for entry in list_diagnostics(found):
        click.echo(render_finding(entry) + "\n", err=True)


def check_output(output: Path | None) -> None:
    """Check, before the work is done, that its result can be written where it shall go.

    Raises
    ------
    UsageError
        The path is a folder, a special file, or has the name of a contract.
    """
    if output is not None:
        from pvengine.cli import delivery  # noqa: PLC0415 - a command imports on use

        try:
            delivery.check_output(output)
        except UsageError as error:
            raise _OutputError(error.what, why=error.why, fix=error.fix) from error


def finish(
    report: Report,
    form: str,
    render: Callable[[Report], str] | None = None,
    output: Path | None = None,
    also: Sequence[tuple[str, Path]] = (),
) -> None:
    """Print a report, or write it to a file, and to the files of ``also``, and exit with its code.

    ``render`` makes the text; None stands for the text of findings, which is imported when it is needed.
    """
    if report.exit_code == ExitCode.INTERRUPTED:
        click.echo("pv: interrupted: what was recorded before is kept", err=True)
    for name, file in also:
        _deliver(report, name, _render(report, name, None), file)
    _deliver(report, form, _render(report, form, render), output)
    click.get_current_context().exit(report.exit_code)


def _render(report: Report, form: str, render: Callable[[Report], str] | None) -> str:
    """Render a report; only the reporter of its format is imported."""
    if form == "json":
        from pvengine.reporters.machine import render_json  # noqa: PLC0415 - a command imports on use

        return render_json(report)
    if form == "sarif":
        from pvengine.cli.delivery import find_working_folder  # noqa: PLC0415 - as above
        from pvengine.reporters.sarif import render_sarif  # noqa: PLC0415 - as above

        return render_sarif(report, folder=find_working_folder())
    if form == "junit":
        from pvengine.reporters.junit import render_junit  # noqa: PLC0415 - as above

        return render_junit(report)
    if form == "github":
        from pvengine.cli.delivery import find_place_in_workspace  # noqa: PLC0415 - as above
        from pvengine.reporters.github import render_annotations  # noqa: PLC0415 - as above

        return render_annotations(report, prefix=find_place_in_workspace())
    if form == "markdown":
        from pvengine.reporters.check import render_check  # noqa: PLC0415 - as above

        render = render_check(form)
    if render is not None:
        return render(report)
    from pvengine.reporters.text import render_report  # noqa: PLC0415 - as above

    return render_report(report)


def _deliver(report: Report, form: str, document: str, output: Path | None) -> None:
    """Print a document or write it to a file; then give GitHub its step summary."""
    if output is None:
        emit(document)
    else:
        from pvengine.cli.delivery import write_document  # noqa: PLC0415 - a command imports on use
        from pvengine.reporters.plain import clean_line  # noqa: PLC0415 - as above
        from pvengine.reporters.text import render_summary  # noqa: PLC0415 - as above

        try:
            write_document(output, document, report)
        except PvError as error:
            raise _OutputError(error.what, where=error.where, why=error.why, fix=error.fix) from error
        click.echo(clean_line(f"pv: wrote {output}: {render_summary(report)}"), err=True)
    if form == "github" and os.environ.get("GITHUB_STEP_SUMMARY"):
        from pvengine.cli.delivery import append_step_summary  # noqa: PLC0415 - only GitHub asks for it
        from pvengine.reporters.step_summary import render_step_summary  # noqa: PLC0415 - as above

        file = Path(os.environ["GITHUB_STEP_SUMMARY"])
        for note in append_step_summary(file, functools.partial(render_step_summary, report)):
            click.echo(note, err=True)


def reports_errors(function: Function) -> Function:
    """Turn a person's mistake into a message, or into a document where one was asked for."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        form, output, also = kwargs.get("form"), kwargs.get("output"), kwargs.get("also", ())
        try:
            return function(*args, **kwargs)
        except PvError as error:
            return fail(error, form, output, also=also)
        except OSError as error:
            what = (error.strerror or str(error)).lower()
            where = None if error.filename is None else os.fsdecode(error.filename)
            return fail(UsageError(what, where=where), form, output, also=also)
        except KeyboardInterrupt:
            click.echo("pv: interrupted", err=True)
            return fail(_InterruptedError("interrupted"), form, output, is_said=True, also=also)

    return wrapped  # type: ignore[return-value]


class _OutputError(UsageError):
    """The output cannot be written: a document that says so would not arrive either."""


class _InterruptedError(PvError):
    exit_code = ExitCode.INTERRUPTED


def fail(
    error: PvError,
    form: str | None,
    output: Path | None = None,
    *,
    is_said: bool = False,
    also: Sequence[tuple[str, Path]] = (),
) -> Any:
    """Say what is wrong, as a message and in the document that was asked for, and exit with its code."""
    from pvengine.reporters.findings import render_error  # noqa: PLC0415 - only an error needs it

    context = click.get_current_context()
    report = None if isinstance(error, _OutputError) else _report_error(error, context.command.name or "")
    is_document = form in DOCUMENT_FORMATS
    if report is None or not is_document or output is not None:
        _say(error, is_said=is_said)
    try:
        if report is not None:
            for name, file in also:
                _deliver(report, name, _render(report, name, None), file)
        if report is not None and (is_document or output is not None):
            _deliver(report, form or "text", _render(report, form or "text", None), output)
    except _OutputError as second:
        click.echo(render_error(second), err=True)
    return context.exit(int(error.exit_code))


def _report_error(error: PvError, command: str) -> Report:
    """Make the report of a command that an error ended, with what was found before it."""
    from pvengine.models.report import Report  # noqa: PLC0415 - only an error needs it
    from pvengine.project.findings import describe_error, list_diagnostics  # noqa: PLC0415 - as above

    found = list_diagnostics(error.diagnostics) if isinstance(error, ContractError) else ()
    return Report(
        command=command, diagnostics=found or (describe_error(error),), exit_code=int(error.exit_code)
    )


def _say(error: PvError, *, is_said: bool) -> None:
    """Write an error to standard error, with everything that was found."""
    from pvengine.project.findings import list_diagnostics  # noqa: PLC0415 - only an error needs it
    from pvengine.reporters.findings import render_error, render_finding  # noqa: PLC0415 - as above

    if isinstance(error, ContractError) and error.diagnostics:
        click.echo("\n\n".join(map(render_finding, list_diagnostics(error.diagnostics))), err=True)
    elif not is_said:
        click.echo(render_error(error), err=True)
