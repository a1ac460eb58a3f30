"""Statuses, and prose that claims what the structure does not have."""

from __future__ import annotations

from pvengine.diagnostics.diagnostic import Severity
from pvengine.diagnostics.rule import Rule

__all__ = ["RULES"]

_WARNING = Severity.WARNING

RULES = (
    Rule(
        "PV501",
        _WARNING,
        "self-declared status",
        "only recorded evidence grounds a status",
        "run `pv discharge` on the contract",
    ),
    Rule(
        "PV502",
        _WARNING,
        "prose names what is not there",
        "text about a test, step or stage that is not there tells a story that nothing can check",
        "correct the id, or add what it speaks of",
    ),
    Rule(
        "PV503",
        _WARNING,
        "summary differs from the contract",
        "a number typed by hand drifts from what it counts",
        "write the number that is counted",
    ),
    Rule(
        "PV504",
        _WARNING,
        "prose states another count",
        "a number typed by hand drifts from what it counts",
        "correct the number in the text",
    ),
    Rule(
        "PV505",
        _WARNING,
        "prose states another version",
        "a version in prose is not bumped with the contract",
        "correct the version in the text",
    ),
    Rule(
        "PV506",
        _WARNING,
        "prose states another status",
        "a status in prose is not moved by evidence",
        "correct the text, or let `pv discharge` move the status",
    ),
)
