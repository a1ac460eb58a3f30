"""Evidence and amendments."""

from __future__ import annotations

from pvengine.diagnostics.diagnostic import Severity
from pvengine.diagnostics.rule import Rule

__all__ = ["RULES"]

_ERROR = Severity.ERROR
_WARNING = Severity.WARNING
_NOTE = Severity.NOTE

RULES = (
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
    Rule(
        "PV605",
        _NOTE,
        "unlinked record",
        "a record that no amendment pins grounds nothing",
        "leave it: the next `pv discharge` adopts it where it fits, and else it is an attempt",
    ),
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
        "restore the version, or run `pv bump CONTRACT`, which records the edit behind it",
    ),
    Rule(
        "PV608",
        _WARNING,
        "amended test is gone",
        "the history of a test ends with the record of an edit, not without a word",
        "restore the test from version control, or record its end with `pv bump CONTRACT --reason TEXT`",
    ),
    Rule(
        "PV610",
        _ERROR,
        "record without a trusted signature",
        "where signatures are required, a status rests on a record that a trusted key signed",
        "have its signer discharge it with `pv discharge CONTRACT --test ID --sign KEY`",
    ),
    Rule(
        "PV611",
        _ERROR,
        "envelope that does not verify",
        "an envelope holds the record byte for byte, and a signature over it",
        "restore the file from version control, or delete it and sign again",
    ),
    Rule(
        "PV612",
        _NOTE,
        "other third-party versions",
        "a package of another version may compute another number",
        "run `pv verify --rerun`, which measures with the versions of now",
    ),
    Rule(
        "PV613",
        _ERROR,
        "merge markers",
        "two versions of a text that nobody has put together are not one contract",
        "take what belongs there from both sides and delete the markers; what the engine wrote, "
        "`pv merge-driver` merges: `pv init --git` installs it",
    ),
    Rule(
        "PV614",
        _ERROR,
        "amendments of two branches",
        "histories of two branches are merged by their meaning, not by their text",
        "run `pv init --git`, then merge the branches again",
    ),
)
