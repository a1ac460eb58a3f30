from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from check_parts import PATH, change, checked, concern, contract, entry, moved, rerun, step

from pvengine.models.check import CheckCounts
from pvengine.models.report import Report, RerunSummary, Summary
from pvengine.reporters.check import render_check

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.check import CheckReport
    from pvengine.models.report import DiagnosticEntry

    Maker = Callable[..., CheckReport]
    EntryMaker = Callable[..., DiagnosticEntry]

NOTHING_MISSING = "missing: 0 self-declared, 0 stale, 0 toothless, 0 unbound, 0 unrun, 0 blocked\n"
NO_TESTS = (
    "0 contracts, 0 tests: 0 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked,"
    " 0 self-declared"
)


def text(report: Report) -> str:
    return render_check("text")(report)


def test_nothing_that_was_touched_leaves_the_denominators(make_check: Maker) -> None:
    assert text(make_check()) == (
        "2 files differ from main at 0123456789ab\n"
        "0 of 12 contracts checked: 0 added, 0 changed, 0 renamed, 0 affected; 0 taken away\n"
        f"{NO_TESTS}; 0 touched by the change\n"
        f"{NOTHING_MISSING}"
        "nothing was measured again\n"
        "check passes\n"
    )


def test_a_discharge(make_check: Maker) -> None:
    test = checked(
        status="DISCHARGED", standing="verified", outcome="survived", affected=("it has new evidence",)
    )
    report = make_check(
        contracts=(entry(),),
        changed=(
            contract(
                version=step(),
                changes=(change(engine=True), change(engine=True)),
                transitions=(
                    moved("F-011", "NEW", "DISCHARGED", verdict="FALSIFIED"),
                    moved("A2", "UNTESTED", "FALSIFIED", "hypothesis"),
                    moved("M4/g", "NEW", "DISCHARGED", "step"),
                ),
            ),
        ),
        tests=(test,),
        counts=CheckCounts(files=1, contracts=1, checked=1, changed=1, affected_tests=1),
        summary=Summary(declared=13, bound=12, run=1, discharged=11),
        reruns=(rerun(),),
        rerun_summary=RerunSummary(recorded=1, run=1, reproduced=1, same_bits=1),
    )
    assert text(report) == (
        "contracts/x-v1.yaml  C-X  changed\n"
        "  version 1.7.0 -> 1.8.0: minor declared, minor follows: enough\n"
        "  changes\n"
        "    2 changes in fields that only pv writes\n"
        "  statuses\n"
        "    F-011: NEW -> DISCHARGED (verdict FALSIFIED)\n"
        "    hypothesis A2: UNTESTED -> FALSIFIED\n"
        "    step M4/g: NEW -> DISCHARGED\n"
        "  touched tests\n"
        "    F-011  DISCHARGED  verified, survived: it has new evidence\n"
        "  measured again\n"
        "    F-011  reproduced  to the bit: 2 metrics\n"
        "\n"
        "1 file differs from main at 0123456789ab\n"
        "1 of 1 contract checked: 0 added, 1 changed, 0 renamed, 0 affected; 0 taken away\n"
        "13 tests: 12 bound, 1 run, 11 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked,"
        " 0 self-declared; 1 touched by the change\n"
        f"{NOTHING_MISSING}"
        "1 of 1 record measured again: 1 reproduced (1 to the bit), 0 differing, 0 inconclusive; 0 not run\n"
        "check passes\n"
    )


def test_findings_come_first_and_what_fails_comes_last(make_check: Maker, make_entry: EntryMaker) -> None:
    report = make_check(
        diagnostics=(make_entry("PV701", severity="error", message="too little", fix="run `pv bump`"),),
        changed=(
            contract(version=step(suffices=False, needed="major", suggested="2.0.0"), changes=(change(),)),
        ),
        tests=(checked(standing="stale", outcome="falsified", misses=("value 21.0, allowed < 10",)),),
        concerns=(
            concern("stale", "F-011", new=1, policy="new", fails=True),
            concern("unbound", *(f"F-{number:03}" for number in range(12)), new=2),
        ),
        exit_code=11,
    )
    assert text(report) == (
        "contracts/x-v1.yaml:7:3: error[PV701]: too little\n"
        "  7 | - odd: text\n"
        "    |   ^^^\n"
        "  fix: run `pv bump`\n"
        "\n"
        "contracts/x-v1.yaml  C-X  changed\n"
        "  version 1.7.0 -> 1.8.0: minor declared, major follows: too little; 2.0.0 says enough\n"
        "  changes\n"
        "    major  weakened  F accept[0].lt: 1 -> 2\n"
        "  touched tests\n"
        "    F-011  NEW  stale, falsified, value 21.0, allowed < 10: its claim changed\n"
        "\n"
        "missing\n"
        "  stale    1 test, 1 new    policy new, fails  F-011\n"
        "  unbound  12 tests, 2 new  policy report      F-000, F-001, F-002, F-003, F-004, F-005, F-006,"
        " F-007, F-008, F-009, and 2 more\n"
        "\n"
        "2 files differ from main at 0123456789ab\n"
        "0 of 12 contracts checked: 0 added, 0 changed, 0 renamed, 0 affected; 0 taken away\n"
        f"{NO_TESTS}; 1 error, 0 warnings; 0 touched by the change\n"
        "missing: 0 self-declared, 1 stale, 0 toothless, 12 unbound, 0 unrun, 0 blocked\n"
        "nothing was measured again\n"
        "check fails: 1 error (PV701), 1 new stale test; exit 11\n"
    )


@pytest.mark.parametrize(
    ("facts", "head"),
    [
        ({"state": "added"}, "contracts/x-v1.yaml  C-X  added"),
        ({"state": "deleted"}, "contracts/x-v1.yaml  C-X  taken away"),
        ({"state": "affected"}, "contracts/x-v1.yaml  C-X  affected"),
        (
            {"state": "renamed", "path_before": "contracts/a.yaml"},
            "contracts/x-v1.yaml  C-X  renamed from contracts/a.yaml",
        ),
    ],
)
def test_the_state_of_a_contract_stands_in_its_first_line(
    make_check: Maker, facts: dict[str, Any], head: str
) -> None:
    assert text(make_check(changed=(contract(**facts),))).startswith(f"{head}\n\n2 files differ")


def test_a_contract_that_was_only_measured_again_has_a_block(make_check: Maker) -> None:
    shown = text(
        make_check(changed=(contract(),), reruns=(rerun(), rerun("not run", contract="y.yaml", reason="no")))
    )
    assert shown.startswith(
        f"{PATH}  C-X  changed\n"
        "  measured again\n"
        "    F-011  reproduced  to the bit: 2 metrics\n"
        "\n"
        "y.yaml  as it was\n"
        "  measured again\n"
        "    F-011  not run  no\n"
        "\n"
    )


def test_tests_of_several_contracts_have_the_id_of_theirs(make_check: Maker) -> None:
    report = make_check(
        changed=(contract(), contract(path="y.yaml", id="C-Y")), concerns=(concern("unrun", "F-011"),)
    )
    assert "\n  unrun  1 test  policy report  C-X F-011\n" in text(report)


def test_no_control_character_reaches_a_terminal(make_check: Maker, hostile: str) -> None:
    report = make_check(
        changed=(
            contract(
                id=hostile,
                path=hostile,
                version=step(from_=hostile, to=hostile),
                changes=(change(hostile),),
                transitions=(moved(hostile, hostile, hostile, verdict=hostile),),
            ),
        ),
        tests=(checked(hostile, contract=hostile, status=hostile, affected=(hostile,), misses=(hostile,)),),
        concerns=(concern("unrun", hostile),),
        reruns=(rerun("differs", id=hostile, contract=hostile, reason=hostile),),
    )
    shown = text(report)
    assert not [one for one in "\x00\x1b\r\u202e\ud800\x85" if one in shown]
    assert not [line for line in shown.splitlines() if line.startswith(("::", "##["))]


def test_another_report_is_rendered_as_such(make_entry: EntryMaker) -> None:
    report = Report(command="check", diagnostics=(make_entry("PV001", None, path="", severity="error"),))
    assert render_check("text")(report).startswith("error[PV001]: odd\n")
    assert render_check("markdown")(report).startswith("<!-- pv check -->\n\n### pv check\n\n")


def test_the_other_format_is_markdown(make_check: Maker) -> None:
    assert render_check("markdown")(make_check()).startswith("<!-- pv check -->\n")
