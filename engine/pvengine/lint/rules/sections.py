"""Sections and texts that stand there and hold nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.lint.kinds import is_kernel
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.yamldoc import Path

__all__ = ["iter_description_issues", "iter_section_issues"]

_SECTIONS = (
    "hypotheses",
    "falsification_tests",
    "implementation_stages",
    "amendments",
    "attributions",
    "version",
    "status",
    "equations",
    "proof_obligations",
    "kernel_structure",
    "simd_dispatch",
    "enforcement",
    "kani_harnesses",
    "qa_gate",
    "verification_summary",
    "falsification",
    "falsification_conditions",
    "obligations",
)
"""Sections of both generations of the format; without `metadata`, whose type has a code of its own."""
_OF_KERNELS = frozenset({"equations", "qa_gate"})
"""Sections whose lack in a kernel contract has a code of its own."""
_METADATA = (
    "id",
    "title",
    "depends_on",
    "kind",
    "status",
    "author",
    "created",
    "updated",
    "last_modified",
    "tags",
    "registry",
    "binds_to",
)
_OF_TEST = (
    "hypothesis",
    "falsifier",
    "params",
    "depends_on",
    "requires",
    "limits",
    "reproduce",
    "search",
    "test",
    "test_harness",
    "severity",
    "status",
)
_JUDGING = ("accept", "decides")
"""Keys of a test that has no falsifier; with one, their lack has a code of its own."""
_OF_STAGE = ("needs", "expected_acceptance", "steps", "status")


def iter_section_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over sections and keys that have no value and are read as if they were absent (PV118)."""
    data = loaded.data
    missing = _OF_KERNELS if is_kernel(data) else frozenset[str]()
    yield from _iter_null(data, (), tuple(name for name in _SECTIONS if name not in missing))
    yield from _iter_null(data.get("metadata"), ("metadata",), _METADATA)
    for section, keys in (("falsification_tests", _OF_TEST), ("implementation_stages", _OF_STAGE)):
        entries = data.get(section)
        if isinstance(entries, list):
            for index, entry in enumerate(entries):
                yield from _iter_null(entry, (section, index), keys)
                if section == "falsification_tests" and isinstance(entry, dict) and "falsifier" not in entry:
                    yield from _iter_null(entry, (section, index), _JUDGING)


def iter_description_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Report a contract with metadata and no description, under metadata or at its top (PV213)."""
    data = loaded.data
    metadata = data.get("metadata")
    if not isinstance(metadata, dict) or _has_text(metadata) or _has_text(data):
        return
    if "description" in metadata:
        yield Issue("PV213", ("metadata", "description"), "`description` is empty", at_key=True)
    elif "description" in data:
        yield Issue("PV213", ("description",), "`description` is empty", at_key=True)
    else:
        yield Issue("PV213", ("metadata",), "the contract has no `description`", at_key=True)


def _iter_null(mapping: Any, path: Path, names: tuple[str, ...]) -> Iterator[Issue]:
    if isinstance(mapping, dict) and None in mapping.values():
        for name in names:
            if name in mapping and mapping[name] is None:
                message = f"`{name}` has no value, and is read as if it were not there"
                yield Issue("PV118", (*path, name), message, at_key=True)


def _has_text(mapping: Mapping[str, Any]) -> bool:
    """Whether there is a description; one that is no text has a finding of its own."""
    value = mapping.get("description")
    return bool(value.strip()) if isinstance(value, str) else value is not None
