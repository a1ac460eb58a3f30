"""A command that is forked where its imports are done ends and speaks as one that starts Python does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from commands import PV, Result, make_variables, run_command
from launching import find_launcher

if TYPE_CHECKING:
    from conftest import Scratch

pytestmark = pytest.mark.skipif(find_launcher() is None, reason="every command starts Python here")


TIME = re.compile(r"\b\d+\.\d+ s\b")


def run_python(scratch: Scratch, *command: str) -> Result:
    """Run a command that starts Python, whatever the others do."""
    done = subprocess.run(  # noqa: S603 - this interpreter and this package
        command,
        cwd=scratch.root,
        env=make_variables(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["verify"], 11),
        (["status", "--format", "json"], 0),
        (["run", "contracts/x-v1.yaml", "--jobs", "1"], 0),
        (["validate", "missing.yaml"], 2),
        (["no-command"], 2),
    ],
)
def test_it_ends_and_speaks_alike(scratch: Scratch, arguments: list[str], code: int) -> None:
    scratch.contract(scratch.test(extra="status: DISCHARGED"))
    forked, started = scratch.pv(*arguments), run_python(scratch, *PV, *arguments)
    assert forked.code == started.code == code, (forked.shown, started.shown)
    assert [TIME.sub("", text) for text in (forked.out, forked.err)] == [
        TIME.sub("", text) for text in (started.out, started.err)
    ]


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("import sys; sys.exit(7)", 7),
        ("import sys; sys.exit('a reason')", 1),
        ("1 / 0", 1),
        ("import os; os.kill(os.getpid(), 9)", -9),
        ("raise KeyboardInterrupt", -2),
        ("import os; os.dup2(os.open('/dev/full', os.O_WRONLY), 1); print('lost')", None),
        ("import atexit; atexit.register(print, 'last'); print('first')", 0),
    ],
)
def test_python_ends_alike(scratch: Scratch, code: str, ending: int | None) -> None:
    command = [PV[0], "-c", code]
    forked, started = run_command(command, cwd=scratch.root), run_python(scratch, *command)
    assert forked.code == started.code, (forked.shown, started.shown)
    assert forked.code == ending or (ending is None and forked.code)  # None: 1, or 120 where it is buffered
    assert forked.out == started.out
    assert forked.err.splitlines()[-1:] == started.err.splitlines()[-1:]


def test_it_has_the_folder_the_variables_and_the_descriptors_that_it_was_given(scratch: Scratch) -> None:
    code = (
        "import os\n"
        "print(os.getcwd(), os.environ.get('GIVEN'), os.environ.get('PYTEST_CURRENT_TEST') is None)\n"
        "print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1], os.read(0, 1))\n"
    )
    variables = {name: text for name, text in make_variables().items() if name != "PYTEST_CURRENT_TEST"}
    launcher = find_launcher()
    assert launcher is not None
    out, err = launcher.start([], scratch.root, {**variables, "GIVEN": "é"}, code).communicate(20)
    assert (out, err) == (f"{scratch.root} é True\n[0, 1, 2] b''\n", "")


def test_it_is_interrupted_as_from_a_terminal(scratch: Scratch) -> None:
    launcher = find_launcher()
    assert launcher is not None
    marker = scratch.root / "hangs"
    scratch.contract(scratch.test(mode=f"hang, target: {marker}"))
    process = launcher.start(["discharge", "contracts/x-v1.yaml"], scratch.root, make_variables())
    while not marker.with_name("hangs.started").exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    process.communicate(20)
    assert process.wait() == 130
