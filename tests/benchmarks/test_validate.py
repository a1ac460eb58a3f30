"""The benchmark runs and gives every ratio; whether they hold is said by `make bench`, on an idle machine."""

from __future__ import annotations

import pytest
from tables import PAGE, read_rows, read_section, run_script

RATIOS = [
    ("pv --help", "bare interpreter", "at most 6"),
    ("one contract, cached", "bare interpreter", "at most 18"),
    ("corpus, no cache", "C loader alone", "at most 4"),
    ("1,200 contracts", "12 times 100 contracts", "at most 1.3"),
    ("corpus, first run", "corpus, unchanged", "at least 3"),
    ("one contract, no cache", "bare interpreter", "none"),
]


@pytest.mark.slow
def test_the_benchmark_gives_every_ratio() -> None:
    before = PAGE.read_bytes()
    code, out = run_script("validate.py", "--rounds", "1")
    assert read_rows(out) == RATIOS
    assert ("(not met)" in out) == (code == 1)
    assert PAGE.read_bytes() == before


def test_the_page_has_every_ratio() -> None:
    assert read_rows(read_section("measured")) == RATIOS
