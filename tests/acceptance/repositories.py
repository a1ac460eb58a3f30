"""Git repositories whose branches discharge and edit a contract, merged by the real git."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pvengine import open_project
from pvrecheck import recheck

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CONTRACT", "Git", "Repository", "start_repository"]

CONTRACT = "contracts/x-v1.yaml"
HEAD = """\
  description: Some bounds.
  references: [none]
hypotheses:
- {id: H, statement: The value is small, status: UNTESTED}
"""
DECIDES = """\
hypothesis: H
decides: {metric: value, CONFIRMED: {lt: 10.0}, FALSIFIED: {ge: 10.0}}
"""
TAIL = """\
implementation_stages:
- id: S
  steps:
  - {id: a, needs: [FT-001, FT-002], status: NEW}
"""


@dataclass(frozen=True)
class Git:
    """What a git command gave."""

    code: int
    out: str


class Repository:
    """A scratch project in a git repository of its own, or a copy of one."""

    def __init__(self, scratch: Any) -> None:
        self.scratch = scratch
        self.root: Path = scratch.root

    def git(self, *args: str, cwd: Path | None = None) -> Git:
        """Run git without any configuration of this machine; both outputs are one."""
        who = {
            f"GIT_{role}_{part}": "ada@x" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
        }
        kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_EDITOR": "true"}
        done = subprocess.run(  # noqa: S603 - git in a scratch folder
            ["git", *args],  # noqa: S607 - as above
            cwd=cwd or self.root,
            env=kept | who | alone,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Git(done.returncode, done.stdout)

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.git("add", "--all")
        done = self.git("commit", "--quiet", "--message", message)
        assert done.code == 0, done.out

    def branch(self, name: str, start: str = "main") -> None:
        """Start a branch and go to it."""
        done = self.git("checkout", "--quiet", "-b", name, start)
        assert done.code == 0, done.out

    def checkout(self, name: str) -> None:
        """Go to a branch."""
        done = self.git("checkout", "--quiet", name)
        assert done.code == 0, done.out

    def merge(self, name: str, *options: str) -> Git:
        """Merge a branch into the one that is checked out."""
        return self.git("merge", "--quiet", "--no-edit", *options, name)

    def discharge(self, *tests: str, contract: str = CONTRACT, code: int = 0) -> None:
        """Discharge tests and commit."""
        names = [part for test in tests for part in ("--test", test)]
        done = self.scratch.call("discharge", contract, *names)
        assert done.code == code, done.shown
        self.commit(f"Discharge {' '.join(tests)}")

    def edit(self, old: str, new: str, name: str = CONTRACT) -> None:
        """Replace a text that stands once, and commit."""
        self.scratch.edit(old, new, name)
        self.commit("Edit")

    def read(self, name: str = CONTRACT) -> str:
        """Read a file."""
        return (self.root / name).read_text(encoding="utf-8")

    def data(self) -> Any:
        """Read the contract as data."""
        return open_project(self.root).view(self.root / CONTRACT).loaded.data

    def check(self) -> tuple[int, int, list[str]]:
        """Verify with both programs: their exit codes, and the codes of the findings."""
        report = open_project(self.root).verify()
        codes = [entry.code for entry in report.diagnostics]
        return report.exit_code, recheck([self.root / "contracts"])[1], codes

    def count_records(self, test: str) -> int:
        """Count the records of a test."""
        return len(self.scratch.records(test))

    def copy(self, scratch: Any) -> Repository:
        """Copy everything into another scratch project."""
        shutil.copytree(self.root, scratch.root, dirs_exist_ok=True)
        return Repository(scratch)


def start_repository(scratch: Any, *, has_driver: bool) -> Repository:
    """Start a repository with a contract of three tests on `main`, and branches that discharge them.

    `a` and `same` discharge FT-001, `b` FT-002, `c` FT-003 on top of `a`; on `falsified` the subject is
    another one, and FT-001 is falsified.
    """
    repository = Repository(scratch)
    assert repository.git("init", "--quiet", "--initial-branch=main").code == 0
    arguments = ["init", "--git"] if has_driver else ["init"]
    assert scratch.call(*arguments).code == 0
    tests = [scratch.test("FT-001", extra=DECIDES), *(scratch.test(f"FT-00{each}") for each in (2, 3))]
    scratch.contract(*tests, head=HEAD, tail=TAIL)
    repository.commit("Begin")
    for name in ("a", "b"):
        repository.branch(name)
        repository.discharge("FT-001" if name == "a" else "FT-002")
    repository.branch("c", "a")
    repository.discharge("FT-003")
    repository.branch("same")
    repository.discharge("FT-001")
    repository.branch("falsified")
    end = "\n\n\ndef read_too_high"
    scratch.edit(f"    return value{end}", f"    return value + 20.0{end}", "probe.py")
    repository.discharge("FT-001", code=10)
    repository.checkout("main")
    return repository
