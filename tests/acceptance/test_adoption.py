"""What an interrupted discharge left on record is adopted by the next one, and only where nothing changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result, Scratch

KILL_AT_THE_STATUS = """
import os, signal
replace = os.replace
def kill(source, target):
    if str(target).endswith(".yaml"):
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(source, target)
os.replace = kill
"""


def interrupt(scratch: Scratch, *arguments: str) -> dict[str, bytes]:
    """Kill a discharge when its evidence is stored and its statuses are not; return the records."""
    result = scratch.patched(KILL_AT_THE_STATUS, "discharge", "contracts/x-v1.yaml", *arguments)
    assert result.code == -9, result.shown
    return {str(path.relative_to(scratch.root)): path.read_bytes() for path in scratch.store.rglob("*.json")}


def states(report: Any) -> dict[str, str]:
    return {trial["id"]: trial["state"] for trial in report["trials"]}


def test_records_are_linked_and_nothing_is_measured(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002", extra="depends_on: [FT-001]"))
    before = interrupt(scratch)
    assert len(before) == 2
    result = scratch.discharge()
    assert result.code == 0, result.shown
    assert "took the lock over from process" in result.err
    digests = {path.parent.name: f"sha256:{path.stem}"[:19] for path in scratch.store.rglob("*.json")}
    assert result.err.splitlines()[1:] == [
        f"[1/2] FT-001 survived: adopted from {digests['FT-001']}",
        f"[2/2] FT-002 survived: adopted from {digests['FT-002']}",
    ]
    assert result.out.startswith(
        f"FT-001  survived  (probe.value, adopted from {digests['FT-001']},"
        " which an interrupted discharge left)\n"
        "  value  1.0    1 reading\n"
        "  planted fault 'reads too high': noticed: value 1001.0, allowed < 10.0 (it would hold at 1010)\n"
    )
    assert "2 tests: 2 bound, 0 run, 2 adopted, 2 discharged, 0 falsified" in result.out
    assert {path: (scratch.root / path).read_bytes() for path in before} == before
    assert len(list(scratch.store.rglob("*.json"))) == 2, "no record was added"
    assert scratch.verify() == 0


def test_a_falsified_record_is_adopted_as_well(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001", value=50.0), scratch.test("FT-002", extra="depends_on: [FT-001]"))
    interrupt(scratch)
    report = scratch.json("discharge", "contracts/x-v1.yaml")
    assert report["exit_code"] == 10
    assert states(report) == {"FT-001": "adopted", "FT-002": "blocked"}
    assert "\n  status: FALSIFIED\n" in scratch.path.read_text()


def test_a_renewal_is_adopted(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"))
    assert scratch.discharge().code == 0
    interrupt(scratch, "--test", "FT-001")
    assert len(scratch.records()) == 2
    assert states(scratch.json("discharge", "contracts/x-v1.yaml")) == {"FT-001": "up to date"}
    report = scratch.json("discharge", "contracts/x-v1.yaml", "--test", "FT-001")
    assert states(report) == {"FT-001": "adopted"}
    assert len(scratch.records()) == 2
    assert "count: 2" in scratch.path.read_text()
    assert scratch.verify() == 0


def edit_the_claim(scratch: Scratch) -> None:
    scratch.edit("{metric: value, lt: 10.0}", "{metric: value, lt: 11.0}")


def edit_a_comment(scratch: Scratch) -> None:
    scratch.edit("metadata:\n", "# a word that changes no claim\nmetadata:\n")


def edit_the_code(scratch: Scratch) -> None:
    scratch.edit("return value + 1000.0", "return value + 2000.0", "probe.py")


def tear_the_record(scratch: Scratch) -> None:
    (record,) = scratch.records()
    record.write_bytes(record.read_bytes()[:-20])


def forge_the_record(scratch: Scratch) -> None:
    """Give the record another outcome under its own new digest."""
    import hashlib  # noqa: PLC0415 - this one fault needs it

    (record,) = scratch.records()
    content = record.read_bytes().replace(b'"outcome": "survived"', b'"outcome": "falsified"')
    record.unlink()
    record.with_name(f"{hashlib.sha256(content).hexdigest()}.json").write_bytes(content)


CHANGES = {
    "the claim": edit_the_claim,
    "another byte of the contract": edit_a_comment,
    "the code": edit_the_code,
    "a torn record": tear_the_record,
    "a forged record": forge_the_record,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_record_that_does_not_fit_is_left_and_the_test_measured(
    scratch: Scratch, change: Callable[[Scratch], None]
) -> None:
    scratch.contract(scratch.test("FT-001"))
    interrupt(scratch)
    change(scratch)
    left = [path.read_bytes() for path in scratch.records()]
    report = scratch.json("discharge", "contracts/x-v1.yaml")
    assert (report["exit_code"], states(report)) == (0, {"FT-001": "run"})
    assert len(scratch.records()) == 2
    assert left[0] in [path.read_bytes() for path in scratch.records()], "it is kept"
    verified: Result = scratch.call("verify")
    assert verified.code == 0, "an unlinked record does not change the exit"
    assert verified.out.count("note[PV605]") == 1


def test_records_that_disagree_stand_for_nothing(
    scratch: Scratch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two copies of a project, in one of which the test gave something else: it is measured again."""
    gate = scratch.root / "probe.txt"
    source = scratch.root.joinpath("probe.py").read_text()
    scratch.write(
        "probe.py",
        source.replace(
            "    return value\n", "    return value + float(pathlib.Path(SIDE).read_text())\n", 1
        ).replace("class ProbeParams", f"SIDE = {str(gate)!r}\n\n\nclass ProbeParams", 1),
    )
    scratch.contract(scratch.test("FT-001"))
    gate.write_text("0")
    interrupt(scratch)
    (first,) = scratch.records()
    kept = tmp_path_factory.mktemp("other") / first.name
    first.rename(kept)
    gate.write_text("100")
    interrupt(scratch)
    kept.rename(first)
    outcomes = {json.loads(path.read_bytes())["predicate"]["outcome"] for path in scratch.records()}
    assert outcomes == {"survived", "falsified"}
    report = scratch.json("discharge", "contracts/x-v1.yaml")
    assert (report["exit_code"], states(report)) == (10, {"FT-001": "run"})
    assert len(scratch.records()) == 3


def test_a_dry_run_shows_the_adoption_and_writes_nothing(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"))
    interrupt(scratch)
    before = scratch.snapshot()
    report = scratch.json("discharge", "contracts/x-v1.yaml", "--dry-run")
    assert states(report) == {"FT-001": "adopted"}
    assert report["summary"]["adopted"] == 1
    assert scratch.snapshot() == before


def test_a_run_measures_whatever_is_on_record(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"))
    interrupt(scratch)
    assert states(scratch.json("run", "contracts/x-v1.yaml")) == {"FT-001": "run"}
