"""``pv export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pvengine.cli.output import PATH, emit, open_project_of, reports_errors, test_option
from pvengine.errors import UsageError
from pvengine.project.exporting import FORMATS, write_export
from pvengine.reporters.exports import render_export
from pvengine.reporters.plain import clean_line, count_noun

if TYPE_CHECKING:
    from pvengine.project.exporting import Export

__all__ = ["command"]


@click.command("export")
@click.argument("paths", nargs=-1, type=PATH)
@click.option("--format", "kind", type=click.Choice(FORMATS), required=True, help="What is made.")
@click.option(
    "--output",
    "-o",
    "folder",
    type=PATH,
    metavar="FOLDER",
    help="Write the files into FOLDER; without it, the one document is printed.",
)
@test_option
@click.option("--producer", metavar="NAME", help="Who registers (prml); default: the id of the contract.")
@click.option("--created", metavar="TIME", help="When claims without a record are registered (prml), in UTC.")
@reports_errors
def command(  # noqa: PLR0913 - one for each option
    *,
    paths: tuple[Path, ...],
    kind: str,
    folder: Path | None,
    tests: tuple[str, ...],
    producer: str | None,
    created: str | None,
) -> None:
    """Export contracts with their evidence in a format of others.

    PATHS are contracts or folders; without any, the contracts of the project. in-toto-test-result makes one
    statement for each contract, prml one manifest for each test. What a format does not carry is listed on
    standard error. Nothing is exported where a contract is invalid (exit code 1) or its evidence was changed
    or is missing (exit code 3). Exit code 11: a test was refused. Exit code 14: nothing was exported. --test,
    --producer and --created belong to prml.
    """
    project = open_project_of(paths)
    made = project.export(paths, form=kind, tests=tests, producer=producer, created=created)
    text = _choose_document(made) if folder is None else ""
    if folder is not None and made.documents:
        written = len(write_export(made, folder))
        kept = len(made.documents) - written
        said = f"pv: wrote {count_noun(written, 'file')} into {folder}; {kept} there already"
        click.echo(clean_line(said), err=True)
    click.echo(render_export(made), nl=False, err=True)
    if text:
        emit(text)
    click.get_current_context().exit(made.exit_code)


def _choose_document(made: Export) -> str:
    """Choose what goes to standard output: the only main document; empty where there is none."""
    main = [document for document in made.documents if document.is_main]
    if len(main) > 1:
        raise UsageError(
            f"{len(main)} documents do not fit on standard output",
            why="what is printed is one document, alone",
            fix="name a folder with --output, or choose one: a contract by its path, a manifest by --test",
        )
    return main[0].content.decode() if main else ""
