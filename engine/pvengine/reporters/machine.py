"""Reports as JSON: one document, alone on standard output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pvengine.models.report import Report, list_data
from pvengine.project.findings import describe_error
from pvengine.reporters.plain import escape_json

if TYPE_CHECKING:
    from pvengine.errors import PvError
    from pvengine.models.report import DiagnosticEntry

__all__ = ["render_data", "render_error_report", "render_json"]


def render_json(report: Report) -> str:
    """Render a report as the document `pv/report/v1`."""
    return render_data(list_data(report))


def render_data(data: Any) -> str:
    """Render data as JSON with indent 2; control characters are escaped, other text stays readable."""
    return escape_json(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)) + "\n"


def render_error_report(command: str, error: PvError, found: tuple[DiagnosticEntry, ...] = ()) -> str:
    """Render the report of a command that an error ended, with what was found before it."""
    entries = found or (describe_error(error),)
    return render_json(Report(command=command, diagnostics=entries, exit_code=int(error.exit_code)))
