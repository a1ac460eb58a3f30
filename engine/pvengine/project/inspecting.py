"""Inspect many files, in as many processes as there is work for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pvengine.project.inspection import Inspector, inspect_facts
from pvengine.project.pools import open_pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.lint.facts import FileFacts
    from pvengine.project.contract_bytes import ContractBytes
    from pvengine.project.outcome import FileOutcome
    from pvengine.project.workspace import Workspace

__all__ = ["gather_all_facts", "inspect_all"]

_WORTH_BYTES = 1 << 20
"""Text for which a second process is worth its start: it is read in about 0.3 s."""

_CHUNK = 8


def inspect_all(workspace: Workspace, files: Sequence[ContractBytes], jobs: int | None) -> list[FileOutcome]:
    """Inspect files, in their order."""
    workers = _count_workers(files, jobs)
    if workers == 1:
        inspector = Inspector(workspace)
        return [inspector.inspect(file.path, file.shown, file.raw) for file in files]
    with open_pool(workers, _Worker.start, workspace) as pool:
        return list(pool.map(_Worker.inspect, files, chunksize=_CHUNK))


def gather_all_facts(files: Sequence[ContractBytes], jobs: int | None) -> list[FileFacts | None]:
    """Gather the facts of files that are only looked up, in their order."""
    workers = _count_workers(files, jobs)
    if workers == 1:
        return [inspect_facts(file.shown, file.raw) for file in files]
    with open_pool(workers) as pool:
        return list(pool.map(_gather, files, chunksize=_CHUNK))


def _gather(file: ContractBytes) -> FileFacts | None:
    return inspect_facts(file.shown, file.raw)


def _count_workers(files: Sequence[ContractBytes], jobs: int | None) -> int:
    worth = 1 + sum(len(file.raw) for file in files) // _WORTH_BYTES
    return max(1, min(jobs or os.cpu_count() or 1, worth, len(files)))


class _Worker:
    """The inspector of one process of the pool."""

    _inspector: Inspector

    @classmethod
    def start(cls, workspace: Workspace) -> None:
        cls._inspector = Inspector(workspace)

    @classmethod
    def inspect(cls, file: ContractBytes) -> FileOutcome:
        return cls._inspector.inspect(file.path, file.shown, file.raw)
