"""What was typed since another version, and what evidence gave."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.loading.contract_file import LoadedContract, load_contract
from pvengine.project.typed_words import iter_typed_words

HEAD = "hypotheses:\n- {id: H, statement: Small., status: UNTESTED}\n"
DECIDES = "decides: {metric: m, CONFIRMED: {lt: 1.0}, FALSIFIED: {ge: 1.0}}"
STAGES = (
    "implementation_stages:\n- id: S\n  needs: [T]\n  steps:\n  - {id: a, needs: [T], status: NEW}\n"
    "  status: NEW\n"
)


def write(bench: Any) -> LoadedContract:
    """Write a contract in which nothing was measured, and return it."""
    bench.contract(bench.test("T", "hypothesis: H", DECIDES), bench.test("U"), head=HEAD)
    bench.write("contracts/x-v1.yaml", bench.path.read_text() + STAGES)
    return load_contract(bench.path, "before.yaml")


def list_typed(bench: Any, before: LoadedContract) -> list[tuple[int | None, str, str, str]]:
    return [
        (found.line, found.severity.value, found.code, found.message)
        for found in iter_typed_words(bench.view(), before)
    ]


def test_what_a_discharge_wrote_was_not_typed(bench: Any) -> None:
    before = write(bench)
    assert list_typed(bench, before) == []
    bench.record()
    assert "status: CONFIRMED" in bench.path.read_text()
    assert list_typed(bench, before) == []


def test_stale_evidence_gave_its_words_all_the_same(bench: Any) -> None:
    before = write(bench)
    bench.record()
    text = bench.path.read_text()
    bench.write("contracts/x-v1.yaml", text.replace("lt: 1.0}]", "lt: 2.0}]", 1))
    assert bench.view().assessments["T"].standing.value == "stale"
    assert list_typed(bench, before) == []


@pytest.mark.parametrize(
    ("edit", "line", "message"),
    [
        (
            ("- id: U\n", "- id: U\n  status: DISCHARGED\n"),
            11,
            "U: no evidence grounds the status DISCHARGED",
        ),
        (
            ("- id: U\n", "- id: U\n  verdict: CONFIRMED\n"),
            10,
            "U: no evidence grounds the verdict CONFIRMED",
        ),
        (
            ("status: UNTESTED", "status: CONFIRMED"),
            3,
            "hypothesis H is CONFIRMED, and current evidence gives UNTESTED",
        ),
        (
            ("needs: [T], status: NEW", "needs: [T], status: DISCHARGED"),
            17,
            "step S/a is DISCHARGED, and no current evidence gives that",
        ),
        (
            ("  status: NEW\n", "  status: FALSIFIED\n"),
            18,
            "stage S is FALSIFIED, and no current evidence gives that",
        ),
    ],
)
def test_each_typed_word_is_a_warning(bench: Any, edit: tuple[str, str], line: int, message: str) -> None:
    before = write(bench)
    bench.edit(*edit)
    assert list_typed(bench, before) == [
        (line, "warning", "PV501", f"{message}; `pv verify` does not follow it")
    ]


def test_what_was_typed_before_is_not_told_again(bench: Any) -> None:
    write(bench)
    bench.edit("- id: U\n", "- id: U\n  status: DISCHARGED\n")
    bench.edit("status: UNTESTED", "status: CONFIRMED")
    before = load_contract(bench.path, "before.yaml")
    bench.edit("Small.", "Smaller.")
    assert list_typed(bench, before) == []


def test_a_test_that_came_with_a_status_is_told(bench: Any) -> None:
    before = write(bench)
    bench.edit("- id: U\n", "- id: V\n  status: DISCHARGED\n- id: U\n")
    assert [said for *_, said in list_typed(bench, before)] == [
        "V: no evidence grounds the status DISCHARGED; `pv verify` does not follow it"
    ]


def test_a_status_over_that_of_the_evidence_is_told(bench: Any) -> None:
    write(bench)
    bench.record()
    before = load_contract(bench.path, "before.yaml")
    bench.write("contracts/x-v1.yaml", bench.path.read_text().replace("  status: DISCHARGED\n", "", 1))
    assert [(severity, code) for _, severity, code, _ in list_typed(bench, before)][:1] == [
        ("warning", "PV603")
    ]
