"""Workers end with the process that supervises them: when it is killed, and on Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")

PLUGIN = """
import os, time
from pvengine.plugin import Params, Trial, falsifier

class P(Params):
    folder: str

def subject(): return 1
def hang(): time.sleep(60)

@falsifier("parent.NAME", subject=subject, planted_faults={"hang": HANG})
def measure(trial: Trial, p: P) -> None:
    '''Measure.'''
    with open(f"{p.folder}/NAME-{os.getpid()}-{os.getppid()}", "w"): pass
    trial.measure("m", trial.subject() or 0)
"""

PROGRAM = """
import sys
from pathlib import Path
from pvengine.registry.catalogue import discover
from pvengine.runner.schedule import run_in_order
from pvengine.runner.supervisor import Supervisor
from pvengine.runner.trials import Limits, run_test

root = Path(sys.argv[1])
found = discover(root, ["quick.py", "slow.py"])
with Supervisor() as supervisor:
    def work(name):
        params = {"folder": str(root / "notes")}
        return run_test(supervisor, found.falsifiers[name], params, seed=1, limits=Limits(60, 256))
    def decide(name, run):
        print(name, run.subject.failure, flush=True)
        return True
    names = ["parent.quick", "parent.slow"]
    try:
        run_in_order(names, {}, jobs=1, work=work, decide=decide, block=print, interrupt=supervisor.close)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "scratch").mkdir()
    for name, fault in (("quick", "len"), ("slow", "hang")):
        text = PLUGIN.replace("NAME", name).replace("HANG", "lambda: 2" if fault == "len" else "hang")
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def start(root: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """Start the program; return it and the processes of the trial that hangs."""
    command = [sys.executable, "-c", PROGRAM, str(root)]
    variables = {**os.environ, "TMPDIR": str(root / "scratch")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables)  # noqa: S603 - fixed program
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = [path.name for path in (root / "notes").iterdir() if path.name.startswith("slow-")]
        if found:
            return process, [int(number) for number in found[0].split("-")[1:]]
        time.sleep(0.01)
    process.kill()
    process.communicate()
    pytest.fail("the trial did not start")


def wait_until_gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not any(is_alive(pid) for pid in pids):
            return True
        time.sleep(0.01)
    return False


def is_alive(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def test_workers_end_when_their_supervisor_is_killed(root: Path) -> None:
    process, workers = start(root)
    assert all(is_alive(pid) for pid in workers)
    process.kill()
    process.communicate(timeout=10)
    assert wait_until_gone(workers)
    assert list((root / "scratch").iterdir()) == []


def test_a_trial_ends_when_its_template_is_killed(root: Path) -> None:
    process, (trial, template) = start(root)
    os.kill(template, signal.SIGKILL)
    assert wait_until_gone([trial])
    output, _ = process.communicate(timeout=30)
    assert output.splitlines() == ["parent.quick None", "parent.slow None"]


def test_ctrl_c_keeps_what_was_decided_and_ends_the_workers(root: Path) -> None:
    process, workers = start(root)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=10)
    assert process.returncode == 130
    assert output.splitlines() == ["parent.quick None"]
    assert wait_until_gone(workers)
