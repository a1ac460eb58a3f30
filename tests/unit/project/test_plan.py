from __future__ import annotations

from typing import Any

import pytest

from pvengine.ledger.grounding import Assessment, Standing
from pvengine.models.contract import FalsificationTest
from pvengine.project.plan import Plan, make_plan, say_why_open

STANDINGS = {
    "new": ("NEW", Standing.NEW),
    "discharged": ("DISCHARGED", Standing.VERIFIED),
    "falsified": ("FALSIFIED", Standing.VERIFIED),
    "stale": ("DISCHARGED", Standing.STALE),
    "declared": ("SHIPPED", Standing.SELF_DECLARED),
    "missing": ("DISCHARGED", Standing.MISSING),
}


def plan(*tests: tuple[str, str, list[str]], named: tuple[str, ...] = (), everything: bool = False) -> Plan:
    models: dict[str, FalsificationTest] = {}
    states: dict[str, Assessment] = {}
    for name, standing, needs in tests:
        data: dict[str, Any] = {"id": name, "falsifier": None if standing == "unbound" else "f"}
        models[name] = FalsificationTest.model_validate({**data, "depends_on": needs})
        states[name] = Assessment(name, *STANDINGS.get(standing, STANDINGS["new"]), head="sha256:" + "0" * 64)
    return make_plan(
        models,
        states,
        named=named,
        everything=everything,
        say_blocked=lambda test: "needs a model" if test.id.startswith("MODEL") else None,
    )


def states_of(made: Plan) -> dict[str, str]:
    return {planned.id: planned.state for planned in made.tests}


def test_which_tests_need_a_discharge() -> None:
    tests = [(name, name, []) for name in (*STANDINGS, "unbound")]
    assert states_of(plan(*tests)) == {
        "new": "run",
        "discharged": "up to date",
        "falsified": "up to date",
        "stale": "run",
        "declared": "run",
        "missing": "run",
        "unbound": "unbound",
    }
    assert states_of(plan(*tests, everything=True))["discharged"] == "run"
    assert states_of(plan(*tests, named=("discharged",))) == {"discharged": "run"}


def test_a_test_may_follow_one_that_runs_before_it() -> None:
    made = plan(("c", "new", ["b"]), ("b", "new", ["a"]), ("a", "new", []))
    assert states_of(made) == {"c": "run", "b": "run", "a": "run"}
    assert made.predecessors == {"c": ("b",), "b": ("a",), "a": ()}
    assert made.to_run == ("c", "b", "a")


@pytest.mark.parametrize("standing", ["falsified", "stale", "declared", "missing"])
def test_only_a_discharged_predecessor_lets_a_test_run(standing: str) -> None:
    made = plan(("a", standing, []), ("b", "new", ["a"]), named=("b",))
    assert states_of(made) == {"b": "blocked"}
    assert states_of(plan(("a", "discharged", []), ("b", "new", ["a"]), named=("b",))) == {"b": "run"}


def test_what_blocks_is_passed_on() -> None:
    made = plan(("MODEL", "new", []), ("b", "new", ["MODEL"]), ("c", "new", ["b"]), ("d", "new", ["x"]))
    assert [(planned.state, planned.reason) for planned in made.tests] == [
        ("blocked", "needs a model"),
        ("blocked", "depends on MODEL, which is blocked"),
        ("blocked", "depends on b, which is blocked"),
        ("blocked", "depends on x, which the contract does not have"),
    ]


def test_why_a_test_is_open() -> None:
    assert say_why_open(None) == "the contract does not have"
    assert say_why_open(Assessment("a", "FALSIFIED", Standing.VERIFIED)) == "is FALSIFIED"
    assert say_why_open(Assessment("a", "SHIPPED", Standing.SELF_DECLARED)) == "is SHIPPED without evidence"
    assert say_why_open(Assessment("a", "DISCHARGED", Standing.STALE)) == "is stale"
