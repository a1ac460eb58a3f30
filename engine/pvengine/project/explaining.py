"""Explain a rule: why it is there, how to mend what it finds, and an example of both."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.diagnostics import RULES
from pvengine.errors import UsageError
from pvengine.lint.rule_codes import explain_lock, find_near_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.diagnostics import Rule

__all__ = ["Explanation", "explain_rules", "find_examples"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule with what belongs to it.

    Attributes
    ----------
    lock
        Why its findings can be neither silenced nor weighed otherwise; None where they can.
    findings
        What `pv validate` prints for the example file; None where no contract alone can show it.
    mended
        The change that mends the example, as a unified diff; None where it cannot be mended alone.
    """

    rule: Rule
    lock: str | None
    findings: str | None
    mended: str | None

    @property
    def section(self) -> str:
        """The section of the documentation."""
        title = self.rule.title.lower().replace(" ", "-")
        return f"docs/reference/diagnostics.md#{self.rule.code.lower()}-{title}"


def explain_rules(codes: Sequence[str]) -> list[Explanation]:
    """Explain rules by their codes, in this order; all of them where none is given.

    Raises
    ------
    UsageError
        No rule has this code.
    """
    folder = find_examples()
    return [_explain(_find_rule(code), folder) for code in codes or RULES]


def find_examples() -> Path | None:
    """Return the folder of example contracts; None where the package came without them.

    In an installed package they lie inside it; in a checkout they are those of the tests.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "examples", package.parents[1] / "tests" / "contracts"):
        if (folder / "invalid").is_dir():
            return folder
    return None


def _find_rule(code: str) -> Rule:
    rule = RULES.get(code.upper())
    if rule is None:
        near = find_near_code(code)
        raise UsageError(
            f"no rule has the code {code[:40]!r}",
            why="every finding of `pv` has one of the codes that `pv explain --list` lists",
            fix=f"did you mean {near}?" if near else "run `pv explain --list`",
        )
    return rule


def _explain(rule: Rule, folder: Path | None) -> Explanation:
    lock = explain_lock(rule.code)
    example = None if folder is None else _find_first(folder / "invalid", rule.code)
    if folder is None or example is None:
        return Explanation(rule, lock, None, None)
    findings = example.with_suffix(".expected.txt").read_text(encoding="utf-8")
    good = folder / "valid" / example.name
    return Explanation(rule, lock, findings, _diff(example, good) if good.is_file() else None)


def _find_first(folder: Path, code: str) -> Path | None:
    return min(folder.glob(f"{code.lower()}-*.yaml"), default=None)


def _diff(bad: Path, good: Path) -> str:
    old, new = (path.read_text(encoding="utf-8", errors="replace") for path in (bad, good))
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), bad.name, good.name, lineterm="", n=1)
    return "\n".join(lines) + "\n"
