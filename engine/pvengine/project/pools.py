"""Open pools of processes for work of the engine itself; falsifiers run in workers of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ProcessPoolExecutor

__all__ = ["open_pool"]


def open_pool(workers: int, start: Callable[..., None] | None = None, *arguments: Any) -> ProcessPoolExecutor:
    """Open a pool of processes that know what this one knows; ``start`` is called in each, with arguments."""
    import multiprocessing  # noqa: PLC0415 - slow, and one process does without
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - as above

    # A fork has the modules already; nothing else runs in this process that it could disturb.
    return ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), start, arguments)
