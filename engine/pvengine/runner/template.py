"""The supervisor's end of one worker: start its template process, have it run trials, end it."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import IO

from pvengine.runner.confinement import kill_group
from pvengine.runner.environment import make_worker_variables
from pvengine.runner.protocol import MESSAGE, REPLY_LIMIT_BYTES, START, START_SEARCH, STARTED, TIME_OUT

__all__ = ["Ending", "Template"]

_STARTUP_S = 60.0
"""A template imports NumPy and pydantic: a quarter of a second, many seconds on a loaded machine."""
_KILL_S = 5.0
_DRAIN_S = 1.0
_OUTPUT_BYTES = 16 * 1024
_CHUNK_BYTES = 64 * 1024


@dataclass(slots=True)
class Ending:
    """How a trial's process ended, and all that came from it.

    ``status`` is its wait status; None where the template ended before it could tell. ``output`` is the end
    of what the plug-in printed.
    """

    status: int | None = None
    reply: bytearray = field(default_factory=bytearray)
    output: bytearray = field(default_factory=bytearray)
    is_started: bool = False
    is_timed_out: bool = False
    is_reply_too_large: bool = False
    elapsed_s: float = 0.0


class Template:
    """A worker process of which each trial is a fork, one at a time; only `hang_up` is thread-safe."""

    def __init__(self) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        self._control, other = socket.socketpair()
        command = [sys.executable, "-P", "-B", "-X", "utf8", "-m", "pvengine.runner.worker"]
        try:
            with other:
                self._process = subprocess.Popen(  # noqa: S603 - this interpreter and this package
                    [*command, str(other.fileno())],
                    pass_fds=[other.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=self._log,
                    stderr=self._log,
                    env=make_worker_variables(os.environ),
                    start_new_session=True,
                )
        except BaseException:
            self._control.close()
            self._log.close()
            raise
        self._child: int | None = None

    def hang_up(self) -> None:
        """Close the connection: the template kills its trial and ends. Any thread may call this."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def end(self) -> str:
        """End the template and reap it; return what it wrote itself, which is its own failure if anything."""
        self.hang_up()
        try:
            self._process.wait(_KILL_S)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()
        self._control.close()
        self._log.seek(0)
        log = self._log.read().decode("utf-8", "replace").strip()
        self._log.close()
        return log

    @property
    def exit_code(self) -> int | None:
        """Exit code of the template, negative where a signal killed it; None while it runs."""
        return self._process.poll()

    def _kill(self) -> None:
        kill_group(self._process.pid)
        if self._child is not None:
            kill_group(self._child)

    def run(self, request: bytes, timeout_s: float, ending: Ending, *, is_search: bool = False) -> None:
        """Run one trial to its end; the time counts from when its process was there."""
        reply, reply_end = os.pipe()
        output, output_end = os.pipe()
        try:
            try:
                with tempfile.TemporaryFile() as file:
                    file.write(request)
                    file.seek(0)
                    start = START_SEARCH if is_search else START
                    socket.send_fds(self._control, [start], [file.fileno(), output_end, reply_end])
            finally:
                os.close(reply_end)
                os.close(output_end)
            _Watch(self, ending, reply, output, timeout_s).run()
        except (BrokenPipeError, ConnectionResetError):
            pass  # the template ended while it was idle: `is_started` stays False
        finally:
            os.close(reply)
            os.close(output)
            self._child = None

    def note_child(self, pid: int) -> None:
        """Remember the process of the running trial, which is in a session of its own."""
        self._child = pid

    def ask_to_end_trial(self) -> None:
        """Have the template kill its trial because the time is over."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._control.sendall(TIME_OUT)

    def kill(self) -> None:
        """Kill template and trial: the last resort where the template does not answer."""
        self._kill()

    @property
    def control(self) -> socket.socket:
        """The connection to the template."""
        return self._control


class _Watch:
    """Read what a trial sends until it has ended, and end it when its time is over."""

    def __init__(self, template: Template, ending: Ending, reply: int, output: int, timeout_s: float) -> None:
        self._template = template
        self._ending = ending
        self._timeout_s = timeout_s
        self._messages = bytearray()
        self._selector = selectors.DefaultSelector()
        self._selector.register(template.control, selectors.EVENT_READ, self._read_control)
        self._selector.register(reply, selectors.EVENT_READ, self._read_reply)
        self._selector.register(output, selectors.EVENT_READ, self._read_output)
        self._is_over = False
        self._is_asked = False
        self._started_s = time.monotonic()
        self._deadline_s = self._started_s + _STARTUP_S

    def run(self) -> None:
        with self._selector:
            while not self._is_over:
                self._step()
            self._ending.elapsed_s = time.monotonic() - self._started_s
            # What is still in the pipes; a process that escaped must not hold us up.
            self._deadline_s = time.monotonic() + _DRAIN_S
            self._forget(self._template.control)
            while self._selector.get_map() and time.monotonic() < self._deadline_s:
                self._select()

    def _step(self) -> None:
        self._select()
        if not self._is_over and time.monotonic() >= self._deadline_s:
            if self._is_asked:
                self._template.kill()
            else:
                self._ending.is_timed_out = self._ending.is_started
                self._ask()

    def _ask(self) -> None:
        self._is_asked = True
        self._deadline_s = time.monotonic() + _KILL_S
        self._template.ask_to_end_trial()

    def _select(self) -> None:
        remaining_s = max(0.0, self._deadline_s - time.monotonic())
        for key, _ in self._selector.select(remaining_s):
            key.data(key.fileobj)

    def _forget(self, source: object) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(source)  # type: ignore[arg-type]

    def _read_control(self, control: socket.socket) -> None:
        try:
            data = control.recv(_CHUNK_BYTES)
        except ConnectionResetError:
            data = b""
        self._is_over = not data
        self._messages += data
        while len(self._messages) >= MESSAGE.size:
            kind, number = MESSAGE.unpack(self._messages[: MESSAGE.size])
            del self._messages[: MESSAGE.size]
            if kind == STARTED:
                self._ending.is_started = True
                self._template.note_child(number)
                self._started_s = time.monotonic()
                self._deadline_s = self._started_s + self._timeout_s
            else:
                self._ending.status = number
                self._is_over = True

    def _read_reply(self, descriptor: int) -> None:
        data = os.read(descriptor, _CHUNK_BYTES)
        if not data:
            self._forget(descriptor)
        elif len(self._ending.reply) + len(data) <= REPLY_LIMIT_BYTES:
            self._ending.reply += data
        elif not self._ending.is_reply_too_large:
            self._ending.is_reply_too_large = True
            self._ask()

    def _read_output(self, descriptor: int) -> None:
        data = os.read(descriptor, _CHUNK_BYTES)
        if not data:
            self._forget(descriptor)
        self._ending.output += data
        del self._ending.output[:-_OUTPUT_BYTES]
