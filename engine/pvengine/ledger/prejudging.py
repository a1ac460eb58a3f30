"""Judge records by themselves, before their chain is followed: processes can share that work."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.grounding import rejudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.ledger.store import EvidenceStore

__all__ = ["judge_records"]


def judge_records(store: EvidenceStore, test: str, digests: Iterable[str]) -> dict[str, str | None]:
    """Read and judge records of a test; return, of those that hold, what each pins as the one before it.

    Nothing is said of a record that does not hold: whoever follows the chain reads it again, and reports it
    where it belongs to the chain.
    """
    judged: dict[str, str | None] = {}
    for digest in digests:
        with contextlib.suppress(TamperedEvidenceError):
            record = store.read_own(test, digest)
            rejudge(record, str(store.path_of(test, digest)))
            judged[digest] = record.predicate.previous
    return judged
