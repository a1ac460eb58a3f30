"""Reports as JUnit XML, which continuous integration shows as tests."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from pvengine.models.check import CheckReport
from pvengine.models.report import list_data
from pvengine.reporters.junit_cases import list_finding_cases, list_test_cases
from pvengine.reporters.plain import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pvengine.models.report import ContractEntry, DiagnosticEntry, Report
    from pvengine.reporters.junit_cases import Case

__all__ = ["render_junit"]

_NO_XML = re.compile("[\ufffe\uffff]")
"""The characters that `clean` lets through and XML 1.0 has no way to write."""
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def render_junit(report: Report) -> str:
    """Render a report as JUnit XML: a suite for each file, a test for each finding or for having none.

    An error is a failure, or an error where the command itself could not go on; warnings and notes are
    tests that pass and say what was found. The report of a check has its tests beside them.
    """
    contracts = {entry.path: entry for entry in report.contracts}
    files: dict[str, list[DiagnosticEntry]] = {path: [] for path in contracts}
    for entry in report.diagnostics:
        files.setdefault(entry.path, []).append(entry)
    tests = list_test_cases(report) if isinstance(report, CheckReport) else {}
    for path in tests:
        files.setdefault(path, [])
    cases = {path: [*list_finding_cases(found), *tests.get(path, ())] for path, found in files.items()}
    name = f"pv {report.command}"
    counts = _count(chain.from_iterable(cases.values()))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_write({'name': name, **counts})}>"]
    for path, listed in cases.items():
        lines += _render_suite(path or name, path, listed, contracts.get(path))
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _render_suite(
    suite: str, path: str, cases: Sequence[Case], contract: ContractEntry | None
) -> Iterator[str]:
    yield f"  <testsuite{_write({'name': suite, **_count(cases)})}>"
    if contract is not None:
        yield "    <properties>"
        facts = {"id": contract.id, "version": contract.version, **list_data(contract.summary)}
        for name, value in facts.items():
            if value is not None:
                yield f"      <property{_write({'name': name, 'value': value})}/>"
        yield "    </properties>"
    place: dict[str, object] = {"classname": suite, "file": path} if path else {"classname": suite}
    for case in cases:
        yield from _render_case(case, place)
    yield "  </testsuite>"


def _render_case(case: Case, place: dict[str, object]) -> Iterator[str]:
    line = {} if case.line is None else {"line": case.line}
    head = f"    <testcase{_write({'name': case.name, **place, **line})}"
    if case.kind is None:
        yield f"{head}/>"
        return
    facts = {"failure": ("type", "message"), "error": ("type", "message"), "skipped": ("message",)}
    known = {"type": case.type_, "message": case.message}
    told = _write({name: known[name] for name in facts.get(case.kind, ())})
    text = _escape(case.text).replace("&#10;", "\n")
    yield f"{head}>"
    yield f"      <{case.kind}{told}>{text}</{case.kind}>" if text else f"      <{case.kind}{told}/>"
    yield "    </testcase>"


def _count(cases: Iterable[Case]) -> dict[str, object]:
    """Count tests, failures and errors, and where there are some, those that were skipped."""
    kinds = Counter(case.kind for case in cases)
    counts = {"tests": kinds.total(), "failures": kinds["failure"], "errors": kinds["error"]}
    return {**counts, **({"skipped": kinds["skipped"]} if kinds["skipped"] else {})}


def _write(attributes: dict[str, object]) -> str:
    """Write attributes in their order, with the space before each."""
    return "".join(f' {name}="{_escape(str(value))}"' for name, value in attributes.items())


def _escape(text: str) -> str:
    """Escape text: what XML cannot hold becomes visible, and nothing is markup or lost to normalisation."""
    visible = _NO_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", clean(text))
    return visible.translate(_MARKUP)
