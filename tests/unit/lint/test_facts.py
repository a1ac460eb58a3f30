"""What other files need to know of a contract is gathered from data of any shape."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.lint.facts import FileFacts, Mention, gather_facts
from pvengine.yamldoc import read_document

TEXT = """metadata:
  id: C-X
  version: 1.2.0
  depends_on: [softmax-kernel-v1 v1.0.0, 3]
falsification_tests:
- id: FT-1
- {rule: no id}
- id: " "
- just text
kani_harnesses:
- {id: KANI-1}
"""
FACTS = FileFacts(
    id="C-X",
    version="1.2.0",
    ids=(
        Mention("C-X", "contract", 2, 7, 2, 10, "  id: C-X"),
        Mention("FT-1", "test", 6, 7, 6, 11, "- id: FT-1"),
        Mention("KANI-1", "harness", 11, 8, 11, 14, "- {id: KANI-1}"),
    ),
    depends_on=(
        Mention(
            "softmax-kernel-v1 v1.0.0",
            "contract",
            4,
            16,
            4,
            40,
            "  depends_on: [softmax-kernel-v1 v1.0.0, 3]",
        ),
    ),
)


def test_ids_and_dependencies_with_their_places() -> None:
    assert gather_facts(read_document(TEXT.encode(), "x.yaml")) == FACTS


def test_ids_of_the_newer_blocks_stand_in_lists_or_are_keys() -> None:
    text = (
        "falsification_conditions:\n- id: FC-1\n- text\n"
        "falsification:\n  FM-1: {assertion: a}\n  name: {id: FM-2}\n  other: text\n"
        "kani_harnesses:\n  K-1: {bound: 8}\n"
    )
    assert gather_facts(read_document(text.encode(), "x.yaml")).ids == (
        Mention("FM-1", "test", 5, 3, 5, 7, "  FM-1: {assertion: a}"),
        Mention("FM-2", "test", 6, 14, 6, 18, "  name: {id: FM-2}"),
        Mention("FC-1", "test", 2, 7, 2, 11, "- id: FC-1"),
        Mention("K-1", "harness", 9, 3, 9, 6, "  K-1: {bound: 8}"),
    )


def test_facts_come_back_from_their_data() -> None:
    assert FileFacts.restore(json.loads(json.dumps(asdict(FACTS)))) == FACTS


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("version: 2.0.0", "2.0.0"),
        ("metadata: {version: 1.5}", "1.5"),
        ("{version: 1.0.0, metadata: {version: 3.0.0}}", "3.0.0"),
        ("metadata: {version: [1]}", None),
        ("metadata: text", None),
    ],
)
def test_the_version_of_either_place(text: str, version: str | None) -> None:
    assert gather_facts(read_document(text.encode(), "x.yaml")).version == version


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab ", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "depends_on"]), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(["metadata", "version", "falsification_tests", "kani_harnesses"]), SHAPES)
)
def test_no_shape_of_the_data_raises(data: object) -> None:
    gather_facts(read_document(json.dumps(data).encode(), "x.yaml"))
