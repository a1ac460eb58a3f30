"""On real histories: every edit that changes data is told whole, and identical meaning is no change.

The folder is read from the variable PV_HISTORY: `FILE/DATE-BLOB.yaml`, the versions of each file in the order
of their names.
"""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
from contract_leaves import count_untold

from pvengine.comparing.contracts import compare_contracts
from pvengine.comparing.equality import is_same
from pvengine.diagnostics import ContractError
from pvengine.loading.contract_file import LoadedContract, load_contract
from pvengine.models.schemas import find_schema
from pvengine.project.diffing import report_comparison
from pvengine.reporters.comparison import render_comparison

if TYPE_CHECKING:
    from pvengine.comparing.change import Comparison

HISTORY = os.environ.get("PV_HISTORY", "")
_FILES = {path.parent for path in Path(HISTORY).rglob("*.y*ml") if path.is_file()} if HISTORY else set()
EDITS = [
    edit for folder in sorted(_FILES) for edit in pairwise(sorted(p for p in folder.iterdir() if p.is_file()))
]
FORMS = ("text", "json", "markdown")

pytestmark = pytest.mark.skipif(not EDITS, reason="PV_HISTORY names no folder with versions of contracts")


def load(path: Path) -> LoadedContract:
    try:
        return load_contract(path, path.name)
    except ContractError as error:
        pytest.skip(f"not readable: {error.diagnostics[0].code}")


def check(before: LoadedContract, after: LoadedContract) -> Comparison:
    """Check one edit: what no change covers stands in both versions, and only the same data is no change."""
    found = compare_contracts(before, after)
    assert (not found.changes) is is_same(before.data, after.data)
    assert count_untold(before.data, found.changes, "before") == count_untold(
        after.data, found.changes, "after"
    )
    return found


@pytest.mark.parametrize(("before", "after"), EDITS, ids=lambda path: f"{path.parent.name}:{path.stem}")
def test_an_edit_is_told_whole(before: Path, after: Path) -> None:
    old, new = load(before), load(after)
    assert old.document.raw != new.document.raw
    check(new, old)
    found = check(old, new)
    rendered = {form: render_comparison(report_comparison(old, new, found), form) for form in FORMS}
    schema = json.loads(find_schema("comparison-v1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(rendered["json"]))
    assert all(change.what in rendered["text"] for change in found.changes)


@pytest.mark.parametrize(
    "path", sorted({path for edit in EDITS for path in edit}), ids=lambda path: path.stem
)
def test_a_version_is_the_same_as_itself(path: Path) -> None:
    loaded = load(path)
    commented = load_contract(path, path.name, ("# a comment\n" + loaded.document.text).encode())
    assert check(loaded, commented).changes == ()
