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
    Rule(
        "PV507",
        _WARNING,
        "attribution that cannot be read",
        "an attribution has an id, a target and factors, each with its kind and its source",
        "correct the entry; docs/reference/contract-format.md has its keys",
    ),
    Rule(
        "PV508",
        _WARNING,
        "factors of different kinds",
        "a product of unlike quantities measures nothing, however near the target it comes",
        "leave out what is of another kind, or measure each factor as the same quantity",
    ),
    Rule(
        "PV509",
        _WARNING,
        "factor obtained by dividing",
        "a factor that is the rest of a division makes any product agree, and explains nothing",
        "take the factor from the measurement of a test, or leave it out: the residual is shown in any case",
    ),
    Rule(
        "PV510",
        _WARNING,
        "stated figure differs",
        "a figure typed by hand drifts from what it is computed from",
        "write the figure that is computed",
    ),
    Rule(
        "PV511",
        _WARNING,
        "figure without a measurement",
        "a figure that names a test is what the newest record has, and only current evidence counts",
        "discharge the test with `pv discharge`, or correct its id or the metric",
    ),
)
