"""The published schemas are current, are schemas, and accept what the engine ships and writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pvengine.models.schemas import SCHEMAS, find_schema, render_schemas
from pvengine.yamldoc import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FLAGSHIP = ROOT / "contracts" / "trace-ffn-sub-block-gguf-v1.yaml"
VALIDATORS = {
    ".schema.json": jsonschema.Draft202012Validator,
    ".draft-07.schema.json": jsonschema.Draft7Validator,
}


def load(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(find_schema(name).read_text(encoding="utf-8"))
    return schema


def iter_flagship_faults() -> Iterator[tuple[str, dict[str, Any]]]:
    data = read_document(FLAGSHIP.read_bytes(), FLAGSHIP.name).data
    text = json.dumps(data)
    for old, new in (
        ('"lt": 1e-05', '"lt": "1e-05"'),
        ('"eq": 0', '"equals": 0'),
        ('"rule": "', '"rule": 1, "x": "'),
    ):
        assert old in text
        yield new, json.loads(text.replace(old, new))


@pytest.mark.parametrize("name", sorted(render_schemas()))
def test_a_schema_file_is_what_the_models_say(name: str) -> None:
    assert find_schema(name).read_text(encoding="utf-8") == render_schemas()[name], "run `make schemas`"


def test_every_schema_file_belongs_to_a_model() -> None:
    assert {path.name for path in (ROOT / "schemas").iterdir()} == set(render_schemas())


@pytest.mark.parametrize("stem", SCHEMAS)
@pytest.mark.parametrize("suffix", VALIDATORS)
def test_a_schema_is_one_of_its_dialect(stem: str, suffix: str) -> None:
    VALIDATORS[suffix].check_schema(load(stem + suffix))


@pytest.mark.parametrize("suffix", VALIDATORS)
def test_the_flagship_fits_its_schema(suffix: str) -> None:
    data = read_document(FLAGSHIP.read_bytes(), FLAGSHIP.name).data
    VALIDATORS[suffix](load("contract-v1" + suffix)).validate(data)


@pytest.mark.parametrize("suffix", VALIDATORS)
def test_a_broken_flagship_does_not(suffix: str) -> None:
    validator = VALIDATORS[suffix](load("contract-v1" + suffix))
    for fault, data in iter_flagship_faults():
        assert not validator.is_valid(data), fault


@pytest.mark.parametrize("suffix", VALIDATORS)
def test_every_record_of_the_flagship_fits_its_schema(suffix: str) -> None:
    validator = VALIDATORS[suffix](load("evidence-v1" + suffix))
    records = sorted((FLAGSHIP.parent / "evidence").rglob("*.json"))
    assert records
    for record in records:
        validator.validate(json.loads(record.read_bytes()))


def test_a_report_fits_its_schema() -> None:
    done = subprocess.run(  # noqa: S603 - the project's own command
        [sys.executable, "-m", "pvengine", "status", "--format", "json", str(FLAGSHIP)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for suffix, validator in VALIDATORS.items():
        validator(load("report-v1" + suffix)).validate(json.loads(done.stdout))


def test_an_unknown_schema_is_named_with_those_there_are() -> None:
    with pytest.raises(FileNotFoundError, match=r"contract-v1\.schema\.json"):
        find_schema("contract-v9.schema.json")
