"""Reports as SARIF 2.1.0, which code scanning services and editors read."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import RULES
from pvengine.errors import ExitCode
from pvengine.models.report import list_data
from pvengine.reporters.fingerprints import FINGERPRINT, iter_fingerprints
from pvengine.reporters.plain import clean, escape_json
from pvengine.reporters.sarif_places import SOURCE_ROOT, describe_file, describe_place, make_folder_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pvengine.diagnostics import Rule
    from pvengine.models.report import DiagnosticEntry, Report

__all__ = ["render_sarif"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_NO_RESULTS = '"results": []'
"""Where the results go; no text of a document holds this, because quotation marks in a text are escaped."""
_BROKEN_OFF = frozenset({ExitCode.USAGE, ExitCode.CHANGED, ExitCode.NOTHING, ExitCode.INTERRUPTED})
"""The exit codes of a command that did not do all that it was asked for, whatever it found."""


def render_sarif(report: Report, *, folder: str | None = None) -> str:
    """Render a report as a SARIF log with one run.

    Parameters
    ----------
    report
        What to render.
    folder
        The absolute working folder, which the paths of the report start from; None where it is not known.
    """
    placed = [entry for entry in report.diagnostics if entry.path]
    rules = _list_codes(placed)
    results = (
        _describe_result(entry, rules[entry.code], fingerprint, folder)
        for entry, fingerprint in zip(placed, iter_fingerprints(placed), strict=True)
    )
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_describe_run(report, rules, folder)]}
    text = _write(log, indent=2).replace(_NO_RESULTS, f'"results": [{_write_lines(results)}]', 1)
    return escape_json(text) + "\n"


def _write(data: Any, indent: int | None = None) -> str:
    return json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False)


def _write_lines(results: Iterable[dict[str, Any]]) -> str:
    """Write each result on a line of its own: an indented one takes ten times as long to write."""
    lines = [f"\n        {_write(result)}" for result in results]
    return ",".join(lines) + "\n      " if lines else ""


def _describe_run(report: Report, rules: dict[str, int], folder: str | None) -> dict[str, Any]:
    """Describe the run; the list of its results stays empty."""
    unplaced = [entry for entry in report.diagnostics if not entry.path]
    notifications = _list_codes(unplaced)
    driver: dict[str, Any] = {
        "name": "pv",
        "version": version("pvengine"),
        "rules": [_describe_rule(code) for code in rules],
    }
    if notifications:
        driver["notifications"] = [_describe_rule(code) for code in notifications]
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_describe_invocation(report, unplaced, notifications)],
        "artifacts": [
            {"location": describe_file(entry.path, folder), "roles": ["analysisTarget"]}
            for entry in report.contracts
        ],
        "results": [],
        "properties": {
            "command": report.command,
            "contracts": len(report.contracts),
            "summary": list_data(report.summary),
        },
    }
    if folder is not None:
        run["originalUriBaseIds"] = {SOURCE_ROOT: {"uri": make_folder_uri(folder)}}
    return run


def _list_codes(entries: Sequence[DiagnosticEntry]) -> dict[str, int]:
    """List the codes that occur, in order, each with its index."""
    codes = sorted({entry.code for entry in entries})
    return {code: index for index, code in enumerate(codes)}


def _describe_rule(code: str) -> dict[str, Any]:
    rule = RULES.get(code)
    if rule is None:
        return {"id": code}
    advice = rule.fix or rule.why
    return {
        "id": code,
        "name": _make_name(rule.title),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": advice, "markdown": advice},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _make_name(title: str) -> str:
    """Make an identifier of a title.

    Examples
    --------
    >>> _make_name("version is not SemVer")
    'VersionIsNotSemVer'
    """
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"\w+", title))


def _describe_invocation(
    report: Report, unplaced: Sequence[DiagnosticEntry], notifications: dict[str, int]
) -> dict[str, Any]:
    invocation: dict[str, Any] = {
        "executionSuccessful": report.exit_code not in _BROKEN_OFF,
        "exitCode": int(report.exit_code),
    }
    if unplaced:
        invocation["toolExecutionNotifications"] = [
            {
                "descriptor": {"id": entry.code, "index": notifications[entry.code]},
                "level": entry.severity,
                "message": {"text": _write_message(entry)},
            }
            for entry in unplaced
        ]
    return invocation


def _describe_result(
    entry: DiagnosticEntry, index: int, fingerprint: str, folder: str | None
) -> dict[str, Any]:
    return {
        "ruleId": entry.code,
        "ruleIndex": index,
        "level": entry.severity,
        "message": {"text": _write_message(entry)},
        "locations": [describe_place(entry, folder)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }


def _write_message(entry: DiagnosticEntry) -> str:
    """Write what is wrong, and below it what its rule does not say already."""
    rule: Rule | None = RULES.get(entry.code)
    known = (rule.why, rule.fix) if rule else ()
    parts = (("why", entry.why), ("fix", entry.fix))
    return clean(
        "\n".join(
            [entry.message, *(f"{label}: {part}" for label, part in parts if part and part not in known)]
        )
    )
