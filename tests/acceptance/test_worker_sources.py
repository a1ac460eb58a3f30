"""An edit that keeps size and time of a file is noticed: no bytecode is ever read or written."""

from __future__ import annotations

import os
import py_compile
from typing import TYPE_CHECKING

from pvengine.registry.catalogue import discover
from pvengine.runner.supervisor import Supervisor
from pvengine.runner.trials import Limits, run_test

if TYPE_CHECKING:
    from pathlib import Path

PLUGIN = """
from pvengine.plugin import Params, Trial, falsifier
import kernel

class P(Params):
    pass

@falsifier("edit.kernel", subject=kernel.subject, planted_faults={"two": lambda: 2})
def measure(trial: Trial, p: P) -> None:
    '''Measure.'''
    trial.measure("m", trial.subject())
"""


def measure(root: Path, supervisor: Supervisor) -> tuple[object, str]:
    source = discover(root, ["plug.py"]).falsifiers["edit.kernel"]
    run = run_test(supervisor, source, {}, seed=1, limits=Limits(20, 256))
    assert run.subject is not None
    return run.subject.measurements["m"].value, run.source_digest


def test_a_same_size_edit_with_the_same_time_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "plug.py").write_text(PLUGIN, encoding="utf-8")
    kernel = tmp_path / "kernel.py"
    kernel.write_text("def subject(): return 4\n", encoding="utf-8")
    py_compile.compile(str(kernel))  # stale bytecode, as another tool would leave it
    state = kernel.stat()
    with Supervisor() as supervisor:
        value, digest = measure(tmp_path, supervisor)
        assert value == 4
        for expected in (5, 6, 7):
            kernel.write_text(f"def subject(): return {expected}\n", encoding="utf-8")
            os.utime(kernel, ns=(state.st_atime_ns, state.st_mtime_ns))
            value, edited = measure(tmp_path, supervisor)
            assert value == expected
            assert edited != digest
            digest = edited
    assert [path.name.partition(".")[0] for path in tmp_path.rglob("*.pyc")] == ["kernel"]


def test_an_edit_after_the_digest_was_taken_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "plug.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "kernel.py").write_text("def subject(): return 4\n", encoding="utf-8")
    source = discover(tmp_path, ["plug.py"]).falsifiers["edit.kernel"]
    assert len(source.closure.modules) == 2
    (tmp_path / "kernel.py").write_text("def subject(): return 5\n", encoding="utf-8")
    with Supervisor() as supervisor:
        run = run_test(supervisor, source, {}, seed=1, limits=Limits(20, 256))
    assert run.subject is not None
    assert run.subject.measurements["m"].value == 4
