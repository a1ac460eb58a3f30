"""Explain a rule: why it is there, how to mend what it finds, and an example of both."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.diagnostics import RULES
from pvengine.errors import UsageError
from pvengine.lint.silencing.rule_codes import explain_lock, find_near_code

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
        What `pv validate` prints of this rule for the example file, with a line feed at its end; None where
        no contract alone can show it.
    mended
        The change that mends the example, as a unified diff; None where the contract is not what is mended.
    """

    rule: Rule
    lock: str | None
    findings: str | None
    mended: str | None

    @property
    def section(self) -> str:
        """The section of the documentation."""
        title = re.sub(r"[^\w\- ]", "", self.rule.title.lower()).replace(" ", "-")
        return f"docs/reference/diagnostics.md#{self.rule.code.lower()}-{title}"


def explain_rules(codes: Sequence[str]) -> list[Explanation]:
    """Explain rules by their codes, each once and in this order; all of them where none is given.

    Raises
    ------
    UsageError
        No rule has this code.
    """
    folder = find_examples()
    wanted = dict.fromkeys(_find_code(code) for code in codes) or RULES
    return [_explain(RULES[code], folder) for code in wanted]


def find_examples() -> Path | None:
    """Return the folder of example contracts; None where the package came without them.

    In an installed package they lie inside it; in a checkout they are those of the tests.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "examples", package.parents[1] / "tests" / "contracts"):
        if (folder / "invalid").is_dir():
            return folder
    return None


def _find_code(word: str) -> str:
    if word.upper() in RULES:
        return word.upper()
    near = find_near_code(word)
    raise UsageError(
        f"no rule has the code {word[:40]!r}" + (f"; did you mean {near}?" if near else ""),
        why="every finding of `pv` has one of the codes that `pv explain --list` lists",
        fix=f"run `pv explain {near}`" if near else "run `pv explain --list`",
    )


def _explain(rule: Rule, folder: Path | None) -> Explanation:
    lock = explain_lock(rule.code)
    bad = None if folder is None else _find_first(folder / "invalid", rule.code)
    if folder is None or bad is None:
        return Explanation(rule, lock, None, None)
    told = bad.with_suffix(".expected.txt").read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    own = [finding for finding in told if re.match(rf"[^[]*\[{rule.code}\]: ", finding)]
    good = folder / "valid" / bad.name
    return Explanation(rule, lock, "\n\n".join(own) + "\n", _diff(bad, good) if good.is_file() else None)


def _find_first(folder: Path, code: str) -> Path | None:
    return min(folder.glob(f"{code.lower()}-*.yaml"), default=None)


def _diff(bad: Path, good: Path) -> str:
    """Compare two files by their lines; a byte that is not UTF-8 shows as U+FFFD."""
    old, new = (_read_lines(path) for path in (bad, good))
    before, after = (f"{path.parent.name}/{path.name}" for path in (bad, good))
    return "\n".join(difflib.unified_diff(old, new, before, after, lineterm="", n=1)) + "\n"


def _read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").removesuffix("\n").split("\n")
