"""The contracts that a change touched, each as the base has it and as it is now."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError
from pvengine.errors import UsageError
from pvengine.loading.contract_file import LoadedContract, load_contract
from pvengine.project.compared import compare_with_evidence
from pvengine.project.discovery import show_path
from pvengine.project.git_objects import read_git_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pvengine.comparing.change import Comparison
    from pvengine.models.check import ContractState
    from pvengine.project.checking.configured import ConfiguredContracts
    from pvengine.project.git_changes import Base, ChangedFiles

__all__ = ["ContractChange", "Side", "list_contract_changes"]


@dataclass(frozen=True)
class Side:
    """One version of a contract: its path from the top of the repository, and what could be read."""

    path: str
    loaded: LoadedContract | None
    problem: str | None = None


@dataclass(frozen=True)
class ContractChange:
    """What a change did to one contract.

    Attributes
    ----------
    state
        In one word.
    file
        Where it is, or was.
    before, after
        The current base's version and that of the working tree; None where there is none.
    fork
        The version at the commit where the change began, where it is another than the current base's.
    comparison
        Of ``before`` and ``after``, where both could be read.
    """

    state: ContractState
    file: Path
    before: Side | None
    after: Side | None
    fork: Side | None = None
    comparison: Comparison | None = None

    @property
    def shown(self) -> str:
        """The path that messages show."""
        return show_path(self.file)

    @property
    def id(self) -> str:
        """Id of the contract; the stem of its file where it has none, or could not be read."""
        sides = [side.loaded for side in (self.after, self.before) if side is not None]
        return next((loaded.id for loaded in sides if loaded is not None), self.file.stem)


def list_contract_changes(
    base: Base, files: ChangedFiles, configured: ConfiguredContracts, contracts: Mapping[str, str]
) -> list[ContractChange]:
    """List the contracts that a change added, edited, renamed or took away, by their paths.

    ``contracts`` are those of now, see `list_contracts`. A contract is known again under another path by its
    id. One that the configuration leads to only now is new, and one that it leads to no longer is gone,
    whatever became of the files.
    """
    top = files.top
    new = {path for path in contracts if path in files.added or not configured.was_contract(path)}
    edited = {
        path for path, target in contracts.items() if path in files.present or target in files.present
    } - new
    gone = {path for path in files.deleted | files.modified if configured.was_contract(path)}
    gone = {path for path in gone.union(configured.list_dropped(top)) if path not in contracts}
    brought = set() if base.is_contained else new & files.added  # the base may have got them meanwhile, too
    before = {path: _read_base(top, base.tip, path) for path in sorted(gone | edited | brought)}
    after = {path: _read_now(top, path) for path in sorted(new | edited)}
    other = {path for path in edited if _read_id(before[path]) != _read_id(after[path])}
    renamed = _match_renamed(before, after, sorted(gone | other), sorted(new | other))
    sources = {path: renamed.get(path, path) for path in after}
    left = set(renamed.values())
    changes = [
        _make_change(
            base,
            top,
            after[path],
            None if path not in renamed and path in left else before.get(source),
            is_renamed=path in renamed,
        )
        for path, source in sources.items()
    ]
    taken = {path for path in renamed if path in other}  # another contract stands there now
    changes += [
        ContractChange("deleted", top / path, before[path], None)
        for path in sorted((gone | taken) - left)
        if before[path] is not None
    ]
    return sorted((each for each in changes if each is not None), key=lambda change: str(change.file))


def _make_change(
    base: Base, top: Path, side: Side, old: Side | None, *, is_renamed: bool
) -> ContractChange | None:
    """Put the two versions of a contract beside each other; None where they are the same bytes."""
    file = top / side.path
    path = side.path if old is None else old.path
    fork = None if base.is_contained else _read_base(top, base.fork, path)
    if old is None:
        return ContractChange("added", file, None, side, fork)
    comparison = None
    if old.loaded is not None and side.loaded is not None:
        if old.loaded.document.raw == side.loaded.document.raw and not is_renamed:
            return None
        comparison = compare_with_evidence(old.loaded, side.loaded)
    return ContractChange("renamed" if is_renamed else "changed", file, old, side, fork, comparison)


def _match_renamed(
    before: dict[str, Side | None], after: dict[str, Side], gone: Sequence[str], added: Sequence[str]
) -> dict[str, str]:
    """Match contracts that are gone with new ones of the same id: new path to old path."""
    by_id = {_read_id(before[path]): path for path in reversed(gone)}
    found = {path: by_id.get(_read_id(after[path])) for path in added}
    pairs: dict[str, str] = {}
    for path, old in found.items():
        if old is not None and old not in pairs.values():
            pairs[path] = old
    return pairs


def _read_id(side: Side | None) -> object:
    if side is None or side.loaded is None:
        return object()  # equal to no other
    return side.loaded.contract.metadata.id or object()


def _read_base(top: Path, commit: str, path: str) -> Side | None:
    """Read a contract as a commit has it; None where the commit has no such file."""
    shown = f"{commit[:12]}:{path}"
    try:
        raw = read_git_file(top, commit, path)
    except UsageError:
        return None
    except ContractError as error:
        return Side(path, None, error.what)
    try:
        return Side(path, load_contract(top / path, shown, raw))
    except ContractError as error:
        return Side(path, None, _say_first(error))


def _read_now(top: Path, path: str) -> Side:
    file = Path(os.path.realpath(top / path))
    try:
        return Side(path, load_contract(file, show_path(top / path)))
    except (ContractError, UsageError) as error:
        return Side(path, None, _say_first(error))


def _say_first(error: ContractError | UsageError) -> str:
    found: Iterable[object] = getattr(error, "diagnostics", ())
    first = next(iter(found), None)
    return error.what if first is None else f"{first.place or first.path}: {first.message}"  # type: ignore[attr-defined]  # a Diagnostic
