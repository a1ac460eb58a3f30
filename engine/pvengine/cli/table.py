"""The command table: what `pv --help` shows, without importing what the commands need."""

from __future__ import annotations

import importlib
from typing import Any

import click

from pvengine.cli.output import fail
from pvengine.errors import PvError

__all__ = ["COMMANDS", "CommandTable"]

COMMANDS: dict[str, tuple[str, str]] = {
    "validate": ("pvengine.cli.validate", "Check contracts and report every finding."),
    "explain": ("pvengine.cli.explain", "Explain a finding by its code."),
    "discharge": ("pvengine.cli.discharge", "Run the tests that need it and record the result."),
    "reopen": ("pvengine.cli.reopen", "Take tests back to NEW, with the reason."),
    "bump": ("pvengine.cli.bump", "Record an edit: the version that follows, in an amendment."),
    "run": ("pvengine.cli.run", "Run every bound test and record nothing."),
    "status": ("pvengine.cli.status", "Tell where contracts, tests and hypotheses stand."),
    "landscape": ("pvengine.cli.landscape", "Tell what is decided of each hypothesis, and by what."),
    "verify": ("pvengine.cli.verify", "Derive every status again from its evidence."),
    "diff": ("pvengine.cli.diff", "Compare two versions of a contract by their meaning."),
    "check": ("pvengine.cli.check", "Check a change before it is merged."),
    "why": ("pvengine.cli.why", "Tell the story of one test: claim, trials, what to run next."),
    "log": ("pvengine.cli.log", "List the amendments of contracts with their figures."),
    "export": ("pvengine.cli.export", "Export contracts and evidence in the formats of others."),
    "graph": ("pvengine.cli.graph", "Draw the dependency graph of a contract."),
    "falsifiers": ("pvengine.cli.falsifiers", "List falsifiers, or run their planted faults."),
    "models": ("pvengine.cli.models", "List models: where each file is, or how to get it."),
    "new": ("pvengine.cli.new", "Write a contract and a falsifier that run at once."),
    "init": ("pvengine.cli.init", "Write configuration, folders and .gitattributes."),
    "merge-driver": ("pvengine.cli.merge_driver", "Merge two versions of a contract, for git."),
}
"""Module and one-line help of each command; a command module has its click command as ``command``."""


class CommandTable(click.Group):
    """A group whose commands are imported when they are used; installed packages may add to them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of the table, then those of installed packages by their names."""
        del ctx
        return [*COMMANDS, *(name for name in _find_added() if name not in COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None where there is none of the name, or where completion meets a broken one.

        Raises
        ------
        UsageError
            The command that a package adds cannot be loaded.
        """
        if cmd_name in COMMANDS:
            command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
            return command
        points = _find_added().get(cmd_name)
        if points is None:
            return None
        try:
            added: click.Command = _import_added().load_command(cmd_name, points)
        except PvError:
            if ctx.resilient_parsing:
                return None
            raise
        return added

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what is wrong with one that a package adds is said as any other mistake."""
        try:
            return super().invoke(ctx)
        except PvError as error:  # the commands of the table report their own
            return fail(error, None)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table and from what packages declare; none is imported."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in COMMANDS.items()])
        added = _import_added().describe_commands(_find_added(), COMMANDS)
        if added:
            with formatter.section("Commands of installed packages"):
                formatter.write_dl(added)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve a command; an unknown one gets a suggestion."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib  # noqa: PLC0415 - only a misspelt command needs it

            near: list[Any] = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"{error.format_message()}{hint}", error.ctx) from error


def _find_added() -> dict[str, tuple[Any, ...]]:
    """Find what installed packages add, by name."""
    found: dict[str, tuple[Any, ...]] = _import_added().find_commands()
    return found


def _import_added() -> Any:
    """Import what reads entry points: a command of the table does without."""
    return importlib.import_module("pvengine.cli.added_commands")
