"""Try the bank of vacuous and of sound tests, and print what refused which.

``python tests/teeth/teeth_table.py --write`` puts the table into docs/explanation/teeth.md. Nothing in the
bank is changed: it is tried in a scratch folder.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine import open_project
from pvengine.diagnostics import Severity, get_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.project.project import Project

__all__ = ["PAGE", "Tried", "count_refused", "render_table", "split_page", "try_bank"]

BANK = Path(__file__).parent / "bank"
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "teeth.md"
_MARKS = ("<!-- tried -->\n", "<!-- end of tried -->\n")


@dataclass(frozen=True)
class Tried:
    """One test of the bank: what refused it, by what and why; all of it empty where nothing did."""

    name: str
    kind: str
    is_sound: bool
    step: str = ""
    code: str = ""
    reason: str = ""
    outcome: str = ""
    score: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether `pv validate` or `pv discharge` refused it."""
        return bool(self.step)


def try_bank(folder: Path) -> list[Tried]:
    """Copy the bank into a folder, validate it, discharge it, and try mutants where nothing was refused."""
    shutil.copytree(BANK, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    with contextlib.chdir(folder):
        project = open_project(folder)
        return [
            *_try_contract(project, folder / "contracts" / "vacuous-v1.yaml", is_sound=False),
            *_try_contract(project, folder / "contracts" / "sound-v1.yaml", is_sound=True),
        ]


def _try_contract(project: Project, path: Path, *, is_sound: bool) -> Iterator[Tried]:
    view = project.view(path)
    entries = view.loaded.data["falsification_tests"]
    found = {
        entries[issue.path[1]]["id"]: Tried("", "", is_sound, "`pv validate`", issue.code, issue.message)
        for issue in reversed([*view.loaded.issues, *view.graph_issues])
        if issue.path[:1] == ("falsification_tests",) and get_rule(issue.code).severity is Severity.ERROR
    }
    for name in found:  # one alone, so that none hides behind another
        refused = project.discharge(path, tests=[name])
        assert (refused.exit_code, refused.trials, refused.written) == (1, (), False), name
    others = [entry["id"] for entry in entries if entry["id"] not in found]
    report = project.discharge(path, tests=others)
    tried = {trial.id: trial for trial in report.trials}
    for entry in entries:
        name, kind = entry["id"], entry["rule"]
        if name in found:
            refusal = found[name]
            yield Tried(name, kind, is_sound, refusal.step, refusal.code, refusal.reason)
            continue
        trial = tried[name]
        if trial.evidence is not None:
            score = "" if is_sound else _score(project, entry["falsifier"], name)
            yield Tried(name, kind, is_sound, outcome=trial.outcome or "", score=score)
            continue
        reason = trial.reason or ""
        if trial.state == "blocked":
            yield Tried(name, kind, is_sound, "`pv validate`", "PV408", reason)
        else:
            yield Tried(name, kind, is_sound, "`pv discharge`", reason.partition(":")[0], reason)


def _score(project: Project, falsifier: str, name: str) -> str:
    """Return the mutation score of a test, as text."""
    (check,) = [each for each in project.check_falsifier(falsifier, mutants=True) if each.test == name]
    score = check.mutation.score if check.mutation else None
    return score.text.partition(";")[0] if score else "none"


def count_refused(rows: list[Tried]) -> dict[bool, tuple[int, int]]:
    """Count the vacuous (False) and the sound tests (True): how many were refused, and of how many."""
    return {
        is_sound: (sum(row.is_refused for row in group), len(group))
        for is_sound in (False, True)
        for group in [[row for row in rows if row.is_sound is is_sound]]
    }


def render_table(rows: list[Tried]) -> str:
    """Render what became of the bank as Markdown."""
    (vacuous, of_vacuous), (sound, of_sound) = count_refused(rows).values()
    outcomes = [row.outcome for row in rows if row.is_sound]
    sums = f"{outcomes.count('survived')} of these survived, {outcomes.count('falsified')} were falsified"
    lines = [
        f"Of {of_vacuous} vacuous tests {vacuous} were refused, of {of_sound} sound ones {sound}: {sums}.",
        "",
        "| vacuous test | refused by | with |",
        "|---|---|---|",
    ]
    for row in rows:
        if not row.is_sound and row.is_refused:
            lines.append(f"| {row.kind} | {row.step} | {row.code} |")
        elif not row.is_sound:
            lines.append(f"| {row.kind} | **nothing**: it {row.outcome} | mutants: {row.score} |")
    return "\n".join(lines) + "\n"


def split_page(text: str) -> tuple[str, str, str]:
    """Split the page into what stands before the table, the table, and what stands behind it."""
    before, _, rest = text.partition(_MARKS[0])
    table, _, after = rest.partition(_MARKS[1])
    return before + _MARKS[0], table, _MARKS[1] + after


def main() -> int:
    """Print the table, or write it into the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/explanation/teeth.md")
    is_written = parser.parse_args().write
    with tempfile.TemporaryDirectory() as folder:
        table = render_table(try_bank(Path(folder)))
    if is_written:
        before, _, after = split_page(PAGE.read_text(encoding="utf-8"))
        PAGE.write_text(before + table + after, encoding="utf-8")
    sys.stdout.write(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
