"""What a discharge writes: statuses, words of other tools, versions, amendments, milestones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import Scratch

DECIDES = """\
hypothesis: H1
decides:
  metric: value
  scope: one reading
  CONFIRMED: {lt: 5}
  FALSIFIED: {ge: 5}
"""
HYPOTHESIS = "hypotheses:\n- id: H1\n  statement: The value is below five.\n"
STAGES = """\
implementation_stages:
- id: M0
  description: Both steps.
  status: PLANNED
  steps:
  - {id: a, title: measured, needs: [FT-001]}
  - id: b
    title: waits
    needs: [FT-002]
- id: M1
  description: Needs nothing.
  steps: []
"""


def read(scratch: Scratch) -> dict[str, object]:
    data: dict[str, object] = yaml.safe_load(scratch.path.read_text())
    return data


def test_a_self_declared_status_becomes_grounded(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="status: DISCHARGED"))
    verified = scratch.pv("verify")
    assert verified.code == 11
    assert "warning[PV501]: FT-001: no evidence grounds the status DISCHARGED" in verified.out
    assert scratch.status().summary.self_declared == 1

    report = scratch.json("discharge", "contracts/x-v1.yaml")
    (moved,) = report["transitions"]
    assert (moved["from"], moved["to"], moved["grounded"]) == ("DISCHARGED", "DISCHARGED", True)
    assert report["version"] == {"from": "1.0.0", "to": "1.1.0"}
    assert "grounded: true" in scratch.path.read_text()
    assert scratch.verify() == 0


def test_a_foreign_word_is_replaced_only_when_evidence_moves_it(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-001", extra="status: PARTIAL_ALGORITHM_LEVEL  # not yet"),
        scratch.test("FT-002", mode="nan", extra="status: SHIPPED"),
        "- id: FT-003\n  rule: nobody measures this\n  status: PROPOSED\n",
    )
    result = scratch.discharge()
    assert result.code == 12
    assert "FT-001: PARTIAL_ALGORITHM_LEVEL -> DISCHARGED" in result.out
    text = scratch.path.read_text()
    assert "  status: DISCHARGED  # not yet\n" in text
    assert "  status: SHIPPED\n" in text
    assert "  status: PROPOSED\n" in text
    assert "from: PARTIAL_ALGORITHM_LEVEL, to: DISCHARGED" in text


def test_two_version_fields_stay_equal_and_quotes_stay(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), version='"1.0.0"', tail="version: '1.0.0'\n")
    assert scratch.discharge().code == 0
    text = scratch.path.read_text()
    assert '  version: "1.1.0"\n' in text
    assert "\nversion: '1.1.0'\n" in text


@pytest.mark.parametrize(
    ("version", "what", "line"),
    [
        ("'1.2'", "version '1.2', which is not MAJOR.MINOR.PATCH", "version: 1.2.0"),
        ("3", "version 3, which is not MAJOR.MINOR.PATCH", "version: 3.0.0"),
        ("v1.4.2", "version 'v1.4.2', which is not MAJOR.MINOR.PATCH", "version: 1.4.2"),
        ("draft", "version 'draft', which is not MAJOR.MINOR.PATCH", "version: 0.1.0"),
    ],
)
def test_a_version_that_is_not_semver_is_refused_with_the_line_to_write(
    scratch: Scratch, version: str, what: str, line: str
) -> None:
    scratch.contract(scratch.test(), version=version)
    before = scratch.snapshot()
    result = scratch.discharge()
    assert result.code == 1
    assert result.out.startswith(
        f"contracts/x-v1.yaml:3:12: error[PV205]: the contract has {what}; a discharge must bump it\n"
        f"  3 |   version: {version}\n"
    )
    assert f"  fix: write `{line}` under metadata\n" in result.out
    assert result.out.count("PV205") == 1
    assert scratch.snapshot() == before


def test_a_missing_version_is_refused_at_the_metadata(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.edit("  version: 1.0.0\n", "")
    result = scratch.discharge()
    assert result.code == 1
    assert "error[PV205]: the contract has no version; a discharge must bump it" in result.out
    assert "fix: write `version: 0.1.0` under metadata" in result.out


@pytest.mark.parametrize("tail", ["", "amendments: []\n", "amendments:\n", "amendments: [ ]  # none yet\n"])
def test_amendments_are_begun_whatever_stands_there(scratch: Scratch, tail: str) -> None:
    scratch.contract(scratch.test(), tail=tail)
    assert scratch.discharge().code == 0
    (amendment,) = read(scratch)["amendments"]  # type: ignore[misc]
    assert amendment["version"] == "1.1.0"
    assert amendment["kind"] == "discharge"
    assert amendment["previous"] is None
    assert [test["id"] for test in amendment["tests"]] == ["FT-001"]
    assert ("# none yet" in scratch.path.read_text()) == ("# none yet" in tail)

    scratch.edit("lt: 10.0", "lt: 9.0")
    assert scratch.discharge().code == 0
    assert len(read(scratch)["amendments"]) == 2  # type: ignore[arg-type]
    assert scratch.verify() == 0


def test_hypotheses_steps_and_stages_follow(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-001", 7.0, extra=DECIDES),
        scratch.test("FT-002", mode="nan"),
        head=HYPOTHESIS,
        tail=STAGES,
    )
    first = scratch.json("discharge", "contracts/x-v1.yaml")
    moved = [(entry["kind"], entry["id"], entry["from"], entry["to"]) for entry in first["transitions"]]
    assert moved == [
        ("test", "FT-001", "NEW", "DISCHARGED"),
        ("hypothesis", "H1", "UNTESTED", "FALSIFIED"),
        ("step", "M0/a", "NEW", "DISCHARGED"),
    ]
    scratch.edit("mode: nan", "mode: measure")
    second = scratch.json("discharge", "contracts/x-v1.yaml")
    moved = [(entry["kind"], entry["id"], entry["from"], entry["to"]) for entry in second["transitions"]]
    assert moved == [
        ("test", "FT-002", "NEW", "DISCHARGED"),
        ("step", "M0/b", "NEW", "DISCHARGED"),
        ("stage", "M0", "PLANNED", "DISCHARGED"),
    ]
    stages = read(scratch)["implementation_stages"]
    assert "status" not in stages[1], "a stage that needs nothing is never discharged"  # type: ignore[index]
    assert scratch.verify() == 0


def test_a_falsified_need_falsifies_step_and_stage(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001", 99.0), scratch.test("FT-002"), tail=STAGES)
    result = scratch.discharge()
    assert result.code == 10
    assert "  step M0/a: NEW -> FALSIFIED\n" in result.out
    assert "  stage M0: PLANNED -> FALSIFIED\n" in result.out


def test_a_verdict_is_taken_back_with_the_status(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra=DECIDES), head=HYPOTHESIS)
    assert "verdict CONFIRMED" in scratch.discharge().out
    scratch.edit("value: 1.0", "value: 7.0")
    result = scratch.discharge()
    assert "  FT-001: DISCHARGED -> DISCHARGED (verdict FALSIFIED, renewal)\n" in result.out
    assert "  hypothesis H1: CONFIRMED -> FALSIFIED\n" in result.out
    assert "1.1.0 -> 1.2.0" in result.out
