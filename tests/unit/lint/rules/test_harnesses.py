"""Harnesses: an id, an obligation that exists, a bound and a strategy."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.lint.rules.blocks import Blocks
from pvengine.lint.rules.harnesses import MAX_BOUND, iter_harness_issues

PATH = ("kani_harnesses", 0)
OBLIGATIONS = [{"id": "PO-1", "property": "The sum is one."}, {"statement": "Order is kept"}]


def find(*harnesses: dict[str, Any], **blocks: Any) -> list[tuple[str, tuple[str | int, ...], str]]:
    data = {"proof_obligations": OBLIGATIONS, "kani_harnesses": list(harnesses), **blocks}
    return [(one.code, one.path, one.message) for one in iter_harness_issues(Blocks(data))]


def with_key(**keys: Any) -> dict[str, Any]:
    return {"id": "K-1", "obligation": "PO-1", "bound": 8, "strategy": "exhaustive", **keys}


def test_a_sound_harness_gives_nothing() -> None:
    assert find(with_key(harness="verify_sum"), with_key(id="K-2", harness="proofs::verify_sum")) == []
    assert find() == []


def test_a_repeated_id() -> None:
    assert find(with_key(), with_key(id="K-2"), with_key()) == [
        ("SCHEMA-010", ("kani_harnesses", 2, "id"), "harness id 'K-1' stands already at kani_harnesses[0]")
    ]


@pytest.mark.parametrize("value", [None, "", " ", []])
def test_an_empty_obligation(value: Any) -> None:
    assert find(with_key(obligation=value)) == [
        ("SCHEMA-011", (*PATH, "obligation"), "harness K-1: the obligation is empty")
    ]


def test_no_obligation() -> None:
    assert find({"id": "K-1", "bound": 8}) == [("SCHEMA-011", PATH, "harness K-1: it names no `obligation`")]


def test_no_bound() -> None:
    assert find({"id": "K-1", "obligation": "PO-1"}) == [
        ("SCHEMA-012", PATH, "harness K-1: it has no `bound`")
    ]
    assert find(with_key(bound=None)) == [("SCHEMA-012", (*PATH, "bound"), "harness K-1: the bound is empty")]


@pytest.mark.parametrize(
    ("bound", "text"),
    [
        (0, "0 is less than 1"),
        (-1, "-1 is less than 1"),
        (2**32 - 1, "4294967295 is more than 4294967294"),
        (10**4000, "of 13288 bits is more than 4294967294"),
        (8.0, "8.0 is no integer"),
        ("8", "'8' is no integer"),
        (True, "True is no integer"),
        ([8], "[8] is no integer"),
    ],
)
def test_a_bound_out_of_range(bound: Any, text: str) -> None:
    assert find(with_key(bound=bound)) == [("PV220", (*PATH, "bound"), f"harness K-1: bound {text}")]


@pytest.mark.parametrize("bound", [1, 8, MAX_BOUND])
def test_a_bound_in_range(bound: int) -> None:
    assert find(with_key(bound=bound)) == []


def test_an_unknown_strategy() -> None:
    assert find(with_key(strategy="exhaustiv")) == [
        (
            "PV216",
            (*PATH, "strategy"),
            "K-1: strategy 'exhaustiv' is not known; did you mean 'exhaustive'?",
        )
    ]
    assert find(with_key(strategy=None)) == []


@pytest.mark.parametrize("name", ["verify-sum", "verify sum", "8x", "a::", "f()"])
def test_a_function_that_cannot_be_written(name: str) -> None:
    assert find(with_key(harness=name)) == [
        ("PV221", (*PATH, "harness"), f"harness K-1: '{name}' is no identifier")
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("PO-1", "The sum is one.", "the sum  is one", "Order is kept", "softmax", "obligations[1]"),
        *("proof_obligations[0]", ["PO-1", "Order is kept"]),
    ],
)
def test_an_obligation_is_found_by_id_property_position_or_equation(name: Any) -> None:
    assert find(with_key(obligation=name), equations={"softmax": {}}) == []


def test_one_dangling_harness_is_told_what_it_may_mean() -> None:
    assert find(with_key(obligation="Order is kep")) == [
        (
            "PV307",
            (*PATH, "obligation"),
            (
                "K-1 shows 'Order is kep', and the contract has no such obligation"
                "; did you mean 'Order is kept'?"
            ),
        )
    ]
    assert find(with_key(obligation="proof_obligations[2]")) == [
        (
            "PV307",
            (*PATH, "obligation"),
            "K-1 shows 'proof_obligations[2]', and the contract has no such obligation",
        )
    ]


def test_each_dangling_harness_is_told_at_its_place() -> None:
    harnesses = [with_key(), *(with_key(id=f"K-{n}", obligation=f"X-{n}") for n in range(2, 9))]
    assert find(*harnesses) == [
        (
            "PV307",
            ("kani_harnesses", n - 1, "obligation"),
            f"K-{n} shows 'X-{n}', and the contract has no such obligation",
        )
        for n in range(2, 9)
    ]


def test_obligations_without_ids_are_said_to_have_none() -> None:
    obligations = [{"property": "p"}]
    assert find(with_key(), proof_obligations=obligations) == [
        (
            "PV307",
            (*PATH, "obligation"),
            "K-1 shows 'PO-1', and the contract has no such obligation; no obligation has an `id`",
        )
    ]
    found = find(with_key(id="K-2", obligation=["a", "b"]), proof_obligations=obligations)
    assert [path for _, path, _ in found] == [(*PATH, "obligation", 0), (*PATH, "obligation", 1)]


def test_without_obligations_every_harness_dangles() -> None:
    assert [code for code, _, _ in find(with_key(), proof_obligations=None)] == ["PV307"]


def test_very_long_names_are_compared_as_they_are() -> None:
    long = "x" * 20_000
    found = find(
        with_key(obligation=long, harness=long), proof_obligations=[{"id": "PO-1", "property": long}]
    )
    assert [(code, path[-1]) for code, path, _ in found] == [("PV221", "harness")]


def test_a_harness_of_a_list_needs_an_id() -> None:
    entry = {"obligation": "a", "bound": 8}
    listed = [
        (one.code, one.path, one.message) for one in iter_harness_issues(Blocks({"kani_harnesses": [entry]}))
    ]
    assert listed[0] == ("PV201", ("kani_harnesses", 0), "`id` is missing in kani_harnesses[0]")
    keyed = iter_harness_issues(Blocks({"kani_harnesses": {"K": entry}}))
    assert "PV201" not in {one.code for one in keyed}
