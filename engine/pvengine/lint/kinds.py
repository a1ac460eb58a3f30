"""Which rules hold for a contract: its kind, as it is written or as its sections tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "is_kernel", "read_kind"]

KINDS = (
    "kernel",
    "pattern",
    "schema",
    "registry",
    "model-family",
    "composition",
    "beat-benchmark",
    "kaizen",
    "pipeline",
)
"""Kinds of contracts that the format has; `kernel` is meant where none is written."""

_OWN_SECTIONS = ("hypotheses", "implementation_stages", "amendments")
_OWN_KEYS = ("falsifier", "accept", "decides")


def read_kind(data: Mapping[str, Any]) -> str | None:
    """Return the kind that a contract names, under `metadata` or at its top; None where it names none."""
    metadata = data.get("metadata")
    written = metadata.get("kind") if isinstance(metadata, dict) else None
    kind = data.get("kind") if written is None else written
    return kind if isinstance(kind, str) else None


def is_kernel(data: Mapping[str, Any]) -> bool:
    """Whether the rules of kernel contracts hold: equations, references and a gate are wanted.

    A contract is a kernel where it says so, and where it names no kind, is no registry and has nothing
    that only contracts with falsifiers have: hypotheses, stages, amendments, a test with a falsifier,
    accept conditions or verdict bands.
    """
    kind = read_kind(data)
    if kind is not None:
        return kind == "kernel"
    metadata = data.get("metadata")
    if isinstance(metadata, dict) and metadata.get("registry") is True:
        return False
    if any(section in data for section in _OWN_SECTIONS):
        return False
    tests = data.get("falsification_tests")
    entries = tests if isinstance(tests, list) else []
    return not any(key in entry for entry in entries if isinstance(entry, dict) for key in _OWN_KEYS)
