"""Compare two versions of a contract, given as files or as REF:path (``pv diff``)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from pvengine.errors import ExitCode, choose_exit_code
from pvengine.loading.contract_file import LoadedContract, load_contract
from pvengine.models.comparison import (
    ChangeEntry,
    ChangeSummary,
    ComparedContract,
    ComparedValue,
    ComparisonReport,
    VersionJudgement,
)
from pvengine.project.compared import compare_with_evidence
from pvengine.project.discovery import show_path
from pvengine.project.findings import list_diagnostics
from pvengine.project.git_objects import read_git_file
from pvengine.yamldoc import format_path

if TYPE_CHECKING:
    from pvengine.comparing.change import Change, Comparison, Spot
    from pvengine.ledger.transitions import Bump
    from pvengine.models.comparison import BumpWord

__all__ = ["describe_change", "diff_contracts", "judge_version", "load_version", "report_comparison"]


def diff_contracts(before: str | Path, after: str | Path, *, folder: Path | None = None) -> ComparisonReport:
    """Compare two versions of a contract; REF is looked up in the repository of a folder, here by default.

    Raises
    ------
    UsageError
        A version cannot be read, or git has no such object.
    ContractError
        One is no YAML document that can be a contract.
    """
    one, two = (load_version(each, folder or Path()) for each in (before, after))
    return report_comparison(one, two, compare_with_evidence(one, two))


def load_version(name: str | Path, folder: Path) -> LoadedContract:
    """Load a contract from a file, or from REF:path where there is no file of that name."""
    path, text = Path(name), str(name)
    revision, colon, inside = text.partition(":")
    if colon and inside and isinstance(name, str) and not path.exists() and not path.is_symlink():
        return load_contract(Path(inside), text, read_git_file(folder, revision, inside))
    return load_contract(path, show_path(path))


def report_comparison(before: LoadedContract, after: LoadedContract, found: Comparison) -> ComparisonReport:
    """Make the report of a comparison."""
    errors = tuple(each for side in (before, after) for each in side.diagnostics if each.is_error)
    codes = []
    if errors or found.version.problem == "lower":
        codes.append(ExitCode.INVALID)
    if not found.is_bumped_enough:
        codes.append(ExitCode.GATE)
    step = found.version
    return ComparisonReport(
        before=_describe_side(before, step.before),
        after=_describe_side(after, step.after),
        changes=tuple(describe_change(change) for change in found.changes),
        version=judge_version(found),
        summary=_count(found),
        diagnostics=list_diagnostics(errors),
        exit_code=int(choose_exit_code(codes)),
    )


def judge_version(found: Comparison) -> VersionJudgement:
    """Judge the step of the version by what the changes demand."""
    step = found.version
    return VersionJudgement(
        from_=step.before,
        to=step.after,
        declared=_word(step.declared),
        needed=_word(found.bump),
        suffices=found.is_bumped_enough,
        problem=cast("Literal['lower', 'missing', 'not semver'] | None", step.problem),
        suggested=step.suggest(found.bump),
    )


def _describe_side(loaded: LoadedContract, version: str | None) -> ComparedContract:
    return ComparedContract(path=loaded.display_path, id=loaded.id, version=version, digest=loaded.digest)


def _word(bump: Bump) -> BumpWord:
    return cast("BumpWord", bump.name.lower())


def describe_change(change: Change) -> ChangeEntry:
    """Describe one change."""
    return ChangeEntry(
        kind=change.kind.value,
        class_=_word(change.bump),
        row=change.row,
        what=change.what,
        engine=change.is_engine_owned,
        before=_describe_value(change.before),
        after=_describe_value(change.after),
        why=change.why,
    )


def _describe_value(spot: Spot | None) -> ComparedValue | None:
    if spot is None:
        return None
    place = spot.place
    return ComparedValue(
        path=format_path(spot.path),
        line=None if place is None else place.line,
        column=None if place is None else place.column,
        value=_to_json(spot.value),
    )


def _to_json(value: Any) -> Any:
    """Return data in which NaN and the infinities, which JSON has not, are texts."""
    if isinstance(value, dict):
        return {key: _to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_to_json(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _count(found: Comparison) -> ChangeSummary:
    counts = dict.fromkeys(ChangeSummary.__dataclass_fields__, 0)
    for change in found.changes:
        counts["changes"] += 1
        counts["engine"] += change.is_engine_owned
        counts[change.kind.value] += 1
        counts[_word(change.bump)] += 1
    return ChangeSummary(**counts)
