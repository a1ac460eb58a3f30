"""What `pv check` takes in a repository of many contracts of which one changed, against one of few contracts.

``python tests/benchmarks/check.py`` prints a table; ``--write`` puts it into the page
docs/explanation/performance.md. How is timed, and what the exit code means, is told in validate.py.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from growing import PV, GrownProject
from ratios import ROOT, Ratio, Took, render, time_commands, write_page

from pvengine.errors import ExitCode

_FEW = 12
_LIMIT = 2.0
_TESTS = 4
"""Tests of each contract."""
_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | {
    f"GIT_{role}_{part}": "nobody" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
}


@dataclass(frozen=True)
class Sizes:
    """How many contracts the large repository has, and how many records."""

    contracts: int
    records: int

    @property
    def large(self) -> str:
        """What the large repository is called."""
        return f"{self.contracts:,} contracts, {self.records:,} records"

    @property
    def small(self) -> str:
        """What the small one is called; each contract has as many records as in the large one."""
        return f"{_FEW} contracts, {_FEW * self.each:,} records"

    @property
    def each(self) -> int:
        """Records of one contract."""
        return self.records // self.contracts


def main() -> int:
    """Measure, print, and write the page where asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="how often each command is run")
    parser.add_argument("--contracts", type=int, default=1_200, help="contracts of the large repository")
    parser.add_argument("--records", type=int, default=20_000, help="records of the large repository")
    parser.add_argument("--write", action="store_true", help="write the table into the page of the docs")
    arguments = parser.parse_args()
    sizes = Sizes(arguments.contracts, arguments.records)
    with tempfile.TemporaryDirectory() as scratch:
        took = measure(Path(scratch), sizes, arguments.rounds)
    ratios = [
        Ratio(f"{what}, {sizes.large}", large.seconds, sizes.small, small.seconds, _LIMIT)
        for what in _CHANGES
        for large, small in [(took[f"{what}, {sizes.large}"], took[f"{what}, {sizes.small}"])]
    ]
    table = render(ratios)
    sys.stdout.write(table)
    if arguments.write:
        write_page("measured: check", table, f"{arguments.rounds} rounds")
    return 0 if all(ratio.holds for ratio in ratios) else 1


_CHANGES = ("a discharge", "a discharge, nothing run again", "a falsifier")
"""What changed: one contract was discharged, or the code of the falsifier that one contract names."""


def measure(scratch: Path, sizes: Sizes, rounds: int) -> dict[str, Took]:
    """Return what each check took."""
    compileall.compile_dir(ROOT / "engine", quiet=2)
    clean, stale, folders = {}, {}, {}
    for name, contracts in ((sizes.small, _FEW), (sizes.large, sizes.contracts)):
        root = scratch / str(contracts)
        make_repository(root, contracts, sizes.each)
        code = scratch / f"{contracts}-code"
        git(root, "worktree", "add", "--quiet", "-b", "code", str(code), "main")
        with (code / "probe.py").open("a", encoding="utf-8") as stream:
            stream.write("\nMORE = 1\n")
        check = [PV, "check", "--base", "main"]
        discharge, unmeasured, falsifier = (f"{what}, {name}" for what in _CHANGES)
        clean |= {discharge: check, unmeasured: [*check, "--rerun", "none"]}
        stale[falsifier] = check
        folders |= {discharge: root, unmeasured: root, falsifier: code}
    caches = scratch / "caches"
    took = time_commands(clean, rounds, caches, {}, int(ExitCode.CLEAN), folders)
    return took | time_commands(stale, rounds, caches, {}, int(ExitCode.GATE), folders)


def make_repository(root: Path, contracts: int, records: int) -> None:
    """Make a repository whose contracts are discharged on `main`, and one once more on a branch.

    One is measured; the others are copies of it under other names, which no check of this change may read.
    """
    project = GrownProject.make(root, _TESTS).grow(max(1, records // _TESTS))
    text = project.contract.read_text(encoding="utf-8")
    for number in range(1, contracts):
        _copy(project, text, f"{number:04}")
    probe = (root / "probe.py").read_text(encoding="utf-8")
    (root / "other.py").write_text(probe.replace("probe.value", "other.value"), encoding="utf-8")
    configuration = 'contracts = ["contracts"]\nfalsifiers = ["probe.py", "other.py"]\n'
    (root / "pv.toml").write_text(configuration, encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "base")
    git(root, "checkout", "--quiet", "-b", "discharge")
    project.run("discharge", str(project.contract), "--test", "FT-000")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "discharge")


def _copy(project: GrownProject, text: str, name: str) -> None:
    """Copy the contract with its records; what its records say of it is not made to hold."""
    own = (
        text.replace("C-X", f"C-Y{name}").replace("FT-", f"FY-{name}-").replace("probe.value", "other.value")
    )
    (project.contract.parent / f"y{name}-v1.yaml").write_text(own, encoding="utf-8")
    for record in project.store.glob("*/*.json"):
        content = record.read_bytes().replace(b"FT-", f"FY-{name}-".encode())
        folder = project.store.with_name(f"y{name}-v1") / record.parent.name.replace("FT-", f"FY-{name}-")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{hashlib.sha256(content).hexdigest()}.json").write_bytes(content)


def git(root: Path, *arguments: str) -> None:
    """Run git, which must end with 0."""
    command = ["git", "-C", str(root), *arguments]
    subprocess.run(command, env={**os.environ, **_ALONE}, check=True, capture_output=True)  # noqa: S603 - own


if __name__ == "__main__":
    sys.exit(main())
