"""The page of figures has the rows that the tests count, each with as many cases as it promises."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import write_reliability
from tally import GROUP, Declared, list_declared, tally_cases
from write_reliability import BEGIN, END, PAGE, Row, list_wrong, order_group, read_rows, render, say_sum

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GROUPS = {
    "Changed code",
    "Forged claims",
    "Forged records",
    "Harmless edits",
    "Lost and restored",
    "Out of reach",
    "Random bytes",
    "What is no number",
}


def read_page() -> tuple[str, list[Row]]:
    """Read the sentence and the rows between the markers."""
    counted = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = []
    for line in counted.splitlines():
        found = re.fullmatch(r"\| (.+?) \| (.+) \| ([\d,]+) \| ([\d,]+) \|", line)
        if found:
            rows.append(
                Row(found[1], found[2], int(found[3].replace(",", "")), int(found[4].replace(",", "")))
            )
    return counted.partition("\n")[0], rows


def test_the_page_has_the_rows_of_the_tests() -> None:
    sentence, rows = read_page()
    assert list_wrong(rows) == [], "run `make reliability`"
    assert say_sum(rows) in sentence
    assert [order_group(row.group) for row in rows] == sorted(order_group(row.group) for row in rows)


def test_the_page_explains_every_group() -> None:
    text = PAGE.read_text(encoding="utf-8")
    explained = set(re.findall(r"^\* \*\*(.+?)\.\*\*", text, re.MULTILINE)) | {"Out of reach"}
    groups = {declared.group for declared in list_declared()}
    assert groups >= GROUPS
    assert groups <= explained
    assert "## What is out of reach" in text


def test_a_count_is_one_line_of_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "counts"
    monkeypatch.setenv("PV_RELIABILITY", str(path))
    tally_cases(row="r", cases=2, missed=0)
    tally_cases(row="r", cases=3, missed=1, group="g", at_least=3)
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"group": GROUP, "row": "r", "cases": 2, "missed": 0},
        {"group": "g", "row": "r", "cases": 3, "missed": 1},
    ]


def test_nothing_is_kept_without_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PV_RELIABILITY", raising=False)
    monkeypatch.chdir(tmp_path)
    tally_cases(row="r", cases=2, missed=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("cases", "missed", "at_least"), [(0, 0, 1), (0, 0, 0), (4, 0, 5), (1, 2, 1), (1, -1, 1)]
)
def test_a_count_that_says_nothing_is_refused(cases: int, missed: int, at_least: int) -> None:
    with pytest.raises(ValueError, match="cases"):
        tally_cases(row="r", cases=cases, missed=missed, at_least=at_least)


@pytest.mark.parametrize(
    ("source", "declared"),
    [
        ("tally(row='r', cases=n, missed=0)", [Declared(GROUP, "r", 1)]),
        ("tally(row='r', cases=1, missed=0, group='g', at_least=5)", [Declared("g", "r", 5)]),
        ("tally(row='r', cases=1, missed=0)\ntally(row='r', cases=2, missed=0)", [Declared(GROUP, "r", 1)]),
        ("other(row='r')", []),
    ],
)
def test_rows_are_found_without_running_a_test(tmp_path: Path, source: str, declared: list[Declared]) -> None:
    (tmp_path / "test_x.py").write_text(source)
    assert list_declared(tmp_path) == declared


@pytest.mark.parametrize(
    "source",
    [
        "tally(row=name, cases=1, missed=0)",
        "tally(cases=1, missed=0)",
        "tally(row='r', group=name, cases=1, missed=0)",
        "tally(row='r', cases=1, missed=0)\ntally(row='r', cases=1, missed=0, at_least=2)",
    ],
)
def test_a_row_that_is_not_written_out_is_refused(tmp_path: Path, source: str) -> None:
    (tmp_path / "test_x.py").write_text(source)
    with pytest.raises(ValueError, match=r"test_x\.py:\d"):
        list_declared(tmp_path)


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what declares rows in the place of those that the tests have."""
    return lambda *rows: monkeypatch.setattr(write_reliability, "list_declared", lambda: list(rows))


def test_counts_of_a_row_are_summed_and_rows_ordered(declare: Callable[..., None]) -> None:
    declare(Declared("Out of reach", "z", 1), Declared("New", "b", 1), Declared("New", "a", 1))
    lines = [("Out of reach", "z", 4, 4), ("New", "a", 1, 0), ("New", "b", 1000, 0), ("New", "b", 2, 0)]
    keys = ("group", "row", "cases", "missed")
    rows = read_rows("\n".join(json.dumps(dict(zip(keys, line, strict=True))) for line in lines))
    assert rows == [Row("New", "b", 1002, 0), Row("New", "a", 1, 0), Row("Out of reach", "z", 4, 4)]
    assert list_wrong(rows) == []
    assert render(rows).splitlines()[2:] == [
        "| group | what was done | cases | missed |",
        "|---|---|---:|---:|",
        "| New | b | 1,002 | 0 |",
        "| New | a | 1 | 0 |",
        "| Out of reach | z | 4 | 4 |",
    ]
    assert say_sum(rows) == "2 rows, 1,003 cases, 0 missed; out of reach: 1 rows, 4 of 4 cases not noticed"


def test_rows_that_are_wrong_are_said(declare: Callable[..., None]) -> None:
    declare(Declared("g", "gone", 1), Declared("g", "few", 3), Declared("g", "miss", 1))
    rows = [Row("g", "few", 2, 0), Row("g", "miss", 9, 1), Row("g", "stray", 1, 0)]
    assert list_wrong(rows) == [
        "g: gone: no test counted it",
        "g: few: 2 cases, at least 3 are promised",
        "g: miss: 1 of 9 missed",
        "g: stray: no test declares it",
    ]
