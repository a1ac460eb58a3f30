"""The comparison of two versions of a contract, as the published JSON document ``pv/comparison/v1`` has it.

Plain dataclasses, as in the report. A field that ends with an underscore has its key in the metadata.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pvengine.models.document import key
from pvengine.models.report import DiagnosticEntry  # noqa: TC001 - the schema is made from the annotation

__all__ = [
    "BumpWord",
    "ChangeEntry",
    "ChangeSummary",
    "ComparedContract",
    "ComparedValue",
    "ComparisonReport",
    "KindWord",
    "VersionJudgement",
]

BumpWord = Literal["none", "patch", "minor", "major"]
"""A part of a version, or none."""

KindWord = Literal["weakened", "strengthened", "changed", "reworded", "added", "removed", "renamed", "moved"]
"""What a change does."""


@dataclass(frozen=True, kw_only=True)
class ComparedContract:
    """One of the two versions."""

    path: str = key("as it was named: a file, or REF:path")
    id: str = key("id of the contract; the stem of the file where it has none")
    version: str | None = key("as it is written; null where there is none")
    digest: str = key("SHA-256 of its bytes")


@dataclass(frozen=True, kw_only=True)
class ComparedValue:
    """A value of one version, and where it stands."""

    path: str = key("where the value lies in the data, such as `falsification_tests[3].accept[0].lt`")
    line: int | None = key("line in the text, from 1")
    column: int | None = key("column in the text, from 1")
    value: Any = field(metadata={"description": "the value; `nan`, `inf` and `-inf` are texts"})


@dataclass(frozen=True, kw_only=True)
class ChangeEntry:
    """One change of one field."""

    kind: KindWord = field(
        metadata={"description": "what it does; `changed` is what no order decides, and counts as weakened"}
    )
    class_: BumpWord = field(
        metadata={"description": "the part of the version that it raises", "alias": "class"}
    )
    row: str = key("the kind of field in the table of classes")
    what: str = key("the field by the contract's own names, such as `FALSIFY-X-001 accept[0].lt`")
    engine: bool = key("true where only commands of pv write the field")
    before: ComparedValue | None = field(metadata={"description": "null where it was not there"})
    after: ComparedValue | None = field(metadata={"description": "null where it is not there any more"})
    why: str = key("what was found, and the reason of the class")


@dataclass(frozen=True, kw_only=True)
class VersionJudgement:
    """What the version says about the changes, and what follows from them."""

    from_: str | None = key("the version before; null where there is none", alias="from")
    to: str | None = key("the version after; null where there is none")
    declared: BumpWord = field(metadata={"description": "the part that was raised"})
    needed: BumpWord = field(
        metadata={"description": "the part that follows from the changes, those that pv wrote among them"}
    )
    suffices: bool = key("whether the declared part is at least the needed one")
    problem: Literal["lower", "missing", "not semver"] | None = key(
        "why the declared part cannot be told, or that the version goes down"
    )
    suggested: str | None = key("the lowest version that suffices; null where it cannot be told")


@dataclass(frozen=True, kw_only=True)
class ChangeSummary:
    """The changes, counted by kind and by class; each sum is `changes`."""

    changes: int = key("all changes", default=0)
    engine: int = key("of these, in fields that only the engine writes", default=0)
    weakened: int = key("by kind: weakened", default=0)
    strengthened: int = key("by kind: strengthened", default=0)
    changed: int = key("by kind: other, and no order decides", default=0)
    reworded: int = key("by kind: reworded", default=0)
    added: int = key("by kind: added", default=0)
    removed: int = key("by kind: removed", default=0)
    renamed: int = key("by kind: renamed", default=0)
    moved: int = key("by kind: moved", default=0)
    major: int = key("by class: major", default=0)
    minor: int = key("by class: minor", default=0)
    patch: int = key("by class: patch", default=0)
    none: int = key("by class: none", default=0)


@dataclass(frozen=True, kw_only=True)
class ComparisonReport:
    """The one document that ``pv diff --format json`` prints."""

    schema_: Literal["pv/comparison/v1"] = key(
        "name and version of this format", alias="schema", default="pv/comparison/v1"
    )
    before: ComparedContract = field(metadata={"description": "the version that A names"})
    after: ComparedContract = field(metadata={"description": "the version that B names"})
    changes: tuple[ChangeEntry, ...] = key("every change, the highest class first")
    version: VersionJudgement = field(
        metadata={"description": "the version before and after, and whether it says enough"}
    )
    summary: ChangeSummary = field(metadata={"description": "the denominators"})
    diagnostics: tuple[DiagnosticEntry, ...] = key("why a version is no valid contract", default=())
    exit_code: int = key("what the command exited with", default=0)
