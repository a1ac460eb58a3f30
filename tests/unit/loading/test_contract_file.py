"""A contract file is read once, and its parts are found by id."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.diagnostics import RULES, ContractError
from pvengine.loading.contract_file import load_contract
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
metadata: {id: C, version: 1.0.0}
falsification_tests:
- {id: B, falsifier: f, accept: [{metric: m, lt: 1}]}
- {id: 5}
- {id: A}
- {id: B, rule: again}
"""


def test_the_parts_of_a_contract_are_found_by_id(load: Any) -> None:
    loaded = load(TEXT)
    assert (loaded.id, loaded.display_path, loaded.path.name) == ("C", "x.yaml", "x.yaml")
    assert list(loaded.tests) == ["B", "A"]
    assert loaded.tests["B"].falsifier == "f"
    assert loaded.test_paths == {"B": ("falsification_tests", 0), "A": ("falsification_tests", 2)}
    assert loaded.claims["B"].data["falsifier"] == "f"
    assert loaded.data["falsification_tests"][3]["rule"] == "again"


def test_the_digest_is_that_of_the_bytes(load: Any) -> None:
    assert load(TEXT).digest == "sha256:" + hashlib.sha256(TEXT.encode()).hexdigest()


def test_a_contract_without_id_has_the_stem_of_its_file(load: Any) -> None:
    assert load("metadata: {version: 1.0.0}\n").id == "x"


def test_issues_become_findings_in_the_order_of_the_text(load: Any) -> None:
    loaded = load(TEXT)
    issues = [
        Issue("PV302", ("falsification_tests", 2), "later"),
        Issue("PV301", ("metadata", "id"), "at its key", "a fix", at_key=True),
    ]
    found = loaded.locate(issues)
    assert [(one.code, one.line, one.column, one.message, one.fix) for one in found] == [
        ("PV301", 1, 12, "at its key", "a fix"),
        ("PV302", 5, 3, "later", RULES["PV302"].fix),
    ]
    assert found[0].place.snippet == "metadata: {id: C, version: 1.0.0}"


def test_a_file_is_read_with_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    loaded = load_contract(path, "shown/x.yaml")
    assert loaded.document.raw == path.read_bytes()
    assert loaded.display_path == "shown/x.yaml"


@pytest.mark.parametrize(("raw", "code"), [(b"[1]", "PV110"), (b"\xff", "PV101"), (b"a: 1\na: 2\n", "PV103")])
def test_what_cannot_be_a_contract_carries_its_findings(tmp_path: Path, raw: bytes, code: str) -> None:
    with pytest.raises(ContractError) as caught:
        load_contract(tmp_path / "x.yaml", "x.yaml", raw)
    assert [finding.code for finding in caught.value.diagnostics] == [code]


def test_findings_about_references_stand_at_line_and_column(find: Any) -> None:
    text = (
        "falsification_tests:\n"
        "- {id: A, depends_on: [A]}\n"
        "- {id: A, hypothesis: H}\n"
        "implementation_stages:\n"
        "- id: S\n"
        "  needs:\n"
        "  - lost\n"
        "  expected_acceptance: [also lost (gate)]\n"
    )
    found = [finding.split(" ") for finding in find(text)]
    assert [(place, severity, code) for place, severity, code, *_ in found] == [
        ("3:24", "error", "PV303"),
        ("4:8", "error", "SCHEMA-007"),
        ("4:23", "error", "PV302"),
        ("8:5", "error", "PV302"),
        ("9:25", "warning", "PV306"),
    ]
