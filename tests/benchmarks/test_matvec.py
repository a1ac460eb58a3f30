"""The benchmark of the block kernels runs and gives every ratio, and the page has them for the full size."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tables import read_rows, run_script

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "performance.md"
_NEW, _GIVEN = "dequantise into a new array", "dequantise into a given array"
_ONE, _SEVEN = "multiply, one token on both paths", "multiply, seven tokens on both paths"
_ALWAYS = [
    (f"{_NEW}: gguf-py", "pvengine", "at least 2.5"),
    (f"{_ONE}: gguf-py", "pvengine", "at least 4"),
]
_WITH_GGML = [
    (f"{_GIVEN}: pvengine", "ggml", "at most 10"),
    (f"{_ONE}: pvengine", "ggml", "at most 8"),
    (f"{_SEVEN}: pvengine", "ggml", "at most 1"),
]
_MEMORY = [(f"{work}: pvengine", "one MiB", "at most 8") for work in (_GIVEN, _ONE, _SEVEN)]


def split_tables(text: str) -> tuple[list[tuple[str, str]], str]:
    """Return work and implementation of the rows of times, and the tables of ratios after them."""
    times, _, ratios = text.partition("| what |")
    rows = [line.strip("| ").split(" | ") for line in times.splitlines() if line.startswith("| ")]
    for _, _, seconds, ratio, mebibytes in rows[1:]:
        assert float(seconds) > 0
        assert float(ratio) > 0
        assert float(mebibytes) >= 0
    return [(row[0], row[1]) for row in rows[1:]], "| what |" + ratios


def has_ggml() -> bool:
    sys.path.append(str(Path(__file__).parents[1] / "oracles"))
    import ggml  # noqa: PLC0415 - of another folder of tests

    return ggml.find_libraries() is not None


def test_the_benchmark_gives_every_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PV_GGML", raising=False)  # the script runs without variables of this project
    before = PAGE.read_bytes()
    code, out = run_script("matvec.py", "--rounds", "1", "--rows", "2048", "--columns", "4096")
    times, ratios = split_tables(out)
    expected = [*_ALWAYS, *(_WITH_GGML if has_ggml() else []), *_MEMORY]
    assert read_rows(ratios) == expected
    by = ["pvengine", "gguf-py", "plain NumPy"]
    assert {name for work, name in times if work == _NEW} == set(by)
    assert ("(not met)" in out) == (code == 1)
    assert PAGE.read_bytes() == before


def test_the_page_has_every_ratio_and_all_hold() -> None:
    text = PAGE.read_text(encoding="utf-8")
    section = text.partition("<!-- measured: matvec -->\n")[2].partition(
        "<!-- end of measured: matvec -->\n"
    )[0]
    assert "4096 x 11008 weights" in section
    assert "(not met)" not in section
    times, ratios = split_tables(section)
    assert read_rows(ratios) == [*_ALWAYS, *_WITH_GGML, *_MEMORY]
    implementations = {_NEW: 3, _GIVEN: 2, _ONE: 4, _SEVEN: 4}
    assert {work: sum(each == work for each, _ in times) for work, _ in times} == implementations
