"""Kernel contracts: the thirteen rules of the format, under the codes that its users know."""

from __future__ import annotations

from pvengine.diagnostics.diagnostic import Severity
from pvengine.diagnostics.rule import Rule

__all__ = ["RULES"]

_ERROR = Severity.ERROR
_WARNING = Severity.WARNING

RULES = (
    Rule(
        "SCHEMA-001",
        _ERROR,
        "no references",
        "a contract cites what its mathematics rests on",
        "list papers, standards or sources under `metadata.references`",
    ),
    Rule(
        "SCHEMA-002",
        _ERROR,
        "version is empty",
        "a contract is versioned",
        "write `version: 0.1.0` under metadata",
    ),
    Rule(
        "SCHEMA-003",
        _ERROR,
        "no equation",
        "a kernel contract states at least one equation",
        "add the equation under `equations`, or write another `kind` under metadata",
    ),
    Rule(
        "SCHEMA-004",
        _ERROR,
        "formula is empty",
        "an equation without a formula states nothing",
        "write the formula",
    ),
    Rule(
        "SCHEMA-005",
        _ERROR,
        "property is empty",
        "an obligation without a property obliges to nothing",
        "write the property",
    ),
    Rule(
        "SCHEMA-006",
        _WARNING,
        "repeated formal predicate",
        "the same predicate twice counts as two obligations and is one",
        "delete one of the two, or say how they differ",
    ),
    Rule(
        "SCHEMA-007",
        _ERROR,
        "repeated test id",
        "evidence is stored under the id of its test",
        "give one of them another id",
    ),
    Rule(
        "SCHEMA-008",
        _ERROR,
        "prediction is empty",
        "a test that predicts nothing cannot be falsified",
        "write what the test predicts",
    ),
    Rule(
        "SCHEMA-009",
        _WARNING,
        "if_fails is empty",
        "whoever sees the test fail needs to know where to look",
        "write what a failure would mean",
    ),
    Rule(
        "SCHEMA-010",
        _ERROR,
        "repeated kani harness id",
        "a harness is called by its id",
        "give one of them another id",
    ),
    Rule(
        "SCHEMA-011",
        _ERROR,
        "kani harness without obligation",
        "a harness shows an obligation of the contract",
        "name the obligation",
    ),
    Rule(
        "SCHEMA-012",
        _WARNING,
        "kani harness without bound",
        "a bounded model checker needs a bound",
        "write `bound:` with the unwinding depth",
    ),
    Rule(
        "SCHEMA-013",
        _WARNING,
        "no qa_gate",
        "a kernel contract says what must hold before a merge",
        "add a `qa_gate` with its checks",
    ),
)
