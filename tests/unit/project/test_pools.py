"""A pool has processes of its own, which begin with what this one knows."""

from __future__ import annotations

import os

from pvengine.project.pools import open_pool

KNOWN: list[str] = []


def ask(word: str) -> tuple[int, str]:
    return os.getpid(), f"{word} {' '.join(KNOWN)}"


def learn(word: str) -> None:
    KNOWN.append(word)


def test_each_process_starts_with_the_memory_of_this_one() -> None:
    KNOWN[:] = ["before"]
    with open_pool(2, learn, "start") as pool:
        answers = list(pool.map(ask, ["a", "b", "c"]))
    assert [said for _, said in answers] == [f"{word} before start" for word in "abc"]
    assert os.getpid() not in {process for process, _ in answers}
    assert KNOWN == ["before"]
