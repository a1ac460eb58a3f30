"""Records are deleted, and old copies of store and contract restored: what is lost, is said.

A contract pins the newest record of each test and how many there are, and each record names the one before
it. So none can go unnoticed, first, middle or last. An older contract beside newer records leaves some that
no amendment knows. Both rolled back together are simply what once was.
"""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING

import pytest
from forgery import write
from recheck_mutations import chain_again

from pvengine import open_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch
    from forgery import Bench

    from pvengine.models.report import Report

Files = dict[str, bytes]
TESTS = (("FT-001",), ("FT-001", "FT-002"), ("FT-001",), ("FT-002",))
"""What each of four discharges measures."""


def say(report: Report, code: str) -> str:
    """Join the messages of one code."""
    return "\n".join(found.message for found in report.diagnostics if found.code == code)


def test_any_records_are_deleted(rich: Bench, tally: Callable[..., None]) -> None:
    """Every set of records that is not empty, the whole store among them."""
    names, missed, cases = rich.records, [], 0
    for size in range(1, len(names) + 1):
        for gone in itertools.combinations(names, size):
            report = rich.verify(dict.fromkeys(gone))
            tests = {name.split("/")[-2] for name in gone}
            lost = {test.id for test in report.contracts[0].tests if test.standing == "missing"}
            is_said = all(f"of {test} is missing" in say(report, "PV601") for test in tests)
            cases += 1
            if report.exit_code != 3 or lost != tests or not is_said:
                missed.append((gone, report.exit_code, report.diagnostics))
    assert not missed, missed
    tally(
        group="Lost and restored",
        row="the first, the middle, the last, any or all records deleted",
        cases=cases,
        missed=len(missed),
        at_least=31,
    )


@pytest.fixture(scope="module")
def copies(make_scratch: Callable[[], Scratch]) -> list[Files]:
    """Return the files of a project after each of its discharges."""
    scratch = make_scratch()
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"))
    found = []
    for names in TESTS:
        selected = itertools.chain.from_iterable(("--test", name) for name in names)
        done = scratch.call("discharge", "contracts/x-v1.yaml", *selected)
        assert done.code == 0, done.shown
        found.append({name: content for name, content in scratch.snapshot().items() if "/" in name})
    return found


def is_record(name: str) -> bool:
    return "/evidence/" in name


def verify(scratch: Scratch, contract: Files, store: Files) -> Report:
    """Put the contract of one moment beside the records of another, and verify."""
    shutil.rmtree(scratch.root / "contracts", ignore_errors=True)
    for name, content in store.items():
        scratch.write(name, content if is_record(name) else contract[name])
    return open_project(scratch.root).verify()


def test_an_old_copy_of_the_store(scratch: Scratch, copies: list[Files], tally: Callable[..., None]) -> None:
    missed, cases = [], 0
    for old, new in itertools.combinations(range(len(copies)), 2):
        report = verify(scratch, copies[new], copies[old])
        lost = {test.id for test in report.contracts[0].tests if test.standing == "missing"}
        cases += 1
        if report.exit_code != 3 or lost != {name for names in TESTS[old + 1 : new + 1] for name in names}:
            missed.append((old, new, report.exit_code, report.diagnostics))
    assert not missed, missed
    tally(
        group="Lost and restored",
        row="an old copy of the store restored",
        cases=cases,
        missed=len(missed),
        at_least=6,
    )


def test_an_old_copy_of_the_contract(
    scratch: Scratch, copies: list[Files], tally: Callable[..., None]
) -> None:
    """The records that it does not know are listed one by one, and change no status and no exit code."""
    missed, cases = [], 0
    for old, new in itertools.combinations(range(len(copies)), 2):
        report = verify(scratch, copies[old], copies[new])
        unlinked = [found for found in report.diagnostics if found.code == "PV605"]
        cases += 1
        added = set(copies[new]) - set(copies[old])
        shown = {found.path.rpartition("/")[2] for found in unlinked}
        if report.exit_code != 0 or shown != {name.rpartition("/")[2] for name in added}:
            missed.append((old, new, report.exit_code, report.diagnostics))
    assert not missed, missed
    tally(
        group="Lost and restored",
        row="an old copy of the contract restored: each record that it does not know is listed as unlinked",
        cases=cases,
        missed=len(missed),
        at_least=6,
    )


def test_a_rollback_of_both_is_out_of_reach(
    scratch: Scratch, copies: list[Files], tally: Callable[..., None]
) -> None:
    """What was once the whole truth cannot be told from it; version control, or a signed log, can."""
    reports = [verify(scratch, copy, copy) for copy in copies[:-1]]
    assert all(not report.diagnostics for report in reports)
    tally(
        group="Out of reach",
        row="old copies of contract and store restored together",
        cases=len(reports),
        missed=[int(report.exit_code) for report in reports].count(0),
        at_least=3,
    )


def cut_chain(bench: Bench, kept: int, *, is_counted: bool) -> Report:
    """Delete the newest records of FT-001, pin an older one, and set its counts back where asked to."""
    chain, data = bench.chain_of("FT-001"), bench.data
    gone, head = chain[: len(chain) - kept], f"sha256:{chain[len(chain) - kept][-69:-5]}"
    data["falsification_tests"][0]["evidence"] = head
    for amendment in data["amendments"][kept:]:
        (entry,) = amendment["tests"]
        entry |= {"head": head, **({"count": kept} if is_counted else {})}
    chain_again(data)
    return bench.verify({**dict.fromkeys(gone), bench.contract: write(data)})


def test_the_end_of_a_chain_is_cut_off(rich: Bench, tally: Callable[..., None]) -> None:
    reports = {kept: cut_chain(rich, kept, is_counted=False) for kept in (1, 2)}
    missed = [
        (kept, report.diagnostics)
        for kept, report in reports.items()
        if report.exit_code != 3
        or f"the amendment counts 3 records, the store has {kept}" not in say(report, "PV602")
    ]
    assert not missed, missed
    tally(
        group="Lost and restored",
        row="the newest records deleted, an older one linked and pinned, the amendments chained again",
        cases=len(reports),
        missed=len(missed),
        at_least=2,
    )
    codes = [cut_chain(rich, kept, is_counted=True).exit_code for kept in (1, 2)]
    tally(
        group="Out of reach",
        row="the newest records deleted, and every pin and count of them set back",
        cases=len(codes),
        missed=codes.count(0),
        at_least=2,
    )
