"""``pv validate``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from pvengine.cli.output import (
    DOCUMENT_FORMATS,
    PATH,
    check_output,
    finish,
    format_option,
    output_option,
    reports_errors,
)
from pvengine.cli.usage import DocumentedCommand
from pvengine.errors import UsageError
from pvengine.project.cache import Cache
from pvengine.project.setting_aside import BaselineUse, find_baseline
from pvengine.project.validating import Fixing, Validation, validate_contracts, validate_stdin
from pvengine.project.workspace import Workspace, open_workspace_of

__all__ = ["command"]

_STDIN = Path("-")


@click.command("validate", cls=DocumentedCommand)
@click.argument("paths", nargs=-1, type=PATH)
@format_option("text", *DOCUMENT_FORMATS)
@output_option
@click.option("--fix", "is_fixed", is_flag=True, help="Mend what can be mended with certainty.")
@click.option("--diff", "is_diffed", is_flag=True, help="Show what --fix changes; alone, write nothing.")
@click.option(
    "--plugins", "runs_plugins", is_flag=True, help="Also offer params to their models, in a worker."
)
@click.option("--baseline", type=PATH, metavar="FILE", help="Report only what this file does not know.")
@click.option("--write-baseline", "action", flag_value="write", help="Make the baseline: once, at adoption.")
@click.option("--update-baseline", "action", flag_value="update", help="Take what is mended out of it.")
@click.option(
    "--stdin-filename", type=PATH, metavar="PATH", help="What `-` is read as: its path in the project."
)
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="Processes at a time; default: the number of cores."
)
@click.option("--no-cache", is_flag=True, help="Inspect every file, also those that are as they were.")
@reports_errors
def command(paths: tuple[Path, ...], form: str, output: Path | None, **options: Any) -> None:
    """Check contracts and report every finding.

    PATHS are contracts or folders, or `-` for one contract on standard input; without any, the contracts of
    the project. Nothing that a contract names is run, save with --plugins, which loads falsifiers in workers.
    """
    check_output(output)
    cache = Cache.open(is_on=not options["no_cache"])
    if _STDIN in paths:
        report = _check_stdin(paths, cache, options)
    elif options["stdin_filename"] is not None:
        raise UsageError(
            "--stdin-filename stands without `-`",
            why="it says what the contract on standard input is, and none is read from there",
            fix="add `-`, or name the file alone",
        )
    else:
        workspace = open_workspace_of(paths, cache=cache)
        validation = _make_validation(workspace, cache, options, is_partial=bool(paths))
        report = validate_contracts(validation, workspace.find_contracts(paths))
    finish(report, form, output=output)


def _check_stdin(paths: tuple[Path, ...], cache: Cache, options: dict[str, Any]) -> Any:
    if len(paths) > 1:
        raise UsageError(
            "`-` stands beside other paths",
            why="standard input is one contract, checked by itself",
            fix="name the files alone, or pipe one of them",
        )
    if options["is_fixed"]:
        raise UsageError(
            "--fix cannot write to standard input",
            why="what is mended is written in place",
            fix="use --diff, which shows the change, or name the file",
        )
    name: Path | None = options["stdin_filename"]
    folder = name.parent if name is not None and name.parent.is_dir() else Path()
    workspace = open_workspace_of([folder], cache=cache)
    return validate_stdin(_make_validation(workspace, cache, options, is_partial=True), name)


def _make_validation(
    workspace: Workspace, cache: Cache, options: dict[str, Any], *, is_partial: bool
) -> Validation:
    fixing = Fixing.WRITE if options["is_fixed"] else Fixing.SHOW if options["is_diffed"] else Fixing.NONE
    return Validation(
        workspace=workspace,
        cache=cache,
        jobs=options["jobs"] or workspace.configuration.jobs,
        baseline=_choose_baseline(workspace, options),
        is_partial=is_partial,
        runs_plugins=options["runs_plugins"],
        fixing=fixing,
        shows_diff=options["is_diffed"],
    )


def _choose_baseline(workspace: Workspace, options: dict[str, Any]) -> BaselineUse | None:
    """Return the baseline that is named, or the configured one; a new one needs a name."""
    configured = find_baseline(workspace)
    path: Path | None = options["baseline"] or (configured.path if configured else None)
    action: Literal["read", "write", "update"] = options["action"] or "read"
    if path is None and action != "read":
        raise UsageError(
            f"--{action}-baseline needs a file",
            why="later runs must find it again",
            fix="name it with --baseline FILE, or write `baseline` into the configuration",
        )
    return None if path is None else BaselineUse(path, action)
