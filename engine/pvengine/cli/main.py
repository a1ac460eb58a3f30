"""The entry point: run a command, turn its errors into messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys

import click

from pvengine.cli.output import discard_output
from pvengine.cli.table import CommandTable
from pvengine.errors import ExitCode

__all__ = ["main", "root"]

_GC_THRESHOLD = 100_000
"""New objects between two searches for garbage: the default of 700 takes a sixth of a short run."""

_EPILOG = """\b
Exit codes: 0 clean, 1 invalid contract, 2 usage, 3 evidence tampered or missing,
10 falsified, 11 gate, 12 inconclusive, 13 file changed meanwhile, 14 nothing to check.
"""


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and only this option needs it

        click.echo(f"pv {version('pvengine')}")
        ctx.exit()


@click.group(
    cls=CommandTable,
    name="pv",
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
def root() -> None:
    """Contract-driven verification: falsifiers measure, the contract judges, evidence is stored."""


def main() -> None:
    """Run the command line and exit."""
    gc.set_threshold(_GC_THRESHOLD)
    # Plug-ins of Pydantic have no part in reading a contract, and looking for them takes longer than one.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        code = root.main(prog_name="pv", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("pv: interrupted", err=True)
        code = ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except KeyboardInterrupt:
        click.echo("pv: interrupted", err=True)
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:  # the reader of a help page has gone
        discard_output()
        code = ExitCode.CLEAN
    gc.freeze()  # the end of the process frees all objects; nobody needs to search them for cycles first
    sys.exit(int(code or 0))
