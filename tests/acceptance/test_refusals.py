"""What keeps a discharge from starting (exit 1): errors in what it uses, and in nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Scratch


def refuse(scratch: Scratch, *messages: str, arguments: tuple[str, ...] = ()) -> None:
    """Check that a discharge is refused with messages, and that nothing was run or written."""
    before = scratch.snapshot()
    run = scratch.call if arguments else scratch.pv
    result = run("discharge", "contracts/x-v1.yaml", *arguments)
    assert result.code == 1, result.shown
    assert "survived" not in result.shown
    for message in messages:
        assert message in result.shown
    assert scratch.snapshot() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metadata: {id: C-X\n", "x-v1.yaml:2:1: error[PV102]: a mapping in braces is not closed"),
        ("metadata:\n  id: C-X\n  id: C-Y\n", "x-v1.yaml:3:3: error[PV103]: the key 'id' stands twice"),
        ("- a list\n", "x-v1.yaml:1:1: error[PV110]: the document is a sequence, not a mapping"),
        ("", "error[PV108]: the file holds no document"),
    ],
)
def test_text_that_is_no_contract(scratch: Scratch, text: str, message: str) -> None:
    scratch.write("contracts/x-v1.yaml", text)
    refuse(scratch, message)


BROKEN = {
    "model error": ("limits: {seconds: -1}", "error[PV202]: `falsification_tests[1].limits.seconds`"),
    "unknown key in a condition": (
        "reproduce: {relativ: 1}",
        "error[PV210]: `relativ` is no key of `falsification_tests[1].reproduce`",
    ),
    "gap between bands": (
        "hypothesis: H1\ndecides: {metric: value, CONFIRMED: {lt: 1}, FALSIFIED: {gt: 1}}",
        "error[PV208]: FT-002: band FALSIFIED leaves a gap below it: no band holds 1",
    ),
    "bands that overlap": (
        "hypothesis: H1\ndecides: {metric: value, CONFIRMED: {le: 1}, FALSIFIED: {ge: 1}}",
        "error[PV208]: FT-002: band FALSIFIED overlaps (-inf, 1]: both hold 1",
    ),
    "verdict without hypothesis": (
        "decides: {metric: value, CONFIRMED: {le: 1}, FALSIFIED: {gt: 1}}",
        "error[PV211]: FT-002: this entry of decides names no hypothesis",
    ),
    "dangling hypothesis": (
        "hypothesis: H9",
        "error[PV302]: hypothesis of FT-002 names 'H9', and the contract has no such hypothesis",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_error_in_a_test_that_would_run(scratch: Scratch, name: str) -> None:
    extra, message = BROKEN[name]
    refuse_the_second(scratch, scratch.test("FT-002", extra=extra), message)


@pytest.mark.parametrize(
    ("params", "path"),
    [("more: .nan", "more"), ("more: {from: -0.0}", "more.from"), ("more: 1152921504606846976", "more")],
)
def test_a_claim_that_has_no_digest(scratch: Scratch, params: str, path: str) -> None:
    test = scratch.test("FT-002", mode=f"measure, {params}")
    refuse_the_second(scratch, test, f"error[PV209]: `params.{path}`")


def refuse_the_second(scratch: Scratch, test: str, message: str) -> None:
    scratch.contract(
        scratch.test("FT-001"),
        test,
        head="hypotheses:\n- {id: H1, statement: small}\n",
    )
    refuse(scratch, message)
    refuse(scratch, message, arguments=("--test", "FT-002"))
    result = scratch.discharge("--test", "FT-001", "--dry-run")
    assert result.code == 0, "the error is in a test that was not selected"
    assert message in result.out, "it is reported all the same"
    assert "would write contracts/x-v1.yaml  1.0.0 -> 1.1.0" in result.out


def test_an_invalid_test_counts_although_the_others_are_up_to_date(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"))
    assert scratch.discharge().code == 0
    scratch.edit("amendments:", scratch.test("FT-002", extra="limits: none") + "amendments:")
    refuse(scratch, "error[PV202]: `falsification_tests[1].limits`")


def test_an_invalid_test_that_is_unbound_is_only_reported(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), "- {id: FT-002, rule: [not, text]}\n")
    result = scratch.discharge()
    assert result.code == 0, result.shown
    assert "error[PV202]: `falsification_tests[1].rule`" in result.out


def test_repeated_ids(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-001", 2.0))
    refuse(
        scratch,
        "x-v1.yaml:11:7: error[SCHEMA-007]: test id 'FT-001' stands already at falsification_tests[0]",
    )


def test_a_cycle_is_shown_as_its_path(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("A", extra="depends_on: [C]"),
        scratch.test("B", extra="depends_on: [A]"),
        scratch.test("C", extra="depends_on: [B]"),
        scratch.test("D"),
    )
    refuse(scratch, "error[PV303]: cycle: A -> B -> C -> A")


def test_a_dangling_reference_of_a_selected_and_of_an_unselected_test(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002", extra="depends_on: [FT-009]"))
    refuse(scratch, "error[PV302]: depends_on of FT-002 names 'FT-009'")
    assert scratch.discharge("--test", "FT-001").code == 0


def test_a_dangling_need_of_a_step_is_only_reported(scratch: Scratch) -> None:
    stages = "implementation_stages:\n- {id: M0, steps: [{id: a, needs: [FT-009]}]}\n"
    scratch.contract(scratch.test("FT-001"), tail=stages)
    result = scratch.discharge()
    assert result.code == 0, result.shown
    assert "error[PV302]: needs of M0/a names 'FT-009'" in result.out


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        ("amendments: 5\n", "error[PV202]: `amendments`"),
        ("amendments: [5]\n", "error[PV202]: `amendments[0]`"),
        ("amendments:\n- {version: 1.0.0, date: x, kind: typed, previous: null}\n", "`amendments[0].kind`"),
        ("version: 9.9.9\n", "error[PV206]: `version` is '9.9.9' and `metadata.version` is '1.0.0'"),
        ("hypotheses: [{id: H1}]\n", "error[PV201]: `statement` is missing in hypotheses[0]"),
    ],
)
def test_keys_that_the_engine_writes(scratch: Scratch, tail: str, message: str) -> None:
    scratch.contract(scratch.test("FT-001"), tail=tail)
    refuse(scratch, message, arguments=("--test", "FT-001"))


def test_metadata_that_is_no_mapping(scratch: Scratch) -> None:
    scratch.write("contracts/x-v1.yaml", "metadata: C-X\nfalsification_tests:\n" + scratch.test())
    refuse(scratch, "x-v1.yaml:1:11: error[PV202]: `metadata`")


def test_a_test_without_a_judge(scratch: Scratch) -> None:
    scratch.contract("- {id: FT-001, falsifier: probe.value, params: {value: 1.0}}\n")
    refuse(scratch, "error[PV207]: FT-001 is bound to 'probe.value' and has neither accept nor decides")


def test_all_findings_of_a_file_come_at_once_in_the_order_of_lines(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-001", mode="measure, more: .inf"),
        scratch.test("FT-002", extra="hypothesis: H9"),
        tail="referenses: []\n",
    )
    result = scratch.discharge()
    codes = [line.split("[")[1][:5] for line in result.out.splitlines() if line.startswith("contracts/x-v1")]
    assert codes == ["PV209", "PV302", "PV204"]
