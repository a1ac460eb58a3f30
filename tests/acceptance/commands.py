"""Run the command under test in a process of its own."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from launching import find_launcher

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["BYTECODE", "CACHE", "PV", "Result", "make_variables", "run_command"]

BYTECODE = tempfile.mkdtemp(prefix="pv-bytecode-")
"""Where the commands keep their compiled modules: each starts a third faster than without."""
atexit.register(shutil.rmtree, BYTECODE, ignore_errors=True)
CACHE = tempfile.mkdtemp(prefix="pv-cache-")
"""The cache of the commands under test, not that of the person who runs the tests."""
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)
PV = [sys.executable, "-m", "pvengine"]
READ_AT_START = ("PYTHON", "LC_", "LANG")
"""Variables that Python reads when it starts: a command that is given one starts it."""
DROPPED = ("PV_MODELS", "SOURCE_DATE_EPOCH", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Result:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        """The one JSON document on standard output; an error where there is anything beside it."""
        return json.loads(self.out)

    @property
    def shown(self) -> str:
        """Both outputs, for a message of an assertion."""
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def make_variables() -> dict[str, str]:
    """Make the variables of a command under test."""
    kept = {name: text for name, text in os.environ.items() if name not in DROPPED}
    return {**kept, "PYTHONPYCACHEPREFIX": BYTECODE, "PV_CACHE_DIR": CACHE}


def run_command(
    command: Sequence[str],
    *,
    cwd: Path,
    env: dict[str, str] | None = None,
    timeout: float = 60,
    **options: Any,
) -> Result:
    """Run ``python -m pvengine`` or ``python -c`` to its end; its input is empty.

    It is forked from a process that has done its imports, see launching.py, unless it looks at what is
    imported. With the variable ``PV_START=interpreter`` every command starts Python.
    """
    variables = {**make_variables(), **(env or {})}
    code, arguments = (None, command[3:]) if list(command[:3]) == PV else (command[2], command[3:])
    is_plain = not options and not any(name.startswith(READ_AT_START) for name in env or {})
    if is_plain and "sys.modules" not in (code or "") and (launcher := find_launcher()) is not None:
        started = launcher.start(arguments, cwd, variables, code)
        try:
            out, err = started.communicate(timeout)
        finally:
            started.kill()
        return Result(started.wait(), out, err)
    done = subprocess.run(  # noqa: S603 - this interpreter and this package
        command,
        cwd=cwd,
        env=variables,
        capture_output=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
        **options,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())
