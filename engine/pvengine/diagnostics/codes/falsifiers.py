"""Falsifiers, their params and their teeth."""

from __future__ import annotations

from pvengine.diagnostics.diagnostic import Severity
from pvengine.diagnostics.rule import Rule

__all__ = ["RULES"]

_ERROR = Severity.ERROR
_WARNING = Severity.WARNING
_NOTE = Severity.NOTE

RULES = (
    Rule(
        "PV401",
        _WARNING,
        "falsifier not found",
        "a bound test runs the falsifier that it names",
        "install its package, or list its file under [tool.pv] falsifiers; `pv falsifiers` lists them",
    ),
    Rule(
        "PV402",
        _ERROR,
        "params refused",
        "the falsifier's parameter model says which params it takes",
        "`pv falsifiers` lists the params of each falsifier",
    ),
    Rule(
        "PV403",
        _ERROR,
        "falsifier cannot be registered",
        "a falsifier is a documented function with a planted fault",
    ),
    Rule(
        "PV404",
        _ERROR,
        "falsifier defined twice",
        "a contract names a falsifier by its name alone",
    ),
    Rule(
        "PV405",
        _ERROR,
        "plug-in source cannot be read",
        "the source digest covers every module that a falsifier runs",
    ),
    Rule(
        "PV406",
        _WARNING,
        "condition that every number meets",
        "a condition that cannot fail tests nothing",
        "narrow the condition, or delete it",
    ),
    Rule(
        "PV407",
        _WARNING,
        "conditions that no number meets",
        "a test that cannot survive can never be discharged",
        "correct the bounds",
    ),
    Rule(
        "PV408",
        _WARNING,
        "no planted fault",
        "a test that cannot fail discharges nothing",
        "add a planted fault to the falsifier",
    ),
    Rule(
        "PV409",
        _ERROR,
        "test that nothing can break",
        "a test that cannot fail discharges nothing",
        "write the bound that a wrong subject would miss",
    ),
    Rule(
        "PV410",
        _ERROR,
        "tolerance that every number meets",
        "a relative difference, |a - b| / max(|a|, |b|), is at most 2, so that nothing is compared",
        "write how close a repeated measurement must come, such as 1.0e-6",
    ),
    Rule(
        "PV411",
        _ERROR,
        "search that cannot be made",
        "a search varies params that are there, each in the shape that it has: it begins with them",
        "correct the name or the shape in `search.domain`, or add the param to `params`",
    ),
    Rule(
        "PV412",
        _WARNING,
        "search for a metric that judges nothing",
        "the worst point of a metric that no condition and no verdict asks for says nothing about the claim",
        "search for a metric that `accept` or `decides` names",
    ),
    Rule(
        "PV413",
        _NOTE,
        "published point outside of the domain",
        "a search compares what it finds with the published point, and cannot tell what is news without it",
        "widen the domain, or publish a point that lies in it",
    ),
    Rule(
        "PV414",
        _NOTE,
        "small search",
        "a planted fault is searched with a tenth of the budget: not a point for each number that varies",
    ),
    Rule(
        "PV415",
        _WARNING,
        "method that stands twice",
        "methods run in the order of the engine, each once",
        "delete one of the two",
    ),
    Rule(
        "PV420",
        _ERROR,
        "model catalogue cannot be used",
        "a test that needs a model is told from the catalogue how to get it",
        "mend the catalogue, or remove the package that ships it",
    ),
)
