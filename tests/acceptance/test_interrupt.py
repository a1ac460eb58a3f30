"""Ctrl-C: workers end, what was recorded is kept with its status, and the exit code is 130."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


def find_children(parent: int) -> list[int]:
    """Find the processes that a process started and that are there still."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            facts = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(facts[1]) == parent:
            found.append(int(folder.name))
    return found


def wait_for(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_true():
        assert time.monotonic() < deadline, "waited for 20 s"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def interrupt(scratch: Scratch, *arguments: str) -> tuple[int, str, str, list[int]]:
    """Start a discharge with one job, wait until its first test is decided, and send Ctrl-C."""
    command = [
        sys.executable,
        "-m",
        "pvengine",
        "discharge",
        "contracts/x-v1.yaml",
        "--jobs",
        "1",
        *arguments,
    ]
    with subprocess.Popen(  # noqa: S603 - this interpreter and this package
        command, cwd=scratch.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        wait_for((scratch.root / "gate.started").exists)  # the second test is now in its trial
        workers = find_children(process.pid)
        children = [child for worker in workers for child in find_children(worker)]
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    return process.returncode, out, first + err, [*workers, *children]


def test_what_was_recorded_is_kept(scratch: Scratch) -> None:
    hang = f"hang, target: {scratch.root / 'gate'}"
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002", mode=hang), scratch.test("FT-003"))
    code, out, err, processes = interrupt(scratch)
    assert code == 130, out + err
    assert err == "[1/3] FT-001 survived\npv: interrupted: what was recorded before is kept\n"
    assert "FT-001: NEW -> DISCHARGED" in out
    assert "FT-002  blocked: the run was broken off before it ended\n" in out
    assert "FT-003  blocked: the run was broken off before it ended\n" in out
    assert len(processes) == 2, "a template and the trial that it forked"
    wait_for(lambda: not any(map(is_running, processes)))
    assert scratch.verify() == 0
    assert scratch.temporary_files() == []
    tests = scratch.status().contracts[0].tests
    assert [(test.id, test.status) for test in tests] == [
        ("FT-001", "DISCHARGED"),
        ("FT-002", "NEW"),
        ("FT-003", "NEW"),
    ]


def test_the_document_is_still_one(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-001"), scratch.test("FT-002", mode=f"hang, target: {scratch.root / 'gate'}")
    )
    code, out, _, _ = interrupt(scratch, "--format", "json")
    report = json.loads(out)
    assert code == report["exit_code"] == 130
    assert [trial["state"] for trial in report["trials"]] == ["run", "blocked"]
    assert [entry["id"] for entry in report["transitions"]] == ["FT-001"]
