"""Several discharges at once: no record is lost or doubled, and whoever comes second waits."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from commands import PV, make_variables
from launching import find_launcher

from pvengine import open_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conftest import Scratch
    from launching import LaunchedProcess

    Running = LaunchedProcess | subprocess.Popen[str]

EIGHT = 8
ROUNDS = int(os.environ.get("PV_ROUNDS", "2"))
"""`make reliability` takes more of them."""
LOCK = "contracts/evidence/.x-v1.lock"


def start(scratch: Scratch, *arguments: str) -> Running:
    launcher = find_launcher()
    if launcher is not None:
        return launcher.start(arguments, scratch.root, make_variables())
    return subprocess.Popen(  # noqa: S603 - this interpreter and this package
        [*PV, *arguments],
        cwd=scratch.root,
        env=make_variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish_all(running: Sequence[Running]) -> list[tuple[int, str, str]]:
    outputs = [process.communicate(timeout=120) for process in running]
    return [(process.returncode, *output) for process, output in zip(running, outputs, strict=True)]


def list_versions(text: str) -> list[tuple[int, ...]]:
    return [
        tuple(map(int, found))
        for found in re.findall(r"^- version: (\d+)\.(\d+)\.(\d+)$", text, re.MULTILINE)
    ]


@pytest.fixture
def slow(scratch: Scratch) -> Iterator[Running]:
    """Return a discharge of FT-001 that holds the lock until the file ``gate`` is there."""
    gate = scratch.root / "gate"
    scratch.contract(scratch.test("FT-001", mode=f"wait, target: {gate}"), scratch.test("FT-002"))
    process = start(scratch, "discharge", "contracts/x-v1.yaml", "--test", "FT-001")
    while not gate.with_name("gate.started").exists() and process.poll() is None:
        time.sleep(0.01)
    yield process
    gate.touch()
    process.communicate(timeout=60)


@pytest.mark.slow
def test_eight_discharges_of_one_contract(scratch: Scratch, tally: Callable[..., None]) -> None:
    names = [f"FT-{number:03}" for number in range(EIGHT)]
    scratch.contract(*map(scratch.test, names))
    for turn in range(1, ROUNDS + 1):
        running = [start(scratch, "discharge", "contracts/x-v1.yaml", "--test", name) for name in names]
        ended = finish_all(running)
        assert [code for code, _, _ in ended] == [0] * EIGHT, ended
        text = scratch.path.read_text()
        versions = list_versions(text)
        assert versions == sorted(set(versions)), "versions strictly increase"
        assert len(versions) == EIGHT * turn, "each discharge made its amendment"
        assert [len(scratch.records(name)) for name in names] == [turn] * EIGHT
        assert scratch.verify() == 0
        assert not scratch.status().diagnostics
        waited = sum("waiting up to 600 s for process" in err for _, _, err in ended)
        assert waited >= 1, "somebody had to wait"
    tally(
        group="Parallel runs",
        row="discharges of one contract at once, eight at a time",
        cases=EIGHT * ROUNDS,
        missed=0,
        at_least=16,
    )


@pytest.mark.slow
def test_eight_discharges_of_eight_contracts(scratch: Scratch, tally: Callable[..., None]) -> None:
    text = scratch.contract(scratch.test("FT-001"), scratch.test("FT-002")).read_text()
    scratch.path.unlink()
    paths = [
        scratch.write(f"contracts/c{number}-v1.yaml", text.replace("C-X", f"C-{number}"))
        for number in range(EIGHT)
    ]
    ended = finish_all([start(scratch, "discharge", str(path)) for path in paths])
    assert [(code, "waiting" in err) for code, _, err in ended] == [(0, False)] * EIGHT, ended
    report = open_project(scratch.root).verify()
    assert (report.exit_code, report.summary.discharged) == (0, 2 * EIGHT)
    tally(
        group="Parallel runs",
        row="discharges of different contracts at once",
        cases=EIGHT,
        missed=0,
        at_least=8,
    )


@pytest.mark.slow
def test_eight_plain_discharges_of_one_contract_measure_once(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"))
    ended = finish_all([start(scratch, "discharge", "contracts/x-v1.yaml") for _ in range(EIGHT)])
    assert [code for code, _, _ in ended] == [0] * EIGHT, ended
    assert len(scratch.records("FT-001")) == len(scratch.records("FT-002")) == 1
    assert list_versions(scratch.path.read_text()) == [(1, 1, 0)]
    assert sum("wrote contracts/x-v1.yaml" in out for _, out, _ in ended) == 1


def test_the_second_waits_says_for_whom_and_goes_on(scratch: Scratch, slow: Running) -> None:
    second = start(scratch, "discharge", "contracts/x-v1.yaml", "--test", "FT-002")
    assert second.stderr is not None
    said = second.stderr.readline()
    assert re.fullmatch(
        rf"pv: waiting up to 600 s for process {slow.pid} on \S+ \(since \d{{4}}-\d\d-\d\dT[\d:]+Z\)\n",
        said,
    ), said
    (scratch.root / "gate").touch()
    (code, out, _), (first, _, _) = finish_all([second, slow])
    assert (code, first) == (0, 0)
    assert "wrote contracts/x-v1.yaml  1.1.0 -> 1.2.0" in out
    assert scratch.verify() == 0


def test_a_wait_that_ends(scratch: Scratch, slow: Running) -> None:
    before = scratch.path.read_bytes()
    result = scratch.discharge("--test", "FT-002", "--wait", "0.2")
    assert (result.code, result.out) == (13, "")
    holder = rf"process {slow.pid} on \S+ \(since \S+Z\)"
    assert re.fullmatch(
        rf"pv: waiting up to 0\.2 s for {holder}\n"
        rf"pv: \S+/{LOCK}: {holder} is still at work on it after 0\.2 s\n"
        "  why: two discharges of one contract at a time would not know of each other's records\n"
        "  fix: wait for it or end it, then run the command again; --wait SECONDS waits longer\n",
        result.err,
    ), result.err
    assert scratch.path.read_bytes() == before
    document = scratch.json("discharge", "contracts/x-v1.yaml", "--test", "FT-002", "--wait", "0")
    assert document["exit_code"] == 13


def test_what_only_reads_does_not_wait(scratch: Scratch, slow: Running) -> None:
    del slow
    for command in ("discharge", "run"):
        options = ["--dry-run"] if command == "discharge" else []
        result = scratch.pv(command, "contracts/x-v1.yaml", "--test", "FT-002", *options)
        assert (result.code, "waiting" in result.err) == (0, False), result.shown
    assert scratch.verify() == 0


def test_the_lock_of_a_dead_process_is_taken_over(scratch: Scratch, slow: Running) -> None:
    slow.kill()
    slow.wait()
    (scratch.root / "gate").touch()
    assert json.loads((scratch.root / LOCK).read_text())["pid"] == slow.pid, "it could not give it back"
    result = scratch.discharge()
    assert result.code == 0, result.shown
    assert re.match(
        rf"pv: took the lock over from process {slow.pid} on \S+ \(since \S+Z\),"
        r" which ended without giving it back\n",
        result.err,
    ), result.err
    assert not (scratch.root / LOCK).exists(), "it was given back"
    assert "took" not in scratch.discharge("--test", "FT-001").err


def test_a_discharge_leaves_no_lock(scratch: Scratch) -> None:
    scratch.contract(scratch.test(mode="raise"))
    assert scratch.discharge().code == 12
    assert list((scratch.root / LOCK).parent.iterdir()) == []
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    assert [path.name for path in (scratch.root / LOCK).parent.iterdir()] == ["x-v1"]


def test_a_folder_in_the_place_of_the_lock(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    (scratch.root / LOCK).mkdir(parents=True)
    before = scratch.path.read_bytes()
    result = scratch.discharge()
    assert (result.code, result.out) == (2, "")
    assert (
        "cannot lock .x-v1.lock: is a directory\n  why: a contract is discharged under a lock" in result.err
    )
    assert scratch.path.read_bytes() == before
