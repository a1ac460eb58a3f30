"""Compare two versions of a contract, with the planted faults that only their evidence tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.comparing.change import Change, ChangeKind, Comparison, Spot
from pvengine.comparing.classes import ROWS
from pvengine.comparing.contracts import compare_contracts
from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.store import EvidenceStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract

__all__ = ["compare_with_evidence"]

_ROW = ROWS["planted fault"]


def compare_with_evidence(before: LoadedContract, after: LoadedContract) -> Comparison:
    """Compare two versions as `compare_contracts` does, and the faults that the newest records name.

    The records are looked for beside the later version. Where one is not there, or was changed, nothing is
    compared: that it is lost is said by who verifies.
    """
    found = compare_contracts(before, after)
    faults = tuple(_iter_fault_changes(before, after))
    changes = sorted((*faults, *found.changes), key=lambda change: -change.bump) if faults else found.changes
    return Comparison(tuple(changes), found.version)


def _iter_fault_changes(before: LoadedContract, after: LoadedContract) -> Iterator[Change]:
    store = EvidenceStore.of(after.path)
    for name, test in after.tests.items():
        old = before.tests.get(name)
        if old is None or None in (old.evidence, test.evidence) or old.evidence == test.evidence:
            continue
        was, now = (_list_faults(store, name, str(each.evidence)) for each in (old, test))
        if was is None or now is None:
            continue
        path = (*after.test_paths[name], "evidence")
        spot = Spot(path, None, after.document.place(path))
        for fault in (*(each for each in was if each not in now), *(each for each in now if each not in was)):
            kind = ChangeKind.ADDED if fault in now else ChangeKind.REMOVED
            bump, why = _ROW.classes[kind]
            named = Spot(path, fault, spot.place)
            yield Change(
                kind=kind,
                row=_ROW.name,
                what=f"{name} planted fault {fault!r}",
                before=None if kind is ChangeKind.ADDED else named,
                after=named if kind is ChangeKind.ADDED else None,
                bump=bump,
                why=why,
                is_engine_owned=False,
            )


def _list_faults(store: EvidenceStore, test: str, digest: str) -> list[str] | None:
    """List the planted faults of a record; None where it cannot be read."""
    try:
        return [fault.name for fault in store.read(test, digest).predicate.planted_faults]
    except (TamperedEvidenceError, OSError):
        return None
