"""On real contracts: setting every status and the version changes exactly those lines.

The folder is read from the variable PV_CORPUS; any folder with YAML contracts will do.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from pvengine.diagnostics import ContractError
from pvengine.yamldoc import Document, format_path, read_document
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.compare import find_difference
from pvengine.yamldoc.edits import AppendItem, Edit, InsertKey, SetScalar, set_key

CORPUS = os.environ.get("PV_CORPUS", "")
FILES = sorted(path for path in Path(CORPUS).rglob("*.y*ml") if path.is_file()) if CORPUS else []

pytestmark = pytest.mark.skipif(not FILES, reason="PV_CORPUS names no folder with contracts")


def read(path: Path) -> Document:
    try:
        document = read_document(path.read_bytes(), str(path))
    except ContractError as error:
        pytest.skip(f"not readable: {error.diagnostics[0].code}")
    return document


def status_edits(document: Document) -> list[Edit]:
    """Return the edits that give every test and the contract a new status and version."""
    data = document.data
    tests = data.get("falsification_tests")
    if not isinstance(tests, list) or not tests:
        pytest.skip("has no falsification tests")
    edits = [
        set_key(document, ("falsification_tests", index, "status"), "RE-TESTED", ("prediction", "rule", "id"))
        for index, test in enumerate(tests)
        if isinstance(test, dict)
    ]
    where = ("metadata", "version") if isinstance(data.get("metadata"), dict) else ("version",)
    return [*edits, set_key(document, where, "99.0.1", ("id",))]


def count_lines(old: str, new: str) -> tuple[int, int, int]:
    """Return how many lines were replaced, inserted and deleted."""
    replaced = inserted = deleted = 0
    matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        before, after = old_end - old_start, new_end - new_start
        if old.splitlines()[old_start:old_end] == new.splitlines()[new_start:new_end]:
            continue
        replaced += min(before, after)
        inserted += max(after - before, 0)
        deleted += max(before - after, 0)
    return replaced, inserted, deleted


def flatten(data: Any, path: tuple[str | int, ...] = ()) -> dict[str, Any]:
    """Return every scalar of the data with its path."""
    if isinstance(data, dict):
        parts = [flatten(value, (*path, str(key))) for key, value in data.items()]
    elif isinstance(data, list):
        parts = [flatten(value, (*path, index)) for index, value in enumerate(data)]
    else:
        return {format_path(path): data}
    return {name: value for part in parts for name, value in part.items()}


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(CORPUS)) for path in FILES])
def test_exactly_the_intended_lines_change(path: Path) -> None:
    document = read(path)
    edits = status_edits(document)
    changed = apply_edits(document, edits)
    set_count = sum(isinstance(edit, SetScalar) for edit in edits)
    assert count_lines(document.text, changed.text) == (set_count, len(edits) - set_count, 0)

    goals = {format_path(edit.path): edit.value for edit in edits if isinstance(edit, SetScalar | InsertKey)}
    assert flatten(changed.data) == flatten(document.data) | goals
    try:  # a second opinion, by a reader of YAML 1.1
        before = yaml.load(document.text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return
    assert flatten(yaml.load(changed.text, Loader=yaml.CSafeLoader)) == flatten(before) | goals


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(CORPUS)) for path in FILES])
def test_an_amendment_only_adds_lines(path: Path) -> None:
    document = read(path)
    amendment = {
        "version": "99.0.1",
        "date": "2026-11-23",
        "tests": [{"id": "T", "count": 1}],
        "previous": None,
    }
    changed = apply_edits(document, [AppendItem(("amendments",), amendment)])
    assert find_difference(changed.data["amendments"][-1], amendment) is None
    assert count_lines(document.text, changed.text)[::2] == (0, 0)
    assert {**changed.data, "amendments": None} == {**document.data, "amendments": None}


def test_no_edit_means_no_change() -> None:
    for path in FILES:
        raw = path.read_bytes()
        try:
            assert read_document(raw, str(path)).encode() == raw
        except ContractError:
            continue
