"""Example contracts, found by folder: valid ones give no finding, invalid ones what stands beside them.

Beside `invalid/NAME.yaml` stands `invalid/NAME.expected.txt`: the findings that `pv validate NAME.yaml`
prints in that folder. The name begins with the code that the file is an example of.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pvengine import open_project
from pvengine.diagnostics import RULES
from pvengine.reporters.text import render_report

FOLDER = Path(__file__).parent
VALID = sorted((FOLDER / "valid").glob("*.yaml"))
INVALID = sorted((FOLDER / "invalid").glob("*.yaml"))
ELSEWHERE = {
    "PV001": "tests/acceptance/test_crashes.py",
    "PV002": "tests/acceptance/test_exit_codes.py",
    "PV003": "tests/acceptance/test_mishaps.py",
    "PV004": "tests/unit/project/test_reporting.py",
    "PV005": "tests/unit/project/test_reporting.py",
    "PV111": "tests/acceptance/test_exit_codes.py",
    "PV402": "tests/acceptance/test_discharge_outcomes.py",
    "PV403": "tests/acceptance/test_mishaps.py",
    "PV404": "tests/acceptance/test_mishaps.py",
    "PV405": "tests/acceptance/test_mishaps.py",
    "PV602": "tests/acceptance/test_tampering.py",
    "PV605": "tests/acceptance/test_exit_codes.py",
    "PV606": "tests/acceptance/test_discharge_again.py",
}
"""Codes that no contract alone can bring about, and the file whose test shows them."""


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_contract_gives_no_finding(path: Path) -> None:
    report = open_project(FOLDER / "valid").validate([path])
    assert report.diagnostics == ()
    assert report.exit_code == 0


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_contract_gives_exactly_its_findings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    report = open_project(path.name).validate([path.name])
    *findings, summary = render_report(report).split("\n\n")
    assert "\n\n".join(findings) + "\n" == path.with_suffix(".expected.txt").read_text(encoding="utf-8")
    codes = {found.code for found in report.diagnostics}
    assert path.stem[:5].upper() in codes
    is_error = any(found.severity == "error" for found in report.diagnostics)
    assert report.exit_code == (1 if is_error else 0)
    assert "error" in summary


def test_every_code_has_an_example() -> None:
    shown = {path.stem[:5].upper() for path in INVALID}
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
