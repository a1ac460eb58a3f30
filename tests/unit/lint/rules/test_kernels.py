"""What a contract of its kind lacks."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.kernels import iter_kernel_issues

GOOD: dict[str, Any] = {
    "metadata": {"version": "1.0.0", "references": ["Paper"]},
    "equations": {"f": {"formula": "y = x"}},
    "qa_gate": {"id": "G"},
}


def find(data: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...], str]]:
    return [(one.code, one.path, one.message) for one in iter_kernel_issues(Blocks(data))]


def without(*path: str) -> dict[str, Any]:
    data = {**GOOD, "metadata": dict(GOOD["metadata"])}
    owner = data["metadata"] if len(path) > 1 else data
    del owner[path[-1]]
    return data


def test_a_whole_kernel_gives_nothing() -> None:
    assert find(GOOD) == []


def test_what_is_absent_is_said_at_metadata() -> None:
    assert find(without("metadata", "references")) == [
        ("SCHEMA-001", ("metadata", "references"), "metadata has no `references`")
    ]
    assert find(without("equations")) == [("SCHEMA-003", ("metadata",), "the contract has no equation")]
    assert find(without("qa_gate")) == [("SCHEMA-013", ("metadata",), "the contract has no `qa_gate`")]


@pytest.mark.parametrize("references", [None, [], "", [None, " "]])
def test_references_that_hold_nothing_are_none(references: Any) -> None:
    data = {**GOOD, "metadata": {"version": "1.0.0", "references": references}}
    assert find(data) == [("SCHEMA-001", ("metadata", "references"), "`references` of metadata is empty")]


def test_references_may_stand_at_the_top() -> None:
    assert find({**without("metadata", "references"), "references": {"spec": "x.md"}}) == []


@pytest.mark.parametrize("empty", [None, {}, []])
def test_what_is_empty_is_said_at_its_key(empty: Any) -> None:
    assert find({**GOOD, "equations": empty}) == [
        ("SCHEMA-003", ("equations",), "the contract has no equation")
    ]
    assert find({**GOOD, "qa_gate": empty}) == [("SCHEMA-013", ("qa_gate",), "the contract has no `qa_gate`")]


@pytest.mark.parametrize("version", [None, "", " "])
def test_an_empty_version(version: Any) -> None:
    data = {**GOOD, "metadata": {"version": version, "references": ["Paper"]}}
    assert find(data) == [("SCHEMA-002", ("metadata", "version"), "`version` of metadata is empty")]
    assert find({**data, "version": "1.0.0"}) == []


def test_an_absent_version_is_not_an_empty_one() -> None:
    assert find(without("metadata", "version")) == []


def test_every_kind_with_blocks_of_the_field_cites_something() -> None:
    metadata = {"version": "1.0.0", "kind": "pattern"}
    assert find({"metadata": metadata}) == []
    assert find({"metadata": metadata, "proof_obligations": []}) == [
        ("SCHEMA-001", ("metadata", "references"), "metadata has no `references`")
    ]


def test_a_contract_with_falsifiers_needs_none_of_it() -> None:
    tests = [{"id": "F", "falsifier": "x"}]
    data = {"metadata": {"version": "1.0.0"}, "falsification_tests": tests, "equations": {"f": {}}}
    assert find(data) == []


@pytest.mark.parametrize("metadata", [None, {}, "text", []])
def test_without_metadata_no_kind_is_told(metadata: Any) -> None:
    assert find({"metadata": metadata, "kind": "banana"}) == []
    assert find({"equations": {}}) == []


@pytest.mark.parametrize(
    ("kind", "hint"),
    [("kernell", "; did you mean 'kernel'?"), ("Schema", "; did you mean 'schema'?"), ("zzz", "")],
)
def test_an_unknown_kind(kind: str, hint: str) -> None:
    message = f"kind '{kind}' is not known{hint}"
    data = {"metadata": {"version": "1.0.0", "kind": kind}}
    assert find(data) == [("PV225", ("metadata", "kind"), message)]
    assert find({"metadata": {"version": "1.0.0"}, "kind": kind}) == [("PV225", ("kind",), message)]


def test_a_type_of_document_is_no_kind() -> None:
    assert find({"metadata": {"version": "1.0.0"}, "kind": "AlgorithmContract"}) == []
    assert find({"metadata": {"version": "1.0.0", "kind": "model-family"}, "kind": "banana"}) == []
