"""The command, its configuration and what it sets aside."""

from __future__ import annotations

from pvengine.diagnostics.diagnostic import Severity
from pvengine.diagnostics.rule import Rule

__all__ = ["RULES"]

_ERROR = Severity.ERROR
_WARNING = Severity.WARNING

RULES = (
    Rule(
        "PV001",
        _ERROR,
        "usage",
        "the command line, the configuration or an input path is wrong",
    ),
    Rule(
        "PV002",
        _ERROR,
        "file changed meanwhile",
        "an edit that is not known may not be written over",
    ),
    Rule(
        "PV003",
        _ERROR,
        "nothing to check",
        "zero checked is never green",
    ),
    Rule(
        "PV004",
        _ERROR,
        "evidence",
        "evidence that a status rests on was changed or is missing",
    ),
    Rule(
        "PV005",
        _ERROR,
        "invalid",
        "what was given cannot be used as it stands",
    ),
    Rule(
        "PV006",
        _WARNING,
        "suppression without a reason",
        "whoever reads the contract next must know why a finding was set aside",
        "write the reason behind the bracket: `# pv: ignore[CODE] reason`",
    ),
    Rule(
        "PV007",
        _WARNING,
        "unused suppression",
        "a suppression that silences nothing will one day silence something else",
        "delete the comment",
    ),
    Rule(
        "PV008",
        _WARNING,
        "suppression of an unknown code",
        "a misspelt code silences nothing",
        "correct the code; `pv explain --list` lists them",
    ),
    Rule(
        "PV009",
        _WARNING,
        "baseline entry is gone",
        "a baseline only shrinks: what was mended must not come back unseen",
        "run `pv validate --update-baseline`",
    ),
    Rule(
        "PV010",
        _WARNING,
        "findings left out",
        "a report shows at most 1,000 findings of one file, the worst first",
        "mend those that are shown, then run the command again",
    ),
)
