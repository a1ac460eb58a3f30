"""Example contracts, found by folder: valid ones give no finding, invalid ones what stands beside them.

Beside `invalid/NAME.yaml` stands `invalid/NAME.expected.txt`: the findings that `pv validate NAME.yaml`
prints in that folder. The name begins with the code that the file is an example of.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pvengine import open_project
from pvengine.diagnostics import RULES
from pvengine.reporters.text import render_report

if TYPE_CHECKING:
    from pvengine.models.report import Report

FOLDER = Path(__file__).parent
VALID = sorted((FOLDER / "valid").glob("*.yaml"))
INVALID = sorted((FOLDER / "invalid").glob("*.yaml"))
ELSEWHERE = {
    "PV001": "tests/acceptance/test_crashes.py",
    "PV002": "tests/acceptance/test_exit_codes.py",
    "PV003": "tests/acceptance/test_mishaps.py",
    "PV004": "tests/unit/project/test_findings.py",
    "PV005": "tests/unit/project/test_findings.py",
    "PV009": "tests/acceptance/test_validate_baseline.py",
    "PV010": "tests/acceptance/test_validate.py",
    "PV111": "tests/acceptance/test_exit_codes.py",
    "PV113": "tests/acceptance/test_hostile_input.py",
    "PV402": "tests/acceptance/test_discharge_outcomes.py",
    "PV403": "tests/acceptance/test_mishaps.py",
    "PV404": "tests/acceptance/test_mishaps.py",
    "PV405": "tests/acceptance/test_mishaps.py",
    "PV408": "tests/acceptance/test_validate.py",
    "PV420": "tests/acceptance/test_models_command.py",
    "PV602": "tests/acceptance/test_tampering.py",
    "PV605": "tests/acceptance/test_exit_codes.py",
    "PV606": "tests/acceptance/test_discharge_again.py",
    "PV610": "tests/acceptance/test_signatures.py",
    "PV611": "tests/acceptance/test_signatures.py",
    "PV612": "tests/acceptance/test_third_party.py",
    "PV701": "tests/acceptance/check_states/test_versions.py",
    "PV702": "tests/acceptance/check_states/test_versions.py",
    "PV703": "tests/acceptance/check_states/test_versions.py",
    "PV704": "tests/acceptance/check_states/test_records.py",
    "PV705": "tests/acceptance/check_states/test_records.py",
    "PV706": "tests/acceptance/check_states/test_versions.py",
    "PV707": "tests/acceptance/check_states/test_races.py",
    "PV708": "tests/acceptance/check_states/test_names.py",
    "PV709": "tests/acceptance/check_states/test_policies.py",
    "PV710": "tests/acceptance/check_states/test_discharges.py",
    "PV711": "tests/acceptance/check_states/test_policies.py",
    "PV712": "tests/acceptance/check_states/test_names.py",
}
"""Codes that no contract alone can bring about, and the file whose test shows them."""
NOT_MENDED = {
    "pv226-not-a-contract": "nothing is wrong with it: it is a file of another kind",
    "pv601-evidence-is-missing": "the record comes back from version control, the contract stays as it is",
}
"""Invalid examples without a valid twin, and why."""
LONGEST = 8
"""Lines that an example and its twin may differ in: its finding is mended and nothing else."""
NOISE = {
    "pv226-not-a-contract": {"PV003"},  # without it there is no contract
}
"""Codes of findings that stand beside the one that an example shows."""


def code_of(path: Path) -> str:
    match = re.match(r"pv\d{3}|schema-\d{3}", path.stem)
    assert match is not None
    return match[0].upper()


def render_examples(report: Report) -> tuple[str, str]:
    *findings, summary = render_report(report).split("\n\n")
    return "\n\n".join(findings) + "\n", summary


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_contract_gives_no_finding(path: Path) -> None:
    report = open_project(FOLDER / "valid").validate([path])
    assert report.diagnostics == ()
    assert report.exit_code == 0


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_contract_gives_exactly_its_findings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    report = open_project(path.name).validate([path.name])
    text, summary = render_examples(report)
    expected = path.with_suffix(".expected.txt")
    if os.environ.get("PV_WRITE_EXPECTED"):  # after a message was changed; the diff is read before a commit
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")
    assert code_of(path) in {found.code for found in report.diagnostics}
    errors = {found.code for found in report.diagnostics if found.severity == "error"}
    assert report.exit_code == (14 if errors == {"PV003"} else 1 if errors else 0)
    assert "error" in summary


def test_every_code_has_an_example() -> None:
    shown = {code_of(path) for path in INVALID}
    assert shown | set(ELSEWHERE) == set(RULES)
    assert not shown & set(ELSEWHERE)
    root = FOLDER.parents[1]
    missing = [
        code for code, file in ELSEWHERE.items() if code not in (root / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_expected_texts_have_their_contract() -> None:
    texts = {path.name.removesuffix(".expected.txt") for path in (FOLDER / "invalid").glob("*.expected.txt")}
    assert texts == {path.stem for path in INVALID}


def test_an_example_shows_its_own_finding_and_no_other() -> None:
    beside = {}
    for path in INVALID:
        text = path.with_suffix(".expected.txt").read_text(encoding="utf-8")
        codes = set(re.findall(r"(?m)^(?:\S+: )?(?:error|warning|note)\[([A-Z]+-?\d{3})\]: ", text))
        assert code_of(path) in codes, path.name
        if codes != {code_of(path)}:
            beside[path.stem] = codes - {code_of(path)}
    assert beside == NOISE


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_contract_has_a_twin_that_is_mended(path: Path) -> None:
    twin = FOLDER / "valid" / path.name
    assert twin.is_file() == (path.stem not in NOT_MENDED)
    if twin.is_file():
        before, after = (each.read_bytes().split(b"\n") for each in (path, twin))
        same = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        kept = sum(block.size for block in same)
        changed = max(len(before), len(after)) - kept
        # A file in another encoding has no line in common with its twin.
        assert 0 < changed <= LONGEST or path.stem == "pv101-utf-16"


def test_what_is_not_mended_is_there() -> None:
    assert set(NOT_MENDED) <= {path.stem for path in INVALID}
