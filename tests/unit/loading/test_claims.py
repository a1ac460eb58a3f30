"""The digest of a claim speaks of each of its leaves, and of nothing else."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.loading.claims import CLAIM_KEYS, Claim, extract_claim, list_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = """\
metadata: {id: C, version: 1.7.0}
hypotheses:
- {id: A2, statement: Softmax amplifies a drift., status: UNTESTED}
- {id: A3, statement: Another one.}
falsification_tests:
- id: FALSIFY-011
  rule: Softmax does not amplify
  hypothesis: A2
  prediction: More than 5x.
  falsifier: softmax.drift
  params: {logits: [-1.5, 10.0], perturbed: 3, relative: 7.7e-4, dtype: float32}
  accept:
  - {metric: sum_error, lt: 1.0e-5}
  - {metric: amplification, gt: 1.0e-9}
  decides:
    metric: amplification
    scope: one saturated logit
    CONFIRMED: {gt: 5.0}
    PARTIALLY_CONFIRMED: {gt: 1.0, le: 5.0}
    FALSIFIED: {le: 1.0}
  depends_on: [FALSIFY-008]
  requires: [{model: qwen, sha256: "%s"}]
  limits: {seconds: 60, mebibytes: 1024}
  reproduce: {relative: 1.0e-6}
  search:
    domain: {relative: {kind: real, range: [1.0e-6, 1.0e-3]}}
    constraints: [{variable: relative, norm: L1, gt: 1.0e-9}]
    maximise: amplification
    budget: {evaluations: 10}
  if_fails: A probability is lost.
  status: NEW
""" % ("ab" * 32)

OUTSIDE = {"if_fails", "limits", "depends_on", "status", "verdict", "evidence", "severity", "name"}


@pytest.fixture
def data(load: Any) -> dict[str, Any]:
    found: dict[str, Any] = load(TEXT).data
    return copy.deepcopy(found)


def claim_of(data: dict[str, Any], index: int) -> Claim:
    return extract_claim(data, index, list_statements(data))


def digest(data: dict[str, Any]) -> str:
    return claim_of(data, 0).digest


def iter_leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, dict | list):
        for key in node if isinstance(node, dict) else range(len(node)):
            yield from iter_leaves(node[key], (*path, key))
    else:
        yield path


def change(node: Any, path: tuple[Any, ...]) -> None:
    for step in path[:-1]:
        node = node[step]
    value = node[path[-1]]
    node[path[-1]] = value + "x" if isinstance(value, str) else value * 2


def test_every_leaf_of_the_claim_is_in_its_digest(data: dict[str, Any]) -> None:
    test = data["falsification_tests"][0]
    leaves = [path for path in iter_leaves(test) if path[0] not in OUTSIDE]
    seen = {digest(data)}
    for path in leaves:
        changed = copy.deepcopy(data)
        change(changed["falsification_tests"][0], path)
        seen.add(digest(changed))
    assert len(leaves) == 31
    assert len(seen) == len(leaves) + 1


def test_every_key_of_the_claim_is_in_its_digest(data: dict[str, Any]) -> None:
    for key in CLAIM_KEYS:
        changed = copy.deepcopy(data)
        del changed["falsification_tests"][0][key]
        assert digest(changed) != digest(data), key


def test_an_added_condition_or_band_changes_the_digest(data: dict[str, Any]) -> None:
    changed = copy.deepcopy(data)
    changed["falsification_tests"][0]["accept"].append({"metric": "k", "gt": 0})
    assert digest(changed) != digest(data)
    changed = copy.deepcopy(data)
    changed["falsification_tests"][0]["decides"]["CONFIRMED"]["lt"] = 1e300
    assert digest(changed) != digest(data)


def test_the_order_of_conditions_changes_the_digest(data: dict[str, Any]) -> None:
    changed = copy.deepcopy(data)
    changed["falsification_tests"][0]["accept"].reverse()
    assert digest(changed) != digest(data)


def test_the_statement_of_the_hypothesis_is_in_the_digest_and_its_status_is_not(data: dict[str, Any]) -> None:
    changed = copy.deepcopy(data)
    changed["hypotheses"][0]["status"] = "CONFIRMED"
    changed["hypotheses"][1]["statement"] = "Something else."
    assert digest(changed) == digest(data)
    changed["hypotheses"][0]["statement"] += "!"
    assert digest(changed) != digest(data)


def test_the_statement_of_a_hypothesis_that_only_decides_names_is_in_the_digest(data: dict[str, Any]) -> None:
    test = data["falsification_tests"][0]
    del test["hypothesis"]
    test["decides"]["hypothesis"] = "A3"
    before = digest(data)
    data["hypotheses"][1]["statement"] = "Something else."
    assert digest(data) != before


def test_what_is_outside_the_claim_does_not_change_its_digest(data: dict[str, Any]) -> None:
    before = digest(data)
    test = data["falsification_tests"][0]
    for key in OUTSIDE:
        test[key] = {"anything": [key]}
    data["metadata"]["version"] = "9.9.9"
    data["amendments"] = [1]
    assert digest(data) == before


def test_comments_layout_and_the_order_of_keys_do_not_change_the_digest(load: Any) -> None:
    lines = TEXT.splitlines()
    commented = "\n".join(f"{line}  # note" if line.endswith("}") else line for line in lines)
    before = load(TEXT).claims["FALSIFY-011"].digest
    assert load(commented).claims["FALSIFY-011"].digest == before
    assert load(TEXT.replace("\n", "\r\n")).claims["FALSIFY-011"].digest == before
    assert (
        load(TEXT.replace("rule: Softmax", 'rule: "Softmax').replace("not amplify", 'not amplify"'))
        .claims["FALSIFY-011"]
        .digest
        == before
    )
    assert (
        load(TEXT.replace("lt: 1.0e-5", "lt: 0.00001").replace("perturbed: 3", "perturbed: 3.0"))
        .claims["FALSIFY-011"]
        .digest
        == before
    )


def test_the_order_of_the_keys_of_a_test_does_not_change_the_digest(data: dict[str, Any]) -> None:
    before = digest(data)
    for seed in range(5):
        items = list(data["falsification_tests"][0].items())
        random.Random(seed).shuffle(items)  # noqa: S311 - an order, no secret
        data["falsification_tests"][0] = dict(items)
        assert digest(data) == before


def test_no_default_is_filled_in() -> None:
    claim = claim_of({"falsification_tests": [{"id": "T"}]}, 0)
    assert claim.data == {"id": "T"}


def test_the_digest_of_a_claim_is_fixed_for_ever(data: dict[str, Any]) -> None:
    """A change here makes every stored evidence stale: it needs a new format, never a new number."""
    assert digest(
        {"falsification_tests": [{"id": "T", "falsifier": "f", "accept": [{"metric": "m", "lt": 1}]}]}
    ) == ("sha256:fcd49d7e69d20d92c78677000a3100e051e2bcbb91bdd8c2aab7cc5ce98f7c4e")
    assert list(claim_of(data, 0).data) == [*CLAIM_KEYS, "statements"]


def test_values_without_a_canonical_form_are_issues_at_their_paths() -> None:
    test = {"id": "T", "params": {"x": [1, float("nan")]}, "accept": [{"metric": "m", "lt": -0.0}]}
    claim = claim_of({"falsification_tests": [{}, test]}, 1)
    assert [(issue.code, issue.path) for issue in claim.issues] == [
        ("PV209", ("falsification_tests", 1, "params", "x", 1)),
        ("PV209", ("falsification_tests", 1, "accept", 0, "lt")),
    ]
    with pytest.raises(ValueError, match="nan is no number in JSON"):
        _ = claim.digest


@pytest.mark.parametrize("hypotheses", [None, 5, "text", {"a": 1}, [5], [{"id": ["H"]}], [{"id": "H"}]])
@pytest.mark.parametrize("named", ["H", ["H", 5], 5, None, {"a": 1}])
def test_data_that_fits_no_model_has_a_claim_all_the_same(hypotheses: Any, named: Any) -> None:
    test = {"id": "T", "hypothesis": named, "decides": [5, {"hypothesis": ["x"]}]}
    assert claim_of({"falsification_tests": [test], "hypotheses": hypotheses}, 0).data["id"] == "T"


def test_of_a_repeated_hypothesis_the_first_statement_counts() -> None:
    data = {
        "falsification_tests": [{"id": "T", "hypothesis": "H"}],
        "hypotheses": [{"id": "H", "statement": "first"}, {"id": "H", "statement": "second"}],
    }
    assert claim_of(data, 0).data["statements"] == {"H": "first"}
