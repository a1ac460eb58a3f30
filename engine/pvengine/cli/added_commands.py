"""Commands that installed packages add to ``pv``, through the entry-point group ``pv.commands``.

A command is loaded when it is used, and never to list it. Only an installed package can add one: neither a
contract nor the configuration of a project can.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

import click

from pvengine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["GROUP", "describe_commands", "find_commands", "load_command"]

GROUP = "pv.commands"
"""Entry-point group: the name of a command, and the object of click that it is."""


def find_commands() -> dict[str, tuple[metadata.EntryPoint, ...]]:
    """Find what installed packages declare, by the name of the command, in the order of the names.

    A name that several declare has an entry for each; one installation that is found twice counts once.
    """
    found: dict[str, dict[tuple[str, str], metadata.EntryPoint]] = {}
    for point in metadata.entry_points(group=GROUP):
        found.setdefault(point.name, {}).setdefault((point.value, _name_package(point)), point)
    return {name: tuple(found[name].values()) for name in sorted(found)}


def describe_commands(
    found: Mapping[str, tuple[metadata.EntryPoint, ...]], taken: Collection[str]
) -> list[tuple[str, str]]:
    """Say for each which package adds it; for one whose name is taken, that it is not used."""
    return [
        (name, f"Of {_name_packages(points)}{'; not used: pv has a command of this name' * (name in taken)}.")
        for name, points in found.items()
    ]


def load_command(name: str, points: tuple[metadata.EntryPoint, ...]) -> click.Command:
    """Load the command that a package adds.

    Raises
    ------
    UsageError
        It cannot be imported, is no command, or two packages add one of this name.
    """
    if len(points) > 1:
        raise UsageError(
            f"the command {name!r} is added by {_name_packages(points)}",
            why="which of them was meant cannot be told",
            fix="remove all of these packages but one",
        )
    (point,) = points
    where = f"entry point {name} = {point.value} of {_name_package(point)}"
    try:
        command = point.load()
    except (Exception, SystemExit) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(
            f"the command {name!r} cannot be loaded: {reason}",
            where=where,
            why="a command of an installed package is imported when it is used",
            fix="install what is missing, or mend, upgrade or remove the package",
        ) from error
    if not isinstance(command, click.Command):
        raise UsageError(
            f"the command {name!r} is an object of type {type(command).__name__}",
            where=where,
            why="an entry point of pv.commands names a command of click",
            fix="name the function that click.command decorates",
        )
    return command


def _name_packages(points: tuple[metadata.EntryPoint, ...]) -> str:
    return " and ".join(map(_name_package, points))


def _name_package(point: metadata.EntryPoint) -> str:
    return "an unknown package" if point.dist is None else f"{point.dist.name} {point.dist.version}"
