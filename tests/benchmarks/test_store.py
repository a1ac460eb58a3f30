"""The benchmark of the evidence store runs and gives every ratio, and what it measures is what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from growing import GrownProject
from tables import PAGE, read_rows, read_section, run_script

if TYPE_CHECKING:
    from pathlib import Path


def list_ratios(large: str, part: str, amended: str, few: str, spread: str) -> list[tuple[str, str, str]]:
    """List the rows of both tables, with the names of the stores."""
    once = f"10 times pv verify, {part}, started once"
    return [
        (f"pv discharge, {large}", "pv discharge, 1 record", "at most 1.3"),
        (f"pv discharge, {spread}", f"pv discharge, {few}", "at most 1.3"),
        (f"one left over, {large}", "pv discharge, 1 record", "at most 2"),
        (f"pv discharge, {amended}", "pv discharge, 1 record", "none"),
        (f"pv status, {large}", "pv status, 1 record", "at most 1.3"),
        (f"pv verify, {large}", once, "at most 1.3"),
        (f"pv verify, {spread}", once, "at most 1.3"),
        (f"one process, {large}", f"pv verify, {large}", "none"),
        (f"pv verify, {large}", f"pv verify, {part}", "at most 1.5"),
        (f"pv discharge, {large}", "pv discharge, 1 record", "at most 1.5"),
    ]


def test_the_benchmark_gives_every_ratio() -> None:
    before = PAGE.read_bytes()
    code, out = run_script("store.py", "--rounds", "1", "--records", "200", "--tests", "4")
    names = (
        "200 records",
        "20 records",
        "20 amendments",
        "4 tests, 1 record each",
        "4 tests, 50 records each",
    )
    assert read_rows(out) == list_ratios(*names)
    assert ("(not met)" in out) == (code == 1)
    assert PAGE.read_bytes() == before


def test_the_page_has_every_ratio() -> None:
    one_test = ("20,000 records", "2,000 records", "2,000 amendments")
    many_tests = ("200 tests, 1 record each", "200 tests, 100 records each")
    assert read_rows(read_section("measured: store")) == list_ratios(*one_test, *many_tests)


def test_a_grown_store_is_a_chain_that_holds_and_is_put_back(tmp_path: Path) -> None:
    project = GrownProject.make(tmp_path / "one", 1).grow(12)
    project.keep()
    text = project.contract.read_bytes()
    records = sorted(project.store.rglob("*.json"))
    assert len(records) == 12
    previous = {json.loads(path.read_bytes())["predicate"]["previous"] for path in records}
    assert len(previous) == 12
    project.run("discharge", str(project.contract), "--test", "FT-000")
    assert project.contract.read_bytes() != text
    assert len(list(project.store.rglob("*.json"))) == 13
    project.put_back()
    assert project.contract.read_bytes() == text
    assert sorted(project.store.rglob("*.json")) == records
    records[0].unlink()
    with pytest.raises(RuntimeError, match="ended with 3"):
        project.run("verify", str(project.contract))
