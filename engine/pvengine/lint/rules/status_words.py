"""The status words of a contract, wherever the format has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.yamldoc import Path

__all__ = ["iter_status_words"]

_SECTIONS = (
    "falsification_tests",
    "falsification",
    "falsification_conditions",
    "implementation_stages",
)


def iter_status_words(loaded: LoadedContract) -> Iterator[tuple[Path, str]]:
    """Iterate over the path and the text of every status: of tests, stages, their steps and the contract.

    Only texts are given, as they are written; a status of another type is a finding of its own. The statuses
    of hypotheses are verdicts, and those of other sections have words of their own (`lean.status`).
    """
    data = loaded.data
    yield from _iter_of(data, ())
    yield from _iter_of(data.get("metadata"), ("metadata",))
    for section in _SECTIONS:
        for path, entry in _iter_entries(data.get(section), (section,)):
            yield from _iter_of(entry, path)
            if section == "implementation_stages" and isinstance(entry, dict):
                for inner, step in _iter_entries(entry.get("steps"), (*path, "steps")):
                    yield from _iter_of(step, inner)


def _iter_entries(section: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Iterate over the entries of a section that is a list, or a mapping of ids."""
    if isinstance(section, list):
        for index, entry in enumerate(section):
            yield (*path, index), entry
    elif isinstance(section, dict):
        for name, entry in section.items():
            yield (*path, name), entry


def _iter_of(entry: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(entry, dict) and isinstance(entry.get("status"), str):
        yield (*path, "status"), entry["status"]
