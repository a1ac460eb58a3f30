"""Work runs in topological order, several at a time, and what follows a veto is blocked."""

from __future__ import annotations

import graphlib
import threading
import time
from typing import Any

import pytest

from pvengine.runner.schedule import run_in_order


class Log:
    """Hooks that remember what they were called with."""

    def __init__(self, vetoes: tuple[str, ...] = ()) -> None:
        self.vetoes = vetoes
        self.decided: list[str] = []
        self.blocked: dict[str, tuple[str, ...]] = {}
        self.started: list[str] = []
        self.interrupted = 0
        self.threads: set[int] = set()

    def decide(self, node: str, result: str) -> bool:
        assert result == node.upper()
        self.threads.add(threading.get_ident())
        self.decided.append(node)
        return node not in self.vetoes

    def block(self, node: str, vetoes: tuple[str, ...]) -> None:
        self.blocked[node] = vetoes

    def interrupt(self) -> None:
        self.interrupted += 1

    def run(self, nodes: Any, predecessors: Any, *, jobs: int = 1, work: Any = str.upper) -> None:
        run_in_order(
            nodes, predecessors, jobs=jobs, work=work, decide=self.decide, block=self.block,
            interrupt=self.interrupt, start=self.started.append,
        )  # fmt: skip


def test_one_job_keeps_the_order_of_the_nodes() -> None:
    log = Log()
    log.run(["d", "b", "a", "c"], {"d": ["a", "elsewhere"], "c": ["b", "b"]})
    assert log.decided == log.started == ["b", "a", "d", "c"]
    assert log.threads == {threading.get_ident()}
    assert log.interrupted == 0


def test_dependents_of_a_veto_are_blocked_in_turn() -> None:
    log = Log(vetoes=("a",))
    log.run(["a", "b", "c", "d", "e"], {"b": ["a"], "c": ["b", "e"], "d": []})
    assert log.decided == ["a", "d", "e"]
    assert log.blocked == {"b": ("a",), "c": ("b",)}


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_no_node_starts_before_its_predecessors_are_decided(jobs: int) -> None:
    nodes = [f"n{index}" for index in range(30)]
    predecessors = {f"n{index}": [f"n{index // 2}"] for index in range(1, 30) if index != index // 2}
    log = Log()
    seen: list[str] = []

    def work(node: str) -> str:
        assert all(need in log.decided for need in predecessors.get(node, []))
        seen.append(node)
        return node.upper()

    log.run(nodes, predecessors, jobs=jobs, work=work)
    assert sorted(log.decided) == sorted(seen) == sorted(nodes)


def test_jobs_run_at_the_same_time_and_no_more() -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def work(node: str) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        return node.upper()

    Log().run(list("abcdef"), {}, jobs=3, work=work)
    assert most == 3


def test_nothing_to_do() -> None:
    log = Log()
    log.run([], {})
    assert log.decided == []


def test_a_cycle_is_an_error() -> None:
    with pytest.raises(graphlib.CycleError):
        Log().run(["a", "b"], {"a": ["b"], "b": ["a"]})


def test_ctrl_c_delivers_what_had_finished_and_ends_the_rest() -> None:
    ended = threading.Event()
    finished = threading.Event()

    class Interrupted(Log):
        def decide(self, node: str, result: str) -> bool:
            super().decide(node, result)
            if node == "a":
                finished.wait(5)
                time.sleep(0.05)  # the other thread's result is set after it has returned
                raise KeyboardInterrupt
            return True

        def interrupt(self) -> None:
            super().interrupt()
            ended.set()

    def work(node: str) -> str:
        if node == "hang":
            assert ended.wait(5)
        if node == "b":
            finished.set()
        return node.upper()

    log = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        log.run(["hang", "a", "b", "later"], {"later": ["a"]}, jobs=3, work=work)
    assert log.decided == ["a", "b"]
    assert log.interrupted == 1
    assert "later" not in log.started


def test_an_exception_of_the_work_ends_the_run() -> None:
    log = Log()

    def work(node: str) -> str:
        if node == "b":
            raise ValueError(node)
        return node.upper()

    with pytest.raises(ValueError, match="b"):
        log.run(["a", "b", "c"], {}, work=work)
    assert log.decided == ["a"]
    assert log.interrupted == 1
