"""Rules about a contract as a whole: its kind, and what a kernel contract must have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.lint.kinds import KINDS, has_field_blocks, is_kernel, is_of_field
from pvengine.lint.rules.blocks import is_blank
from pvengine.lint.rules.vocabularies import Suggestions
from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.lint.rules.blocks import Blocks
    from pvengine.yamldoc import Path

__all__ = ["iter_kernel_issues"]

_TYPE_SUFFIX = "Contract"
"""Ending of a `kind` at the top of a file that names a type of document, as ``KernelContract``."""


def iter_kernel_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over what a contract of its kind lacks (SCHEMA-001, 002, 003, 013) and an unknown kind (PV225).

    A file without metadata has an error already, and no kind can be told of it: it gives nothing.
    """
    if not blocks.metadata:
        return
    data = blocks.data
    is_one = is_kernel(data)
    if is_one or (is_of_field(data) and has_field_blocks(data)):
        yield from _iter_reference_issues(blocks)
    yield from _iter_version_issues(blocks)
    if is_one and _is_absent(blocks, "equations"):
        yield Issue("SCHEMA-003", _anchor(blocks, "equations"), "the contract has no equation", at_key=True)
    if is_one and _is_absent(blocks, "qa_gate"):
        yield Issue("SCHEMA-013", _anchor(blocks, "qa_gate"), "the contract has no `qa_gate`", at_key=True)
    yield from _iter_kind_issues(blocks)


def _is_absent(blocks: Blocks, section: str) -> bool:
    return is_blank(blocks.data.get(section))


def _anchor(blocks: Blocks, section: str) -> Path:
    """Return the path of a section that stands there empty, of metadata where it is absent."""
    return (section,) if section in blocks.data else ("metadata",)


def _iter_reference_issues(blocks: Blocks) -> Iterator[Issue]:
    """Report references that are absent or empty; a list of blank ones is as empty."""
    if not is_blank(blocks.data.get("references")):
        return
    written = blocks.metadata.get("references")
    if is_blank(written) or (isinstance(written, list) and all(is_blank(each) for each in written)):
        has_key = "references" in blocks.metadata
        text = "`references` of metadata is empty" if has_key else "metadata has no `references`"
        yield Issue("SCHEMA-001", ("metadata", "references"), text, at_key=True)


def _iter_version_issues(blocks: Blocks) -> Iterator[Issue]:
    written = blocks.metadata.get("version")
    if "version" in blocks.metadata and is_blank(written) and is_blank(blocks.data.get("version")):
        yield Issue("SCHEMA-002", ("metadata", "version"), "`version` of metadata is empty", at_key=True)


def _iter_kind_issues(blocks: Blocks) -> Iterator[Issue]:
    path: Path = ("metadata", "kind")
    kind = blocks.metadata.get("kind")
    if kind is None:
        path, kind = ("kind",), blocks.data.get("kind")
        if isinstance(kind, str) and kind.endswith(_TYPE_SUFFIX):
            return
    if isinstance(kind, str) and kind not in KINDS:
        hint = Suggestions().ask(kind, KINDS)
        yield Issue("PV225", path, f"kind {shorten(kind)} is not known{hint}")
