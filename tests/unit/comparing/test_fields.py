from __future__ import annotations

import pytest

from pvengine.comparing.classes import ROWS
from pvengine.comparing.fields import _read_patterns, find_row
from pvengine.models.contract import Contract, FalsificationTest, Hypothesis, Metadata, Stage, Step

_MODELS = {
    (): Contract,
    ("metadata",): Metadata,
    ("hypotheses", 0): Hypothesis,
    ("falsification_tests", 0): FalsificationTest,
    ("implementation_stages", 0): Stage,
    ("implementation_stages", 0, "steps", 0): Step,
}
"""Where the models of a contract stand in its data."""


def test_the_engine_owns_what_its_models_say() -> None:
    for path, model in _MODELS.items():
        for name, field in model.model_fields.items():
            is_said = (field.description or "").startswith("engine") or (path, name) == ((), "version")
            assert find_row((*path, name)).is_engine_owned is is_said, (path, name)


def test_every_key_that_the_models_know_beside_ids_has_a_row() -> None:
    unknown = {
        (*path, field.alias or name)
        for path, model in _MODELS.items()
        for name, field in model.model_fields.items()
        if name != "id" and find_row((*path, field.alias or name)).name == "unknown"
    }
    assert unknown == {("metadata",), ("metadata", "binds_to"), ("simd_dispatch",)}


def test_every_row_is_reached_by_a_pattern_or_a_key() -> None:
    named = {row.name for patterns in _read_patterns().values() for _, row in patterns}
    assert set(ROWS) - named == {"planted fault", "severity", "tolerance", "unknown"}


@pytest.mark.parametrize(
    ("path", "row"),
    [
        (("falsification_tests", 3, "accept", 0, "lt"), "accept"),
        (("falsification_tests", 3, "decides", 0), "decision"),
        (("falsification_tests", 3, "decides", 0, "scope"), "decision"),
        (("falsification_tests", 3, "decides", "FALSIFIED", 0, "le"), "bands"),
        (("falsification_tests", 3, "decides", 1, "FALSIFIED", "le"), "bands"),
        (("falsification_conditions", 3, "status"), "status word"),
        (("hypotheses", 0, "source"), "wording"),
        (("equations", "note", "formula"), "formula"),
        (("equations", "note"), "entry"),
        (("equations", "e", "note"), "wording"),
        (("equations", "e", "notes", "a"), "unknown"),
        (("a", "b", 0, "severity"), "severity"),
        (("a", "severity", 0), "unknown"),
        (("a", "rtol"), "tolerance"),
        (("a", "tolerance_rel"), "tolerance"),
        (("a", "references", 0, "title"), "wording"),
        (("qa_gate", "must_pass_all", 0), "criteria"),
        ((), "unknown"),
    ],
)
def test_the_row_of_a_field(path: tuple[str | int, ...], row: str) -> None:
    assert find_row(path).name == row
