from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pvengine.diagnostics import ContractError
from pvengine.lint.rules.conditions import iter_condition_issues
from pvengine.lint.rules.counts import iter_count_issues
from pvengine.lint.rules.dates import iter_date_issues
from pvengine.lint.rules.dependencies import iter_dependency_issues
from pvengine.lint.rules.mentions import iter_mention_issues
from pvengine.lint.rules.prose import History, find_prose, is_prose, read_version
from pvengine.lint.rules.sections import iter_description_issues, iter_section_issues
from pvengine.lint.rules.status_words import iter_status_words
from pvengine.lint.rules.text import iter_text_issues
from pvengine.lint.rules.versions import iter_version_issues
from pvengine.lint.rules.words import iter_word_issues
from pvengine.loading.contract_file import LoadedContract, load_contract
from pvengine.yamldoc.rendering import render_flow

TEXT = """\
metadata:
  id: C
  version: 1.2.0
  references: [a paper]
  description: |
    first
    v1.2.0: second
    v1.1.0: third, v1.2 fourth
  evidence:
  - fifth
# a comment
falsification_tests:
- {id: six, if_fails: seven, params: {a: eight}}
"""


def load(text: str) -> LoadedContract:
    return load_contract(Path("x.yaml"), "x.yaml", text.encode())


def test_prose_is_what_no_tool_reads() -> None:
    words = ["paper", "first", "second", "fifth", "comment", "six", "seven", "eight"]
    found = find_prose(load(TEXT), [TEXT.index(word) for word in words])
    assert [TEXT[one.offset :].split(maxsplit=1)[0].strip(",}") for one in found] == [
        "first",
        "second",
        "fifth",
        "seven",
    ]
    assert is_prose(("equations", "softmax", "description"))
    assert not is_prose(("falsification_tests", 0, "accept", 0, "metric"))


@pytest.mark.parametrize("word", ["third", "fifth"])
def test_what_stands_below_another_version_speaks_of_the_past(word: str) -> None:
    loaded = load(TEXT)
    [found] = find_prose(loaded, [TEXT.index(word)])
    assert History(loaded).is_past(found)


@pytest.mark.parametrize("word", ["first", "second", "fourth", "seven"])
def test_what_stands_below_no_version_or_the_own_one_speaks_of_today(word: str) -> None:
    loaded = load(TEXT)
    [found] = find_prose(loaded, [TEXT.index(word)])
    assert not History(loaded).is_past(found)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("metadata: {version: v1.2.0}\nversion: 2.0.0\n", "1.2.0"),
        ("metadata: {id: C}\nversion: 2.0.0\n", "2.0.0"),
        ("metadata: {version: 1.2}\n", None),
        ("metadata: {id: C}\n", None),
    ],
)
def test_the_version_of_metadata_counts(text: str, version: str | None) -> None:
    assert read_version(load(text)) == version


CHECKS = (
    iter_word_issues,
    iter_text_issues,
    iter_section_issues,
    iter_description_issues,
    iter_date_issues,
    iter_dependency_issues,
    iter_mention_issues,
    iter_count_issues,
    iter_version_issues,
    iter_condition_issues,
)
KEYS = st.sampled_from(
    [
        *(
            "metadata",
            "version",
            "description",
            "created",
            "depends_on",
            "id",
            "status",
            "steps",
            "hypotheses",
        ),
        *("falsification_tests", "falsification", "implementation_stages", "proof_obligations", "equations"),
        *("qa_gate", "pass_criteria", "accept", "decides", "metric", "lt", "gt", "bits", "in", "<<", "on"),
    ]
)
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        (
            "FALSIFY-X-001",
            "FALSIFY-X-009 is DISCHARGED, and A7 too",
            "all 5 falsification tests pass",
            "this contract is at v0.0.1",
            "A1",
            "",
            "\u202e\x1b",
            "3ff00000",
            "a-v1 v1.0.0 (",
        )
    ),
    st.text(max_size=12),
)
DATA = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
        max_leaves=20,
    ),
    max_size=6,
)


@given(DATA)
@example(
    {"falsification_tests": [{"id": "T", "accept": [{"metric": "m", "in": [10**400], "bits": "7fc00000"}]}]}
)
def test_no_check_of_text_and_prose_raises(data: dict[str, Any]) -> None:
    try:
        loaded = load(render_flow(data) + "\n")
    except ContractError:
        return
    for check in CHECKS:
        for one in loaded.locate(check(loaded)):
            assert one.place is not None
            assert one.place.line >= 1
            assert one.message.isprintable() or not one.message.isascii()
    assert all(isinstance(word, str) for _, word in iter_status_words(loaded))


def test_many_mentions_cost_linear_time() -> None:
    words = [
        "FALSIFY-X-002 is DISCHARGED",
        "all 7 falsification tests",
        "this contract is at 9.9.9",
        "v1.0.0",
        "-" * 9,
    ]
    chosen = random.Random(3)  # noqa: S311 - a reproducible text
    prose = "\n".join("  " + chosen.choice(words) for _ in range(40_000))
    text = f"metadata:\n  version: 1.0.0\n  description: |\n{prose.replace('  ', '    ')}\n"
    loaded = load(text + "falsification_tests: [{id: FALSIFY-X-001}]\n")
    assert len(list(iter_mention_issues(loaded))) == 1
    assert 0 < len(list(iter_count_issues(loaded))) <= 100
    assert 0 < len(list(iter_version_issues(loaded))) <= 100
