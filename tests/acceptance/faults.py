"""Run a real command in a forked process, and kill it or fail it at one chosen call of the system.

Run as a script this is a server: it has imported the command once, and forks a process for each line of JSON
that it reads, so that a thousand runs do not pay for a thousand imports. The worker of the trials is forked
beforehand for the same reason, with NumPy loaded and its random generators built, and is else as ever: a
process of its own behind a socket. In the process of
the command every call that opens for writing, writes, synchronises, renames, removes, makes a folder or
changes a mode is counted, output included. At the chosen call the process is killed
with SIGKILL before or after the call, or in the middle of a write, or the call fails with an ``errno``.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["CALLS", "FAULTS", "Ended", "FaultServer"]

CALLS = ("open", "write", "pwrite", "ftruncate", "fsync", "chmod", "mkdir", "replace", "unlink")
"""Functions of `os` that are counted; `open` where it opens for writing."""
FAULTS = ("kill before", "kill after", "ENOSPC", "EIO", "EFBIG", "EACCES", "EROFS", "EDQUOT", "EMFILE")


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code (negative: the signal), its output, and the calls that it made."""

    code: int
    out: str
    err: str
    calls: list[str]


class FaultServer:
    """A process that runs commands with faults."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and this file
            [sys.executable, __file__],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, folder: Path, arguments: Sequence[str], *, at: int | None = None, fault: str | None = None
    ) -> Ended:
        """Run ``pv`` in a folder; the call number ``at``, counted from 0, meets the fault."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"folder": str(folder), "arguments": list(arguments), "at": at, "fault": fault}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)


def serve() -> None:
    """Answer orders until the input ends."""
    is_warm = False
    for line in sys.stdin:
        order = json.loads(line)
        if not is_warm:
            warm_up(Path(order["folder"]))
            is_warm = True
        sys.stdout.write(json.dumps(vars(run_order(order))) + "\n")
        sys.stdout.flush()


def warm_up(folder: Path) -> None:
    """Do in this process what the forks will do, so that they find everything imported and built."""
    from click.testing import CliRunner  # noqa: PLC0415 - the server alone imports the command

    from pvengine.cli.main import root  # noqa: PLC0415 - as above
    from pvengine.models.trial import TrialResult  # noqa: PLC0415 - as above
    from pvengine.plugin.trial import seed_global_generators  # noqa: PLC0415 - as above
    from pvengine.runner.environment import (  # noqa: PLC0415 - as above
        describe_environment,
        make_worker_variables,
    )

    # What a worker has: its variables before NumPy reads them, and what it builds before its first trial.
    os.environ.update(make_worker_variables({}))
    describe_environment()
    seed_global_generators(0)
    TrialResult.model_rebuild()
    with tempfile.TemporaryDirectory(prefix="pv-faults-") as scratch:
        shutil.copytree(folder, Path(scratch) / "project")
        with contextlib.chdir(Path(scratch) / "project"):
            for path in sorted(Path("contracts").glob("*.yaml")):
                CliRunner().invoke(root, ["discharge", str(path)])
    gc.collect()
    gc.freeze()  # a collection in a fork would copy every page that has an object


def run_order(order: dict[str, Any]) -> Ended:
    """Fork, run the command in the child, and tell how it ended."""
    with tempfile.TemporaryDirectory(prefix="pv-faults-") as folder:
        names = {name: Path(folder) / name for name in ("out", "err", "calls")}
        child = os.fork()
        if child == 0:
            behave(order, names)
        _, status = os.waitpid(child, 0)
        texts = {name: path.read_text() if path.exists() else "" for name, path in names.items()}
    code = os.waitstatus_to_exitcode(status)
    return Ended(code, texts["out"], texts["err"], texts["calls"].splitlines())


def behave(order: dict[str, Any], names: dict[str, Path]) -> None:
    """Be the command: never returns."""
    code = 99
    try:
        os.chdir(order["folder"])
        calls = os.open(names["calls"], os.O_WRONLY | os.O_CREAT, 0o600)
        streams = [os.open(names[name], os.O_WRONLY | os.O_CREAT, 0o600) for name in ("out", "err")]
        for descriptor, stream in zip((1, 2), streams, strict=True):
            os.dup2(stream, descriptor)
        hire_worker()
        interpose(order["at"], order["fault"], calls)
        sys.stdout, sys.stderr = open_stream(1), open_stream(2)
        from pvengine.cli.main import root  # noqa: PLC0415 - the command, imported before the fork

        try:
            root.main(args=order["arguments"], prog_name="pv")
        except SystemExit as end:
            code = int(end.code or 0)
            with contextlib.suppress(OSError):
                sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - whatever it was, the test wants to see it
        import traceback  # noqa: PLC0415 - only a bug needs it

        with contextlib.suppress(BaseException):
            traceback.print_exc()
            sys.stderr.flush()
    finally:
        os._exit(code)


def hire_worker() -> None:
    """Fork the process that the first template of the command will be; later ones are started as ever."""
    from pvengine.runner import template, worker  # noqa: PLC0415 - the server alone imports the command

    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        os.setsid()
        message, descriptors, _, _ = socket.recv_fds(theirs, 1, 2)
        if message:
            for descriptor in (1, 2):
                os.dup2(descriptors[1], descriptor)
            worker.main(descriptors[0])
        os._exit(0)
    theirs.close()
    start = subprocess.Popen

    def hire(_: list[str], **options: Any) -> Any:
        template.subprocess.Popen = start  # type: ignore[attr-defined]  # a module that the type checker sees through
        socket.send_fds(ours, [b"x"], [*options["pass_fds"], options["stdout"].fileno()])
        return _Hired(pid)

    template.subprocess.Popen = hire  # type: ignore[attr-defined]  # a module that the type checker sees through


class _Hired:
    """What a command uses of `subprocess.Popen`, for a process that was forked beforehand."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        end = time.monotonic() + (timeout or 60)
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("worker", timeout or 60)
            time.sleep(0.001)
        assert self._code is not None
        return self._code


class _Raw(io.RawIOBase):
    """A file whose writes are calls of `os.write`, so that they are counted."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, content: Any) -> int:
        return os.write(self._descriptor, content)


def open_stream(descriptor: int) -> io.TextIOWrapper:
    """Open a standard stream as Python does when it is no terminal."""
    return io.TextIOWrapper(
        io.BufferedWriter(_Raw(descriptor)), encoding="utf-8", line_buffering=descriptor == 2
    )


def interpose(at: int | None, fault: str | None, log: int) -> None:
    """Put counting functions in the places of the calls."""
    numbers, write = iter(range(1 << 30)), os.write
    for name in CALLS:
        real = getattr(os, name)
        setattr(os, name, wrap(name, real, numbers, (at, fault), log, write))


def wrap(  # noqa: PLR0913, PLR0917 - each is one fact of the function that is made
    name: str,
    real: Callable[..., Any],
    numbers: Iterator[int],
    point: tuple[int | None, str | None],
    log: int,
    write: Callable[[int, bytes], int],
) -> Callable[..., Any]:
    """Make the function that stands in for a call."""
    at, fault = point
    owner = os.getpid()

    def called(*arguments: Any, **options: Any) -> Any:
        if os.getpid() != owner:  # a trial: what it does is its own
            return real(*arguments, **options)
        if name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR):
            return real(*arguments, **options)
        number = next(numbers)
        write(log, f"{name} {arguments[0]}\n".encode(errors="replace"))
        if number != at or fault is None:
            return real(*arguments, **options)
        if fault == "kill before":
            os.kill(owner, signal.SIGKILL)
        if fault == "kill after":
            if name in {"write", "pwrite"} and len(arguments[1]) > 1:  # torn in the middle
                real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2], *arguments[2:])
            else:
                with contextlib.suppress(OSError):
                    real(*arguments, **options)
            os.kill(owner, signal.SIGKILL)
        number = getattr(errno, fault)
        raise OSError(
            number, os.strerror(number), *[a for a in arguments[:1] if isinstance(a, (str, os.PathLike))]
        )

    return called


if __name__ == "__main__":
    serve()
