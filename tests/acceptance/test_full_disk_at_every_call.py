"""The disk is full or broken at every call of a discharge: it says so, and nothing is torn or lost."""

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


def test_no_space_is_left(bench: CrashBench, tally: Callable[..., None]) -> None:
    points = bench.check_every_point("ENOSPC")
    tally(
        group="Crashes",
        row="a call fails with ENOSPC: no space left on device",
        cases=points,
        missed=0,
        at_least=34,
    )


def test_the_disk_fails(bench: CrashBench, tally: Callable[..., None]) -> None:
    points = bench.check_every_point("EIO")
    tally(
        group="Crashes", row="a call fails with EIO: input/output error", cases=points, missed=0, at_least=34
    )


def test_a_quota_is_used_up(bench: CrashBench, tally: Callable[..., None]) -> None:
    points = bench.check_every_point("EDQUOT")
    tally(
        group="Crashes",
        row="a call fails with EDQUOT: disk quota exceeded",
        cases=points,
        missed=0,
        at_least=34,
    )
