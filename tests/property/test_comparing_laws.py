"""Laws of comparing contracts: nothing is left out, the same is no change, swapped sides mirror changes."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

from contract_leaves import count_untold
from hypothesis import given, settings
from hypothesis import strategies as st

from pvengine.comparing.classes import ROWS
from pvengine.comparing.contracts import compare_data
from pvengine.comparing.equality import is_same

CONTRACT: dict[str, Any] = {
    "metadata": {
        "id": "C-X",
        "version": "1.0.0",
        "description": "Rows of probabilities.",
        "references": ["IEEE 754-2008", "IEEE 754-2019", {"title": "t", "year": 2020}],
        "depends_on": ["softmax-v1 v1.2.0 (kernel)", "matmul-v1"],
        "kind": "kernel",
    },
    "hypotheses": [
        {"id": "A", "statement": "It grows five times.", "status": "UNTESTED"},
        {"id": "B", "statement": "It does not grow."},
    ],
    "falsification_tests": [
        {
            "id": "FT-1",
            "rule": "The error is small",
            "prediction": "The error is below 1e-5",
            "hypothesis": ["A", "B"],
            "falsifier": "a.b",
            "params": {"values": [1.0, 2, 3], "deep": {"names": ["x", "y"], "flag": True}},
            "accept": [{"metric": "m", "lt": 1e-5}, {"metric": "m", "gt": 0}, {"metric": "n", "in": [1, 2]}],
            "decides": [
                {
                    "metric": "m",
                    "hypothesis": "A",
                    "CONFIRMED": {"gt": 5},
                    "FALSIFIED": [{"le": 1}, {"gt": 1, "le": 5}],
                },
                {"metric": "n", "hypothesis": "B", "CONFIRMED": {"gt": 5}, "FALSIFIED": {"le": 5}},
            ],
            "requires": [{"model": "q", "sha256": "0" * 64}],
            "limits": {"seconds": 60},
            "reproduce": {"relative": 1e-6},
            "search": {
                "domain": {"values": {"kind": "real", "range": [-4, 4], "grid": 0.5, "shape": [3]}},
                "constraints": [{"variable": "values", "norm": "L2", "le": 5}],
                "maximise": "m",
                "budget": {"evaluations": 100, "seconds": 5},
                "methods": ["random", "nearest"],
            },
            "if_fails": "A lane is lost",
            "status": "DISCHARGED",
            "verdict": "CONFIRMED",
            "evidence": "sha256:0",
        },
        {
            "id": "FT-2",
            "rule": "r",
            "depends_on": ["FT-1"],
            "severity": "P1",
            "mutation": {"build": "x", "red": [1]},
        },
        {"rule": "without an id", "test": "cargo test x"},
    ],
    "implementation_stages": [
        {
            "id": "S",
            "title": "t",
            "steps": [{"id": "a", "needs": ["FT-1", "FT-2"]}, {"id": "b", "status": "NEW"}],
        },
        {"id": "T", "expected_acceptance": ["FT-1 (first)"]},
    ],
    "equations": {
        "softmax": {
            "formula": "y = exp(x)",
            "invariants": ["sum(y) = 1", "y > 0"],
            "preconditions": ["n > 0"],
        },
        "matmul": {"formula": "c = a b", "note": "n"},
    },
    "proof_obligations": [
        {
            "type": "invariant",
            "property": "Rows sum to one",
            "tolerance": 1e-6,
            "applies_to": ["simd", "scalar"],
        },
        {"type": "bound", "property": "Rows are positive", "lean": {"status": "sorry", "theorem": "T"}},
    ],
    "kani_harnesses": [{"id": "K-1", "bound": 8, "strategy": "stub_float", "obligation": "O"}],
    "enforcement": {"rows": {"check": "contract_tests::FT-1", "severity": "ERROR"}},
    "qa_gate": {"id": "Q", "checks": ["softmax", "rows"], "pass_criteria": "All 2 tests hold"},
    "layers": [{"name": "a", "shape": [1, 2]}, {"name": "b", "shape": [3]}, ["x", {"y": None}]],
    "amendments": [{"version": "1.0.0", "kind": "discharge", "tests": []}],
}
SCALARS = st.sampled_from([0, 1, 1.0, -0.0, 1e-5, True, None, "", "A", "FT-1", "x is 3", "all", "DISCHARGED"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "metric", "lt", "status", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)


def _list_paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    steps = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for step in steps:
        found += _list_paths(data[step], (*path, step))
    return found


def _parent(data: Any, path: tuple[Any, ...]) -> Any:
    for step in path[:-1]:
        data = data[step]
    return data


@st.composite
def edited(draw: st.DrawFn, data: dict[str, Any] = CONTRACT) -> dict[str, Any]:
    """Draw the contract with some edits anywhere: values, keys, entries, their order and their names."""
    data = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 4))):
        paths = _list_paths(data)
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        parent, last = _parent(data, path), path[-1]
        act = draw(st.sampled_from(["set", "delete", "insert", "repeat", "move", "wrap"]))
        if act == "delete":
            del parent[last]
        elif act == "insert" and isinstance(parent, list):
            parent.insert(last, draw(VALUES))
        elif act == "repeat" and isinstance(parent, list):
            parent.insert(draw(st.integers(0, len(parent))), copy.deepcopy(parent[last]))
        elif act == "move":
            parent_list = parent if isinstance(parent, list) else list(parent.items())
            item = parent_list.pop(draw(st.integers(0, len(parent_list) - 1)))
            parent_list.insert(draw(st.integers(0, len(parent_list))), item)
            if isinstance(parent, dict):
                parent.clear()
                parent.update(parent_list)
        elif act == "wrap":
            parent[last] = [parent[last]]
        elif act == "insert" and isinstance(parent, dict):
            parent[draw(st.sampled_from(["hypothesis", "status", "new", "severity"]))] = draw(VALUES)
        else:
            parent[last] = draw(VALUES)
    return data


@settings(max_examples=300)
@given(edited(), edited())
def test_nothing_is_left_out_and_every_change_is_one_of_the_table(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = compare_data(before, after)
    assert count_untold(before, found.changes, "before") == count_untold(after, found.changes, "after")
    assert (not found.changes) is is_same(before, after)
    for change in found.changes:
        bump, reason = ROWS[change.row].classes[change.kind]
        assert change.bump is bump
        assert change.why.endswith(reason)
        assert change.what


@settings(max_examples=200)
@given(edited())
def test_one_edit_of_the_contract_is_told_with_its_mirror_image(after: dict[str, Any]) -> None:
    there, back = compare_data(CONTRACT, after), compare_data(after, CONTRACT)
    assert Counter((one.row, one.kind) for one in there.changes) == Counter(
        (one.row, one.kind.mirrored) for one in back.changes
    )


@given(edited())
def test_a_contract_is_the_same_as_itself_in_another_order_of_keys(data: dict[str, Any]) -> None:
    assert compare_data(data, copy.deepcopy(data)).changes == ()
    assert compare_data(data, _reverse_keys(data)).changes == ()


def _reverse_keys(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _reverse_keys(data[key]) for key in reversed(data)}
    if isinstance(data, list):
        return [_reverse_keys(item) for item in data]
    return float(data) if isinstance(data, int) and not isinstance(data, bool) else data
