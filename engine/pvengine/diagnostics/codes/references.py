"""References, ids and the graph."""

from __future__ import annotations

from pvengine.diagnostics.diagnostic import Severity
from pvengine.diagnostics.rule import Rule

__all__ = ["RULES"]

_ERROR = Severity.ERROR
_WARNING = Severity.WARNING

RULES = (
    Rule(
        "PV301",
        _ERROR,
        "repeated id",
        "an id names one thing in a contract",
        "give one of them another id, and correct the references to it",
    ),
    Rule(
        "PV302",
        _ERROR,
        "dangling reference",
        "a reference names an id of this contract",
        "correct the id, or add what it names",
    ),
    Rule(
        "PV303",
        _ERROR,
        "cycle",
        "an obligation that waits for itself can never be discharged",
        "delete one of these references",
    ),
    Rule(
        "PV304",
        _WARNING,
        "unknown contract",
        "a contract depends on one that the project has",
        "correct the name, or add the contract to the project",
    ),
    Rule(
        "PV305",
        _WARNING,
        "dependency has another version",
        "the version that was relied on is not the one that is there",
        "see what changed in that contract, then write its version here",
    ),
    Rule(
        "PV306",
        _WARNING,
        "unknown acceptance",
        "an expected acceptance names a test of this contract",
        "correct the name, or delete the entry",
    ),
    Rule(
        "PV307",
        _WARNING,
        "harness for no obligation",
        "a harness shows an obligation of this contract, by its id or its property",
        "correct the name, or give the obligation this `id`",
    ),
    Rule(
        "PV308",
        _WARNING,
        "enforcement of no test",
        "an enforcement rule points at a test that exists",
        "correct the id, or add the test",
    ),
    Rule(
        "PV309",
        _WARNING,
        "gate on no check",
        "a gate requires checks that the contract has",
        "correct the name, or add the check",
    ),
    Rule(
        "PV310",
        _WARNING,
        "id used in several files",
        "an id names one thing in a project: evidence and reports refer to it alone",
        "give one of them another id",
    ),
    Rule(
        "PV311",
        _WARNING,
        "obligations without a test",
        "an obligation that nothing tries to falsify rests on its author alone",
        "add `falsification_tests` for the obligations",
    ),
    Rule(
        "PV312",
        _WARNING,
        "contracts depend on each other",
        "a contract that rests on itself through others rests on nothing",
        "delete one of these dependencies",
    ),
)
