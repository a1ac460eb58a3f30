"""Weigh findings as the project wants: other severities by code, codes left out by file.

Three kinds of codes keep their weight everywhere: those about the command (PV0xx), those that end the
reading of a file (PV101 to PV113), and those about evidence (PV6xx).
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from pvengine.diagnostics import RULES, Diagnostic, Severity
from pvengine.errors import UsageError
from pvengine.lint.silencing.root_paths import RootPaths, matches
from pvengine.lint.silencing.rule_codes import explain_lock, find_near_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

__all__ = ["OFF", "Weighed", "apply_severities", "check_ignore", "check_severities", "find_ignored"]

OFF = "off"
_WORDS = (*(severity.value for severity in Severity), OFF)


class Weighed(NamedTuple):
    """Findings that stay, and those that the configuration drops, which the report counts."""

    kept: tuple[Diagnostic, ...]
    dropped: tuple[Diagnostic, ...]


def check_severities(severities: Mapping[str, str], where: str) -> None:
    """Check the table of severities; ``where`` is the configuration file.

    Raises
    ------
    UsageError
        A code is unknown or keeps its severity, or a severity is unknown.
    """
    for code, word in severities.items():
        _check_code(code, f"severities.{code}", where)
        if word not in _WORDS:
            near = next(iter(get_close_matches(str(word)[:40].lower(), _WORDS, n=1)), None)
            raise UsageError(
                f"severities.{code} is {_shorten(word)}, which is no severity",
                where=where,
                why="a severity is error, warning, note or off",
                fix=f"did you mean {near!r}?" if near else "write one of the four words",
            )


def check_ignore(ignore: Mapping[str, Sequence[str]], where: str) -> None:
    """Check the table of patterns and codes; ``where`` is the configuration file.

    Raises
    ------
    UsageError
        A pattern can match no file of the project, or a code is unknown or cannot be left out.
    """
    for pattern, codes in ignore.items():
        steps = pattern.split("/")
        if not pattern.strip() or "\\" in pattern or any(step in ("", ".", "..") for step in steps):
            raise UsageError(
                f"the pattern {_shorten(pattern)} of `ignore` matches no file",
                where=where,
                why="a pattern is a path below the root of the project, with forward slashes",
                fix='write it as in "contracts/old/*.yaml" or "contracts/old/**"',
            )
        for code in codes:
            _check_code(code, f"ignore.{pattern!r}", where)


def _check_code(code: str, key: str, where: str) -> None:
    if code not in RULES:
        near = find_near_code(code)
        raise UsageError(
            f"{key}: no rule has the code {_shorten(code)}",
            where=where,
            why="a misspelt code would change nothing, and nobody would notice",
            fix=f"did you mean {near}?" if near else "`pv explain --list` lists the codes",
        )
    why = explain_lock(code)
    if why is not None:
        raise UsageError(
            f"{key}: {code} keeps its severity, and cannot be left out",
            where=where,
            why=why,
            fix=f"delete {code} from the configuration",
        )


def apply_severities(findings: Iterable[Diagnostic], severities: Mapping[str, str]) -> Weighed:
    """Give findings the severity that the project configures; those that are off are dropped."""
    kept: list[Diagnostic] = []
    dropped: list[Diagnostic] = []
    for finding in findings:
        word = severities.get(finding.code, finding.severity.value)
        if explain_lock(finding.code) is not None or word == finding.severity.value:
            kept.append(finding)
        elif word == OFF:
            dropped.append(finding)
        else:
            kept.append(replace(finding, severity=Severity(word)))
    return Weighed(tuple(kept), tuple(dropped))


def find_ignored(findings: Iterable[Diagnostic], ignore: Mapping[str, Sequence[str]], root: Path) -> Weighed:
    """Part findings by the patterns that leave out codes; a pattern matches a path below the root.

    A pattern that drops nothing is no finding: a run sees a part of the project's files as a rule.
    """
    if not ignore:
        return Weighed(tuple(findings), ())
    paths = RootPaths(root)
    codes_of: dict[str, frozenset[str]] = {}
    kept: list[Diagnostic] = []
    dropped: list[Diagnostic] = []
    for finding in findings:
        if finding.path not in codes_of:
            codes_of[finding.path] = _find_codes(paths.name(finding.path), ignore)
        is_dropped = finding.code in codes_of[finding.path] and explain_lock(finding.code) is None
        (dropped if is_dropped else kept).append(finding)
    return Weighed(tuple(kept), tuple(dropped))


def _find_codes(name: str | None, ignore: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Find the codes that the patterns leave out in one file."""
    if name is None:
        return frozenset()
    return frozenset(code for pattern, codes in ignore.items() if matches(name, pattern) for code in codes)


def _shorten(word: object) -> str:
    shown = repr(word)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."  # noqa: PLR2004 - as wide as other messages show a value
