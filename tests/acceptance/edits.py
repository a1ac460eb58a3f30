"""Repositories in which a person edits a contract, and what is checked behind each `pv bump`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from repositories import CONTRACT, Repository

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Result, Scratch

__all__ = ["ALONE", "BAR", "COUNT", "DAY", "WORDING", "bump", "check_enough", "list_amendments", "start"]

DAY = {"SOURCE_DATE_EPOCH": "1767225600"}
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **DAY}
"""What a process needs that knows no configuration of this machine, on the first day of 2026."""
HEAD = "  description: Some bounds.\n  references: [none]\n"
WORDING = ("Some bounds.", "Some tight bounds.")
BAR = ("- {metric: value, lt: 10.0}\n  status", "- {metric: value, lt: 20.0}\n  status")
COUNT = (
    "2 tests: 2 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, 0 self-declared"
)


def start(scratch: Scratch, *, head: str = HEAD, tail: str = "") -> Repository:
    """Start a repository with a contract of two tests in its one commit."""
    repository = Repository(scratch)
    assert repository.git("init", "--quiet", "--initial-branch=main").code == 0
    tests = scratch.test("FT-001", extra="status: NEW"), scratch.test("FT-002")
    scratch.contract(*tests, head=head, tail=tail)
    repository.commit("Begin")
    return repository


def bump(repository: Repository, *options: str | Path, contract: str = CONTRACT) -> Result:
    """Run `pv bump` in this process."""
    return repository.scratch.call("bump", contract, *options)


def list_amendments(repository: Repository) -> list[tuple[str, str]]:
    """List version and kind of each amendment."""
    return [(entry["version"], entry["kind"]) for entry in repository.data().get("amendments") or ()]


def check_enough(repository: Repository, base: str = "HEAD") -> None:
    """Check that `pv diff` finds the version enough, and a second bump nothing to do."""
    compared = repository.scratch.call("diff", f"{base}:{CONTRACT}", CONTRACT)
    assert (compared.code, compared.out.endswith("enough\n")) == (0, True), compared.shown
    before = repository.read()
    again = bump(repository, "--base", base)
    assert (again.code, again.err, "\nnothing to record: " in f"\n{again.out}") == (0, "", True), again.shown
    assert repository.read() == before
