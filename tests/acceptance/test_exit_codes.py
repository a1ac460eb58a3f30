"""The exit code of every command in every state, against the table in the design."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Scratch

UNBOUND = "- id: FT-001\n  rule: nobody measures this\n"


def test_validate(scratch: Scratch) -> None:
    assert scratch.pv("validate").code == 14  # no contract at all
    scratch.contract(scratch.test())
    assert scratch.call("validate").code == 0
    assert scratch.call("validate", "contracts").code == 0
    assert scratch.call("validate", "contracts/x-v1.yaml").code == 0
    assert scratch.call("validate", "contracts/y-v1.yaml").code == 2
    scratch.contract(scratch.test(extra="status: PROPOSED"))
    assert scratch.call("validate").code == 0  # a warning fails nothing
    scratch.contract(scratch.test(), scratch.test())
    assert scratch.call("validate").code == 1


def test_status_with_and_without_a_gate(scratch: Scratch) -> None:
    assert scratch.pv("status").code == 14
    assert scratch.call("status", "--gate").code == 14
    scratch.contract(scratch.test(), scratch.test("FT-002", extra="status: DISCHARGED"))
    assert scratch.call("status").code == 0
    assert scratch.call("status", "--gate").code == 11
    assert scratch.discharge().code == 0
    assert scratch.call("status", "--gate").code == 0
    scratch.write("contracts/y-v1.yaml", "metadata: 5\n")
    assert scratch.call("status").code == 1
    assert scratch.call("status", "--gate").code == 1
    assert scratch.call("status", "nowhere").code == 2


@pytest.mark.parametrize(
    "state",
    ["status: DISCHARGED", "status: SHIPPED", "status: NEW"],
)
def test_a_gate_stays_shut_for_what_no_evidence_grounds(scratch: Scratch, state: str) -> None:
    scratch.contract(scratch.test(extra=state))
    assert scratch.pv("status", "--gate").code == 11


def test_a_gate_stays_shut_for_a_contract_without_tests(scratch: Scratch) -> None:
    scratch.contract()
    assert scratch.pv("status").code == 0
    assert scratch.call("status", "--gate").code == 11


def test_status_sees_an_entry_that_is_no_test(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    scratch.edit("amendments:", "- {id: FT-002, rule: 5}\namendments:")
    result = scratch.pv("status", "--gate")
    assert result.code == 1
    assert "error[PV202]: `falsification_tests[1].rule`" in result.out
    assert "\n2 tests: 1 bound, 0 run, 1 discharged," in result.out


def test_graph(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.pv("graph", "contracts/x-v1.yaml").code == 0
    scratch.contract(scratch.test(extra="depends_on: [FT-001]"))
    assert scratch.call("graph", "contracts/x-v1.yaml").code == 1
    assert scratch.call("graph", "contracts").code == 2
    assert scratch.call("graph").code == 2


@pytest.mark.parametrize("command", ["discharge", "run"])
def test_no_bound_test_is_nothing_to_check(scratch: Scratch, command: str) -> None:
    scratch.contract(UNBOUND)
    before = scratch.snapshot()
    result = scratch.pv(command, "contracts/x-v1.yaml")
    assert result.code == 14
    assert "FT-001  unbound: names no falsifier\n" in result.out
    assert (
        "contracts/x-v1.yaml: error[PV003]: no test of the contract names a falsifier: nothing was measured\n"
        "  why: zero checked is never green\n"
    ) in result.out
    scratch.contract()
    assert scratch.pv(command, "contracts/x-v1.yaml").code == 14
    assert scratch.snapshot().keys() == before.keys()


def test_verify(scratch: Scratch) -> None:
    assert scratch.pv("verify").code == 14
    scratch.contract(scratch.test())
    assert scratch.call("verify").code == 0
    assert scratch.discharge().code == 0
    assert scratch.call("verify").code == 0
    (record,) = scratch.records()
    kept = record.read_bytes()
    record.unlink()
    assert scratch.call("verify").code == 3
    record.write_bytes(kept)
    scratch.edit("value: 1.0", "value: 1.5")
    assert scratch.call("verify").code == 11
    scratch.edit("amendments:", "- {id: FT-002, rule: 5, status: DISCHARGED}\namendments:")
    assert scratch.call("verify").code == 1  # a status that nothing checks


def test_a_file_that_changes_during_the_run(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-001", mode=f"edit, target: {scratch.path}"), scratch.test("FT-002", 99.0)
    )
    before = scratch.path.read_text()
    result = scratch.discharge("--jobs", "1")
    assert result.code == 13, "before 10, which the second test alone would give"
    assert result.out.endswith(
        "nothing was written\n\n2 tests: 2 bound, 2 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, "
        "0 blocked, 0 self-declared; 1 error, 0 warnings\n"
    )
    assert "contracts/x-v1.yaml: error[PV002]: x-v1.yaml changed since it was read\n" in result.out
    assert scratch.path.read_text() == before + "# edited meanwhile\n"
    assert len(scratch.records("FT-001")) == 1, "evidence comes before the status"
    assert scratch.temporary_files() == []

    scratch.edit(f"mode: edit, target: {scratch.path}", "mode: measure")
    again = scratch.discharge()
    assert again.code == 10
    assert "1.0.0 -> 1.1.0" in again.out
    verified = scratch.pv("verify")
    assert verified.code == 0, verified.shown
    assert verified.out.count("note[PV605]: no amendment pins this record of FT-00") == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [(("1.0", "1.0"), 0), (("1.0", "99.0"), 10), (("1.0", "nan"), 12), (("nan", "99.0"), 10)],
)
def test_falsified_goes_before_inconclusive_goes_before_clean(
    scratch: Scratch, values: tuple[str, ...], code: int
) -> None:
    modes = {"nan": (1.0, "nan")}
    tests = (
        [
            scratch.test(f"FT-{number}", *modes.get(value, (float(value), "measure")))
            for number, value in enumerate(values)
        ]
        if "nan" in values
        else [scratch.test(f"FT-{n}", float(v)) for n, v in enumerate(values)]
    )
    scratch.contract(*tests)
    assert scratch.discharge("--dry-run").code == code


def test_a_gate_goes_behind_inconclusive(scratch: Scratch) -> None:
    scratch.contract(scratch.test("A", mode="nan"), scratch.test("B", extra="depends_on: [A]"))
    assert scratch.discharge("--test", "A", "--test", "B").code == 12
    scratch.contract(scratch.test("A"), scratch.test("B", extra="requires: [{model: m}]"))
    assert scratch.discharge("--test", "A", "--test", "B").code == 11


def test_unreadable_goes_before_invalid(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), scratch.test())
    (scratch.root / "contracts" / "y-v1.yaml").symlink_to("nowhere.yaml")
    result = scratch.pv("validate")
    assert result.code == 2
    assert "error[SCHEMA-007]" in result.out
    assert "contracts/y-v1.yaml: error[PV111]: cannot read contracts/y-v1.yaml: no such file" in result.out


def test_tampered_goes_before_invalid(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    scratch.edit("  status: DISCHARGED\n", "  status: NEW\n")
    scratch.write("contracts/y-v1.yaml", "metadata: 5\n")
    assert scratch.pv("verify").code == 3


def test_falsifiers(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.pv("falsifiers").code == 0
    assert scratch.call("falsifiers", "check", "probe.value").code == 0
    assert scratch.call("falsifiers", "check", "probe.valu").code == 2
    scratch.contract(scratch.test(mode="toothless"))
    assert scratch.call("falsifiers", "check", "probe.value").code == 12
    scratch.contract()
    assert scratch.call("falsifiers", "check", "probe.value").code == 14
    scratch.edit("def measure_value", "def measure_value(", "probe.py")
    assert scratch.call("falsifiers").code == 1


@pytest.mark.parametrize(
    "arguments",
    [("discharge",), ("validate", "--nonsense"), ("discharge", "x.yaml", "--jobs", "0"), ("nonsense",), ()],
)
def test_a_wrong_command_line_is_usage(scratch: Scratch, arguments: tuple[str, ...]) -> None:
    result = scratch.pv(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Usage: pv")
