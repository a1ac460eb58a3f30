"""A number is read exactly or refused; `test_trial` has the types one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pvengine.plugin.numbers import read_number, shorten_number


@pytest.mark.parametrize(
    ("value", "found"), [(3, (3, "int")), (0.5, (0.5, "float64")), (np.float32(0.5), (0.5, "float32"))]
)
def test_a_number_has_its_type(value: Any, found: Any) -> None:
    assert read_number("m", value) == found


@pytest.mark.parametrize("value", [True, "1", 1j, [1.0], np.ones(2), np.longdouble(1), None])
def test_what_is_no_number_is_refused_by_name(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^'m' "):
        read_number("m", value)


def test_the_shortest_text_reads_back() -> None:
    assert shorten_number(float(np.float32(0.1)), "float32") == 0.1
    assert shorten_number(float(np.float32(0.1)), "float64") == float(np.float32(0.1))
    assert shorten_number(float("nan"), "float64") == "nan"
