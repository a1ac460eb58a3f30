"""The bytes of the contracts that a run is about, read once, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.diagnostics import ContractError, get_rule
from pvengine.errors import UsageError
from pvengine.loading.reading import MAX_BYTES, read_contract_bytes
from pvengine.project.discovery import show_path
from pvengine.project.outcome import FileOutcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

__all__ = ["ContractBytes", "read_all"]


@dataclass(frozen=True, slots=True)
class ContractBytes:
    """One file: where it is, the path that messages show, and its bytes."""

    path: Path
    shown: str
    raw: bytes


def read_all(
    files: Iterable[Path], *, limit: int = MAX_BYTES, but: Collection[str] = ()
) -> tuple[list[ContractBytes], list[FileOutcome]]:
    """Read files of at most so many bytes; one that cannot be read is an outcome and stops no other.

    Files whose shown path is in ``but`` are left out.
    """
    read: list[ContractBytes] = []
    failed: list[FileOutcome] = []
    for file in files:
        shown = show_path(file)
        if shown in but:
            continue
        try:
            read.append(ContractBytes(file, shown, read_contract_bytes(file, shown, limit)))
        except UsageError as error:
            finding = get_rule("PV111").report(error.what, shown, fix=error.fix)
            failed.append(FileOutcome(path=shown, findings=(finding,), is_unreadable=True))
        except ContractError as error:
            failed.append(FileOutcome(path=shown, findings=error.diagnostics))
    return read, failed
