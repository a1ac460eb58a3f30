"""Which row of the table of classes a field belongs to, by its path."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pvengine.comparing.classes import ROWS, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.yamldoc import Path

__all__ = ["find_row"]

_TEST_TEXT = "rule prediction expected assertion condition test test_harness command falsification_test"
_PROSE = frozenset(
    {
        *("description", "note", "notes", "comment", "comments", "title", "label", "summary", "rationale"),
        *("author", "authors", "created", "updated", "last_modified", "date", "changelog", "tags"),
        *("if_fails", "fails_if", "reference", "references", "source", "sources", "why"),
    }
)
"""Keys that are prose wherever they stand in a block that pv does not know."""
_TOLERANCES = frozenset({"tolerance", "tol", "atol", "rtol"})

_PATTERNS = """
metadata.version                        version
version                                 version
amendments.**                           amendment
metadata.id                             identity
metadata.depends_on.**                  dependency
metadata.references.**                  wording
metadata.kind                           contract kind
metadata.registry                       contract kind
kind                                    contract kind
metadata.status                         status word
status                                  status word
attributions.**                         wording
verification_summary.**                 wording

hypotheses.*.statement                  statement
hypotheses.*.status                     status
falsification_tests.*.status            status
falsification_tests.*.verdict           status
falsification_tests.*.evidence          evidence
TESTS.*.TEXT.**                         statement
TESTS.*.hypothesis.**                   decision
TESTS.*.falsifier                       experiment
TESTS.*.params.**                       experiment
TESTS.*.accept.**                       accept
TESTS.*.decides                         decision
TESTS.*.decides.#                       decision
TESTS.*.decides.metric                  decision
TESTS.*.decides.scope                   decision
TESTS.*.decides.hypothesis              decision
TESTS.*.decides.#.metric                decision
TESTS.*.decides.#.scope                 decision
TESTS.*.decides.#.hypothesis            decision
TESTS.*.decides.**                      bands
TESTS.*.depends_on.**                   dependency
TESTS.*.requires.**                     input
TESTS.*.search.domain.**                search domain
TESTS.*.search.constraints.**           search domain
TESTS.*.search.maximise                 search aim
TESTS.*.search.minimise                 search aim
TESTS.*.search.margin                   search aim
TESTS.*.search.**                       search
TESTS.*.reproduce.**                    reproduce
TESTS.*.limits.**                       limits
TESTS.*.name                            wording
TESTS.*                                 entry
TESTS                                   entry
hypotheses.*                            entry
hypotheses                              entry

implementation_stages.*.status          status
implementation_stages.*.steps.*.status  status
implementation_stages.*.needs.**        dependency
implementation_stages.*.expected_acceptance.**          dependency
implementation_stages.*.steps.*.needs.**                dependency
implementation_stages.*.steps.*.expected_acceptance.**  dependency
implementation_stages.*.evidence.**     wording
implementation_stages.*.blockers.**     wording
implementation_stages.*.steps.*         entry
implementation_stages.*.steps           entry
implementation_stages.*                 entry
implementation_stages                   entry

equations.*.formula                     formula
equations.*.domain.**                   formula
equations.*.codomain.**                 formula
equations.*.where.**                    formula
equations.*.lean_theorem                formula
equations.*.invariants.**               statement
equations.*.postconditions.**           statement
equations.*.preconditions.**            assumption
equations.*                             entry
equations                               entry
OBLIGATIONS.*.type                      formula
OBLIGATIONS.*.property                  statement
OBLIGATIONS.*.statement                 statement
OBLIGATIONS.*.formal                    formula
OBLIGATIONS.*.applies_to.**             target
OBLIGATIONS.*.discharged_by.**          check
OBLIGATIONS.*.lean                      lean
OBLIGATIONS.*.lean.status               lean
OBLIGATIONS.*.lean.theorem              formula
OBLIGATIONS.*.lean.**                   wording
OBLIGATIONS.*                           entry
OBLIGATIONS                             entry
kani_harnesses.*.bound                  bound
kani_harnesses.*.strategy               strategy
kani_harnesses.*.obligation.**          target
kani_harnesses.*.property               statement
kani_harnesses.*.harness                statement
kani_harnesses.*.solver                 wording
kani_harnesses.*                        entry
kani_harnesses                          entry
enforcement.*.check.**                  statement
enforcement.*.reference.**              statement
enforcement.*.test.**                   statement
enforcement.*                           entry
enforcement                             entry
qa_gate.id                              identity
qa_gate.name                            wording
qa_gate.checks.**                       check
qa_gate.pass_criteria.**                criteria
qa_gate.falsification                   statement
qa_gate                                 entry
kernel_structure.phases.*.invariant     statement
kernel_structure.phases.*               entry
kernel_structure.phases                 entry
kernel_structure                        entry
"""
_ALIASES = {
    "TESTS": ("falsification_tests", "falsification", "falsification_conditions"),
    "TEXT": tuple(_TEST_TEXT.split()),
    "OBLIGATIONS": ("proof_obligations", "obligations"),
}

Pattern = tuple[tuple[str, ...], Row]


@lru_cache(maxsize=1)
def _read_patterns() -> dict[str, tuple[Pattern, ...]]:
    """Read the patterns, by their first step."""
    found: dict[str, list[Pattern]] = {}
    for line in _PATTERNS.split("\n"):
        if line:
            pattern, name = line.split(maxsplit=1)
            for steps in _expand(tuple(pattern.split("."))):
                found.setdefault(steps[0], []).append((steps, ROWS[name]))
    return {first: tuple(patterns) for first, patterns in found.items()}


def _expand(steps: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not steps:
        yield ()
        return
    for first in _ALIASES.get(steps[0], (steps[0],)):
        for rest in _expand(steps[1:]):
            yield (first, *rest)


def find_row(path: Path, *, has_rule: bool = True) -> Row:
    """Find the row of the field at a path.

    ``has_rule`` is whether the test around it has a `rule`; without one its `description` or `name` is that.
    Severities, tolerances, statuses and prose are known by their key wherever they stand.
    """
    is_of_test = len(path) == len(("", 0, "")) and path[0] in _ALIASES["TESTS"]
    if is_of_test and not has_rule and path[-1] in ("description", "name"):
        return ROWS["statement"]
    for pattern, row in _read_patterns().get(str(path[0]), ()) if path else ():
        if _fits(pattern, path):
            return row
    return ROWS[_find_by_key(path)]


def _find_by_key(path: Path) -> str:
    last = next((step for step in reversed(path) if isinstance(step, str)), "")
    if last in ("severity", "status") and path[-1] == last:
        return "severity" if last == "severity" else "status word"
    if last in _TOLERANCES or last.startswith("tolerance_"):
        return "tolerance"
    if path[:1] == ("qa_gate",) and len(path) > 1 and str(path[1]).startswith("must_pass"):
        return "criteria"
    return "wording" if last in _PROSE else "unknown"


def _fits(pattern: tuple[str, ...], path: Path) -> bool:
    """Whether a path fits a pattern: ``*`` is any step, ``#`` a position, ``**`` the rest, or nothing."""
    for index, step in enumerate(pattern):
        if step == "**":
            return True
        if index >= len(path):
            return False
        is_position = isinstance(path[index], int)
        if step not in ("*", path[index]) and not (step == "#" and is_position):
            return False
    return len(pattern) == len(path)
