"""The list of models that a project can use, as the published JSON document ``pv/models/v1`` has it.

Plain dataclasses, as in the report. A field that ends with an underscore has its key in the metadata.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pvengine.models.document import key
from pvengine.models.report import DiagnosticEntry  # noqa: TC001 - for the schema

__all__ = ["ModelEntry", "ModelListing", "ModelState", "ModelSummary", "RequiringTest", "Through"]

ModelState = Literal["found", "missing", "other content", "damaged"]
"""Whether the file of a model is there, and is what it should be."""

Through = Literal["path", "folder", "variable", "package", "usual place"]
"""What led to the file of a model."""


@dataclass(frozen=True, kw_only=True)
class RequiringTest:
    """A test that requires a model."""

    contract: str = key("path of its contract")
    test: str = key("its id")
    sha256: str | None = key("the content that it demands; null where it demands none")


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """A model that contracts require, or that the configuration or an installed package knows."""

    name: str = key("what contracts call it")
    state: ModelState = field(
        metadata={
            "description": "`missing` where there is no file; `damaged` where it is not whole or no GGUF;"
            " `other content` where its SHA-256 is not the one that is asked for"
        }
    )
    problem: str | None = key("what is wrong with the file; null where nothing is")
    path: str | None = key("the file; null where there is none")
    through: Through | None = field(
        metadata={
            "description": "what led to the file: `path` or `folder` of the configuration, the `variable`"
            " `PV_MODELS`, the `package` that carries it, or the `usual place` that a catalogue names"
        }
    )
    size_bytes: int | None = key("size of the file")
    sha256: str | None = key("SHA-256 of the file; null where nothing is compared with it and nobody asked")
    expected_sha256: str | None = key("what the configuration or a catalogue says that it is")
    package: str | None = key("the distribution that carries the model, or makes its file")
    package_version: str | None = key("its installed version; null where it is not installed")
    license: str | None = key("licence or terms of the model, as the catalogue has them")
    known_by: str | None = key("who explains the name: `configuration`, or an entry point of `pv.models`")
    required_by: tuple[RequiringTest, ...] = key("the tests that require it")
    places: tuple[str, ...] = key("where it is looked for, in this order")
    get: str = key("how to get it: a command, or where to put the file")


@dataclass(frozen=True, kw_only=True)
class ModelSummary:
    """The denominators."""

    models: int = key("all; the sum of the next four", default=0)
    found: int = key("whose file is there", default=0)
    missing: int = key("without a file", default=0)
    other_content: int = key("whose file is another than the one that is asked for", default=0)
    damaged: int = key("whose file is truncated, of another kind, or cannot be read", default=0)
    required: int = key("of all: required by a test", default=0)
    contracts: int = key("contracts that were read", default=0)


@dataclass(frozen=True, kw_only=True)
class ModelListing:
    """The one document that ``pv models --format json`` prints."""

    schema_: Literal["pv/models/v1"] = key(
        "name and version of this format", alias="schema", default="pv/models/v1"
    )
    models: tuple[ModelEntry, ...] = key("in the order of their names", default=())
    summary: ModelSummary = field(default=ModelSummary(), metadata={"description": "the denominators"})
    diagnostics: tuple[DiagnosticEntry, ...] = key(
        "catalogues that cannot be used, and contracts that cannot be read", default=()
    )
    exit_code: int = key("what the command exited with", default=0)
