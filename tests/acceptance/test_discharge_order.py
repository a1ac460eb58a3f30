"""Tests that depend on others: chains in one run, and what keeps a test from running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Result, Scratch

NEEDED = (
    "blocked: needs the model seven-b: put seven-b.gguf into a folder named by PV_MODELS, or give its path "
    "under [tool.pv.models]"
)


def list_states(result: Result) -> list[tuple[str, str, Any]]:
    return [(trial["id"], trial["state"], trial["reason"]) for trial in result.report["trials"]]


def test_a_chain_is_discharged_in_one_run_whatever_its_order_in_the_text(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("C", extra="depends_on: [B]"),
        scratch.test("A"),
        scratch.test("B", extra="depends_on: [A]"),
    )
    result = scratch.discharge("--jobs", "2")
    assert result.code == 0, result.shown
    assert result.err == "[1/3] A survived\n[2/3] B survived\n[3/3] C survived\n"
    assert "1.0.0 -> 1.1.0" in result.out
    assert scratch.path.read_text().count("- version: 1.1.0\n") == 1  # one run, one amendment
    assert scratch.verify() == 0


def test_a_falsified_test_blocks_those_behind_it(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("A", 99.0),
        scratch.test("B", extra="depends_on: [A]"),
        scratch.test("C", extra="depends_on: [B]"),
        scratch.test("D"),
    )
    result = scratch.discharge("--format", "json")
    assert result.code == 10
    states = list_states(result)
    assert states[1:3] == [
        ("B", "blocked", "blocked: depends on A, which is falsified in this run"),
        ("C", "blocked", "blocked: depends on B, which is blocked"),
    ]
    assert result.report["summary"]["blocked"] == 2
    assert result.report["trials"][3]["outcome"] == "survived"

    again = scratch.discharge("--format", "json")
    assert again.code == 0, "a falsified test that is current is not run, so it does not fail again"
    assert [state[1] for state in list_states(again)] == ["up to date", "blocked", "blocked", "up to date"]
    assert list_states(again)[1][2] == "blocked: depends on A, which is FALSIFIED"


def test_an_inconclusive_test_blocks_those_behind_it(scratch: Scratch) -> None:
    scratch.contract(scratch.test("A", mode="nan"), scratch.test("B", extra="depends_on: [A]"))
    result = scratch.discharge("--format", "json")
    assert result.code == 12
    assert list_states(result)[1] == (
        "B",
        "blocked",
        "blocked: depends on A, which is inconclusive in this run",
    )
    assert result.report["transitions"] == []
    assert result.report["written"] is False


def test_a_missing_predecessor_is_a_dangling_reference(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002", extra="depends_on: [FT-01]"))
    before = scratch.snapshot()
    result = scratch.discharge()
    assert result.code == 1
    assert "error[PV302]: depends_on of FT-002 names 'FT-01'" in result.out
    assert "did you mean 'FT-001'?" in result.out
    assert scratch.snapshot() == before


def test_a_test_that_waits_for_one_outside_the_selection_is_blocked(scratch: Scratch) -> None:
    scratch.contract(scratch.test("A"), scratch.test("B", extra="depends_on: [A]"))
    result = scratch.discharge("--test", "B", "--format", "json")
    assert result.code == 11
    assert list_states(result) == [("B", "blocked", "blocked: depends on A, which is new")]

    both = scratch.discharge("--test", "B", "--test", "A")
    assert both.code == 0, both.shown


def test_a_missing_model_blocks_and_says_what_is_needed(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("A", extra="requires: [{model: seven-b}]"), scratch.test("B", extra="depends_on: [A]")
    )
    result = scratch.discharge("--format", "json")
    assert result.code == 0, "a blocked test counts only when it is named"
    assert list_states(result) == [
        (
            "A",
            "blocked",
            NEEDED,
        ),
        ("B", "blocked", "blocked: depends on A, which is blocked"),
    ]
    assert result.report["summary"]["blocked"] == 2
    assert scratch.discharge("--test", "A").code == 11

    folder = scratch.root / "models"
    folder.mkdir()
    (folder / "seven-b.gguf").write_bytes(b"weights")
    assert scratch.discharge(env={"PV_MODELS": str(folder)}).code == 0


def test_a_model_with_other_content_blocks(scratch: Scratch) -> None:
    digest = "0" * 64
    scratch.contract(scratch.test("A", extra=f"requires: [{{model: m, sha256: '{digest}'}}]"))
    scratch.edit(
        'falsifiers = ["probe.py"]\n', 'falsifiers = ["probe.py"]\nmodels = {m = "m.bin"}\n', "pv.toml"
    )
    scratch.write("m.bin", "other")
    result = scratch.discharge("--test", "A")
    assert result.code == 11
    assert "blocked: needs the model m with SHA-256 000000000000, " in result.out
    assert "m.bin has d9298a10d1b0" in result.out


def test_a_long_chain_of_tests_is_planned(scratch: Scratch) -> None:
    first = scratch.test("T-0", extra="requires: [{model: absent}]")
    chain = [scratch.test(f"T-{index}", extra=f"depends_on: [T-{index - 1}]") for index in range(1500, 0, -1)]
    scratch.contract(*chain, first)
    done = scratch.pv("run", "contracts/x-v1.yaml", "--format", "json")
    assert done.code == 0, done.err
    assert done.report["summary"]["blocked"] == 1501
    last = done.report["trials"][0]
    assert (last["id"], last["reason"]) == ("T-1500", "blocked: depends on T-1499, which is blocked")
