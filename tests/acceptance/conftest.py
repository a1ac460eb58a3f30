"""Run the real command in a scratch project whose falsifier misbehaves on demand."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from pvengine import open_project
from pvengine.cli.main import root

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.report import Report

# The modules beside this file are of these tests alone; with import-mode=importlib no folder is on the path.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1] / "launch"))

from commands import PV, Result, run_command
from forgery import Bench, discharge_rich
from tally import tally_cases
from unmeasured import pytest_runtest_call, pytest_runtest_setup  # noqa: F401 - hooks of this folder

PROBE = '''\
"""A falsifier whose subject does what the params say, once its planted fault has been noticed."""

import ctypes
import os
import pathlib
import time

from pvengine.plugin import Params, Trial, falsifier


class ProbeParams(Params):
    """What the subject gives, and how the trial behaves after it was asked."""

    value: float
    mode: str = "measure"
    target: str = ""


def read_exactly(value: float) -> float:
    """Give the value: the subject."""
    return value


def read_too_high(value: float) -> float:
    """Give far too much: a fault planted on purpose."""
    return value + 1000.0


def misbehave(p: ProbeParams) -> None:
    """End the trial in the way that the params ask for."""
    if p.mode in ("hang", "wait") and p.target:
        pathlib.Path(p.target + ".started").touch()
    if p.mode == "hang":
        time.sleep(600)
    elif p.mode == "raise":
        raise RuntimeError("the probe broke\\nwith a second line")
    elif p.mode == "segfault":
        ctypes.string_at(0)
    elif p.mode == "exit":
        os._exit(0)
    elif p.mode == "memory":
        bytearray(1 << 40)
    elif p.mode == "print":
        print("noise on stdout", flush=True)
        os.write(2, b"noise on stderr")
    elif p.mode == "edit":
        path = pathlib.Path(p.target)
        path.write_text(path.read_text() + "# edited meanwhile\\n")
    elif p.mode == "wait":
        while not pathlib.Path(p.target).exists():
            time.sleep(0.01)


@falsifier("probe.value", subject=read_exactly, planted_faults={"reads too high": read_too_high})
def measure_value(trial: Trial, p: ProbeParams) -> None:
    """Value that the subject gives."""
    value = trial.subject(p.value)
    if value == p.value:
        misbehave(p)
    if p.mode == "toothless":
        value = p.value
    if value == p.value and p.mode == "nan":
        value = float("nan")
    if value != p.value or p.mode != "missing":
        trial.measure("value", value, population="1 reading")
    if p.mode == "reply":
        return value
'''

CONFIGURATION = (
    'contracts = ["contracts"]\nfalsifiers = ["probe.py"]\n[limits]\nseconds = 20\nmebibytes = 512\n'
)


class Scratch:
    """A project of its own in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / "contracts" / "x-v1.yaml"
        self.store = root / "contracts" / "evidence" / "x-v1"
        self.write("pv.toml", CONFIGURATION)
        self.write("probe.py", PROBE)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the project, as UTF-8 with the line breaks that it has."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def test(self, name: str = "FT-001", value: float = 1.0, mode: str = "measure", extra: str = "") -> str:
        """Return the text of a test that survives below 10; ``extra`` are further lines of its mapping."""
        lines = [
            f"- id: {name}",
            "  rule: The value is small",
            "  falsifier: probe.value",
            f"  params: {{value: {value!r}, mode: {mode}}}",
            "  accept:",
            "  - {metric: value, lt: 10.0}",
            *(f"  {line}" for line in extra.splitlines()),
        ]
        return "\n".join(lines) + "\n"

    def contract(self, *tests: str, version: str = "1.0.0", head: str = "", tail: str = "") -> Path:
        """Write the contract of the project."""
        body = "falsification_tests:\n" + "".join(tests) if tests else ""
        text = f"metadata:\n  id: C-X\n  version: {version}\n{head}{body}{tail}"
        return self.write("contracts/x-v1.yaml", text)

    def edit(self, old: str, new: str, name: str = "contracts/x-v1.yaml") -> None:
        """Replace a text that stands once in a file, which must be there."""
        path = self.root / name
        text = path.read_bytes().decode()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in\n{text}"
        path.write_bytes(text.replace(old, new).encode())

    def pv(self, *args: str | Path, **options: Any) -> Result:
        """Run the command in the project's folder."""
        return run_command([*PV, *map(str, args)], cwd=self.root, **options)

    def discharge(self, *args: str, **options: Any) -> Result:
        """Discharge the contract."""
        return self.pv("discharge", "contracts/x-v1.yaml", *args, **options)

    def json(self, *args: str | Path, **options: Any) -> Any:
        """Run a command with ``--format json`` and return its document; the exit code must be in it."""
        result = self.pv(*args, "--format", "json", **options)
        report = result.report
        assert report["exit_code"] == result.code, result.shown
        return report

    def call(self, *args: str | Path) -> Result:
        """Run the command in this process: for a check behind a command that ran for real."""
        with contextlib.chdir(self.root):
            done = CliRunner().invoke(root, list(map(str, args)), prog_name="pv")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Result(done.exit_code, done.stdout, done.stderr)

    def status(self) -> Report:
        """Report where the contract stands, in this process: for a check behind the command under test."""
        return open_project(self.root).status()

    def verify(self) -> int:
        """Verify the contract, in this process; return the exit code."""
        return open_project(self.root).verify().exit_code

    def patched(self, patch: str, *args: str | Path, **options: Any) -> Result:
        """Run the command in a process in which a piece of Python was run before."""
        start = "from pvengine.cli import main\nmain()\n"
        return run_command(
            [sys.executable, "-c", f"{patch}\n{start}", *map(str, args)], cwd=self.root, **options
        )

    def snapshot(self) -> dict[str, bytes]:
        """Return every file of the project with its bytes."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def records(self, test: str = "FT-001") -> list[Path]:
        """List the evidence records of a test."""
        return sorted((self.store / test).glob("*.json"))

    def temporary_files(self) -> list[Path]:
        """List what a broken-off write may have left behind."""
        return sorted(self.root.rglob("*.tmp"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that count cases of the fault matrix, and leave the coverage of all unmeasured.

    `make reliability` runs the first. What is tested here runs in processes of its own, and where it does not
    the measuring takes more time than the test; see unmeasured.py.
    """
    for item in items:
        if not item.path.is_relative_to(
            Path(__file__).parent
        ):  # the hook is given those of other folders too
            continue
        item.add_marker(pytest.mark.no_cover)
        if "tally" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.reliability)


@pytest.fixture
def tally() -> Callable[..., None]:
    """Return what counts the cases of a row of the fault matrix; see tally.py."""
    return tally_cases


@pytest.fixture
def pv() -> Callable[..., Result]:
    """Return a function that runs the command in any folder."""
    return lambda folder, *args: run_command([*PV, *args], cwd=folder)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """Return a scratch project without a contract yet."""
    return Scratch(tmp_path)


@pytest.fixture(scope="module")
def make_scratch(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Scratch]:
    """Return a maker of scratch projects that several tests of a module look at."""
    return lambda: Scratch(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Return a discharged project with every shape of a claim; see forgery.py. Its changes are put back."""
    return discharge_rich(Scratch(tmp_path_factory.mktemp("rich")))
