"""What must hold when a discharge met a fault at any one call of the system, and after the next one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faults import FaultServer

from pvengine import open_project

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Scratch
    from faults import Ended

__all__ = ["TESTS", "CrashBench"]

TESTS = ("FT-001", "FT-002")
CONTRACT = "contracts/x-v1.yaml"
COMMAND = ("discharge", CONTRACT, "--jobs", "1")


@dataclass
class CrashBench:
    """A project that is copied for each point, and the server that runs the command in the copy."""

    scratch: Scratch
    server: FaultServer
    calls: int

    @classmethod
    def open(cls, scratch: Scratch, env: dict[str, str]) -> CrashBench:
        """Write the project, and count the calls of a discharge that meets no fault."""
        scratch.contract(*map(scratch.test, TESTS))
        server = FaultServer({**os.environ, **env})
        bench = cls(scratch, server, 0)
        ended = server.run(bench.copy("without"), COMMAND)
        assert ended.code == 0, ended
        bench.calls = len(ended.calls)
        return bench

    def copy(self, name: str) -> Path:
        """Copy the project."""
        folder = self.scratch.root.parent / f"{self.scratch.root.name}-{name}"
        shutil.copytree(self.scratch.root, folder)
        return folder

    def check_every_point(self, fault: str) -> int:
        """Meet the fault at each call in turn; return how many points there were."""
        for at in range(self.calls):
            folder = self.copy(f"{fault}-{at}".replace(" ", "-"))
            ended = self.server.run(folder, COMMAND, at=at, fault=fault)
            point = (
                f"{fault} at call {at} ({ended.calls[-1] if ended.calls else '?'})\n{ended.out}\n{ended.err}"
            )
            self._check_ending(ended, fault, point)
            told = self._check_what_is_there(folder, ended, point)
            self._check_recovery(folder, told, point)
            shutil.rmtree(folder)
        return self.calls

    def _check_ending(self, ended: Ended, fault: str, point: str) -> None:
        """A killed command says nothing more; one that was refused something says so, or goes on without."""
        if fault.startswith("kill"):
            assert ended.code == -9, point
            return
        assert "Traceback" not in ended.out + ended.err, point
        assert ended.code in {0, 2, 12}, point  # 12: no trial could be started, which decides nothing
        if ended.code == 2 and ended.out:
            assert "error[PV001]: " in ended.out, point
        elif ended.code == 2:
            assert ended.err.count("pv: ") >= 1, point

    def _check_what_is_there(self, folder: Path, ended: Ended, point: str) -> dict[str, str]:
        """The contract is old or new, no record is torn, and what was reported is recorded.

        Returns the record of each test whose outcome was reported, by id.
        """
        before, after = self.scratch.path.read_bytes(), (folder / CONTRACT).read_bytes()
        report = open_project(folder).verify()
        assert report.exit_code == 0, (point, report.diagnostics)
        assert report.summary.discharged == 0 if after == before else report.summary.discharged > 0, point
        found = {test: list_records(folder, test) for test in TESTS}
        told = {test: found[test] for test in TESTS if f"{test} survived" in ended.err}
        assert all(len(records) == 1 for records in told.values()), point
        return {test: records[0] for test, records in told.items()}

    def _check_recovery(self, folder: Path, told: dict[str, str], point: str) -> None:
        """The next discharge needs no help: all is discharged once, and what was reported is linked."""
        again = self.server.run(folder, (*COMMAND, "--format", "json"))
        assert again.code == 0, (point, again)
        report = open_project(folder).verify()
        assert (report.exit_code, report.summary.discharged) == (0, len(TESTS)), (point, report.diagnostics)
        found = {test: list_records(folder, test) for test in TESTS}
        extra = {test for test, records in found.items() if len(records) > 1}
        # a record that the system did not confirm was not told; the edit for the others made it an attempt
        assert {entry.code for entry in report.diagnostics} <= ({"PV605"} if extra else set()), point
        assert extra.isdisjoint(told), (point, found)
        assert {test: [record] for test, record in told.items()}.items() <= found.items(), point
        assert not list(folder.rglob("*.tmp")), point
        trials = json.loads(again.out)["trials"]
        assert all(trial["state"] in {"adopted", "up to date"} for trial in trials if trial["id"] in told), (
            point
        )


def list_records(folder: Path, test: str) -> list[str]:
    """List the records of a test, each of which must have the digest that names it."""
    found = sorted((folder / "contracts" / "evidence" / "x-v1" / test).glob("*.json"))
    for path in found:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem, f"{path} is torn"
    return [path.stem for path in found]
