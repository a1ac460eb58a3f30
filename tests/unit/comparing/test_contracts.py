from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pvengine.comparing.contracts import compare_contracts, compare_data
from pvengine.ledger.transitions import Bump
from pvengine.loading.contract_file import LoadedContract, load_contract

TEXT = """\
metadata:
  id: C-X
  version: 1.0.0
falsification_tests:
- id: FT-1
  rule: The value is small
  accept: [{metric: m, lt: 1}]
  status: NEW
"""


def load(text: str, name: str = "x.yaml") -> LoadedContract:
    return load_contract(Path(name), name, text.encode())


def test_a_change_has_its_place_in_both_versions() -> None:
    after = "# a comment\n" + TEXT.replace("lt: 1", "lt: 2")
    (change,) = compare_contracts(load(TEXT, "a.yaml"), load(after, "b.yaml")).changes
    assert change.before is not None
    assert change.after is not None
    assert (str(change.before.place), change.before.value) == ("a.yaml:7:28", 1)
    assert (str(change.after.place), change.after.value) == ("b.yaml:8:28", 2)


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\n" + TEXT,
        TEXT.replace("NEW", "'NEW'   # quoted"),
        TEXT.replace("lt: 1", "lt: 1.0"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("  id: C-X\n  version: 1.0.0\n", "  version: 1.0.0\n  id: C-X\n"),
    ],
)
def test_what_only_the_text_shows_is_no_change(text: str) -> None:
    found = compare_contracts(load(TEXT), load(text))
    assert (found.changes, found.bump, found.is_bumped_enough) == ((), Bump.NONE, True)


def test_what_the_engine_writes_stands_apart() -> None:
    after = TEXT.replace("NEW", "DISCHARGED").replace("1.0.0", "1.1.0").replace("small", "very small")
    found = compare_contracts(load(TEXT), load(after))
    assert [change.what for change in found.of_engine] == ["FT-1 status", "metadata.version"]
    assert [change.what for change in found.of_people] == ["FT-1 rule"]
    assert (found.bump, found.version.declared, found.is_bumped_enough) == (Bump.MINOR, Bump.MINOR, True)


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [("1.0.0", False), ("1.1.0", False), ("2.0.0", True), ("0.9.0", False), ("2", False)],
)
def test_the_declared_part_must_be_the_one_that_follows(version: str, is_enough: bool) -> None:  # noqa: FBT001 - a case
    after: dict[str, Any] = {"metadata": {"version": version}}
    before = {"metadata": {"version": "1.0.0"}, "hypotheses": [{"id": "H", "statement": "s"}]}
    assert compare_data(before, after).is_bumped_enough is is_enough


def test_changes_come_with_the_highest_class_first_and_then_in_the_order_of_the_text() -> None:
    before = {"metadata": {"title": "a"}, "hypotheses": [], "equations": {"e": {"formula": "f", "note": "n"}}}
    after = {
        "metadata": {"title": "b"},
        "hypotheses": [{"id": "H"}],
        "equations": {"e": {"formula": "g", "note": "m"}},
    }
    assert [change.what for change in compare_data(before, after).changes] == [
        "equations.e.formula",
        "hypothesis H",
        "metadata.title",
        "equations.e.note",
    ]
