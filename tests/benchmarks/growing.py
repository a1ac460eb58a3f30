"""Make a project whose evidence store has as many records as wanted: the first of each test is measured.

The others are derived from it: one more second on the clock, and the digest of the record before. The text of
a record is the form that the engine writes, and stays it, because the two values are replaced where they
stand. So is what the contract says of its newest record.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pvengine.numerics.canonical import digest_of

PV = str(Path(sys.executable).with_name("pv"))

CONFIGURATION = 'contracts = ["contracts"]\nfalsifiers = ["probe.py"]\n'

PROBE = '''\
"""A falsifier that measures what its params say."""

from pvengine.plugin import Params, Trial, falsifier


class ProbeParams(Params):
    """The value to read."""

    value: float


def read_exactly(value: float) -> float:
    """Give the value: the subject."""
    return value


def read_too_high(value: float) -> float:
    """Give far too much: a fault planted on purpose."""
    return value + 1000.0


@falsifier("probe.value", subject=read_exactly, planted_faults={"reads too high": read_too_high})
def measure_value(trial: Trial, p: ProbeParams) -> None:
    """Value that the subject gives."""
    trial.measure("value", trial.subject(p.value), population="1 reading")
'''

_STARTED = re.compile(r'"started": "([^"]+)"')
_HEAD = re.compile(r"sha256:([0-9a-f]{64})['\"], \"?count")


class GrownProject:
    """A project of one contract whose tests are discharged, and whose store can be grown and put back."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.contract = root / "contracts" / "x-v1.yaml"
        self.store = root / "contracts" / "evidence" / "x-v1"
        self._text = b""

    @classmethod
    def make(cls, root: Path, tests: int) -> GrownProject:
        """Make a project of some tests and discharge each once."""
        project = cls(root)
        project.contract.parent.mkdir(parents=True)
        (root / "pv.toml").write_text(CONFIGURATION, encoding="utf-8")
        (root / "probe.py").write_text(PROBE, encoding="utf-8")
        project.contract.write_text(
            "metadata:\n  id: C-X\n  version: 1.0.0\nfalsification_tests:\n"
            + "".join(
                f"- id: FT-{number:03}\n  rule: The value is small\n  falsifier: probe.value\n"
                f"  params: {{value: {number}.5}}\n  accept:\n  - {{metric: value, lt: 1000.0}}\n"
                for number in range(tests)
            ),
            encoding="utf-8",
        )
        project.run("discharge", str(project.contract))
        return project

    def copy(self, root: Path) -> GrownProject:
        """Copy the project."""
        shutil.copytree(self.root, root)
        return GrownProject(root)

    def run(self, *arguments: str) -> None:
        """Run a command, which must end with 0."""
        done = subprocess.run([PV, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - own
        if done.returncode:
            message = f"pv {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}{done.stderr}"
            raise RuntimeError(message)

    def grow(self, records: int) -> GrownProject:
        """Add records until each test has as many; the contract names the newest and counts them all."""
        text = self.contract.read_text(encoding="utf-8")
        for folder in sorted(self.store.iterdir()):
            (first,) = folder.glob("*.json")
            newest = _chain(first, records)
            old = f"head: 'sha256:{first.stem}', count: 1"
            text = text.replace(old, f"head: 'sha256:{newest}', count: {records}")
            text = text.replace(f"evidence: sha256:{first.stem}", f"evidence: sha256:{newest}")
        self.contract.write_text(text, encoding="utf-8")
        return self

    def amend(self) -> GrownProject:
        """Give each record of the only test an amendment of its own, as discharging as often would have."""
        text = self.contract.read_text(encoding="utf-8")
        head, _, made = text.partition("amendments:\n")
        date = made.partition("date: '")[2][:10]
        following: dict[str | None, str] = {}
        for path in self.store.glob("*/*.json"):
            following[json.loads(path.read_bytes())["predicate"]["previous"]] = f"sha256:{path.stem}"
        lines: list[str] = []
        newest: str | None = None
        entry: dict[str, Any] | None = None
        while newest in following:
            newest = following[newest]
            count = len(lines) + 1
            word = "NEW" if entry is None else "DISCHARGED"
            test = {"id": "FT-000", "from": word, "to": "DISCHARGED", "head": newest, "count": count}
            previous = None if entry is None else digest_of(entry)
            entry = {"version": f"1.{count}.0", "date": date, "kind": "discharge", "tests": [test]}
            entry["previous"] = previous
            lines.append(f"- {json.dumps(entry)}\n")
        head = head.replace("version: 1.1.0", f"version: 1.{len(lines)}.0")
        self.contract.write_text(f"{head}amendments:\n{''.join(lines)}", encoding="utf-8")
        return self

    def keep(self) -> None:
        """Keep the contract as it is now for `put_back`."""
        self._text = self.contract.read_bytes()

    def put_back(self, *, leaves_record: bool = False) -> None:
        """Undo a discharge of one test; on wish its record stays, as after a crash."""
        newest = _HEAD.findall(self.contract.read_text(encoding="utf-8"))[-1]
        if newest.encode() in self._text:
            return
        self.contract.write_bytes(self._text)
        if not leaves_record:
            (record,) = self.store.glob(f"*/{newest}.json")
            record.unlink()


def _chain(first: Path, records: int) -> str:
    """Write records that follow a first one, beside it; return the digest of the last."""
    text = first.read_text(encoding="utf-8")
    (started,) = _STARTED.findall(text)
    before, rest = text.split('"previous": null', 1)
    middle, after = rest.split(started, 1)
    clock = datetime.fromisoformat(started)
    digest = first.stem
    for number in range(1, records):
        moved = (clock + timedelta(seconds=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        content = f'{before}"previous": "sha256:{digest}"{middle}{moved}{after}'.encode()
        digest = hashlib.sha256(content).hexdigest()
        first.with_name(f"{digest}.json").write_bytes(content)
    return digest
