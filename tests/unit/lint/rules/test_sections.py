from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.lint.rules.sections import iter_description_issues, iter_section_issues
from pvengine.loading.contract_file import load_contract


def find(text: str) -> list[str]:
    loaded = load_contract(Path("x.yaml"), "x.yaml", text.encode())
    issues = [*iter_section_issues(loaded), *iter_description_issues(loaded)]
    return [f"{one.line}:{one.column} {one.code} {one.message}" for one in loaded.locate(issues)]


def test_a_section_without_a_value_is_reported_at_its_key() -> None:
    text = """\
metadata: {id: C, description: d, kind: pattern, tags: ~}
falsification_tests:
- {id: T, accept: , if_fails: }
- {id: U, falsifier: f, accept: , limits: }
implementation_stages:
- {id: S, needs: null}
hypotheses:
qa_gate:
extra:
"""
    says = "has no value, and is read as if it were not there"
    assert find(text) == [
        f"1:50 PV118 `tags` {says}",
        f"3:11 PV118 `accept` {says}",
        f"4:35 PV118 `limits` {says}",
        f"6:11 PV118 `needs` {says}",
        f"7:1 PV118 `hypotheses` {says}",
        f"8:1 PV118 `qa_gate` {says}",
    ]


def test_what_a_kernel_lacks_has_codes_of_its_own() -> None:
    text = "metadata: {description: d, references: , version: }\nequations:\nqa_gate:\nenforcement:\n"
    assert find(text) == ["4:1 PV118 `enforcement` has no value, and is read as if it were not there"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metadata: {id: C}\n", ["1:1 PV213 the contract has no `description`"]),
        ("metadata: {id: C, description: ' '}\n", ["1:19 PV213 `description` is empty"]),
        ("metadata: {description: }\n", ["1:12 PV213 `description` is empty"]),
        ("metadata: {id: C}\ndescription: |2\n\n", ["2:1 PV213 `description` is empty"]),
        ("metadata: {id: C}\ndescription: d\n", []),
        ("metadata: {description: d}\ndescription: ''\n", []),
        ("metadata: {description: 5}\n", []),
        ("contract: C\n", []),
        ("metadata: text\n", []),
    ],
)
def test_a_contract_says_what_it_is_about(text: str, expected: list[str]) -> None:
    assert find(text) == expected
