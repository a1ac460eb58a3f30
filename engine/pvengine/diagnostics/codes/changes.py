"""Codes 700 to 799: what a change did to contracts that are kept."""

from __future__ import annotations

from pvengine.diagnostics.diagnostic import Severity
from pvengine.diagnostics.rule import Rule

__all__ = ["RULES"]

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES = (
    Rule(
        "PV701",
        _ERROR,
        "version not raised enough",
        "who relies on a version must see by its number that the contract says something else",
        "run `pv bump CONTRACT --base REF`, which records the edit with the version that follows",
    ),
    Rule(
        "PV702",
        _ERROR,
        "version goes down",
        "a version only ever rises, so that a number names one content",
        "restore the version of the base, then run `pv bump CONTRACT --base REF`",
    ),
    Rule(
        "PV703",
        _ERROR,
        "edited by hand",
        "statuses, verdicts, evidence links and versions are written by commands, which amend the contract",
        "restore what stood there, then run `pv discharge`, `pv reopen` or `pv bump`",
    ),
    Rule(
        "PV704",
        _ERROR,
        "history that no command makes",
        "amendments are only ever added, by a discharge, a reopening, a merge, or the record of an edit",
        "restore the amendments of the base, then run the command again",
    ),
    Rule(
        "PV705",
        _ERROR,
        "record edited or taken away",
        "every judged trial is kept as it was written, also one that no status rests on",
        "restore the file from version control",
    ),
    Rule(
        "PV706",
        _WARNING,
        "criterion loosened after it was falsified",
        "a bar that was moved behind the shot says less than one that stood before it",
        "say in the amendment why the old bar was wrong: `pv bump CONTRACT --reason TEXT`",
    ),
    Rule(
        "PV707",
        _ERROR,
        "base went on",
        "a version that was given to another content cannot be given again, also where the texts merge",
        "merge or rebase onto the base (`pv init --git` installs the merge driver), then check again",
    ),
    Rule(
        "PV708",
        _ERROR,
        "contract taken away",
        "a contract that is gone weakens all of its claims at once, and has no version to say so",
        "restore it, or write its id into `removed_contracts` of `[tool.pv.check]`",
    ),
    Rule(
        "PV709",
        _ERROR,
        "nothing behind a test",
        "the project asks for it in `[tool.pv.check]`",
        "bind the test to a falsifier and run `pv discharge`, or change the policy",
    ),
    Rule(
        "PV710",
        _WARNING,
        "evidence that git does not have",
        "a record that is not committed is missing for everybody else",
        "run `git add` on the folder of the evidence",
    ),
    Rule(
        "PV711",
        _WARNING,
        "policy loosened",
        "the change is checked by the policy that it brings along",
        "have somebody agree to the configuration as well",
    ),
    Rule(
        "PV712",
        _WARNING,
        "base that cannot be read",
        "what cannot be read cannot be compared, so everything in the contract counts as new",
        "nothing is to be done here: the change mends it",
    ),
)
