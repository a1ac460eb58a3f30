"""Judge the records of contracts in as many processes as there is work for."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pvengine.ledger.amendments import find_pins
from pvengine.ledger.prejudging import judge_records
from pvengine.project.pools import open_pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.ledger.store import EvidenceStore
    from pvengine.project.view import ContractView

__all__ = ["judge_ahead"]

_WORTH_RECORDS = 1000
"""Records for which a second process is worth its start: they are judged in about 0.2 s."""

_PART = 250
"""Records that a process takes at a time."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Some records of a test: what a process takes at a time."""

    view: int
    store: EvidenceStore
    test: str
    digests: tuple[str, ...]

    def judge(self) -> dict[str, str | None]:
        return judge_records(self.store, self.test, self.digests)


def judge_ahead(views: Sequence[ContractView], jobs: int) -> list[ContractView]:
    """Return contracts that know which of their records hold, where that pays; else as they are."""
    parts = [part for number, view in enumerate(views) for part in _iter_parts(number, view)]
    workers = min(jobs, 1 + sum(len(part.digests) for part in parts) // _WORTH_RECORDS)
    if workers == 1:
        return list(views)
    judged: list[dict[str, dict[str, str | None]]] = [{} for _ in views]
    with open_pool(workers) as pool:
        for part, held in zip(parts, pool.map(_Part.judge, parts), strict=True):
            judged[part.view].setdefault(part.test, {}).update(held)
    return [replace(view, judged=known) for view, known in zip(views, judged, strict=True)]


def _iter_parts(number: int, view: ContractView) -> Iterator[_Part]:
    for test in find_pins(view.loaded.contract.amendments or ()):
        digests: list[str] = []
        with contextlib.suppress(OSError):  # who follows the chain says what cannot be read
            digests = view.store.list_digests(test)
        for start in range(0, len(digests), _PART):
            yield _Part(number, view.store, test, tuple(digests[start : start + _PART]))
