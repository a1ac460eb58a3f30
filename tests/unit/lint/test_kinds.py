"""The kind of a contract, and files that are none."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.lint.kinds import has_field_blocks, is_kernel, is_of_field, read_kind, recognise_foreign


@pytest.mark.parametrize(
    ("data", "kind", "kernel", "field"),
    [
        ({}, None, True, True),
        ({"metadata": {"kind": "kernel"}, "hypotheses": []}, "kernel", True, True),
        ({"metadata": {"kind": "pattern"}}, "pattern", False, True),
        ({"kind": "schema"}, "schema", False, True),
        ({"metadata": {"kind": "kernel"}, "kind": "schema"}, "kernel", True, True),
        ({"metadata": {"kind": 3}}, None, True, True),
        ({"metadata": {"registry": True}}, None, False, True),
        ({"implementation_stages": []}, None, False, False),
        ({"falsification_tests": [{"id": "F"}]}, None, True, True),
        ({"falsification_tests": [{"id": "F"}, {"decides": {}}]}, None, False, False),
    ],
)
def test_the_rules_that_hold(data: dict[str, Any], kind: str | None, kernel: bool, field: bool) -> None:  # noqa: FBT001 - a row of the table
    assert (read_kind(data), is_kernel(data), is_of_field(data)) == (kind, kernel, field)


def test_blocks_of_the_field_are_told_by_their_keys() -> None:
    assert has_field_blocks({"obligations": None})
    assert not has_field_blocks({"metadata": {}, "falsification_tests": []})


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ({"version": "1", "bindings": [{"contract": "x.yaml", "status": "done"}]}, "a binding registry"),
        ({"model_id": "m", "artifact_url": "u", "sha256": "0"}, "a publish manifest"),
        ({"kaizen": "K", "baseline": {"x": 1}}, "a kaizen baseline"),
        ({"kaizen": "K", "target": {"x": 1}}, "a kaizen baseline"),
    ],
)
def test_files_beside_contracts_are_recognised(data: dict[str, Any], what: str) -> None:
    assert recognise_foreign(data) == what
    for block in ("metadata", "equations", "falsification_tests", "qa_gate"):
        assert recognise_foreign({**data, block: None}) is None


@pytest.mark.parametrize(
    "data", [{}, {"bindings": []}, {"bindings": ["x"]}, {"sha256": "0"}, {"kaizen": "K"}, {"baseline": {}}]
)
def test_what_may_be_anything_is_not_guessed(data: dict[str, Any]) -> None:
    assert recognise_foreign(data) is None
