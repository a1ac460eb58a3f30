"""Keep a trial in bounds: limits, its own session, an end with its parent, nothing left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

__all__ = [
    "adopt_orphans",
    "end_orphans",
    "end_with_parent",
    "kill_group",
    "lift_memory_limit",
    "limit_memory",
]

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_MEBIBYTE = 1024 * 1024
_ORPHANS_S = 2.0


def _call_prctl(option: int, argument: int) -> None:
    """Call Linux' prctl; does nothing elsewhere, and nothing where a sandbox forbids it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0)


def end_with_parent(parent: int) -> None:
    """Have this process killed when its parent dies; end at once where that has happened already.

    The signal goes out when the parent's *thread* that forked this process ends, so the parent must fork
    from its main thread. Elsewhere than on Linux, the parent watches its own supervisor and kills.
    """
    _call_prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the call
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of every process below this one whose own parent ends (Linux)."""
    _call_prctl(_PR_SET_CHILD_SUBREAPER, 1)


def kill_group(pid: int) -> None:
    """Kill a process and its process group; no error where they have ended."""
    for kill in (os.kill, os.killpg):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def end_orphans() -> None:
    """Kill and reap every child of this process, those that became its children by that included.

    Catches what a plug-in started in a session of its own, which no process group reaches.
    """
    deadline = time.monotonic() + _ORPHANS_S
    while time.monotonic() < deadline:
        children = _list_children()
        for pid in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        reaped = _reap_children()
        if not children and not reaped:
            return
        time.sleep(0.002)


def _list_children() -> list[int]:
    path = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    try:
        return [int(pid) for pid in path.read_text(encoding="ascii").split()]
    except OSError:  # not Linux, or a kernel without this file
        return []


def _reap_children() -> int:
    count = 0
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            count += 1
    return count


def limit_memory(mebibytes: int) -> None:
    """Limit the address space to what is in use now and so many MiB more; write no core file.

    What the interpreter itself needs is not the trial's doing, and differs between machines. Only the soft
    limit is set, so that `lift_memory_limit` leaves room to report the failure. macOS has the call and
    does not enforce it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = _read_address_space_bytes() + mebibytes * _MEBIBYTE
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses some values
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def lift_memory_limit() -> None:
    """Take back the soft limit on the address space."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _read_address_space_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:  # not Linux
        return 512 * _MEBIBYTE
    return pages * resource.getpagesize()
