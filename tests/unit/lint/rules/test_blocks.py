"""Both generations of the format in one shape."""

from __future__ import annotations

import pytest

from pvengine.lint.rules.blocks import (
    ALIASES,
    MAX_COMPARED,
    Blocks,
    Entry,
    fold_space,
    is_blank,
    iter_entries,
)


def test_a_list_and_a_mapping_give_the_same_entries() -> None:
    many = {"equations": [{"id": "a", "formula": "x"}, {"name": "b"}]}
    named = {"equations": {"a": {"formula": "x"}, "b": {}}}
    assert [(one.path, one.id) for one in Blocks(many).equations] == [
        (("equations", 0), "a"),
        (("equations", 1), None),
    ]
    assert [(one.path, one.id) for one in Blocks(named).equations] == [
        (("equations", "a"), "a"),
        (("equations", "b"), "b"),
    ]


def test_entries_of_several_blocks_come_in_their_order() -> None:
    data = {"obligations": [{"property": "second"}], "proof_obligations": {"P": {"property": "first"}}}
    assert [one.path for one in Blocks(data).obligations] == [("proof_obligations", "P"), ("obligations", 0)]
    data = {"falsification_conditions": [{"id": "B"}], "falsification": {"A": {}}}
    assert [one.id for one in Blocks(data).conditions] == ["A", "B"]


def test_what_is_no_mapping_is_no_entry() -> None:
    data = {"equations": [1, None, "text", [], {}], "enforcement": "text", "kani_harnesses": {"a": 1}}
    assert [
        one.path for one in iter_entries(data, "equations", "enforcement", "kani_harnesses", "absent")
    ] == [("equations", 4)]


@pytest.mark.parametrize(("name", "alias"), [(name, alias) for name in ALIASES for alias in ALIASES[name]])
def test_an_alias_is_read_and_the_name_counts_before_it(name: str, alias: str) -> None:
    aliased = Entry(("block", 0), {alias: "by alias"})
    assert (aliased.read(name), aliased.locate(name)) == ("by alias", ("block", 0, alias))
    both = Entry(("block", 0), {alias: "by alias", name: "by name"})
    assert (both.read(name), both.locate(name)) == ("by name", ("block", 0, name))


def test_a_blank_name_still_counts_before_its_alias() -> None:
    entry = Entry(("block", 0), {"prediction": " ", "expected": "it holds"})
    assert entry.is_empty("prediction")
    assert entry.find_key("prediction") == "prediction"


def test_an_absent_key_leads_to_the_entry() -> None:
    entry = Entry(("block", 0), {})
    assert (entry.read("formula"), entry.find_key("formula"), entry.locate("formula")) == (
        None,
        None,
        ("block", 0),
    )


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (Entry(("equations", "softmax"), {}), "softmax"),
        (Entry(("equations", "softmax"), {"id": "EQ-1", "name": "n"}), "EQ-1"),
        (Entry(("equations", 0), {"name": "n"}), "n"),
        (Entry(("equations", 0), {"id": " ", "name": 3}), "equations[0]"),
        (Entry(("equations", 0), {"id": "x" * 100}), "x" * 57 + "..."),
    ],
)
def test_messages_call_an_entry_by_what_it_has(entry: Entry, name: str) -> None:
    assert entry.name == name


def test_tests_have_their_ids_under_every_key() -> None:
    data = {
        "falsification_tests": [{"id": "F-1"}, {"id": 3}, {}],
        "falsification": {"F-2": {}},
        "falsification_conditions": [{"id": "F-3"}],
    }
    assert Blocks(data).test_ids == {"F-1", "F-2", "F-3"}


def test_a_gate_and_metadata_are_read_only_as_mappings() -> None:
    assert Blocks({"qa_gate": ["x"], "metadata": "x"}).gate is None
    assert Blocks({"qa_gate": ["x"], "metadata": "x"}).metadata == {}
    gate = Blocks({"qa_gate": {"id": "G"}, "implementation_stages": [{"id": "S"}]})
    assert gate.gate == Entry(("qa_gate",), {"id": "G"})
    assert [stage.id for stage in gate.stages] == ["S"]


@pytest.mark.parametrize("value", [None, "", " \t\n", [], {}])
def test_blank(value: object) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, False, 0.0, "x", [None], {"a": None}])
def test_not_blank(value: object) -> None:
    assert not is_blank(value)


def test_a_very_long_text_is_not_looked_through() -> None:
    assert fold_space(" a \n b ") == "a b"
    assert is_blank(" " * MAX_COMPARED)
    long = " " * (MAX_COMPARED + 1)
    assert not is_blank(long)
    assert fold_space(long) is long
