"""References as people write them."""

from __future__ import annotations

import pytest

from pvengine.graph.references import ContractReference, parse_acceptance, parse_contract_reference


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("FALSIFY-X-001", "FALSIFY-X-001"),
        ("FALSIFY-X-001 (signature gate)", "FALSIFY-X-001"),
        ("FALSIFY-X-001(gate)", "FALSIFY-X-001"),
        ("  FALSIFY-X-001  ", "FALSIFY-X-001"),
        ("two words (a (nested) comment)", "two words"),
        ("", ""),
    ],
)
def test_an_acceptance_is_an_id_with_a_comment(text: str, name: str) -> None:
    assert parse_acceptance(text) == name


@pytest.mark.parametrize(
    ("text", "stem", "version", "comment"),
    [
        ("softmax-kernel-v1", "softmax-kernel-v1", None, None),
        ("softmax-kernel-v1 v1.2.0", "softmax-kernel-v1", "1.2.0", None),
        ("softmax-kernel-v1 v1.2.0 (row sums)", "softmax-kernel-v1", "1.2.0", "row sums"),
        ("softmax-kernel-v1 (row sums)", "softmax-kernel-v1", None, "row sums"),
        ("a v1.0.0-rc.1 (b (c) d)", "a", "1.0.0-rc.1", "b (c) d"),
        ("contracts/softmax-kernel-v1.yaml", "softmax-kernel-v1", None, None),
        ("../x/softmax.yml v2.0.0", "softmax", "2.0.0", None),
        ("a v1.0.0 (two\nlines)", "a", "1.0.0", "two\nlines"),
        ("a and some prose", "a", None, None),
        ("  a  ", "a", None, None),
        ("", "", None, None),
    ],
)
def test_a_contract_reference_is_a_stem_a_version_and_prose(
    text: str, stem: str, version: str | None, comment: str | None
) -> None:
    assert parse_contract_reference(text) == ContractReference(stem, version, comment)
