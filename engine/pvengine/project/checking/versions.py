"""Whether the version of a contract was raised enough, and whether the base has given it away meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.ledger.transitions import Bump
from pvengine.project.git_changes import had_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pvengine.comparing.change import Change
    from pvengine.comparing.versions import VersionStep
    from pvengine.loading.contract_file import LoadedContract
    from pvengine.project.checking.sides import ContractChange, Side
    from pvengine.project.git_changes import Base
    from pvengine.project.view import ContractView
    from pvengine.yamldoc import Path as DataPath

__all__ = ["find_race", "iter_version_findings"]

_MOST = 3
"""Changes that a message names."""


def find_race(change: ContractChange, view: ContractView, base: Base, top: Path) -> Diagnostic | None:
    """Find out whether the base gave the contract another content since the change left it (PV707).

    Where a commit of the change had what the base has now, as in a branch that was stacked on one that is
    merged by now, the change builds on it.
    """
    if base.is_contained:
        return None
    now, was = _read(change.before), _read(change.fork)
    raw = [None if each is None else each.document.raw for each in (now, was)]
    if raw[0] in (raw[1], view.loaded.document.raw):
        return None
    if change.before is not None and had_version(top, base, change.before.path):
        return None
    what = f"{base.ref} has taken the contract away"
    if now is not None:
        version, mine = now.contract.metadata.version, view.loaded.contract.metadata.version
        what = f"{base.ref} has given the contract the version {version}; the change gives it {mine}"
        if version == mine:
            what = f"{base.ref} has given the version {version} to another content"
    place = view.loaded.document.place(_find_version(view))
    return get_rule("PV707").report(f"since the change left it at {base.fork[:12]}, {what}", place)


def _read(side: Side | None) -> LoadedContract | None:
    return None if side is None else side.loaded


def _find_version(view: ContractView) -> DataPath:
    document = view.loaded.document
    paths: tuple[DataPath, ...] = (("metadata", "version"), ("version",), ("metadata",))
    return next((path for path in paths if document.node_at(path) is not None), ())


def iter_version_findings(
    change: ContractChange, counted: tuple[Change, ...], view: ContractView, base: Base
) -> Iterator[Diagnostic]:
    """Iterate over what is wrong with the step of the version (PV701, PV702).

    ``counted`` are the changes that demand a version: what was typed into a field of pv is told as that, and
    is no reason to raise one.
    """
    if change.comparison is None:
        return
    place = view.loaded.document.place(_find_version(view))
    step, command = change.comparison.version, f"pv bump {change.shown} --base {base.ref}"
    if step.problem == "lower":
        message = f"the version goes down, from {step.before} to {step.after}"
        fix = f"write `version: {step.before}`, then run `{command}`"
        yield get_rule("PV702").report(message, place, fix=fix)
        return
    needed, said = _find_demand(counted)
    if needed is not Bump.NONE and not _is_enough(step, needed):
        more = f" and {len(said) - _MOST} more" if len(said) > _MOST else ""
        follows = f"{needed.name.lower()} follows: {', '.join(said[:_MOST])}{more}"
        message = f"{step.before} -> {step.after}: {_say_declared(step)}, {follows}"
        yield get_rule("PV701").report(message, place, fix=f"run `{command}`")


def _find_demand(changes: tuple[Change, ...]) -> tuple[Bump, list[str]]:
    """Find which part must be raised, and what asks for it."""
    needed = max((each.bump for each in changes), default=Bump.NONE)
    return needed, [f"{each.what} ({each.kind})" for each in changes if each.bump is needed]


def _is_enough(step: VersionStep, needed: Bump) -> bool:
    return step.problem is None and step.declared >= needed


def _say_declared(step: VersionStep) -> str:
    if step.problem is not None:
        return "the version cannot be compared"
    return f"{step.declared.name.lower()} is declared" if step.declared else "nothing is declared"
