"""What enforcement and gates point at."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.gates import expand_ids, iter_gate_issues
from pvengine.loading.contract_file import load_contract

HEAD = """\
metadata: {version: 1.0.0}
equations: {decode_step: {formula: y}, norm: {formula: y}}
kani_harnesses: [{id: KANI-SM-001}]
falsification_tests:
- {id: FALSIFY-SM-001, rule: one}
- {id: FALSIFY-SM-002, rule: two}
"""


def find(text: str) -> list[str]:
    loaded = load_contract(Path("x.yaml"), "x.yaml", (HEAD + text).encode())
    issues = iter_gate_issues(Blocks(loaded.data), loaded.document)
    return [
        f"{one.line}:{one.column}-{one.place.end_column} {one.code} {one.message}"
        for one in loaded.locate(issues)
        if one.place
    ]


@pytest.mark.parametrize(
    "check",
    [
        "contract_tests::FALSIFY-SM-001",
        "contract_tests::FALSIFY-SM-001, FALSIFY-SM-002 and KANI-SM-001",
        "contract_tests::FALSIFY-SM-{001, 002} - random rows",
        "contract_tests::FALSIFY-SM-*",
        "scan src/ for row-major kernels, as ISSUE-77 and FALSIFY-OTHER-001 of another contract want",
        "grep for 'fused.*BLOCKED' in src/",
    ],
)
def test_enforcement_of_what_is_there(check: str) -> None:
    assert find(f'enforcement: {{rule: {{check: "{check}"}}}}\n') == []


def test_enforcement_of_what_is_not_there_is_told_at_the_id() -> None:
    assert find("enforcement:\n  rule:\n    check: contract_tests::FALSIFY-SM-003, OTHER-1\n") == [
        (
            "9:28-42 PV308 enforcement rule names 'FALSIFY-SM-003', and the contract has no such id"
            "; did you mean 'FALSIFY-SM-002'?"
        )
    ]
    assert find("enforcement:\n- {check: 'contract_tests::OTHER-9'}\n") == [
        "8:28-35 PV308 enforcement enforcement[0] names 'OTHER-9', and the contract has no such id"
    ]
    assert find("enforcement:\n- {reference: 'FALSIFY-SM-00* KANI-SM-1*'}\n") == [
        (
            "8:31-41 PV308 enforcement enforcement[0] names 'KANI-SM-1*', and the contract has no such id"
            "; did you mean 'KANI-SM-001'?"
        )
    ]


def test_an_id_is_told_once_in_a_text() -> None:
    text = "enforcement:\n- {check: 'FALSIFY-SM-{001,009} and FALSIFY-SM-009'}\n"
    assert [one.split(";")[0] for one in find(text)] == [
        "8:12-32 PV308 enforcement enforcement[0] names 'FALSIFY-SM-009', and the contract has no such id"
    ]


def test_text_that_is_written_in_another_way_is_told_as_a_whole() -> None:
    text = 'enforcement:\n- check: "\\x46ALSIFY-SM-009"\n'
    assert [one.split(" enf")[0] for one in find(text)] == ["8:10-29 PV308"]


def test_a_gate_on_what_is_there_or_on_free_words() -> None:
    checks = "[decode_step, decode_steps, 'all shapes match', simd_equivalence, FALSIFY-SM-002]"
    assert find(f"qa_gate: {{id: F-SM-001, checks: {checks}, pass_criteria: All 2 tests pass}}\n") == []
    assert find("qa_gate: [FALSIFY-SM-009]\n") == []


def test_a_gate_on_an_id_that_is_not_there() -> None:
    text = (
        "qa_gate:\n"
        "  checks: [FALSIFY-SM-007]\n"
        "  must_pass_always: [KANI-SM-002]\n"
        "  pass_criteria: FALSIFY-SM-1\n"
    )
    assert [one.split(";")[0] for one in find(text)] == [
        "8:12-26 PV309 qa_gate: `checks` names 'FALSIFY-SM-007', and the contract has no such id",
        "9:22-33 PV309 qa_gate: `must_pass_always` names 'KANI-SM-002', and the contract has no such id",
        "10:18-30 PV309 qa_gate: `pass_criteria` names 'FALSIFY-SM-1', and the contract has no such id",
    ]


@pytest.mark.parametrize("check", ["decode_stp", "decode_setp", "decode_stepp", "decode_stap"])
def test_a_check_one_slip_away_from_a_name(check: str) -> None:
    message = f"qa_gate: check '{check}' names nothing of the contract; did you mean 'decode_step'?"
    assert find(f"qa_gate: {{checks: [{check}]}}\n") == [f"7:20-{20 + len(check)} PV309 {message}"]


@pytest.mark.parametrize(
    "check", ["nrom", "decode", "decode-stp", "decode_steps", "decode_step_two", "encode_step"]
)
def test_other_words_are_no_slips(check: str) -> None:
    assert find(f"qa_gate: {{checks: [{check}]}}\n") == []


def test_an_unknown_severity_of_enforcement() -> None:
    assert find("enforcement: {rule: {severity: WARNNING}}\n") == [
        "7:32-40 PV217 rule: severity 'WARNNING' is not known; did you mean 'WARNING'?"
    ]


@pytest.mark.parametrize(
    ("last", "ids"), [("001", ("A-001",)), ("*", ("A-*",)), ("{1,, 2 }", ("A-1", "A-2")), ("{}", ())]
)
def test_several_ids_in_braces(last: str, ids: tuple[str, ...]) -> None:
    assert expand_ids("A-", last) == ids


def test_a_long_text_that_aliases_repeat_is_told_once() -> None:
    long = "x " * 6000
    text = (
        "enforcement:\n"
        f"- {{check: &long 'FALSIFY-SM-009 {long}'}}\n"
        "- {check: *long}\n"
        "- {check: FALSIFY-SM-009}\n"
    )
    assert [one.split(" enf")[0] for one in find(text)] == ["8:18-32 PV308", "10:11-25 PV308"]
