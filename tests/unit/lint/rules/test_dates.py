from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.lint.rules.dates import is_iso_date, iter_date_issues, suggest_date
from pvengine.loading.contract_file import load_contract


def find(text: str) -> list[str]:
    loaded = load_contract(Path("x.yaml"), "x.yaml", text.encode())
    return [
        f"{one.line}:{one.column} {one.code} {one.message} -> {one.fix}"
        for one in loaded.locate(iter_date_issues(loaded))
    ]


def test_dates_of_the_contract_and_its_metadata_are_looked_at() -> None:
    text = """\
metadata: {id: C, created: 5.1.2026, updated: 2026-01-05, last_modified: '2026/1/5', date: ''}
created: 2026-02-30
date: 20260105
"""
    suggested = "write `last_modified: '2026-01-05'`"
    default = "write the date as YYYY-MM-DD"
    assert find(text) == [
        f"1:28 PV212 `created` is '5.1.2026', no date of the form YYYY-MM-DD -> {default}",
        "1:74 PV212 `last_modified` is '2026/1/5', no date of the form YYYY-MM-DD -> " + suggested,
        f"1:92 PV212 `date` is '', no date of the form YYYY-MM-DD -> {default}",
        f"2:10 PV212 `created` is '2026-02-30', no date of the form YYYY-MM-DD -> {default}",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05",
        "2024-02-29",
        "2026-01-05T10:00",
        "2026-01-05 10:00:00",
        "2026-01-05T10:00:00Z",
        "2026-01-05t10:00:00.123456789z",
        "2026-01-05T10:00:00+01:00",
        "2026-01-05 10:00:00 +0100",
    ],
)
def test_iso_dates_with_and_without_a_time(text: str) -> None:
    assert is_iso_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-1-5",
        "2026-W01-1",
        "20260105",
        "2025-02-29",
        "2026-01-05T25:00",
        "yesterday",
        "२०२६-०१-०५",
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert not is_iso_date(text)


def test_a_year_that_stands_first_leaves_no_doubt() -> None:
    assert [
        suggest_date(text) for text in ("2026.01.05", "2026-1-5", "20260105", "2026-13-01", "202615", "x")
    ] == [
        "2026-01-05",
        "2026-01-05",
        "2026-01-05",
        None,
        None,
        None,
    ]
