"""Set findings aside: by comment, by the configuration, by the baseline; and keep that file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pvengine.errors import UsageError
from pvengine.ledger.files import create_file, replace_file
from pvengine.lint.silencing.baseline import (
    make_baseline,
    match_baseline,
    read_baseline,
    render_baseline,
    shrink_baseline,
)
from pvengine.lint.silencing.severities import apply_severities, check_ignore, check_severities, find_ignored
from pvengine.lint.silencing.suppressions import apply_suppressions
from pvengine.project.discovery import show_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from pvengine.diagnostics import Diagnostic
    from pvengine.lint.silencing.suppressions import Suppression
    from pvengine.project.workspace import Workspace

__all__ = ["BaselineUse", "Kept", "find_baseline", "set_aside", "use_baseline"]


@dataclass(frozen=True, slots=True)
class BaselineUse:
    """The baseline of a run: its file, and whether it is only read, made anew, or made smaller."""

    path: Path
    action: Literal["read", "write", "update"] = "read"


@dataclass(frozen=True, slots=True)
class Kept:
    """The findings that count, in the order of files and lines, and how many were set aside."""

    findings: tuple[Diagnostic, ...]
    suppressed: int = 0
    baselined: int = 0


def find_baseline(workspace: Workspace) -> BaselineUse | None:
    """Return the baseline that the configuration names; None where it names none."""
    name = workspace.configuration.baseline
    return None if name is None else BaselineUse(workspace.root / name)


def set_aside(
    findings: Iterable[Diagnostic],
    suppressions: Sequence[Suppression],
    workspace: Workspace,
    *,
    unchecked: Collection[str] = (),
) -> Kept:
    """Leave out what a comment or the configuration sets aside, and weigh the rest as configured.

    ``unchecked`` has codes that this run did not look for: nothing is set aside for nothing because of them.

    Raises
    ------
    UsageError
        The configuration names a code, a severity or a pattern that there cannot be.
    """
    configuration = workspace.configuration
    where = show_path(workspace.configuration_file) if workspace.configuration_file else "the configuration"
    check_severities(configuration.severities, where)
    check_ignore(configuration.ignore, where)
    every = dict.fromkeys(findings)
    applied = apply_suppressions(every, suppressions, unchecked=unchecked)
    cut = {finding.path for finding in every if finding.code == "PV010"}  # what is left out may be used
    problems = (problem for problem in applied.problems if problem.code != "PV007" or problem.path not in cut)
    left = find_ignored([*applied.kept, *problems], configuration.ignore, workspace.root)
    weighed = apply_severities(left.kept, configuration.severities)
    # That nobody knows a status word is enough: that nothing grounds it goes without saying.
    unknown = {finding.place for finding in weighed.kept if finding.code == "PV203"}
    findings = [each for each in weighed.kept if each.code != "PV501" or each.place not in unknown]
    return Kept(
        tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        suppressed=len(applied.suppressed) + len(left.dropped) + len(weighed.dropped),
    )


def use_baseline(
    kept: Kept,
    use: BaselineUse,
    root: Path,
    *,
    checked: Sequence[str] | None,
    unchecked: Collection[str] = (),
) -> Kept:
    """Leave out what the baseline knows, and report what is gone from it; write the file where asked to.

    ``checked`` has the files of the run, None where it checked all of the project.

    Raises
    ------
    UsageError
        The baseline cannot be read or written, or one that is there would be made anew.
    """
    shown = show_path(use.path)
    if use.action == "write":
        if use.path.exists() or use.path.is_symlink():
            raise UsageError(
                f"{shown} is there already",
                why="a baseline only shrinks: made anew it would take in every new finding",
                fix="run `pv validate --update-baseline`, or delete the file first",
            )
        baseline = make_baseline(kept.findings, root, shown)
        create_file(use.path, render_baseline(baseline))
    else:
        baseline = read_baseline(use.path, shown)
    if use.action == "update":
        before = render_baseline(baseline)
        baseline = shrink_baseline(baseline, kept.findings, root, checked=checked, unchecked=unchecked)
        after = render_baseline(baseline)
        if after != before:
            replace_file(use.path, after, expected=use.path.read_bytes())
    matched = match_baseline(kept.findings, baseline, root, checked=checked, unchecked=unchecked)
    findings = sorted((*matched.new, *matched.gone), key=lambda finding: finding.sort_key)
    return Kept(tuple(findings), kept.suppressed, len(matched.known))
