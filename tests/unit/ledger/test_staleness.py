"""Each difference is one reason, with what it is about and both values."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.ledger.staleness import StaleKind, StaleReason, iter_stale_reasons
from pvengine.models.report import PackageChange
from pvengine.models.trial import InputFile

ONE, OTHER = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def list_reasons(build: Any, **changes: Any) -> list[StaleReason]:
    """List the reasons of a record against facts that agree with it, but for the changes."""
    test, facts = build.test(), build.record().predicate
    facts = facts.model_copy(update={"inputs": (InputFile(model="m", sha256="a" * 64),)})
    now = {
        "claim_digest": facts.claim_digest,
        "source_digest": facts.source_digest,
        "inputs": {"m": "a" * 64},
        "contract_id": "C",
        "package_changes": (),
    }
    return list(iter_stale_reasons(changes.pop("test", test), facts, **(now | changes)))


def test_what_agrees_has_no_reason(build: Any) -> None:
    assert list_reasons(build) == []
    assert list_reasons(build, inputs={}, contract_id=None) == []


@pytest.mark.parametrize(
    ("changes", "kind", "now", "text"),
    [
        ({"claim_digest": OTHER}, StaleKind.CLAIM, OTHER, "the claim changed"),
        ({"claim_digest": None}, StaleKind.CLAIM, None, "the claim has no digest"),
        ({"source_digest": OTHER}, StaleKind.CODE, OTHER, "the code of falsifier 'f' changed"),
        (
            {"source_digest": None},
            StaleKind.CODE,
            None,
            "falsifier 'f' is not installed, so its code cannot be compared",
        ),
        (
            {"inputs": {"m": "b" * 64}},
            StaleKind.INPUT,
            "b" * 64,
            "the model m has SHA-256 bbbbbbbbbbbb, its evidence aaaaaaaaaaaa",
        ),
        ({"contract_id": "D"}, StaleKind.CONTRACT, "D", "the evidence was made for the contract C"),
        (
            {"package_changes": (PackageChange(name="numpy", was="1", now="2"),)},
            StaleKind.PACKAGES,
            "2",
            "numpy was 1, is 2",
        ),
        (
            {"package_changes": (PackageChange(name="numpy", was="1", now=None),)},
            StaleKind.PACKAGES,
            None,
            "numpy was 1, is not installed",
        ),
    ],
)
def test_a_difference_is_a_reason(
    build: Any, changes: dict[str, Any], kind: StaleKind, now: str | None, text: str
) -> None:
    (reason,) = list_reasons(build, **changes)
    assert (reason.kind, reason.now, reason.text) == (kind, now, text)
    assert reason.was is not None


def test_the_code_of_another_falsifier_is_not_compared(build: Any) -> None:
    (reason,) = list_reasons(build, test=build.test(falsifier="g"), source_digest=None)
    assert (reason.kind, reason.was, reason.now) == (StaleKind.FALSIFIER, "f", "g")
    assert reason.text == "the test names the falsifier 'g', its evidence 'f'"


def test_the_reasons_stand_in_one_order(build: Any) -> None:
    found = list_reasons(
        build,
        claim_digest=ONE,
        source_digest=OTHER,
        inputs={"m": "c" * 64},
        contract_id="D",
        package_changes=(PackageChange(name="numpy", was="1", now="2"),),
    )
    assert [reason.kind.value for reason in found] == ["claim", "code", "input", "contract", "packages"]
