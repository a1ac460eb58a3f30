"""Which rules hold for a contract: its kind, as it is written or as its sections tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "has_field_blocks", "is_kernel", "is_of_field", "read_kind", "recognise_foreign"]

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
_FIELD_BLOCKS = ("equations", "proof_obligations", "obligations", "kani_harnesses")
_CONTRACT_BLOCKS = (
    *("metadata", *_FIELD_BLOCKS, "hypotheses", "falsification_tests"),
    *("falsification", "falsification_conditions", "implementation_stages", "amendments", "qa_gate"),
)


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
    return is_of_field(data)


def is_of_field(data: Mapping[str, Any]) -> bool:
    """Whether the format's own rules hold: the contract names a kind, or has nothing of falsifiers."""
    if read_kind(data) is not None:
        return True
    if any(section in data for section in _OWN_SECTIONS):
        return False
    tests = data.get("falsification_tests")
    entries = tests if isinstance(tests, list) else []
    return not any(key in entry for entry in entries if isinstance(entry, dict) for key in _OWN_KEYS)


def has_field_blocks(data: Mapping[str, Any]) -> bool:
    """Whether a contract has equations, obligations or harnesses, or at least their keys."""
    return any(section in data for section in _FIELD_BLOCKS)


def recognise_foreign(data: Mapping[str, Any]) -> str | None:
    """Return what a file is that stands beside contracts and is none, as ``a binding registry``.

    None for everything that may be a contract: a file with metadata or with any block of a contract.

    Examples
    --------
    >>> recognise_foreign({"version": "1.0.0", "bindings": [{"contract": "softmax-kernel-v1.yaml"}]})
    'a binding registry'
    """
    if any(block in data for block in _CONTRACT_BLOCKS):
        return None
    bindings = data.get("bindings")
    if isinstance(bindings, list) and any(isinstance(each, dict) and "contract" in each for each in bindings):
        return "a binding registry"
    if "artifact_url" in data and "sha256" in data:
        return "a publish manifest"
    if "kaizen" in data and ("baseline" in data or "target" in data):
        return "a kaizen baseline"
    return None
