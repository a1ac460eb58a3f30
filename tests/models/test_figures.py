"""The page says what is measured: counts to the digit, differences by their size."""

from __future__ import annotations

import re

import pytest
from subjects import SUBJECTS
from write_figures import format_table, iter_cells, measure, read_table

pytestmark = pytest.mark.models

MEASURED = re.compile(r"\d\.\de[-+]\d\d")
FACTOR = 4
"""Sums in another order, on another processor, change a largest difference no more than that."""


def test_the_figures_of_the_page_are_those_measured() -> None:
    measured = iter_cells(format_table([(subject, measure(subject)) for subject in SUBJECTS]))
    wrong = {}
    for (name, column, shown), (_, _, found) in zip(iter_cells(read_table()), measured, strict=True):
        if MEASURED.fullmatch(shown) and MEASURED.fullmatch(found):
            if not 1 / FACTOR <= float(shown) / float(found) <= FACTOR:
                wrong[name, column] = (shown, found)
        elif shown != found:
            wrong[name, column] = (shown, found)
    assert wrong == {}
