"""Which other contracts a check reads beside those that it looks at: what these name, and what names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.graph.references import parse_contract_reference
from pvengine.project.contract_bytes import read_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.project.checking.sides import ContractChange

__all__ = ["list_lookups"]

_ID_SECTIONS = ("falsification_tests", "falsification", "falsification_conditions", "kani_harnesses")


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
    metadata = loaded.data.get("metadata")
    texts = metadata.get("depends_on") if isinstance(metadata, dict) else None
    listed = texts if isinstance(texts, list) else []
    return [parse_contract_reference(text).stem for text in listed if isinstance(text, str)]


def _list_new_ids(change: ContractChange) -> set[str]:
    sides = [side.loaded if side is not None else None for side in (change.before, change.after)]
    old, new = (set() if each is None else _list_ids(each) for each in sides)
    return new - old


def _list_ids(loaded: LoadedContract) -> set[str]:
    found = [loaded.contract.metadata.id]
    for section in _ID_SECTIONS:
        entries = loaded.data.get(section)
        if isinstance(entries, dict):
            found += entries
        elif isinstance(entries, list):
            found += [entry.get("id") for entry in entries if isinstance(entry, dict)]
    return {name for name in found if isinstance(name, str) and name.strip()}
