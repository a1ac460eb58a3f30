"""Run work on the nodes of a graph: several at a time, none before what it depends on."""

from __future__ import annotations

import graphlib
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["run_in_order"]

_Result = TypeVar("_Result")


def run_in_order(  # noqa: PLR0913 - keyword-only hooks of one run
    nodes: Sequence[str],
    predecessors: Mapping[str, Iterable[str]],
    *,
    jobs: int,
    work: Callable[[str], _Result],
    decide: Callable[[str, _Result], bool],
    block: Callable[[str, tuple[str, ...]], None],
    interrupt: Callable[[], None],
    start: Callable[[str], None] | None = None,
) -> None:
    """Run work on nodes in topological order, and let the caller decide after each what may follow.

    All hooks but ``work`` and ``interrupt`` are called in the calling thread, one at a time. With one job
    the order is that of ``nodes`` as far as the dependencies allow; with several, work starts in that
    order and results are decided as they arrive.

    Parameters
    ----------
    nodes
        What to run. A predecessor that is not among them counts as met.
    predecessors
        For each node, the nodes that must be decided before it starts.
    jobs
        How many nodes may be worked on at a time.
    work
        Called in a thread of the pool.
    decide
        Takes a result; returns whether the dependents of the node may run.
    block
        Called instead of ``work`` and ``decide`` for a node that may not run, with the predecessors that
        keep it from running; its own dependents are blocked by it in turn.
    interrupt
        Called when the run is broken off, by Ctrl-C or by an exception of a hook: it must make running
        work return soon, such as `Supervisor.close`. Work that had finished is still decided after
        Ctrl-C; work that had not is dropped.
    start
        Called before a node is handed to the pool, for a progress display.

    Raises
    ------
    graphlib.CycleError
        The nodes depend on each other in a circle.
    """
    _Run(nodes, predecessors, jobs, work, decide, block, interrupt, start).run()


class _Run(Generic[_Result]):
    def __init__(  # noqa: PLR0913, PLR0917 - the facts of `run_in_order`
        self,
        nodes: Sequence[str],
        predecessors: Mapping[str, Iterable[str]],
        jobs: int,
        work: Callable[[str], _Result],
        decide: Callable[[str, _Result], bool],
        block: Callable[[str, tuple[str, ...]], None],
        interrupt: Callable[[], None],
        start: Callable[[str], None] | None,
    ) -> None:
        self._position = {node: index for index, node in enumerate(nodes)}
        self._needs = {
            node: tuple(need for need in dict.fromkeys(predecessors.get(node, ())) if need in self._position)
            for node in nodes
        }
        self._sorter = graphlib.TopologicalSorter(self._needs)
        self._sorter.prepare()
        self._jobs = jobs
        self._work, self._decide, self._block = work, decide, block
        self._interrupt, self._start = interrupt, start
        self._waiting: list[str] = []
        self._vetoed: set[str] = set()
        self._running: dict[Future[_Result], str] = {}

    def run(self) -> None:
        with ThreadPoolExecutor(self._jobs, thread_name_prefix="pv-trial") as pool:
            try:
                while self._sorter.is_active():
                    self._submit(pool)
                    if self._running:
                        wait(self._running, return_when=FIRST_COMPLETED)
                        self._settle_finished()
            except KeyboardInterrupt:
                finished = [future for future in self._running if future.done()]
                self._interrupt()
                self._settle(finished)
                raise
            except BaseException:
                self._interrupt()
                raise

    def _submit(self, pool: ThreadPoolExecutor) -> None:
        """Start nodes that are ready, in order, as long as a job is free; blocked nodes need none."""
        self._take_ready()
        while self._waiting and len(self._running) < self._jobs:
            node = self._waiting.pop(0)
            vetoes = tuple(need for need in self._needs[node] if need in self._vetoed)
            if vetoes:
                self._vetoed.add(node)
                self._block(node, vetoes)
                self._sorter.done(node)
                self._take_ready()
                continue
            if self._start is not None:
                self._start(node)
            self._running[pool.submit(self._work, node)] = node

    def _take_ready(self) -> None:
        self._waiting.extend(self._sorter.get_ready())
        self._waiting.sort(key=self._position.__getitem__)

    def _settle_finished(self) -> None:
        self._settle([future for future in self._running if future.done()])

    def _settle(self, futures: Iterable[Future[_Result]]) -> None:
        for future in sorted(futures, key=lambda item: self._position[self._running[item]]):
            node = self._running.pop(future)
            if not self._decide(node, future.result()):
                self._vetoed.add(node)
            self._sorter.done(node)
