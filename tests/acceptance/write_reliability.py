"""Run the fault matrix, and write its figures into docs/explanation/reliability.md: ``make reliability``.

The tests that count cases have the marker ``reliability``. Each row of the page is one that some test
declares (see tally.py), with the sum of what its calls counted; a row that was not counted, or that nobody
declares, is an error. Exit code 1: a test failed, a case was missed, or a row is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tally import VARIABLE, list_declared

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "reliability.md"
BEGIN, END = "<!-- counted -->\n", "<!-- end of counted -->\n"
OUT_OF_REACH = "Out of reach"
ROUNDS = "6"
"""Rounds of the parallel runs, of which `make test` takes fewer."""
ORDER = (
    "Forged claims",
    "Changed code",
    "Random bytes",
    "Forged records",
    "Lost and restored",
    "What is no number",
)
"""Groups that come first; others follow by name, and at the end what is harmless and what is out of reach."""
LAST = ("Harmless edits", OUT_OF_REACH)


@dataclass(frozen=True)
class Row:
    """One row of the page."""

    group: str
    name: str
    cases: int
    missed: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tests that count, and write the page; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--jobs", default="2", help="test processes at once")
    parser.add_argument("--counts", type=Path, help="take the counts of this file instead of running tests")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = options.counts or Path(folder) / "counts"
        if options.counts is None:
            command = [sys.executable, "-m", "pytest", "-q", "-m", "reliability", "-n", options.jobs]
            command += ["--dist", "loadfile", "-p", "no:cacheprovider", str(Path(__file__).parent)]
            env = {**os.environ, VARIABLE: str(path), "PV_ROUNDS": ROUNDS}
            done = subprocess.run(command, cwd=ROOT, env=env, check=False)  # noqa: S603 - our own tests
            if done.returncode:
                return 1
        rows = read_rows(path.read_text(encoding="utf-8"))
    wrong = list_wrong(rows)
    if wrong:
        sys.stderr.write("".join(f"{line}\n" for line in wrong))
        return 1
    write_page(render(rows))
    sys.stdout.write(f"wrote {PAGE.relative_to(ROOT)}: {say_sum(rows)}\n")
    return 0


def read_rows(text: str) -> list[Row]:
    """Read what was counted, summed by row, in the order of the page."""
    cases: Counter[tuple[str, str]] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    for line in text.splitlines():
        counted = json.loads(line)
        key = counted["group"], counted["row"]
        cases[key] += counted["cases"]
        missed[key] += counted["missed"]
    rows = [Row(*key, cases[key], missed[key]) for key in cases]
    places = [(declared.group, declared.row) for declared in list_declared()]
    return sorted(rows, key=lambda row: (order_group(row.group), find_place(places, row)))


def find_place(places: list[tuple[str, str]], row: Row) -> int:
    """Find where a row is declared; behind all others where it is not."""
    key = (row.group, row.name)
    return places.index(key) if key in places else len(places)


def order_group(group: str) -> tuple[int, str]:
    """Return what groups are sorted by."""
    if group in ORDER:
        return ORDER.index(group), ""
    return len(ORDER) + (LAST.index(group) + 1 if group in LAST else 0), group


def list_wrong(rows: list[Row]) -> list[str]:
    """List rows that are not declared or not counted, that have too few cases, or that missed one."""
    declared = {(each.group, each.row): each.at_least for each in list_declared()}
    found = {(row.group, row.name): row for row in rows}
    wrong = [f"{group}: {row}: no test counted it" for group, row in declared if (group, row) not in found]
    for key, row in found.items():
        if key not in declared:
            wrong.append(f"{row.group}: {row.name}: no test declares it")
        elif row.cases < declared[key]:
            wrong.append(f"{row.group}: {row.name}: {row.cases} cases, at least {declared[key]} are promised")
        if row.missed and row.group != OUT_OF_REACH:
            wrong.append(f"{row.group}: {row.name}: {row.missed} of {row.cases} missed")
    return wrong


def say_sum(rows: list[Row]) -> str:
    """Say how many cases and misses there are, what is out of reach apart."""
    held = [row for row in rows if row.group != OUT_OF_REACH]
    beyond = [row for row in rows if row.group == OUT_OF_REACH]
    cases, missed = (sum(each) for each in zip(*((row.cases, row.missed) for row in held), strict=True))
    text = f"{len(held)} rows, {cases:,} cases, {missed} missed"
    if beyond:
        tried, unnoticed = sum(row.cases for row in beyond), sum(row.missed for row in beyond)
        text += f"; out of reach: {len(beyond)} rows, {unnoticed:,} of {tried:,} cases not noticed"
    return text


def render(rows: list[Row]) -> str:
    """Return what stands between the two markers of the page."""
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    lines = [f"Counted with Python {platform.python_version()} on {system}. Together {say_sum(rows)}.", ""]
    lines += ["| group | what was done | cases | missed |", "|---|---|---:|---:|"]
    lines += [f"| {row.group} | {row.name} | {row.cases:,} | {row.missed:,} |" for row in rows]
    return "\n".join(lines) + "\n"


def write_page(table: str) -> None:
    """Put the table into the page."""
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN, 1)
    PAGE.write_text(head + BEGIN + table + END + rest.split(END, 1)[1], encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
