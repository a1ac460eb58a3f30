"""The figures that a page gives for a corpus of real contracts are those that are found in it.

They are written anew with ``PV_WRITE_EXPECTED=1``; read the diff.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from doc_pages import REPOSITORY

from pvengine import open_project
from pvengine.diagnostics import RULES

if TYPE_CHECKING:
    from pvengine.models.report import Report

PAGE = REPOSITORY / "docs" / "how-to" / "adopt.md"
BEGIN, END = "<!-- measured on PV_CORPUS -->\n", "<!-- end of measured -->\n"
_SEVERITIES = ("error", "warning", "note")
_WAYS = {
    "cargo_tests": "by cargo",
    "rust_paths": "by a Rust path",
    "pytest_nodes": "by pytest",
    "shell_commands": "by another command",
    "source_code": "in source code",
    "prose": "in prose",
    "nothing": "not at all",
}


def _render(report: Report) -> str:
    counts: Counter[tuple[int, str]] = Counter()
    files: dict[str, set[str]] = defaultdict(set)
    for each in report.diagnostics:
        counts[_SEVERITIES.index(each.severity), each.code] += 1
        files[each.code].add(each.path)
    lines = ["| rule | severity | findings | files |", "|---|---|--:|--:|"]
    for (severity, code), count in sorted(counts.items()):
        title = f"[{code}](../reference/diagnostics.md), {RULES[code].title}"
        lines.append(f"| {title} | {_SEVERITIES[severity]} | {count} | {len(files[code])} |")
    ways = [(getattr(report.references, name), way) for name, way in _WAYS.items()]
    said = ", ".join(f"{count} {way}" for count, way in ways if count)
    summary = report.summary
    counted = f"{len(report.contracts)} contracts with {summary.declared} tests, {summary.bound} of them"
    lines += ["", f"It has {counted} bound to a falsifier. The tests say how they are run:", f"{said}.", ""]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def report() -> Report:
    named = os.environ.get("PV_CORPUS")
    if not named:
        pytest.skip("PV_CORPUS names no folder of real contracts")
    folder = Path(named) / "provable-contracts"
    return open_project(folder).validate([folder])


def test_the_page_gives_the_figures_of_the_corpus(report: Report) -> None:
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    shown, tail = rest.split(END)
    found = _render(report)
    if os.environ.get("PV_WRITE_EXPECTED"):
        PAGE.write_text(head + BEGIN + found + END + tail, encoding="utf-8")
        shown = found
    assert shown == found


def test_errors_stand_only_in_files_that_the_older_linter_refuses(report: Report) -> None:
    wrong = {Path(each.path).name for each in report.diagnostics if each.severity == "error"}
    refused = ("kernel-fusion", "layer-parity", "quantized-dot-product", "tensor-layout")
    assert wrong == {f"{name}-v1.yaml" for name in refused}
