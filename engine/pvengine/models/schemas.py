"""The published JSON Schemas: generated from the models, shipped as files, found in both layouts.

Each comes in two dialects: JSON Schema 2020-12, and a draft-07 twin for editors that know no newer one.
Write them with ``python -m pvengine.models.schemas FOLDER``.
"""

from __future__ import annotations

import json
import sys
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pvengine.models.check import CheckReport
from pvengine.models.comparison import ComparisonReport
from pvengine.models.contract import Contract
from pvengine.models.evidence import EvidenceRecord
from pvengine.models.landscape import LandscapeReport
from pvengine.models.model_listing import ModelListing
from pvengine.models.report import Report

__all__ = ["SCHEMAS", "find_schema", "render_schemas"]

SCHEMAS: dict[str, tuple[Any, str]] = {
    "check-v1": (CheckReport, "The check of a change"),
    "comparison-v1": (ComparisonReport, "The comparison of two versions of a contract"),
    "contract-v1": (Contract, "A versioned verification contract"),
    "evidence-v1": (EvidenceRecord, "An evidence record"),
    "landscape-v1": (LandscapeReport, "The landscape of a contract"),
    "models-v1": (ModelListing, "The models that a project can use"),
    "report-v1": (Report, "The report of a pv command"),
}
"""Type and title of each schema, by the name of its file."""

_DIALECTS = {
    ".schema.json": "https://json-schema.org/draft/2020-12/schema",
    ".draft-07.schema.json": "http://json-schema.org/draft-07/schema#",
}


def find_schema(name: str) -> Path:
    """Return the path of a schema file, such as ``contract-v1.schema.json``.

    In an installed package the schemas lie inside it; in a checkout they lie in the folder ``schemas``.

    Raises
    ------
    FileNotFoundError
        There is no such schema.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "schemas", package.parents[1] / "schemas"):
        if (folder / name).is_file():
            return folder / name
    known = ", ".join(stem + suffix for stem in SCHEMAS for suffix in _DIALECTS)
    msg = f"there is no schema {name!r}; there are {known}"
    raise FileNotFoundError(msg)


def render_schemas() -> dict[str, str]:
    """Render every schema in both dialects: file name to text."""
    texts = {}
    for stem, (model, title) in SCHEMAS.items():
        schema = _close(TypeAdapter(model).json_schema(by_alias=True), model)
        for suffix, dialect in _DIALECTS.items():
            head = {"$schema": dialect, "$id": f"urn:pvengine:schema:{stem}", "title": title}
            body = schema if suffix == ".schema.json" else _to_draft_07(schema)
            document = {**head, **{key: value for key, value in body.items() if key != "title"}}
            texts[stem + suffix] = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return texts


def _close(schema: dict[str, Any], model: Any) -> dict[str, Any]:
    """Allow no other keys in the objects of a dataclass, which has no configuration to say so."""
    if is_dataclass(model):
        for part in (schema, *schema.get("$defs", {}).values()):
            part["additionalProperties"] = False
    return schema


def _to_draft_07(node: Any) -> Any:
    """Translate the keywords that the models use and that draft-07 names otherwise."""
    if isinstance(node, list):
        return [_to_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    translated = {
        ("definitions" if key == "$defs" else key): _to_draft_07(value) for key, value in node.items()
    }
    reference = translated.get("$ref")
    if isinstance(reference, str):
        translated["$ref"] = reference.replace("#/$defs/", "#/definitions/")
        if len(translated) > 1:  # draft-07 ignores what stands beside a $ref
            alone = {"$ref": translated.pop("$ref")}
            translated["allOf"] = [alone]
    return translated


def main(folder: str) -> None:
    """Write every schema into a folder."""
    for name, text in render_schemas().items():
        (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1])
