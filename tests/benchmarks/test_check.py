"""The benchmark of `pv check` runs and gives every ratio, of checks that end as they should."""

from __future__ import annotations

from tables import PAGE, read_rows, read_section, run_script

_CHANGES = ("a discharge", "a discharge, nothing run again", "a falsifier")


def test_the_benchmark_gives_every_ratio() -> None:
    before = PAGE.read_bytes()
    code, out = run_script("check.py", "--rounds", "1", "--contracts", "24", "--records", "96")
    assert read_rows(out) == [
        (f"{what}, 24 contracts, 96 records", "12 contracts, 48 records", "at most 2") for what in _CHANGES
    ]
    assert ("(not met)" in out) == (code == 1)
    assert PAGE.read_bytes() == before


def test_the_page_has_every_ratio() -> None:
    large = "1,200 contracts, 20,000 records"
    assert read_rows(read_section("measured: check")) == [
        (f"{what}, {large}", "12 contracts, 192 records", "at most 2") for what in _CHANGES
    ]
