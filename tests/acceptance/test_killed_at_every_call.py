"""A discharge is killed at every write, fsync, rename and removal: nothing is torn, the next recovers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from commands import BYTECODE, CACHE
from crash_points import CrashBench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Scratch

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]


@pytest.fixture(scope="module")
def bench(make_scratch: Callable[[], Scratch]) -> Iterator[CrashBench]:
    made = CrashBench.open(make_scratch(), {"PYTHONPYCACHEPREFIX": BYTECODE, "PV_CACHE_DIR": CACHE})
    yield made
    made.server.close()


def test_a_kill_before_the_call(bench: CrashBench, tally: Callable[..., None]) -> None:
    points = bench.check_every_point("kill before")
    tally(group="Crashes", row="killed (SIGKILL) before a call", cases=points, missed=0, at_least=34)


def test_a_kill_after_the_call_or_in_the_middle_of_a_write(
    bench: CrashBench, tally: Callable[..., None]
) -> None:
    points = bench.check_every_point("kill after")
    tally(
        group="Crashes",
        row="killed (SIGKILL) after a call, or in the middle of a write",
        cases=points,
        missed=0,
        at_least=34,
    )
