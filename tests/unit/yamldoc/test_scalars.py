from __future__ import annotations

import math
from typing import Any

import pytest

from pvengine.yamldoc.scalars import ScalarError, is_core_tag, resolve_plain, resolve_tagged, show_tag

CORE = "tag:yaml.org,2002:"


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        ("~|null|Null|NULL|", None),
        ("true|True|TRUE", True),
        ("false|False|FALSE", False),
        ("1|+1|01|0x1|0o1|0x01", 1),
        ("-10|-010", -10),
        ("0o17|0xF|0xf", 15),
        ("1.|1.0|+1.0|1e0|1E+0|01.0|10e-1|.1e1", 1.0),
        (".5|0.5|5e-1", 0.5),
        ("1e-5", 1e-5),
        ("-0.0|-0.|-.0|-0e5", -0.0),
        (".inf|.Inf|.INF|+.inf", math.inf),
        ("-.inf|-.Inf|-.INF", -math.inf),
        ("4.9e-324", 5e-324),
        ("0e-999", 0.0),
    ],
)
def test_plain_scalars_of_the_core_schema(texts: str, value: Any) -> None:
    for text in texts.split("|"):
        result = resolve_plain(text)
        assert type(result) is type(value), text
        assert repr(result) == repr(value), text


def test_nan() -> None:
    assert all(math.isnan(resolve_plain(text)) for text in (".nan", ".NaN", ".NAN"))


@pytest.mark.parametrize(
    "words",
    [
        "yes no on off y N nULL tRUE << = inf nan infinity",
        "1_000 1,000 1:30 190:20:30 0b1 0O7 0X1F 0x 0o8 -0x1 +0o7 \u0661 2026-11-23",
        "1e 1e+ e5 . +. - + -- +-1 ... 1.2.3 1.2.0 1e5.0 .e5 .iNF +.nan -.nan",
    ],
    ids=["words", "integers", "floats"],
)
def test_everything_else_is_a_string(words: str) -> None:
    assert [resolve_plain(text) for text in words.split()] == words.split()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1e400", "the number 1e400 is larger than any double"),
        ("-1" + "0" * 400 + ".0", "is larger than any double"),
        ("1e-400", "the number 1e-400 is not zero and smaller than any double"),
        ("-0.0001e-400", "is not zero and smaller than any double"),
        ("1" * 4301, "has more than 4300 digits"),
        ("0x" + "f" * 4300, "has more than 4300 digits"),
    ],
)
def test_numbers_that_reading_would_change(text: str, message: str) -> None:
    with pytest.raises(ScalarError, match=message) as caught:
        resolve_plain(text)
    assert caught.value.code == "PV112"


def test_long_integers_within_the_limit_are_exact() -> None:
    assert resolve_plain("-" + "9" * 4000) == 1 - 10**4000


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("!", "1", "1"),
        (CORE + "str", "null", "null"),
        (CORE + "int", "0x10", 16),
        (CORE + "float", "1", 1.0),
        (CORE + "float", "-.inf", -math.inf),
        (CORE + "bool", "TRUE", True),
        (CORE + "null", "", None),
    ],
)
def test_core_tags(tag: str, text: str, value: Any) -> None:
    result = resolve_tagged(tag, text)
    assert (type(result), result) == (type(value), value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("int", "1.0"),
        ("int", "true"),
        ("float", "0x10"),
        ("float", "true"),
        ("bool", "yes"),
        ("bool", "1"),
        ("null", "x"),
        ("seq", "x"),
        ("map", "x"),
        ("binary", "aGk="),
        ("timestamp", "2026-11-23"),
    ],
)
def test_values_that_do_not_fit_their_tag(name: str, text: str) -> None:
    with pytest.raises(ScalarError) as caught:
        resolve_tagged(CORE + name, text)
    assert caught.value.code == "PV107"
    assert f"!!{name}" in caught.value.message


def test_a_number_under_a_tag_is_still_range_checked() -> None:
    with pytest.raises(ScalarError) as caught:
        resolve_tagged(CORE + "float", "1e999")
    assert caught.value.code == "PV112"


def test_tags_as_they_are_written() -> None:
    assert [show_tag(tag) for tag in (CORE + "int", "!x", "tag:example.org,2000:x")] == [
        "!!int",
        "!x",
        "!<tag:example.org,2000:x>",
    ]
    assert [is_core_tag(tag) for tag in ("!", CORE + "map", CORE + "set", "!x", "str")] == [
        True,
        True,
        False,
        False,
        False,
    ]
