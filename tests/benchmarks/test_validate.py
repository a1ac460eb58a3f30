"""The benchmark runs and gives every ratio; whether they hold is said by `make bench`, on an idle machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("validate.py")
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "performance.md"

RATIOS = [
    ("pv --help", "bare interpreter", "at most 6"),
    ("one contract, cached", "bare interpreter", "at most 18"),
    ("corpus, no cache", "C loader alone", "at most 4"),
    ("1,200 contracts", "12 times 100 contracts", "at most 1.3"),
    ("corpus, first run", "corpus, unchanged", "at least 3"),
    ("one contract, no cache", "bare interpreter", "none"),
]


def _read_rows(text: str) -> list[tuple[str, str, str]]:
    """Read name, reference and limit of each row of the table; every time and ratio is a number above 0."""
    rows = []
    for line in text.splitlines():
        if not line.startswith("| ") or line.startswith("| what "):
            continue
        name, seconds, reference, reference_seconds, ratio, limit = line.strip("| ").split(" | ")
        assert float(seconds) > 0
        assert float(reference_seconds) > 0
        assert float(ratio) > 0
        rows.append((name, reference, limit.removesuffix(" (not met)")))
    return rows


@pytest.mark.slow
def test_the_benchmark_gives_every_ratio() -> None:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PV_")}
    before = PAGE.read_bytes()
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(SCRIPT), "--rounds", "1"],
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr == ""
    assert _read_rows(done.stdout) == RATIOS
    assert ("(not met)" in done.stdout) == (done.returncode == 1)
    assert PAGE.read_bytes() == before


def test_the_page_has_every_ratio() -> None:
    text = PAGE.read_text(encoding="utf-8")
    measured = text.partition("<!-- measured -->\n")[2].partition("<!-- end of measured -->\n")[0]
    assert _read_rows(measured) == RATIOS
