"""Check contracts: what is known of a file is taken from the cache, the others are inspected.

A run whose files are all known imports neither the models nor the YAML reader.
"""

from __future__ import annotations

import importlib
import json
import os
from dataclasses import asdict, dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import Severity
from pvengine.errors import ExitCode, UsageError, choose_exit_code
from pvengine.lint.across import ProjectIndex, iter_findings_across
from pvengine.lint.facts import FileFacts
from pvengine.loading.reading import STDIN_NAME, read_stdin_bytes
from pvengine.models.report import References, Report, Scope, Summary
from pvengine.project.cache import Cache, make_key
from pvengine.project.contract_bytes import ContractBytes, read_all
from pvengine.project.discovery import FoundFiles, show_path
from pvengine.project.findings import describe_error, list_diagnostics
from pvengine.project.limiting import limit_findings
from pvengine.project.outcome import FileOutcome, restore_outcome, sign_path
from pvengine.project.setting_aside import BaselineUse, set_aside, use_baseline
from pvengine.project.workspace import say_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from pvengine.project.workspace import Workspace

__all__ = ["Fixing", "Validation", "validate_contracts", "validate_stdin"]

_INDEXED_BYTES = 1 << 20
"""Largest file that is looked up for what others say of it; the largest known contract has 100 KiB."""

_BY_PLUGINS = ("PV402", "PV403")
"""Codes that a run without plug-ins finds not at all, or not everywhere."""

_VARIABLES = ("HOME", "PV_MODELS", "PYTHONPATH")
"""Variables that say where models and modules are looked for."""


class Fixing(Enum):
    """What happens to findings that can be mended with certainty."""

    NONE = "none"
    SHOW = "show"
    WRITE = "write"


@dataclass(frozen=True, kw_only=True)
class Validation:
    """How contracts are checked: in which project, with which cache, in how many processes at most.

    ``is_partial`` says that these are not all contracts of the project; with ``runs_plugins`` the params of
    bound tests are offered to their models, in workers. References are looked up in ``others``, which are all
    contracts of the project where it is None; of those in ``named_only`` it is known that they are there.
    """

    workspace: Workspace
    cache: Cache
    jobs: int | None = None
    baseline: BaselineUse | None = None
    is_partial: bool = False
    runs_plugins: bool = False
    fixing: Fixing = Fixing.NONE
    shows_diff: bool = False
    others: Sequence[Path] | None = None
    named_only: Sequence[Path] = ()


def validate_contracts(
    validation: Validation, found: FoundFiles, given: Sequence[ContractBytes] = ()
) -> Report:
    """Check files, and contracts that were given as bytes; report every finding by file and line."""
    read, outcomes = read_all(found.files)
    read = [*given, *read]
    if validation.fixing is not Fixing.NONE:
        return _mend(validation, found, read, given)
    outcomes += _inspect(validation, read)
    index = _make_index(validation, outcomes)
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    checked = [outcome.path for outcome in outcomes if outcome.facts]
    findings += limit_findings(iter_findings_across(index, checked))
    if validation.runs_plugins:
        checks = _import("plugin_checks")
        findings += checks.check_params(validation.workspace, read)
    suppressions = [each for outcome in outcomes for each in outcome.suppressions]
    unchecked = () if validation.runs_plugins else _BY_PLUGINS
    kept = set_aside(findings, suppressions, validation.workspace, unchecked=unchecked)
    if validation.baseline is not None:
        seen = [outcome.path for outcome in outcomes] if validation.is_partial else None
        root = validation.workspace.root
        kept = use_baseline(kept, validation.baseline, root, checked=seen, unchecked=unchecked)
    codes = [ExitCode.USAGE] if any(outcome.is_unreadable for outcome in outcomes) else []
    if any(finding.severity is Severity.ERROR for finding in kept.findings):
        codes.append(ExitCode.INVALID)
    entries = sorted((outcome.entry for outcome in outcomes if outcome.entry), key=lambda entry: entry.path)
    nothing = [] if entries or codes else [say_nothing(validation.workspace, foreign=len(outcomes))]
    return Report(
        command="validate",
        contracts=tuple(entries),
        summary=sum((entry.summary for entry in entries), Summary()),
        references=sum((entry.references for entry in entries if entry.references), References()),
        scope=Scope(
            ignored_files=found.ignored,
            unindexed_files=len(index.skipped) - len(validation.named_only),
            suppressed=kept.suppressed,
            baselined=kept.baselined,
        ),
        diagnostics=(*list_diagnostics(kept.findings), *map(describe_error, nothing)),
        exit_code=choose_exit_code([*codes, *(error.exit_code for error in nothing)]),
    )


def validate_stdin(validation: Validation, name: Path | None) -> Report:
    """Check one contract from standard input, as if it had the path ``name``.

    Raises
    ------
    UsageError
        Standard input cannot be read.
    ContractError
        It holds more than a contract may.
    """
    shown = STDIN_NAME if name is None else show_path(name)
    given = ContractBytes(name or Path(STDIN_NAME), shown, read_stdin_bytes(shown))
    return validate_contracts(validation, FoundFiles(()), [given])


def _mend(
    validation: Validation,
    found: FoundFiles,
    read: Sequence[ContractBytes],
    given: Sequence[ContractBytes],
) -> Report:
    """Mend the files first, or a copy of them in memory, and report what is left."""
    is_written = validation.fixing is Fixing.WRITE
    mended = _import("mending").mend_files(validation.workspace, read, is_written=is_written)
    report = validate_contracts(replace(validation, fixing=Fixing.NONE), found, given)
    return replace(
        report,
        scope=replace(report.scope, fixed=len(mended.applied)),
        diff=mended.diff if validation.shows_diff else "",
        written=is_written and bool(mended.applied),
    )


def _inspect(validation: Validation, files: Sequence[ContractBytes]) -> list[FileOutcome]:
    """Take the outcome of each file from the cache, or inspect it."""
    keys = _list_keys(validation, files)
    known = validation.cache.read(keys)
    sign = cache(sign_path)  # what several contracts rest on is looked at once
    outcomes: list[FileOutcome | None] = [_restore(known.get(key), sign) for key in keys]
    missing = [number for number, outcome in enumerate(outcomes) if outcome is None]
    if missing:
        inspecting = _import("inspecting")
        made = inspecting.inspect_all(
            validation.workspace, [files[number] for number in missing], validation.jobs
        )
        for number, outcome in zip(missing, made, strict=True):
            outcomes[number] = outcome
        new = zip(missing, made, strict=True)
        if validation.cache.is_on:
            validation.cache.write({keys[number]: outcome.list_data() for number, outcome in new})
    return [outcome for outcome in outcomes if outcome is not None]


def _list_keys(validation: Validation, files: Iterable[ContractBytes]) -> list[str]:
    """Return the key of each file's outcome: over everything that it follows from, save what is watched."""
    workspace = validation.workspace
    configured = json.dumps(asdict(workspace.configuration), sort_keys=True)
    surroundings = [Path.cwd(), workspace.root, *(os.environ.get(name, "") for name in _VARIABLES)]
    shared = make_key("outcome", validation.cache.stamp, configured, *map(str, surroundings))
    return [make_key(shared, file.shown, file.raw) for file in files]


def _restore(data: Any, sign: Callable[[str], str]) -> FileOutcome | None:
    """Return an outcome of the cache that is still true; None where there is none."""
    if data is None:
        return None
    try:
        outcome = restore_outcome(data)
    except (LookupError, TypeError, ValueError):
        return None
    return outcome if outcome.is_current(sign) else None


def _make_index(validation: Validation, outcomes: Sequence[FileOutcome]) -> ProjectIndex:
    """Index the contracts of the project: those that are checked, and the others by their facts alone."""
    checked = {outcome.path: outcome.facts for outcome in outcomes}
    others = _list_others(validation, checked)
    read, failed = read_all(others, limit=_INDEXED_BYTES)
    keys = [make_key("facts", validation.cache.stamp, file.raw) for file in read]
    known = validation.cache.read(keys)
    missing = [number for number, key in enumerate(keys) if key not in known]
    if missing:
        inspecting = _import("inspecting")
        made = inspecting.gather_all_facts([read[number] for number in missing], validation.jobs)
        new = {keys[number]: facts and asdict(facts) for number, facts in zip(missing, made, strict=True)}
        validation.cache.write(new)
        known.update(new)
    facts = {file.shown: _restore_facts(known[key]) for file, key in zip(read, keys, strict=True)}
    skipped = [outcome.path for outcome in failed] + [path for path, one in facts.items() if one is None]
    skipped += map(show_path, validation.named_only)
    every = {**facts, **checked}
    return ProjectIndex(
        {path: one for path, one in every.items() if one is not None},
        tuple(skipped),
        tuple(path for path, one in checked.items() if one is None),
    )


def _list_others(validation: Validation, checked: Collection[str]) -> list[Path]:
    """List the contracts of the project that are not checked, not even under another name of theirs."""
    try:
        files = validation.others
        files = validation.workspace.contract_files() if files is None else files
    except UsageError:  # a configured folder is not there: what was named is checked all the same
        return []
    others = [file for file in files if show_path(file) not in checked]
    if not others:
        return []
    real = {os.path.realpath(path) for path in checked}
    return [file for file in others if os.path.realpath(file) not in real]


def _restore_facts(data: Any) -> FileFacts | None:
    try:
        return None if data is None else FileFacts.restore(data)
    except (LookupError, TypeError):
        return None


def _import(module: str) -> Any:
    """Import what reads contracts or runs plug-ins: a cached run does without, in a quarter of the time."""
    return importlib.import_module(f"pvengine.project.{module}")
