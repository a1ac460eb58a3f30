from __future__ import annotations

import os
from pathlib import Path

import pytest

from pvengine.lint.rules.mentions import collect_entries, collect_families, iter_mention_issues
from pvengine.loading.contract_file import load_contract

CORPUS = os.environ.get("PV_CORPUS", "")
BODY = """\
hypotheses:
- {id: A1, statement: s, status: FALSIFIED}
- {id: A2, statement: s, status: UNTESTED}
falsification_tests:
- {id: FALSIFY-X-001, status: DISCHARGED, verdict: FALSIFIED}
- {id: FALSIFY-X-002}
implementation_stages:
- id: M-X-7
  status: SHIPPED
  steps: [{id: M-X-7-EXT, status: NEW}]
kani_harnesses:
- {id: KANI-X-003}
qa_gate: {id: F-X-001}
"""
LINES = 3
"""Lines before the prose."""


def find(prose: str, body: str = BODY) -> list[str]:
    block = "".join(f"    {line}\n" for line in prose.split("\n"))
    text = f"metadata:\n  version: 1.1.0\n  description: |\n{block}{body}"
    loaded = load_contract(Path("x.yaml"), "x.yaml", text.encode())
    shown = []
    for one in loaded.locate(iter_mention_issues(loaded)):
        assert one.place is not None
        marked = one.place.snippet[one.place.column - 1 : one.place.end_column - 1]
        shown.append(f"{one.place.line - LINES}:{one.place.column - 4} {one.code} <{marked}> {one.message}")
    return shown


def test_an_id_that_nothing_has_is_reported_once_at_its_first_mention() -> None:
    message = "the text speaks of FALSIFY-X-009 (3 mentions), and the contract has nothing of that id"
    assert find("Both FALSIFY-X-009 and\nFALSIFY-X-001; FALSIFY-X-009 (FALSIFY-X-009).") == [
        f"1:6 PV502 <FALSIFY-X-009> {message}"
    ]


@pytest.mark.parametrize("name", ["KANI-X-004", "F-X-002", "M-X-5", "A3", "FALSIFY-X-3"])
def test_every_family_of_the_contract_is_looked_for(name: str) -> None:
    assert find(f"see {name}.") == [
        f"1:5 PV502 <{name}> the text speaks of {name}, and the contract has nothing of that id"
    ]


@pytest.mark.parametrize(
    "prose",
    [
        "FALSIFY-X-001, FALSIFY-X-002b, FALSIFY-X-1 and M-X-7-EXT; M-X-7.1 and M-X-7-LATER",
        "FALSIFY-Y-009, KANI-XY-009, XFALSIFY-X-009 and OLD-FALSIFY-X-009 are of other families",
        "FALSIFY-X-*, FALSIFY-X-, FALSIFY-X-nine",
        "A1, A2, A100 and A3000, BA3, A3x, A-3",
    ],
)
def test_other_names_are_left_alone(prose: str) -> None:
    assert find(prose) == []


def test_only_prose_is_read() -> None:
    deep = "extra: {FALSIFY-X-010: deep, references: [FALSIFY-X-011], depends_on: FALSIFY-X-012}\n"
    body = f"{BODY}# FALSIFY-X-009\n{deep}"
    assert find("see FALSIFY-X-010", body) == []
    assert find("see FALSIFY-X-013", body + "more: [{of: {id: FALSIFY-X-013}}]\n") == []


def test_texts_that_name_ids_for_a_tool_have_rules_of_their_own() -> None:
    gate = (
        "qa_gate: {checks: [FALSIFY-X-009], pass_criteria: FALSIFY-X-009 holds, must_pass_x: FALSIFY-X-009}\n"
    )
    rules = "enforcement: {a: {check: FALSIFY-X-009, reference: FALSIFY-X-009, test: [FALSIFY-X-009]}}\n"
    tests = "falsification_tests: [{id: FALSIFY-X-001}]\n"
    assert find("nothing", tests + gate + rules) == []
    told = find("nothing", tests + rules.replace("check:", "rule:"))
    assert [line.split()[1] for line in told] == ["PV502"]


@pytest.mark.skipif(not CORPUS, reason="PV_CORPUS names no folder with contracts")
def test_real_prose_names_eleven_tests_and_two_stages_that_are_not_there() -> None:
    [path] = Path(CORPUS).rglob("contracts/trace-ffn-sub-block-gguf-v1.yaml")
    loaded = load_contract(path, path.name)
    found = [
        issue.message.split()[4].strip(",") for issue in iter_mention_issues(loaded) if issue.code == "PV502"
    ]
    assert sorted(found) == [
        *(f"FALSIFY-FFN-GGUF-{number:03}" for number in range(5, 16)),
        "M-FFN-GGUF-5",
        "M-FFN-GGUF-6",
    ]


def test_letters_alone_are_a_family_of_hypotheses_only() -> None:
    assert find(
        "see A3 and B9", "falsification_tests: [{id: A1}]\nhypotheses: [{id: B1, statement: s}]\n"
    ) == ["1:12 PV502 <B9> the text speaks of B9, and the contract has nothing of that id"]


@pytest.mark.parametrize(
    ("prose", "place", "word", "rest"),
    [
        ("FALSIFY-X-002 is DISCHARGED.", "1:18", "DISCHARGED", "FALSIFY-X-002, which has no status"),
        ("FALSIFY-X-001 (a): PENDING", "1:20", "PENDING", "FALSIFY-X-001, which has the status DISCHARGED"),
        ("x\nM-X-7: SHIPPED → PENDING", "2:18", "PENDING", "M-X-7, which has the status SHIPPED"),
        ("step M-X-7-EXT status now\nSHIPPED", "2:1", "SHIPPED", "M-X-7-EXT, which has the status NEW"),
        ("A2 — FALSIFIED, A1: FALSIFIED", "1:6", "FALSIFIED", "A2, which has the status UNTESTED"),
        ("A1 was CONFIRMED", "1:8", "CONFIRMED", "A1, which has the status FALSIFIED"),
    ],
)
def test_a_status_that_only_the_prose_gives(prose: str, place: str, word: str, rest: str) -> None:
    assert find(prose) == [f"{place} PV506 <{word}> the text says {word} of {rest}"]


@pytest.mark.parametrize(
    "prose",
    [
        "FALSIFY-X-001: DISCHARGED, M-X-7 stage: PENDING → SHIPPED",
        "FALSIFY-X-001 FALSIFIED",
        "FALSIFY-X-002 waits. M-X-7 DISCHARGES nothing, FALSIFY-X-002 is not DISCHARGED",
        "FALSIFY-X-002 decides; A1 FALSIFIED",
        "KANI-X-003 PENDING",
        "v1.0.0: FALSIFY-X-002 is DISCHARGED",
        "FALSIFY-X-002: DISCHARGED -> unchanged",
        "FALSIFY-X-002" + " -" * 50,
    ],
)
def test_statuses_that_agree_or_speak_of_something_else(prose: str) -> None:
    assert find(prose) == []


def test_an_unknown_id_with_a_status_is_reported_as_unknown() -> None:
    assert [line.split()[1] for line in find("FALSIFY-X-009 DISCHARGED")] == ["PV502"]


def test_families_are_what_ids_have_before_their_number() -> None:
    entries = collect_entries(
        {
            "falsification_tests": [
                {"id": "FALSIFY-Q4K-012"},
                {"id": "FALSIFY-Q4K-013b"},
                {"id": "plain"},
                5,
            ],
            "falsification": {"T_1": {"status": "NEW"}, "T_2": "text"},
            "hypotheses": [{"id": "H2d.1"}, {"id": 3}],
        }
    )
    assert sorted(entries) == ["FALSIFY-Q4K-012", "FALSIFY-Q4K-013b", "H2d.1", "T_1", "plain"]
    families = collect_families(entries)
    assert {name: sorted(family.numbers) for name, family in families.items()} == {
        "FALSIFY-Q4K-": [12, 13],
        "T_": [1],
        "H": [2],
    }
