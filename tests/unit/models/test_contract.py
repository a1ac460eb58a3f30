"""The contract of DESIGN.md fits the models, unknown keys are kept, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pvengine.models.contract import Amendment, Contract, FalsificationTest
from pvengine.yamldoc import read_document

DESIGN = """\
metadata:
  id: C-TRACE-FFN-SUB-BLOCK-GGUF
  version: 1.7.0                     # engine
  description: ...
  references: [a, b]
hypotheses:
- id: A2
  statement: Softmax in saturation amplifies a 0.077 % logit drift more than five times.
  status: UNTESTED                   # engine
falsification_tests:
- id: FALSIFY-FFN-GGUF-011
  rule: Softmax does not amplify logit drift in the saturated regime
  hypothesis: A2
  prediction: Output drift is more than 5x the input drift if saturation amplifies.
  falsifier: softmax.drift-amplification
  params: {logits: [-1.5, 0.5, 10.0], perturbed: 3, relative_perturbation: 7.7e-4, dtype: float32}
  accept:                            # all must hold, else the claim is falsified
  - {metric: probability_sum_error, lt: 1.0e-5}
  - {metric: amplification, gt: 1.0e-9}
  decides:                           # bands that partition the real line: no gap, no overlap
    metric: amplification
    scope: one saturated logit       # what the verdict speaks about
    CONFIRMED: {gt: 5.0}
    PARTIALLY_CONFIRMED: {gt: 1.0, le: 5.0}
    FALSIFIED: {le: 1.0}
  depends_on: [FALSIFY-FFN-GGUF-008]
  limits: {seconds: 60, mebibytes: 1024}
  if_fails: A probability is lost, or the output does not depend on the logits.
  status: NEW                        # engine; absent means NEW
implementation_stages:
- id: M-FFN-GGUF-4
  description: ...
  steps:
  - {id: g, title: A2 softmax saturation, needs: [FALSIFY-FFN-GGUF-011], status: NEW}
amendments: []                       # engine
"""


def read(text: str) -> Contract:
    return Contract.model_validate(read_document(text.encode(), "x.yaml").data)


def test_the_contract_of_the_design_fits() -> None:
    contract = read(DESIGN)
    (test,) = contract.tests
    assert contract.unknown_keys == test.unknown_keys == ()
    assert (test.is_bound, test.hypotheses, test.status) == (True, ("A2",), "NEW")
    assert [condition.comparators for condition in test.conditions] == [{"lt": 1e-5}, {"gt": 1e-9}]
    (decision,) = test.decisions
    assert test.hypothesis_of(decision) == "A2"
    assert contract.stages[0].steps is not None
    assert contract.stages[0].steps[0].needs == ("FALSIFY-FFN-GGUF-011",)
    assert contract.amendments == ()


def test_unknown_keys_are_kept_with_their_values_in_order() -> None:
    contract = read("metadata: {id: C, owner: me}\nzeta: 1\nalpha: [2]\n")
    assert contract.unknown_keys == ("zeta", "alpha")
    assert contract.metadata.unknown_keys == ("owner",)
    assert contract.model_extra == {"zeta": 1, "alpha": [2]}


def test_models_are_frozen() -> None:
    contract = read(DESIGN)
    with pytest.raises(ValidationError, match="frozen"):
        contract.tests[0].status = "DISCHARGED"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        contract.metadata.version = "2.0.0"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", True),
        ("status", 1),
        ("hypothesis", 5),
        ("hypothesis", ["a", 5]),
        ("falsifier", ""),
        ("params", [1]),
        ("accept", {"metric": "m", "lt": 1}),
        ("accept", "m < 1"),
        ("decides", "m"),
        ("decides", [[]]),
        ("depends_on", "T"),
        ("requires", [{"sha256": "0" * 64}]),
        ("limits", {"seconds": "60"}),
        ("limits", {"hours": 1}),
        ("reproduce", {"relative": True}),
        ("id", " T"),
        ("id", 7),
    ],
)
def test_a_value_of_another_type_is_refused_and_not_converted(key: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        FalsificationTest.model_validate({"id": "T", key: value})


def decision(**keys: Any) -> dict[str, Any]:
    return {"metric": "m", "CONFIRMED": {"gt": 0}, "FALSIFIED": {"le": 0}, **keys}


@pytest.mark.parametrize(
    ("hypothesis", "own", "found"),
    [
        (None, None, None),
        ("H", None, "H"),
        (["H"], None, "H"),
        (["H", "G"], None, None),
        (["H", "G"], "G", "G"),
        ([], None, None),
        (None, "G", "G"),
    ],
)
def test_the_hypothesis_of_a_decision_is_told_or_it_is_none(
    hypothesis: Any, own: str | None, found: str | None
) -> None:
    keys = {"hypothesis": own} if own else {}
    data = {"id": "T", "decides": decision(**keys)}
    test = FalsificationTest.model_validate(data | ({} if hypothesis is None else {"hypothesis": hypothesis}))
    assert test.hypothesis_of(test.decisions[0]) == found


def test_one_decision_and_a_list_of_them_read_alike() -> None:
    one = FalsificationTest.model_validate({"id": "T", "decides": decision()})
    many = FalsificationTest.model_validate({"id": "T", "decides": [decision()]})
    assert one.decisions == many.decisions


def test_a_test_alone_has_no_conditions_and_is_not_bound() -> None:
    test = FalsificationTest.model_validate({"id": "T"})
    assert (test.is_bound, test.conditions, test.decisions, test.hypotheses) == (False, (), (), ())


ENTRY = {"version": "1.0.0", "date": "2026-01-01", "kind": "discharge", "previous": None}
TEST = {"id": "T", "from": "NEW", "to": "DISCHARGED", "head": None, "count": 0}


def test_an_amendment_is_closed_and_complete() -> None:
    assert Amendment.model_validate(ENTRY | {"tests": [TEST]}).tests[0].from_ == "NEW"
    for wrong in (
        {"kind": "typed"},
        {"note": "x"},
        {"previous": "abc"},
        {"tests": [TEST | {"count": -1}]},
        {"tests": [TEST | {"count": 1.0}]},
        {"tests": [TEST | {"from_": "NEW"}]},
        {"tests": [TEST | {"head": "sha256:1"}]},
    ):
        with pytest.raises(ValidationError):
            Amendment.model_validate(ENTRY | wrong)


@pytest.mark.parametrize("key", list(ENTRY))
def test_an_amendment_lacks_no_key(key: str) -> None:
    with pytest.raises(ValidationError):
        Amendment.model_validate({name: value for name, value in ENTRY.items() if name != key})
