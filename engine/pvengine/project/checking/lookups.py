"""Which other contracts a check reads beside those that it looks at: what these name, and what names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.graph.references import parse_contract_reference
from pvengine.lint.facts import gather_facts
from pvengine.project.contract_bytes import read_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.project.checking.sides import ContractChange

__all__ = ["list_lookups"]


def list_lookups(others: Sequence[Path], changes: Sequence[ContractChange]) -> tuple[list[Path], list[Path]]:
    """List those of the other contracts whose facts are needed, and those that need only be there.

    Needed are contracts that a changed one depends on, and those that write an id which one brought.
    """
    stems = {file.stem: file for file in others}
    loaded = [change.after.loaded for change in changes if change.after is not None and change.after.loaded]
    needed = dict.fromkeys(stems[stem] for each in loaded for stem in _list_stems(each) if stem in stems)
    fresh = [name.encode() for change in changes for name in _list_new_ids(change)]
    if fresh:
        read, _ = read_all([file for file in others if file not in needed])
        needed |= dict.fromkeys(file.path for file in read if any(name in file.raw for name in fresh))
    return list(needed), [file for file in others if file not in needed]


def _list_stems(loaded: LoadedContract) -> list[str]:
    return [parse_contract_reference(each.name).stem for each in gather_facts(loaded.document).depends_on]


def _list_new_ids(change: ContractChange) -> set[str]:
    sides = [side.loaded if side is not None else None for side in (change.before, change.after)]
    old, new = (
        set() if each is None else {mention.name for mention in gather_facts(each.document).ids}
        for each in sides
    )
    return new - old
