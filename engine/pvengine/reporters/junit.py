"""Reports as JUnit XML, which continuous integration shows as tests."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from pvengine.diagnostics import RULES
from pvengine.models.report import list_data
from pvengine.reporters.findings import render_finding
from pvengine.reporters.plain import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pvengine.models.report import ContractEntry, DiagnosticEntry, Report

__all__ = ["render_junit"]

_NO_XML = re.compile("[\ufffe\uffff]")
"""The characters that `clean` lets through and XML 1.0 has no way to write."""
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
_COMMAND_CODES = "PV0"
"""How the codes begin that speak about the command and not about a contract."""


def render_junit(report: Report) -> str:
    """Render a report as JUnit XML: a suite for each file, a test for each finding or for having none.

    An error is a failure, or an error where the command itself could not go on; warnings and notes are
    tests that pass and say what was found.
    """
    contracts = {entry.path: entry for entry in report.contracts}
    files: dict[str, list[DiagnosticEntry]] = {path: [] for path in contracts}
    for entry in report.diagnostics:
        files.setdefault(entry.path, []).append(entry)
    name = f"pv {report.command}"
    counts = _count(chain.from_iterable(found or [None] for found in files.values()))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_write({'name': name, **counts})}>"]
    for path, found in files.items():
        lines += _render_suite(path or name, path, found, contracts.get(path))
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _render_suite(
    suite: str, path: str, found: Sequence[DiagnosticEntry], contract: ContractEntry | None
) -> Iterator[str]:
    yield f"  <testsuite{_write({'name': suite, **_count(found or [None])})}>"
    if contract is not None:
        yield "    <properties>"
        facts = {"id": contract.id, "version": contract.version, **list_data(contract.summary)}
        for name, value in facts.items():
            if value is not None:
                yield f"      <property{_write({'name': name, 'value': value})}/>"
        yield "    </properties>"
    place: dict[str, object] = {"classname": suite, "file": path} if path else {"classname": suite}
    if not found:
        yield f"    <testcase{_write({'name': 'no finding', **place})}/>"
    names: Counter[str] = Counter()
    for entry in found:
        name = _make_name(entry)
        names[name] += 1
        unique = name if names[name] == 1 else f"{name} ({names[name]})"
        yield from _render_case({"name": unique, **place}, entry)
    yield "  </testsuite>"


def _render_case(place: dict[str, object], entry: DiagnosticEntry) -> Iterator[str]:
    line = {} if entry.line is None else {"line": entry.line}
    yield f"    <testcase{_write({**place, **line})}>"
    kind = _choose_kind(entry)
    facts = _write({"type": entry.code, "message": entry.message}) if kind != "system-out" else ""
    text = _escape(render_finding(entry)).replace("&#10;", "\n")
    yield f"      <{kind}{facts}>{text}</{kind}>"
    yield "    </testcase>"


def _choose_kind(entry: DiagnosticEntry) -> str:
    if entry.severity != "error":
        return "system-out"
    return "error" if entry.code.startswith(_COMMAND_CODES) else "failure"


def _make_name(entry: DiagnosticEntry) -> str:
    """Name the test of a finding: code, what the rule finds, and the place in the file."""
    rule = RULES.get(entry.code)
    head = f"{entry.code} {rule.title}" if rule else entry.code
    return head if entry.line is None else f"{head} at {entry.line}:{entry.column}"


def _count(found: Iterable[DiagnosticEntry | None]) -> dict[str, object]:
    """Count tests, failures and errors; None stands for a file without a finding."""
    kinds = Counter("none" if entry is None else _choose_kind(entry) for entry in found)
    return {"tests": kinds.total(), "failures": kinds["failure"], "errors": kinds["error"]}


def _write(attributes: dict[str, object]) -> str:
    """Write attributes in their order, with the space before each."""
    return "".join(f' {name}="{_escape(str(value))}"' for name, value in attributes.items())


def _escape(text: str) -> str:
    """Escape text: what XML cannot hold becomes visible, and nothing is markup or lost to normalisation."""
    visible = _NO_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", clean(text))
    return visible.translate(_MARKUP)
