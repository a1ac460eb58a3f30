"""Findings and reports built by hand, for the reporters to render."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.models.check import CheckBase, CheckCounts, CheckReport
from pvengine.models.report import ContractEntry, DiagnosticEntry, Report, Summary

if TYPE_CHECKING:
    from collections.abc import Callable

# The modules beside this file are of these tests alone; with import-mode=importlib no folder is on the path.
sys.path.insert(0, str(Path(__file__).parent))

HOSTILE = "a\x00\x1b[31m\r\n::error::x,y:z 100% ]]> <b>&amp;\"'\u202e\ud800\ufffe|`\x85##[error]z"
"""What a stranger's contract may hold: controls, commands, markup, marks of direction, what XML forbids."""


def _make_entry(
    code: str = "PV203", line: int | None = 7, column: int | None = 3, **facts: Any
) -> DiagnosticEntry:
    place = (
        {} if line is None else {"end_line": line, "end_column": (column or 1) + 3, "snippet": "- odd: text"}
    )
    return DiagnosticEntry(
        **{
            "path": "contracts/x-v1.yaml",
            "line": line,
            "column": None if line is None else column,
            "code": code,
            "severity": "warning",
            "message": "odd",
            **place,
            **facts,
        }
    )


@pytest.fixture(scope="session")
def make_entry() -> Callable[..., DiagnosticEntry]:
    """Return a maker of findings: a warning at 7:3 unless told otherwise."""
    return _make_entry


@pytest.fixture(scope="session")
def make_report() -> Callable[..., Report]:
    """Return a maker of reports on two contracts of three tests."""

    def make(*entries: DiagnosticEntry, exit_code: int = 0, **facts: Any) -> Report:
        contracts = (
            ContractEntry(
                path="contracts/x-v1.yaml", id="C-X", version="1.0.0", summary=Summary(declared=2, bound=1)
            ),
            ContractEntry(path="contracts/y-v1.yaml", id="C-Y", version=None, summary=Summary(declared=1)),
        )
        return Report(
            **{
                "command": "validate",
                "contracts": contracts,
                "summary": Summary(declared=3, bound=1),
                "diagnostics": entries,
                "exit_code": exit_code,
                **facts,
            }
        )

    return make


@pytest.fixture(scope="session")
def make_check() -> Callable[..., CheckReport]:
    """Return a maker of reports of a check; one in which nothing was found unless told otherwise."""

    def make(**facts: Any) -> CheckReport:
        base = CheckBase(ref="main", commit="0123456789abcdef", fork="0123456789abcdef")
        counts = CheckCounts(files=2, contracts=12)
        return CheckReport(**{"command": "check", "base": base, "counts": counts, **facts})

    return make


@pytest.fixture(scope="session")
def hostile() -> str:
    """Return text that no format may let through as it stands."""
    return HOSTILE
