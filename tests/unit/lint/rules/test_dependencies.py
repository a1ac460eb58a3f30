from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.lint.rules.dependencies import iter_dependency_issues
from pvengine.loading.contract_file import load_contract


def find(entries: str) -> list[str]:
    text = f"metadata: {{id: C, depends_on: {entries}}}\n"
    loaded = load_contract(Path("x.yaml"), "x.yaml", text.encode())
    return [
        f"{one.line}:{one.column} {one.code} {one.message}"
        for one in loaded.locate(iter_dependency_issues(loaded))
    ]


def test_a_contract_is_depended_on_once() -> None:
    assert find("[a-v1, b-v1, a-v1]") == ["1:44 PV223 'a-v1' stands already at metadata.depends_on[0]"]


def test_both_forms_of_a_dependency_are_the_same() -> None:
    already = "PV223 'a-v1' stands already at metadata.depends_on[0]"
    assert find("[a-v1, a-v1 v1.2.0, 'a-v1 v1.2.0 (sums)', dir/a-v1.yaml]") == [
        f"1:38 {already}, there without a version, here in version 1.2.0",
        f"1:51 {already}, there without a version, here in version 1.2.0",
        f"1:73 {already}",
    ]


@pytest.mark.parametrize("entries", ["[a-v1, a-v2, b]", "[]", "a-v1", "[1, 1, {a: 1}, null, '', ' ']", "~"])
def test_different_and_malformed_entries_are_left_alone(entries: str) -> None:
    assert find(entries) == []
