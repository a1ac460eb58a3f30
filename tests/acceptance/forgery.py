"""A discharged project whose files are changed and put back, and the forgeries that a careful hand can make.

The project has every shape that a claim can take. What is forged here is whole: a record that was edited
gets the file name of its bytes, the contract gets the pins of that name, and the amendments are chained
again. Digests are computed by the independent checker, not by the engine.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from recheck_mutations import chain_again, serialize

import pvrecheck
from pvengine import open_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conftest import Scratch

    from pvengine.models.report import Report

__all__ = ["Bench", "Forged", "discharge_rich", "say_path", "walk", "write"]

CONTRACT = "contracts/x-v1.yaml"

RICH_FALSIFIER = '''\
"""Falsifiers that give the numbers that their params name."""

import numpy as np

from pvengine.plugin import Params, Trial, falsifier


class RichParams(Params):
    """Numbers to give, and data that changes nothing."""

    value: float
    count: int
    notes: dict[str, list[float]]
    label: str


def give(value: float) -> float:
    """Give the value: the subject."""
    return value


def give_far_too_much(value: float) -> float:
    """Give far too much: a fault planted on purpose."""
    return value + 1000.0


def give_far_too_little(value: float) -> float:
    """Give far too little: another one."""
    return value - 1000.0


FAULTS = {"too much": give_far_too_much, "too little": give_far_too_little}


@falsifier("rich.readings", subject=give, planted_faults=FAULTS)
def measure_readings(trial: Trial, p: RichParams) -> None:
    """The value in two widths, and the count."""
    value = trial.subject(p.value)
    trial.measure("value", value, unit="m", population="1 reading", arithmetic="none")
    trial.measure("single", np.float32(value))
    trial.measure("count", p.count + int(value - p.value))


@falsifier("rich.others", subject=give, planted_faults=FAULTS)
def measure_others(trial: Trial, p: RichParams) -> None:
    """The same, under another name."""
    measure_readings(trial, p)
'''

RICH_CONTRACT = """\
metadata:
  id: C-RICH
  version: 1.0.0
  description: Every shape that a claim can take.
  references: [none]
hypotheses:
- {id: H1, statement: The reading is below five.}
- {id: H2, statement: The reading lies near one.}
- {id: H3, statement: Nobody asks this.}
falsification_tests:
- id: FT-001
  rule: The reading is small
  prediction: The reading lies between minus ten and ten.
  hypothesis: H1
  falsifier: rich.readings
  params: {value: 1.5, count: 3, notes: {a: [1.0, 2.5], b: [0.25]}, label: first}
  accept:
  - {metric: value, lt: 10.0, gt: -10}
  - {metric: value, le: 9.5}
  - {metric: value, ge: -9.5}
  - {metric: count, eq: 3}
  - {metric: count, ne: 4}
  - {metric: count, in: [1, 2, 3, 5.0]}
  - {metric: single, bits: '3fc00000'}
  decides:
    metric: value
    scope: one reading
    CONFIRMED: {lt: 5}
    PARTIALLY_CONFIRMED: {ge: 5, le: 7}
    FALSIFIED: {gt: 7}
  if_fails: The reading is large.
- id: FT-002
  rule: The reading decides two hypotheses
  prediction: The reading is below five, and lies near one.
  hypothesis: [H1, H2]
  falsifier: rich.readings
  params: {value: 1.25, count: 7, notes: {c: [3.0]}, label: second}
  decides:
  - {hypothesis: H1, metric: value, CONFIRMED: {lt: 6}, FALSIFIED: {ge: 6}}
  - {hypothesis: H2, metric: value, scope: near, CONFIRMED: {gt: 0, lt: 2}, FALSIFIED: [{le: 0}, {ge: 2}]}
  requires: [{model: weights, sha256: 0f2ab1b1d5d4de9ae0f6f0d5cb1dcb1f9b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e}]
  reproduce: {relative: 1.0e-6}
  depends_on: [FT-001]
- id: FT-003
  rule: The reading is negative
  prediction: The reading lies below zero.
  falsifier: rich.readings
  params: {value: 4.0, count: 0, notes: {}, label: third}
  accept:
  - {metric: value, lt: 0, gt: -100}
  search:
    domain: {value: {kind: real, range: [1, 5]}}
    maximise: value
    budget: {evaluations: 40}
  limits: {seconds: 20, mebibytes: 512}
implementation_stages:
- id: M0
  title: The readings
  needs: [FT-001, FT-002]
  steps:
  - {id: a, title: The first, needs: [FT-001]}
"""

WEIGHTS = b"sixteen weights."
_CONFIGURATION = (
    'contracts = ["contracts"]\nfalsifiers = ["rich.py"]\n'
    '[limits]\nseconds = 20\nmebibytes = 512\n[models]\nweights = "weights.bin"\n'
)

Path_ = tuple[Any, ...]


def discharge_rich(scratch: Scratch) -> Bench:
    """Discharge the project of every shape: two tests survive, one is falsified; one has three records."""
    sha256 = hashlib.sha256(WEIGHTS).hexdigest()
    placeholder = RICH_CONTRACT.partition("sha256: ")[2][:64]
    scratch.write("pv.toml", _CONFIGURATION)
    scratch.write("rich.py", RICH_FALSIFIER)
    scratch.write("weights.bin", WEIGHTS)
    scratch.write(CONTRACT, RICH_CONTRACT.replace(placeholder, sha256))
    first = scratch.call("discharge", CONTRACT)
    assert first.code == 10, first.shown
    for _ in range(2):
        assert scratch.call("discharge", CONTRACT, "--test", "FT-001").code == 0
    return Bench(scratch.root, CONTRACT)


@dataclass(frozen=True)
class Forged:
    """A change of the project: the new bytes of some files, None for a file that is gone, and its name."""

    name: str
    files: Mapping[str, bytes | None]


@dataclass
class Bench:
    """A discharged project; every change of its files is put back."""

    root: Path
    contract: str
    files: dict[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        """Read the files, and see that all of it holds."""
        self.path = self.root / self.contract
        store = self.path.parent / "evidence" / self.path.stem
        self.files = {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in (self.path, *store.rglob("*.json"))
        }
        self.project = open_project(self.root)
        self.text = self.files[self.contract].decode()
        self._data = pvrecheck.read_yaml(self.files[self.contract])
        assert self.verify({}).exit_code == 0

    @property
    def data(self) -> Any:
        """The data of the contract, to be changed at will."""
        return copy.deepcopy(self._data)

    @property
    def records(self) -> list[str]:
        """Paths of the records, sorted."""
        return sorted(name for name in self.files if name.endswith(".json"))

    def head_of(self, test: str) -> str:
        """Return the path of the newest record of a test."""
        (entry,) = (each for each in self._data["falsification_tests"] if each["id"] == test)
        digest = entry["evidence"].removeprefix("sha256:")
        (name,) = (name for name in self.files if name.endswith(f"{digest}.json"))
        return name

    def chain_of(self, test: str) -> list[str]:
        """Return the paths of a test's records, the newest first."""
        name = self.head_of(test)
        chain = [name]
        while previous := self.record(name)["predicate"]["previous"]:
            name = f"{name.rpartition('/')[0]}/{previous.removeprefix('sha256:')}.json"
            chain.append(name)
        return chain

    def record(self, name: str) -> Any:
        """Return the data of a record, to be changed at will."""
        return json.loads(self.files[name])

    def verify(self, files: Mapping[str, bytes | None]) -> Report:
        """Verify the contract with some files changed, and put them back."""
        with self.changed(files):
            return self.project.verify([self.path])

    @contextmanager
    def changed(self, files: Mapping[str, bytes | None]) -> Iterator[None]:
        """Change some files, and put them back at the end."""
        try:
            for name, content in files.items():
                self._put(name, content)
            yield
        finally:
            for name in files:
                self._put(name, self.files.get(name))

    def _put(self, name: str, content: bytes | None) -> None:
        path = self.root / name
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def forge(
        self, name: str, record: Any, data: Any = None, *, place: str = '"PLACE"'
    ) -> dict[str, bytes | None]:
        """Put another record in the place of one, with its file name, every pin of it and the chain renewed.

        A record that follows it is renewed too, because it names the one before it. ``place`` is JSON, or
        what is none, that takes the place of the text "PLACE" in the record.
        """
        files: dict[str, bytes | None] = {}
        text = json.dumps(self.data if data is None else data)
        renewed = {name: serialize(record).replace(b'"PLACE"', place.encode())}
        test = name.split("/")[-2]
        while renewed:
            old, content = renewed.popitem()
            before, after = old[-69:-5], hashlib.sha256(content).hexdigest()
            text = text.replace(before, after)
            files |= {old: None, old.replace(before, after): content}
            for later in self.records:
                if later.split("/")[-2] == test and before in self.files[later].decode() and later != old:
                    renewed[later] = self.files[later].replace(before.encode(), after.encode())
        again = json.loads(text)
        chain_again(again)
        return {**files, self.contract: write(again)}

    def forge_claim(self, test: str, data: Any, *, seed: bool) -> dict[str, bytes | None]:
        """Let the newest record of a test say the claim of ``data``; its seed follows where asked to."""
        name = self.head_of(test)
        record = self.record(name)
        facts = record["predicate"]
        facts["claim"] = extract(data, test)
        facts["claim_digest"] = pvrecheck.digest(facts["claim"])
        facts["params"] = facts["claim"].get("params") or {}
        facts["falsifier"] = facts["claim"]["falsifier"]
        if seed:
            facts["seed"] = int(facts["claim_digest"][7:20], 16)
        for described, what, digest in (
            (record["subject"][0], f"falsifier:{facts['falsifier']}", facts["source_digest"]),
            (record["subject"][1], f"claim:{facts['claim']['id']}", facts["claim_digest"]),
        ):
            described |= {"name": what, "digest": {"sha256": digest.removeprefix("sha256:")}}
        return self.forge(name, record, data)


CLAIM_KEYS = (
    "id", "rule", "prediction", "hypothesis", "falsifier", "params", "accept", "decides", "requires",
    "search", "reproduce",
)  # fmt: skip
"""The keys of a claim, as the reference of the evidence format has them."""


def extract(data: Any, test: str) -> Any:
    """Extract the claim of a test, as the reference of the evidence format says."""
    (entry,) = (each for each in data["falsification_tests"] if each["id"] == test)
    claim = {key: entry[key] for key in CLAIM_KEYS if key in entry}
    named = entry.get("hypothesis", [])
    decides = entry.get("decides", [])
    names = [named] if isinstance(named, str) else list(named)
    names += [
        each["hypothesis"] for each in (decides if isinstance(decides, list) else []) if "hypothesis" in each
    ]
    statements = {each["id"]: each["statement"] for each in data["hypotheses"]}
    return {**claim, "statements": {name: statements.get(name) for name in names}} if names else claim


def write(data: Any) -> bytes:
    """Write the data of a contract in another layout than the engine's: JSON is YAML too."""
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def walk(data: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Iterate over the leaves of data with their paths; an empty list or mapping is one."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    is_leaf = True
    for key, value in pairs:
        is_leaf = False
        yield from walk(value, (*path, key))
    if is_leaf:
        yield path, data


def say_path(path: Path_) -> str:
    """Write a path as messages do: ``accept[0].lt``."""
    text = ""
    for part in path:
        is_plain = isinstance(part, str) and re.fullmatch(r"[\w'-]+", part)
        text += f".{part}" if is_plain else f"[{json.dumps(part)}]"
    return text.removeprefix(".")
