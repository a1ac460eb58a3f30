"""Every code that a finding can have, with its severity and the rule behind it.

A code is never reused. The hundreds say what a rule speaks about: 0 the command, 1 text and YAML, 2 schema
and types, 3 references and graph, 4 falsifiers, 5 statuses, 6 evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from pvengine.diagnostics.diagnostic import Diagnostic, Severity, SourceRange

__all__ = ["RULES", "Rule", "get_rule"]

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the linter: its code, its severity, what it finds, why, and how to mend it."""

    code: str
    severity: Severity
    title: str
    why: str
    fix: str | None = None

    def report(self, message: str, place: SourceRange | str, *, fix: str | None = None) -> Diagnostic:
        """Make a finding of this rule at a place, or on a whole file where ``place`` is its path."""
        path = place if isinstance(place, str) else place.path
        return Diagnostic(
            self.code,
            self.severity,
            message,
            path,
            None if isinstance(place, str) else place,
            self.why,
            fix or self.fix,
        )


_TABLE = (
    Rule("PV001", _ERROR, "usage", "the command line, the configuration or an input path is wrong"),
    Rule("PV002", _ERROR, "file changed meanwhile", "an edit that is not known may not be written over"),
    Rule("PV003", _ERROR, "nothing to check", "zero checked is never green"),
    Rule("PV004", _ERROR, "evidence", "evidence that a status rests on was changed or is missing"),
    Rule("PV005", _ERROR, "invalid", "what was given cannot be used as it stands"),
    Rule(
        "PV101",
        _ERROR,
        "not UTF-8",
        "a contract is UTF-8 text, with or without a byte order mark",
        "save the file as UTF-8",
    ),
    Rule("PV102", _ERROR, "YAML syntax", "a contract is one YAML document"),
    Rule(
        "PV103",
        _ERROR,
        "duplicate key",
        "YAML allows a key once in a mapping; most readers keep one and drop the other",
        "delete or rename one of the two",
    ),
    Rule(
        "PV104",
        _ERROR,
        "nested too deeply",
        "the reader stops at a fixed depth, so that no input can exhaust it",
    ),
    Rule(
        "PV105",
        _ERROR,
        "aliases expand too far",
        "aliases that multiply each other fill the memory of every reader",
    ),
    Rule(
        "PV106",
        _ERROR,
        "bad alias",
        "an alias names an anchor that was defined before it and does not contain it",
    ),
    Rule(
        "PV107",
        _ERROR,
        "unknown tag",
        "a contract is data: only the tags of the YAML 1.2 core schema are read",
    ),
    Rule("PV108", _ERROR, "not one document", "a contract is exactly one YAML document"),
    Rule("PV109", _ERROR, "key is not a scalar", "keys are text"),
    Rule("PV110", _ERROR, "not a mapping", "a contract is a mapping with `metadata` and its tests"),
    Rule("PV111", _ERROR, "unreadable", "a contract is a regular file that can be read"),
    Rule(
        "PV112",
        _ERROR,
        "number out of range",
        "a number that no double can hold would be changed by reading it",
    ),
    Rule("PV201", _ERROR, "missing key", "the contract format requires this key"),
    Rule("PV202", _ERROR, "wrong value", "the contract format gives this key another type or range"),
    Rule(
        "PV203",
        _WARNING,
        "unknown status",
        "a test is NEW until `pv discharge` has recorded evidence",
        "leave the status to `pv discharge`, or map the word under [tool.pv.statuses]",
    ),
    Rule("PV204", _WARNING, "unknown key", "a key that nothing reads may be a misspelt one"),
    Rule(
        "PV205", _WARNING, "version is not SemVer", "the engine bumps MAJOR.MINOR.PATCH, so it must read one"
    ),
    Rule("PV206", _ERROR, "two versions differ", "a contract has one version; both fields are kept equal"),
    Rule(
        "PV207",
        _ERROR,
        "nothing to judge by",
        "a bound test needs `accept`, `decides` or both, written before the run",
        "add `accept:` with the conditions that must hold, or `decides:` with verdict bands",
    ),
    Rule(
        "PV208", _ERROR, "bands do not partition the line", "every finite value must have exactly one verdict"
    ),
    Rule(
        "PV209",
        _ERROR,
        "not canonical",
        "the claim digest is taken over RFC 8785 JSON, which has no such number",
    ),
    Rule(
        "PV210",
        _ERROR,
        "unknown key in a claim",
        "a key that nothing reads would drop a condition without a word",
        "correct its spelling or delete it",
    ),
    Rule("PV211", _ERROR, "verdict without hypothesis", "a verdict speaks about one hypothesis"),
    Rule("PV301", _ERROR, "repeated id", "an id names one thing in a contract"),
    Rule("PV302", _ERROR, "dangling reference", "a reference names an id of this contract"),
    Rule("PV303", _ERROR, "cycle", "an obligation that waits for itself can never be discharged"),
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
    ),
    Rule(
        "PV306",
        _WARNING,
        "unknown acceptance",
        "an expected acceptance names a test of this contract",
        "correct the name, or delete the entry",
    ),
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
    Rule("PV404", _ERROR, "falsifier defined twice", "a contract names a falsifier by its name alone"),
    Rule(
        "PV405",
        _ERROR,
        "plug-in source cannot be read",
        "the source digest covers every module that a falsifier runs",
    ),
    Rule(
        "PV501",
        _WARNING,
        "self-declared status",
        "only recorded evidence grounds a status",
        "run `pv discharge` on the contract",
    ),
    Rule(
        "PV601",
        _ERROR,
        "evidence is missing",
        "a status rests on the records that its contract pins",
        "restore the file from version control",
    ),
    Rule(
        "PV602",
        _ERROR,
        "evidence was changed",
        "a record is named by the digest of its bytes and never edited",
        "restore the file from version control",
    ),
    Rule(
        "PV603",
        _ERROR,
        "evidence does not ground the status",
        "the status and verdict follow from claim and measurements",
        "leave statuses and verdicts to `pv discharge`",
    ),
    Rule(
        "PV604",
        _ERROR,
        "amendments were changed",
        "each amendment pins the one before it and the records of its tests",
        "restore the amendments from version control",
    ),
    Rule("PV605", _NOTE, "unlinked record", "a record that no amendment pins grounds nothing"),
    Rule(
        "PV606",
        _WARNING,
        "stale evidence",
        "the evidence speaks of another claim, another code or another input",
        "run `pv discharge` on the contract",
    ),
    Rule(
        "PV607",
        _WARNING,
        "version without an amendment",
        "a version is written by the command that amends the contract",
        "restore the version, or run `pv discharge`, which bumps it with the next amendment",
    ),
    Rule(
        "PV608",
        _WARNING,
        "amended test is gone",
        "the history of a test ends with its claim, not without a word",
        "restore the test from version control",
    ),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in _TABLE}


def get_rule(code: str) -> Rule:
    """Return the rule with this code; KeyError where there is none."""
    return RULES[code]
