"""Mistakes in the command line itself, as a document of the format that it asks for."""

from __future__ import annotations

from pathlib import Path

import click

from pvengine.cli.output import DOCUMENT_FORMATS, fail
from pvengine.errors import UsageError

__all__ = ["DocumentedCommand"]


class DocumentedCommand(click.Command):
    """A command whose usage errors are documents, too, where its ``--format`` is one of those."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; end with a document where they are wrong and ask for one."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            form = _find_value(given, "--format")
            if form not in DOCUMENT_FORMATS:
                raise
            output = _find_value(given, "--output", "-o")
            fix = f"`{ctx.command_path} --help` lists the options"
            fail(UsageError(error.format_message(), fix=fix), form, Path(output) if output else None)
            raise


def _find_value(args: list[str], *names: str) -> str | None:
    """Find the value that an option has in arguments of which others are wrong; the last one counts.

    Examples
    --------
    >>> _find_value(["--nope", "--format", "sarif", "x.yaml"], "--format")
    'sarif'
    >>> _find_value(["--output=x.xml"], "--output", "-o")
    'x.xml'
    """
    found = None
    for word, following in zip(args, [*args[1:], None], strict=True):
        name, equals, value = word.partition("=")
        if word == "--":
            break
        if name in names:
            found = value if equals else following
    return found
