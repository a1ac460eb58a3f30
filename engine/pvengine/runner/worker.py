"""The worker: a template process that forks one process a trial.

The template imports what every trial needs (pydantic, NumPy; with the first search also SciPy and
Hypothesis) and never a plug-in, so each trial starts from
the same clean state: a planted fault cannot reach the subject's trial. Forking takes 2 ms where a new
interpreter takes a quarter of a second.

States of the template: idle (waits for `START`) -> watching (a trial runs) -> idle, until the supervisor's
end of the socket closes. Whatever a trial leaves behind is killed before its end is reported.
"""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import os
import select
import signal
import socket
import sys
import tempfile
import time
from typing import NoReturn

from pvengine.models.trial import TrialResult
from pvengine.plugin.trial import seed_global_generators
from pvengine.runner.confinement import (
    adopt_orphans,
    end_orphans,
    end_with_parent,
    kill_group,
    lift_memory_limit,
    limit_memory,
)
from pvengine.runner.environment import describe_environment
from pvengine.runner.execution import run_request
from pvengine.runner.protocol import (
    ENDED,
    MESSAGE,
    START,
    START_SEARCH,
    STARTED,
    TIME_OUT,
    decode_request,
)
from pvengine.runner.searches import preload_optimisers

__all__ = ["main"]

_DESCRIPTORS = 3
_REPLY_DESCRIPTOR = 64
"""Lowest number that the reply may have: away from those that a plug-in gets when it opens files."""
_POLL_MS = 20
_DUMP_S = 0.05


def main(descriptor: int) -> None:
    """Serve trials on a socket until its other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor decides when a trial ends
    adopt_orphans()
    if sys.platform == "linux":  # elsewhere a fork after a system library has started threads is unsafe
        describe_environment()
        seed_global_generators(0)  # imports numpy.random: half the time of a trial, when each fork does it
        TrialResult.model_rebuild()
    with socket.socket(fileno=descriptor) as control:
        control.set_inheritable(False)
        while _serve_trial(control):
            pass


def _serve_trial(control: socket.socket) -> bool:
    """Run one trial; False where the supervisor is gone."""
    message, descriptors, _, _ = socket.recv_fds(control, 1, _DESCRIPTORS)
    if not message:
        return False
    if message not in (START, START_SEARCH) or len(descriptors) != _DESCRIPTORS:  # a late TIME_OUT
        return True
    if message == START_SEARCH and sys.platform == "linux":
        preload_optimisers()
    # The template makes and removes the folder, because it outlives a supervisor that is killed.
    with tempfile.TemporaryDirectory(prefix="pv-trial-", ignore_cleanup_errors=True) as scratch:
        template = os.getpid()
        pid = os.fork()
        if pid == 0:
            _run_child(control, descriptors, template, scratch)
        for number in descriptors:
            os.close(number)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            control.sendall(MESSAGE.pack(STARTED, pid))
        status = _watch(control, pid)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        control.sendall(MESSAGE.pack(ENDED, status))
    return True


def _watch(control: socket.socket, pid: int) -> int:
    """Wait until a trial has ended, or end it when the supervisor says so or is gone; return its wait status.

    The process is reaped last: until then nothing else can have its number, so the group that is killed
    is its own.
    """
    poller = select.poll()
    poller.register(control, select.POLLIN)
    watched = _open_process(pid)
    if watched is not None:
        poller.register(watched, select.POLLIN)
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        ready = [number for number, _ in poller.poll(_POLL_MS if watched is None else None)]
        if control.fileno() in ready:
            if control.recv(1) == TIME_OUT:
                _dump_stack(pid)
            poller.unregister(control)
            kill_group(pid)
    if watched is not None:
        os.close(watched)
    kill_group(pid)
    _, status = os.waitpid(pid, 0)
    end_orphans()
    return status


def _open_process(pid: int) -> int | None:
    """Open a descriptor that becomes readable when a process ends; None where the system has none."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _dump_stack(pid: int) -> None:
    """Have a trial that hangs write where it is."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGUSR1)
        time.sleep(_DUMP_S)


def _run_child(control: socket.socket, descriptors: list[int], template: int, scratch: str) -> NoReturn:
    """Run the trial in the forked process, which never returns into the template's loop."""
    code = 1
    try:
        control.close()
        os.setsid()
        end_with_parent(template)
        trial = os.getpid()
        request_file, output, received = descriptors
        reply = fcntl.fcntl(received, fcntl.F_DUPFD_CLOEXEC, _REPLY_DESCRIPTOR)
        os.close(received)
        reply_identity = os.fstat(reply)
        data = _take_streams(request_file, output)
        answer = _answer(data, scratch)
        # Neither a process that the plug-in forked nor a file that it opened in its place may take the reply.
        if os.getpid() == trial and os.path.samestat(os.fstat(reply), reply_identity):
            _write_all(reply, answer)
            code = 0
    except BaseException:  # noqa: BLE001 - the last frame of this process
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _take_streams(request_file: int, output: int) -> bytes:
    """Read the request; give the plug-in a stdout and a stderr that are not the reply. Its stdin is empty."""
    with open(request_file, "rb") as file:
        data = file.read()
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return data


def _answer(data: bytes, scratch: str) -> bytes:
    request = decode_request(data)
    os.chdir(scratch)
    os.environ["TMPDIR"] = tempfile.tempdir = scratch
    limit_memory(request.mebibytes)
    answer = run_request(request)
    lift_memory_limit()
    return answer.model_dump_json().encode()


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    main(int(sys.argv[1]))
