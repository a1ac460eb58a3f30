"""Findings that travel as values: a code, a severity, a place and the four parts of a message."""

from pvengine.diagnostics.codes import RULES, get_rule
from pvengine.diagnostics.diagnostic import ContractError, Diagnostic, Severity, SourceRange
from pvengine.diagnostics.rule import Rule

__all__ = ["RULES", "ContractError", "Diagnostic", "Rule", "Severity", "SourceRange", "get_rule"]
