"""All rules of the field together: over any data, and over contracts that are in use."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.lint.kinds import recognise_foreign
from pvengine.lint.rules.field import iter_field_issues
from pvengine.lint.rules.invocations import TestReference, count_references
from pvengine.loading.contract_file import load_contract
from pvengine.yamldoc import read_document

KEYS = (
    *(
        "metadata",
        "version",
        "kind",
        "references",
        "depends_on",
        "equations",
        "proof_obligations",
        "obligations",
    ),
    *("kani_harnesses", "falsification_tests", "falsification", "falsification_conditions", "enforcement"),
    *(
        "qa_gate",
        "verification_summary",
        "simd_dispatch",
        "kernel_structure",
        "phases",
        "invariants",
        "checks",
    ),
    *(
        "id",
        "name",
        "formula",
        "property",
        "type",
        "formal",
        "applies_to",
        "tolerance",
        "lean",
        "status",
        "theorem",
    ),
    *("obligation", "bound", "strategy", "harness", "prediction", "if_fails", "severity", "check", "test"),
    *("must_pass", "total_obligations", "l4_lean_proved", "bindings", "kaizen", ""),
)
WORDS = ("kernel", "F-A-001", "contract_tests::F-A-9", "F-A-{1,2}", "F-A-*", "proved", "smid", " ", "a" * 80)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=40,
)
CORPUS = os.environ.get("PV_CORPUS")


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=12))
def test_no_data_makes_a_check_raise(data: dict[str, Any]) -> None:
    document = read_document(b"a: 1\n", "x.yaml")
    loaded: Any = SimpleNamespace(data=data, document=document)
    for issue in iter_field_issues(loaded):
        assert issue.message
        assert len(issue.message) < 1000
    assert sum(count_references(loaded).values()) >= 0
    recognise_foreign(data)


def test_every_finding_of_a_file_has_its_place() -> None:
    text = (
        "metadata: {version: ''}\n"
        "equations: {a-b: {formula: }}\n"
        "proof_obligations:\n"
        "- {type: invarient, applies_to: smid}\n"
        "kani_harnesses: [{id: K, obligation: x, bound: 0}]\n"
    )
    loaded = load_contract(Path("x.yaml"), "x.yaml", text.encode())
    found = [
        f"{one.line}:{one.column} {one.severity} {one.code}"
        for one in loaded.locate(iter_field_issues(loaded))
    ]
    assert found == [
        "1:1 error SCHEMA-001",
        "1:1 warning SCHEMA-013",
        "1:12 error SCHEMA-002",
        "2:13 warning PV221",
        "2:19 error SCHEMA-004",
        "3:1 warning PV311",
        "4:4 error SCHEMA-005",
        "4:10 warning PV215",
        "4:33 warning PV218",
        "5:38 warning PV307",
        "5:48 error PV220",
    ]


@pytest.mark.skipif(CORPUS is None, reason="PV_CORPUS is not set")
def test_contracts_in_use_have_the_errors_that_are_known() -> None:
    root = Path(str(CORPUS)) / "provable-contracts"
    errors: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    references: Counter[TestReference] = Counter()
    for path in sorted(root.rglob("*.yaml")):
        loaded = load_contract(path, path.name)
        references.update(count_references(loaded))
        for found in loaded.locate(iter_field_issues(loaded)):
            counts[found.code] += 1
            if found.is_error:
                errors.setdefault(path.stem, []).append(found.code)
        assert recognise_foreign(loaded.data) == ("a binding registry" if path.stem == "binding" else None)
    assert errors == {
        "kernel-fusion-v1": ["SCHEMA-001", "SCHEMA-003"],
        "layer-parity-v1": ["SCHEMA-003"],
        "quantized-dot-product-v1": ["SCHEMA-003"],
        "tensor-layout-v1": ["SCHEMA-001", "SCHEMA-003"],
    }
    assert counts == {
        "SCHEMA-001": 2,
        "SCHEMA-003": 4,
        "SCHEMA-006": 1,
        "SCHEMA-009": 8,
        "SCHEMA-013": 2,
        "PV204": 1,
        "PV307": 165,
        "PV308": 2,
    }
    assert {str(kind): count for kind, count in references.items() if count} == {
        "shell command": 6,
        "source code": 8,
        "prose": 499,
        "nothing": 5,
    }
