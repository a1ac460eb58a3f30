"""A project whose trials are made up and recorded as a discharge records them, without any worker."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pvengine.ledger.judge import Judging, judge
from pvengine.models.measurement import Measurement, encode_bits
from pvengine.models.trial import Environment, TestRun, TrialResult
from pvengine.numerics.canonical import derive_seed
from pvengine.project.measuring import Measured
from pvengine.project.project import open_project
from pvengine.project.recording import Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from pvengine.project.project import Project
    from pvengine.project.recording import Recording
    from pvengine.project.view import ContractView

FALSIFIER = '''\
"""A falsifier that is read and never run."""

from pvengine.plugin import Params, Trial, falsifier


class NoParams(Params):
    """None."""


def give(value):
    return value


def give_more(value):
    return value + 10


@falsifier("probe.value", subject=give, planted_faults={"more": give_more})
def measure(trial: Trial, p: NoParams) -> None:
    """The value."""
    trial.measure("m", trial.subject(0.5))
'''
ENVIRONMENT = Environment(
    pvengine="0.1.0",
    python="3.11.9",
    implementation="CPython",
    platform="Linux",
    machine="x86_64",
    numpy="2.1.0",
    blas="OpenBLAS",
    cpu_features=(),
    threads=1,
)


def make_trial(value: float, fault: str | None = None) -> TrialResult:
    """Make a trial that measured one number."""
    measured = Measurement(value=value, dtype="float64", bits=encode_bits(value, "float64"), unit="s")
    return TrialResult(fault=fault, measurements={"m": measured}, environment=ENVIRONMENT)


@dataclass(frozen=True)
class Bench:
    """A project with one contract, `contracts/x-v1.yaml`."""

    root: Path

    @property
    def path(self) -> Path:
        """The contract."""
        return self.root / "contracts" / "x-v1.yaml"

    @property
    def project(self) -> Project:
        """The project, opened anew."""
        return open_project(self.root)

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def edit(self, old: str, new: str, name: str = "contracts/x-v1.yaml") -> None:
        """Replace a text that stands once in a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, text
        (self.root / name).write_text(text.replace(old, new), encoding="utf-8")

    def test(self, name: str = "T", *lines: str) -> str:
        """Return the text of a test that survives below 1; ``lines`` are further ones of its mapping."""
        own = ["falsifier: probe.value", "accept: [{metric: m, lt: 1.0}]", *lines]
        return "".join([f"- id: {name}\n", *(f"  {line}\n" for line in own)])

    def contract(self, *tests: str, head: str = "") -> None:
        """Write the contract."""
        body = "falsification_tests:\n" + "".join(tests)
        self.write("contracts/x-v1.yaml", f"metadata: {{id: C-X, version: 1.0.0}}\n{head}{body}")

    def view(self) -> ContractView:
        """Open the contract."""
        return self.project.view(self.path)

    def record(self, name: str = "T", value: float = 0.5, **facts: Any) -> Recording:
        """Record a trial of a test as a discharge would, and write the contract."""
        view = self.view()
        test = view.loaded.tests[name]
        run = TestRun(
            falsifier=test.falsifier or "",
            source_digest=view.find_source_digest(test) or "",
            params={},
            seed=derive_seed(view.loaded.claims[name].digest),
            faults=tuple(make_trial(10.0, fault) for fault in facts.get("faults", ("more",))),
            subject=make_trial(value),
        )
        recorder = Recorder(view, dry_run=False)
        started = facts.get("started", "2026-01-01T00:00:00.000Z")
        recorder.add(name, Measured(run, judge(Judging.of(test), run), started))
        return recorder.write()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a project with a falsifier, which is the working folder, and no contract yet."""
    monkeypatch.chdir(tmp_path)
    bench = Bench(tmp_path)
    bench.write("pv.toml", 'contracts = ["contracts"]\nfalsifiers = ["probe.py"]\n')
    bench.write("probe.py", FALSIFIER)
    return bench


class Git(Protocol):
    """What runs git in a folder and returns its output without the space around it."""

    def __call__(self, folder: Path, *arguments: str) -> str: ...


@pytest.fixture
def git(monkeypatch: pytest.MonkeyPatch) -> Git:
    """Return what runs git, without the configuration of whoever runs the tests; `pv` has none either."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")

    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - git in a scratch folder
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - as above
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    return run
