"""Start commands as forks of one process that has imported them: a command then costs no start of Python.

Run as a script this is a server on a Unix socket whose path it is given; it ends when its input ends. Each
connection is one process: a ``pv`` with its own folder, variables and streams, or a worker that such a
``pv`` asks for instead of starting an interpreter. What is started is a process like any other, with a
number, signals and an exit code of its own; only its imports were done before it was there.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import marshal
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from launching import LIMIT, NUMBER, LaunchedProcess, connect

import pvengine
from pvengine.models.trial import TrialResult
from pvengine.plugin.trial import seed_global_generators
from pvengine.runner import template, worker
from pvengine.runner.environment import describe_environment, make_worker_variables

if TYPE_CHECKING:
    from collections.abc import Callable

_FEW = 256
"""No process here has more descriptors when it is forked."""


def serve(path: str) -> None:
    """Start what is asked for until the input ends."""
    sys.path.pop(0)  # this folder, which is on no path of what is started
    prepare()
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener,
        selectors.DefaultSelector() as selector,
    ):
        listener.bind(path)
        listener.listen(_FEW)
        selector.register(0, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ, lambda: accept(listener, selector, path))
        os.write(1, b"ready\n")
        while True:
            for key, _ in selector.select():
                if key.fileobj == 0:
                    return
                key.data()


def prepare() -> None:
    """Import what commands and workers import, and build what a worker builds before its first trial."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal: who started us decides when we end
    for found in pkgutil.walk_packages(pvengine.__path__, "pvengine."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    os.environ.update(make_worker_variables({}))  # NumPy reads its number of threads when it is loaded
    describe_environment()
    seed_global_generators(0)
    TrialResult.model_rebuild()
    gc.collect()
    gc.freeze()  # a collection in a fork would copy every page that has an object


def accept(listener: socket.socket, selector: selectors.BaseSelector, path: str) -> None:
    """Fork the process that a new connection asks for, tell its number, and later how it ended."""
    connection, _ = listener.accept()
    message, descriptors, _, _ = socket.recv_fds(connection, LIMIT, 3)
    if not message:
        connection.close()
        return
    pid = os.fork()
    if pid == 0:
        become(marshal.loads(message), descriptors, path)  # noqa: S302 - from the tests alone
    for descriptor in descriptors:
        os.close(descriptor)
    with contextlib.suppress(OSError):
        connection.send(NUMBER.pack(pid))
    watched = os.pidfd_open(pid)

    def reap() -> None:
        selector.unregister(watched)
        os.close(watched)
        _, status = os.waitpid(pid, 0)
        with connection, contextlib.suppress(OSError):
            connection.send(NUMBER.pack(os.waitstatus_to_exitcode(status)))

    selector.register(watched, selectors.EVENT_READ, reap)


def become(order: dict[str, Any], descriptors: list[int], path: str) -> NoReturn:
    """Be the process that was asked for; it has the descriptors that it was given, and no other."""
    code = 1
    try:
        kept = [os.dup(descriptor) for descriptor in descriptors]  # away from 0, 1 and 2, and from each other
        for number, descriptor in enumerate(kept):
            os.dup2(descriptor, number)
        os.closerange(3, _FEW)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["variables"])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run: Callable[[], None]
        run = be_worker if order["arguments"] is None else lambda: be_command(order, path)
        code = end_as_python_does(run)
    except BaseException:  # noqa: BLE001 - the last frame of this process
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def be_command(order: dict[str, Any], path: str) -> None:
    """Be ``python -m pvengine`` or ``python -c``; its workers are started by the server too."""

    def start_worker(
        _: list[str], *, pass_fds: list[int], stdout: Any, env: Any, **__: Any
    ) -> LaunchedProcess:
        return connect(path, None, str(Path.cwd()), env, [pass_fds[0], stdout.fileno(), stdout.fileno()])

    template.subprocess = types.SimpleNamespace(  # type: ignore[attr-defined]  # a module that is replaced
        Popen=start_worker, DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired
    )
    if order["code"] is not None:
        sys.path.insert(0, "")
        sys.argv[:] = ["-c", *order["arguments"]]
        exec(compile(order["code"], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - a test's own
        return
    sys.path.insert(0, str(Path.cwd()))
    sys.argv[:] = ["pvengine", *order["arguments"]]
    runpy.run_module("pvengine", run_name="__main__", alter_sys=True)


def be_worker() -> None:
    """Be ``python -P -B -m pvengine.runner.worker``: the socket is where a command has its input."""
    os.setsid()
    sys.dont_write_bytecode = True
    del sys.modules[connect.__module__]  # a file of this project, which no trial has imported
    control = os.dup(0)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    worker.main(control)


def end_as_python_does(run: Callable[[], None]) -> int:
    """Run to the end, and end as an interpreter does; return the exit code."""
    code = 0
    try:
        run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if not isinstance(end.code, int | None):
            sys.stderr.write(f"{end.code}\n")
    except KeyboardInterrupt:
        sys.excepthook(*sys.exc_info())
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:  # noqa: BLE001 - an interpreter shows it and ends with 1
        sys.excepthook(*sys.exc_info())
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter calls at its end
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:  # as an interpreter that could not write what it had printed
        sys.stderr.write(f"Exception ignored in: {sys.stdout!r}\n{type(error).__name__}: {error}\n")
        code = 120
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    return code


if __name__ == "__main__":
    serve(sys.argv[1])
