"""Findings are values: they know their place, their weight and their order."""

from __future__ import annotations

import pytest

from pvengine.diagnostics import ContractError, Diagnostic, Severity, SourceRange
from pvengine.errors import ExitCode


def finding(
    line: int | None = None, column: int = 1, code: str = "PV102", path: str = "x.yaml"
) -> Diagnostic:
    place = None if line is None else SourceRange(path, line, column, line, column + 1)
    return Diagnostic(code, Severity.ERROR, "message", path, place)


def test_a_place_reads_as_path_line_and_column() -> None:
    assert str(SourceRange("x.yaml", 3, 5, 3, 9)) == "x.yaml:3:5"


@pytest.mark.parametrize(
    ("severity", "is_error"), [(Severity.ERROR, True), (Severity.WARNING, False), (Severity.NOTE, False)]
)
def test_only_an_error_makes_a_contract_invalid(severity: Severity, *, is_error: bool) -> None:
    assert Diagnostic("PV102", severity, "m", "x.yaml").is_error is is_error


def test_findings_are_ordered_by_file_line_column_and_code() -> None:
    found = [
        finding(10, 1),
        finding(2, 10, "PV102"),
        finding(2, 10, "PV101"),
        finding(2, 1),
        finding(1, 2),
        finding(),
        finding(path="a.yaml", line=9),
    ]
    assert sorted(found, key=lambda one: one.sort_key) == found[::-1]


def test_a_contract_error_carries_its_findings_in_order() -> None:
    error = ContractError("cannot be used", [finding(5), finding(2)], where="x.yaml")
    assert [one.line for one in error.diagnostics] == [2, 5]
    assert error.exit_code is ExitCode.INVALID
    assert str(error) == "x.yaml: cannot be used"
