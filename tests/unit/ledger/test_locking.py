"""One process at a time holds the lock of a contract; what its file says of the holder is for people."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from pvengine.errors import BusyError, ExitCode, UsageError
from pvengine.ledger.locking import hold_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import sys, pathlib
from pvengine.ledger.locking import hold_lock
with hold_lock(pathlib.Path(sys.argv[1]), wait_s=0, say=print):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evidence" / ".x-v1.lock"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - this interpreter
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.communicate(timeout=30)


def test_who_holds_it_is_written_and_taken_away(path: Path) -> None:
    said: list[str] = []
    with hold_lock(path, wait_s=0, say=said.append):
        assert json.loads(path.read_bytes())["pid"] == os.getpid()
    assert list(path.parent.iterdir()) == []
    assert said == []


def test_it_is_given_back_after_an_error(path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), hold_lock(path, wait_s=0, say=print):
        raise KeyboardInterrupt
    with hold_lock(path, wait_s=0, say=pytest.fail):
        pass


def test_another_process_is_waited_for_in_vain(path: Path, holder: subprocess.Popen[str]) -> None:
    said: list[str] = []
    with pytest.raises(BusyError) as caught, hold_lock(path, wait_s=0.1, say=said.append):
        pytest.fail("two processes hold it")
    assert caught.value.exit_code is ExitCode.CHANGED
    assert caught.value.where == str(path)
    assert said == [said[0]]
    assert said[0].startswith(f"waiting up to 0.1 s for process {holder.pid} on ")
    assert caught.value.what.endswith(" is still at work on it after 0.1 s")
    assert json.loads(path.read_bytes())["pid"] == holder.pid, "whoever waits leaves the file alone"


def test_another_process_that_was_killed(path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    said: list[str] = []
    with hold_lock(path, wait_s=0, say=said.append):
        pass
    assert len(said) == 1
    assert said[0].startswith(f"took the lock over from process {holder.pid} on ")
    assert said[0].endswith(", which ended without giving it back")


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"pid": "x", "host": 1}', b"\xff\xfe", b'{"pid": 1}'])
def test_a_file_that_says_nothing_sensible(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    said: list[str] = []
    with hold_lock(path, wait_s=0, say=said.append):
        pass
    assert said == ["took the lock over from another process, which ended without giving it back"]


def test_many_take_it_in_turn(path: Path) -> None:
    """The file is removed under the feet of those who wait; still no two hold the lock at a time."""
    counter = path.parents[1] / "counter"
    counter.write_text("0")
    count = (
        "import pathlib, sys, time\n"
        "from pvengine.ledger.locking import hold_lock\n"
        "counter = pathlib.Path(sys.argv[2])\n"
        "for _ in range(20):\n"
        "    with hold_lock(pathlib.Path(sys.argv[1]), wait_s=60, say=lambda _: None):\n"
        "        number = int(counter.read_text())\n"
        "        time.sleep(0.001)\n"
        "        counter.write_text(str(number + 1))\n"
    )
    command = [sys.executable, "-c", count, str(path), str(counter)]
    running = [subprocess.Popen(command) for _ in range(4)]  # noqa: S603 - this interpreter
    assert [process.wait(timeout=60) for process in running] == [0] * 4
    assert counter.read_text() == "80"


def test_a_file_system_without_locks_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl  # noqa: PLC0415 - not on every system

    def refuse(*_: Any) -> NoReturn:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(UsageError) as caught, hold_lock(path, wait_s=0, say=print):
        pytest.fail("nothing is locked")
    assert str(caught.value).splitlines() == [
        f"{path}: cannot lock .x-v1.lock: function not implemented",
        "  why: a contract is discharged under a lock of the operating system",
        "  fix: check the permissions of the folder, and that its file system knows locks",
    ]
