"""The system refuses every call of a discharge: it says so, and nothing is torn or lost."""

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


def test_too_many_files_are_open(bench: CrashBench, tally: Callable[..., None]) -> None:
    points = bench.check_every_point("EMFILE")
    tally(
        group="Crashes",
        row="a call fails with EMFILE: too many open files",
        cases=points,
        missed=0,
        at_least=34,
    )


def test_a_file_would_be_too_large(bench: CrashBench, tally: Callable[..., None]) -> None:
    points = bench.check_every_point("EFBIG")
    tally(group="Crashes", row="a call fails with EFBIG: file too large", cases=points, missed=0, at_least=34)


def test_permission_is_denied(bench: CrashBench, tally: Callable[..., None]) -> None:
    points = bench.check_every_point("EACCES")
    tally(
        group="Crashes",
        row="a call fails with EACCES: permission denied",
        cases=points,
        missed=0,
        at_least=34,
    )


def test_the_file_system_is_read_only(bench: CrashBench, tally: Callable[..., None]) -> None:
    points = bench.check_every_point("EROFS")
    tally(
        group="Crashes",
        row="a call fails with EROFS: read-only file system",
        cases=points,
        missed=0,
        at_least=34,
    )
