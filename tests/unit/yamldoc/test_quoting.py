from __future__ import annotations

import math
from typing import Any

import pytest

from pvengine.yamldoc.quoting import render_scalar


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e22, "1.0e+22"),
        (1.5e-7, "1.5e-07"),
        (123456.75, "123456.75"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
        (-7, "-7"),
        (False, "false"),
    ],
)
def test_numbers_read_back_in_both_versions_of_yaml(value: Any, text: str) -> None:
    assert render_scalar(value) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\x00", '"\\0"'),
        ("\x7f", '"\\x7f"'),
        ("\ue000", '"\\ue000"'),
        ("\U000e0001", '"\\U000e0001"'),
        ('"\\\n', '"\\"\\\\\\n"'),
    ],
)
def test_what_cannot_be_seen_is_escaped(text: str, written: str) -> None:
    assert render_scalar(text) == written


def test_styles_are_kept_where_they_can_hold_the_value() -> None:
    assert render_scalar("x", style='"') == '"x"'
    assert render_scalar("x", style="'") == "'x'"
    assert render_scalar("x\n", style="'") == '"x\\n"'


def test_other_types_have_no_text() -> None:
    with pytest.raises(TypeError, match="bytes has no YAML text"):
        render_scalar(b"x")
