"""What the reader makes of a text equals what an independent loader with the same schema makes of it."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pvengine.diagnostics import ContractError
from pvengine.yamldoc import read_document
from pvengine.yamldoc.compare import find_difference
from pvengine.yamldoc.quoting import render_scalar
from pvengine.yamldoc.rendering import render_flow


class CoreLoader(yaml.SafeLoader):
    """PyYAML's own reader in Python, taught the YAML 1.2 core schema."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the attribute that PyYAML reads


def _construct_mapping(loader: CoreLoader, node: Any) -> Any:
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


def _construct_int(loader: CoreLoader, node: Any) -> int:
    text = loader.construct_scalar(node)
    return int(text, 0) if text[:2] in {"0x", "0o"} else int(text)


_NUMBER = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
for _name, _pattern in {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": rf"{_NUMBER}|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}.items():
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(rf"^(?:{_pattern})\Z"), None)
CoreLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
CoreLoader.add_constructor("tag:yaml.org,2002:int", _construct_int)
CoreLoader.add_constructor(
    "tag:yaml.org,2002:float",
    lambda loader, node: float(
        loader.construct_scalar(node).lower().replace(".inf", "inf").replace(".nan", "nan")
    ),
)

MARKS = [
    "a:",
    ":",
    "|-",
    ">",
    "+",
    "-",
    "?",
    "[",
    "]",
    "{",
    "}",
    ",",
    "#",
    "'",
    '"',
    "&",
    "*",
    "\n",
    "\n ",
    "\n  ",
]
PLAIN = [
    "~",
    "1",
    "-1",
    ".5",
    "1e3",
    "0x1F",
    "0o7",
    ".inf",
    "-.INF",
    ".nan",
    "true",
    "False",
    "yes",
    "1:30",
    "é",
]
WORDS = st.sampled_from(MARKS + PLAIN)
TEXTS = st.lists(WORDS, max_size=14).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_random_text_is_read_as_the_oracle_reads_it_or_refused(text: str) -> None:
    source = f"key:\n  {text}\n"
    try:
        document = read_document(source.encode(), "c.yaml")
    except ContractError as error:
        findings = error.diagnostics
        assert [finding for finding in findings if finding.place is not None]
        return
    try:
        expected = yaml.load(source, Loader=CoreLoader)  # noqa: S506 - derived from the safe loader
    except yaml.YAMLError:
        return  # the parser in Python refuses some texts that the one in C reads, as `[x ? ]`
    assert find_difference(expected, document.data) is None


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=40))
def test_random_bytes_end_in_data_or_findings(raw: bytes) -> None:
    try:
        document = read_document(b"k: " + raw, "c.yaml")
    except ContractError as error:
        assert error.diagnostics  # noqa: PT017 - either is right
    else:
        assert document.encode() == b"k: " + raw


SCALARS = st.one_of(
    st.text(),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.from_regex(r"[-+0-9.:_eEx]{1,8}", fullmatch=True),
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(DATA)
def test_rendered_data_reads_back_the_same(data: Any) -> None:
    document = read_document(f"k: {render_flow(data)}\n".encode(), "c.yaml")
    assert find_difference(data, document.data["k"]) is None


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.from_regex(r"[-+0-9.:_eExTZ ]{1,12}", fullmatch=True)), st.booleans())
def test_a_rendered_string_is_a_string_to_a_yaml_11_reader_too(text: str, in_flow: bool) -> None:  # noqa: FBT001 - drawn
    rendered = render_scalar(text, in_flow=in_flow)
    source = f"k: [{rendered}]\n" if in_flow else f"k: {rendered}\n"
    value = yaml.safe_load(source)["k"]
    assert value == ([text] if in_flow else text)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[&a ", "[!!seq "])
def test_deep_nesting_ends_at_the_limit_at_once(opening: str) -> None:
    source = f"k:\n {opening * 100_000}\n".encode()
    start = time.perf_counter()
    with pytest.raises(ContractError) as caught:
        read_document(source, "c.yaml")
    assert time.perf_counter() - start < 2  # some milliseconds; a recursive reader does not end at all
    assert "PV104" in {finding.code for finding in caught.value.diagnostics}
