from __future__ import annotations

import math
import os
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pvengine.diagnostics import ContractError
from pvengine.lint.rules.words import iter_word_issues
from pvengine.loading.contract_file import LoadedContract, load_contract
from pvengine.yamldoc import read_document

CORPUS = os.environ.get("PV_CORPUS", "")
HEAD = "metadata: {id: C, version: 1.0.0}\n"
STRING = "tag:yaml.org,2002:str"
DATE = "tag:yaml.org,2002:timestamp"


def load(text: str) -> LoadedContract:
    return load_contract(Path("x.yaml"), "x.yaml", (HEAD + text).encode())


def find(text: str) -> list[str]:
    loaded = load(text)
    shown = []
    for one in loaded.locate(iter_word_issues(loaded)):
        assert one.place is not None
        marked = one.place.snippet[one.place.column - 1 : one.place.end_column - 1]
        shown.append(f"{one.line}:{one.column} {one.code} <{marked}> {one.message} -> {one.replacement}")
    return shown


@pytest.mark.parametrize(
    ("written", "reading", "respelt"),
    [
        ("1e-5", "text", "1.0e-5"),
        ("1E5", "text", "1.0e+5"),
        ("1.5e3", "text", "1.5e+3"),
        (".5e3", "text", "0.5e+3"),
        ("+.5", "text", "+0.5"),
        ("-.5", "text", "-0.5"),
        ("12e03", "text", "12.0e+03"),
        ("0o17", "text", "15"),
        ("089", "text", "89"),
        ("010", "8", "10"),
        ("-010", "-8", "-10"),
    ],
)
def test_a_number_that_yaml_1_1_reads_otherwise_is_respelt(written: str, reading: str, respelt: str) -> None:
    assert find(f"k: {written}\n") == [
        f"2:4 PV114 <{written}> {written} is a number, and YAML 1.1 reads {reading} -> {respelt}"
    ]


@pytest.mark.parametrize(
    "written",
    [
        "0",
        "-0",
        "+5",
        "00",
        "007",
        "0x1F",
        "1.0",
        "1.",
        ".5",
        "1.0e-5",
        "1.e+5",
        ".5e-3",
        ".inf",
        "-.INF",
        ".NaN",
    ],
)
def test_a_number_that_both_read_is_left_alone(written: str) -> None:
    assert find(f"k: {written}\n") == []


@pytest.mark.parametrize(
    ("written", "reading"),
    [
        ("yes", "true"),
        ("No", "false"),
        ("ON", "true"),
        ("off", "false"),
        ("1:30", "a number"),
        ("1:30.5", "a number"),
        ("1_000", "a number"),
        ("0b101", "a number"),
        ("-0x1F", "a number"),
        ("0_", "a number"),
        ("=", "an indicator"),
        ("<<", "an indicator"),
    ],
)
def test_text_that_yaml_1_1_reads_otherwise_is_quoted(written: str, reading: str) -> None:
    assert find(f"k: [a, {written}]\n") == [
        f"2:8 PV115 <{written}> '{written}' is text, and YAML 1.1 reads {reading} -> '{written}'"
    ]


@pytest.mark.skipif(not CORPUS, reason="PV_CORPUS names no folder with contracts")
def test_four_tolerances_of_real_contracts_are_text_to_yaml_1_1() -> None:
    found = []
    for path in sorted(Path(CORPUS, "provable-contracts").rglob("*.yaml")):
        found += [
            (path.stem, issue.code, issue.path[-1])
            for issue in iter_word_issues(load_contract(path, path.name))
        ]
    assert found == [("kv-cache-equivalence-v1", "PV114", "tolerance")] * 3 + [
        ("sampling-algorithms-v1", "PV114", "tolerance")
    ]


def test_keys_are_looked_at_too() -> None:
    assert find("on: {1:30: a, 1_000: b}\n") == [
        "2:1 PV115 <on> 'on' is text, and YAML 1.1 reads true as the key -> 'on'",
        "2:6 PV115 <1:30> '1:30' is text, and YAML 1.1 reads a number as the key -> '1:30'",
        "2:15 PV115 <1_000> '1_000' is text, and YAML 1.1 reads a number as the key -> '1_000'",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "k: [2026-01-01, 2026-01-01T10:00:00Z, y, n, yes sir, 1.2.3, v1, -, 1-2, true, 'yes', \"1e-5\"]\n",
        "k: !!str yes\n",
        "k: !!float 1e-5\n",
        "k: |\n  1e-5\nl: >-\n  yes\n",
        "1: a\n1.5: b\n0x1F: c\n",
        "'on': a\n'<<': b\n",
    ],
)
def test_dates_quoted_text_and_tagged_scalars_are_left_alone(text: str) -> None:
    assert find(text) == []


def test_a_value_is_reported_where_it_stands_and_not_where_an_alias_names_it() -> None:
    assert find("a: &x 1e-5\nb: *x\nc: &m {d: no}\ne: *m\n") == [
        "2:7 PV114 <1e-5> 1e-5 is a number, and YAML 1.1 reads text -> 1.0e-5",
        "4:11 PV115 <no> 'no' is text, and YAML 1.1 reads false -> 'no'",
    ]


def test_a_merge_key_is_reported_at_the_key() -> None:
    message = "`<<` is an ordinary key here: what its value holds is not merged into this mapping"
    assert find("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n") == [f"4:3 PV117 <<<> {message} -> None"]


def read_as_11(text: str) -> object:
    return yaml.load(text, Loader=yaml.SafeLoader)


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other):
        return True
    return type(one) is type(other) and one == other


SCALARS = st.one_of(
    st.text("0123456789+-._eE", min_size=1, max_size=8),
    st.text("01789+-._eExXobaAfF:", min_size=1, max_size=8),
    st.from_regex(r"[-+]?(0|0o|0x|0b)?[0-9_]{1,4}([.:][0-9_]{0,3})?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
    st.text("yesnofYESNOF.iaIA=<~", min_size=1, max_size=4),
)


@given(SCALARS)
@example("0x_")
@example("-0b1")
@example("190:20:30")
@example("1_0.5")
def test_it_fires_exactly_where_pyyaml_reads_another_value(text: str) -> None:
    try:
        loaded = load(f"k: {text}\n")
    except ContractError:
        assume(False)  # noqa: FBT003 - the signature of Hypothesis
    node = loaded.document.node_at(("k",))
    assume(node is not None and node.style == "" and node.start < node.end)
    assert node is not None
    value = node.data
    tag = yaml.resolver.Resolver().resolve(yaml.ScalarNode, text, (True, False))
    issues = list(iter_word_issues(loaded))
    if type(value) in {int, float}:
        assert [issue.code for issue in issues] == ([] if same(read_as_11(text), value) else ["PV114"])
    elif type(value) is str:
        assert [issue.code for issue in issues] == ([] if tag in {STRING, DATE} else ["PV115"])
    else:
        assert issues == []
    for issue in issues:
        assert issue.replacement is not None
        assert same(read_as_11(issue.replacement), value)
        mended = read_document(f"k: {issue.replacement}\n".encode(), "x.yaml")
        assert same(mended.data["k"], value)
