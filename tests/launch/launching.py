"""Start processes through the server of launch_server.py, and wait for them as for any other.

A test that starts ``pv`` so has a process of its own with its exit code, signals and streams, and waits a
tenth of a second for what takes an interpreter half a second of imports.
"""

from __future__ import annotations

import atexit
import functools
import marshal
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["LIMIT", "NUMBER", "LaunchedProcess", "Launcher", "connect", "find_launcher"]

LIMIT = 1 << 18
NUMBER = struct.Struct("q")


class LaunchedProcess:
    """A process that the server started, with what the tests use of `subprocess.Popen`."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.pid = self._receive()
        self.returncode: int | None = None
        self.stdout: IO[str] | None = None
        self.stderr: IO[str] | None = None

    def _receive(self) -> int:
        message = self._connection.recv(NUMBER.size)
        if not message:
            raise OSError("the server of the commands has ended")
        return int(NUMBER.unpack(message)[0])

    def poll(self) -> int | None:
        """Return the exit code, negative where a signal ended it; None while it runs."""
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code."""
        code = self._wait(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return code

    def _wait(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._connection, selectors.EVENT_READ)
                is_over = bool(selector.select(timeout))
            if is_over:
                self.returncode = self._receive()
                self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, where the process has not ended yet."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read both outputs to their ends, wait for the end, and return them; the streams are closed."""
        end = time.monotonic() + (3600 if timeout is None else timeout)
        texts: dict[int, bytes] = {}
        with selectors.DefaultSelector() as selector:
            for number, stream in enumerate((self.stdout, self.stderr)):
                if stream is not None and not stream.closed:
                    texts[number] = b""
                    selector.register(stream, selectors.EVENT_READ, number)
            while selector.get_map():
                ready = selector.select(max(0.0, end - time.monotonic()))
                if not ready:
                    raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
                for key, _ in ready:
                    content = os.read(key.fd, 1 << 16)
                    texts[key.data] += content
                    if not content:
                        selector.unregister(key.fileobj)
                        key.fileobj.close()  # type: ignore[union-attr]  # a stream was registered
        self.wait(max(0.0, end - time.monotonic()))
        return texts.get(0, b"").decode(), texts.get(1, b"").decode()


def connect(  # noqa: PLR0913, PLR0917 - each is one fact of the process
    path: str,
    arguments: Sequence[str] | None,
    folder: str,
    variables: Mapping[str, str],
    descriptors: Sequence[int],
    code: str | None = None,
) -> LaunchedProcess:
    """Ask the server for a process with these three streams.

    It is ``pv`` with these arguments, or with ``code`` what ``python -c`` runs; without arguments it is a
    worker.
    """
    order = {
        "arguments": None if arguments is None else list(arguments),
        "code": code,
        "folder": folder,
        "variables": dict(variables),
    }
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(path)
    socket.send_fds(connection, [marshal.dumps(order)], descriptors)
    return LaunchedProcess(connection)


class Launcher:
    """A server that starts commands, for as long as this process lives."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pv-launch-")
        self.path = str(Path(self._folder.name) / "socket")
        server = Path(__file__).with_name("launch_server.py")
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and the file beside this one
            [sys.executable, str(server), self.path],
            env={**variables, "PYDANTIC_DISABLE_PLUGINS": "__all__"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        code: str | None = None,
    ) -> LaunchedProcess:
        """Start ``pv`` with an empty input and both outputs in pipes."""
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        empty = os.open(os.devnull, os.O_RDONLY)
        try:
            started = connect(self.path, arguments, str(folder), variables, [empty, out_end, err_end], code)
        finally:
            for descriptor in (empty, out_end, err_end):
                os.close(descriptor)
        started.stdout, started.stderr = os.fdopen(out, encoding="utf-8"), os.fdopen(err, encoding="utf-8")
        return started

    def write_command(self, folder: Path) -> None:
        """Write a program ``pv`` into a folder, for what starts it by its name."""
        client = Path(__file__).with_name("pv_client.py").read_text(encoding="utf-8")
        path = folder / "pv"
        path.write_text(f"#!{sys.executable} -IS\n{client.replace('{path}', self.path)}", encoding="utf-8")
        path.chmod(0o755)

    def close(self) -> None:
        """End the server."""
        self._process.communicate(timeout=30)
        self._folder.cleanup()


@functools.cache
def find_launcher() -> Launcher | None:
    """Return what starts commands as forks, one for this process.

    None where the system cannot, and where the variable ``PV_START`` is ``interpreter``.
    """
    if not hasattr(os, "pidfd_open") or os.environ.get("PV_START") == "interpreter":
        return None
    launcher = Launcher(os.environ)
    atexit.register(launcher.close)
    return launcher
