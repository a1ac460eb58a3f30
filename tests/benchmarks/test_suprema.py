"""The benchmark of the searches runs with tiny budgets, and tells a supremum that was not met."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tables import run_script

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = """\
metadata: {id: C-X, version: 1.0.0}
falsification_tests:
- id: FT-SOFTMAX
  rule: Softmax does not amplify
  falsifier: softmax.searched-logit-drift
  params: {logits: [1.0, 0.5, 0.0], perturbed: 0, relative_perturbation: 7.7e-4, dtype: float64}
  search:
    domain: {logits: {kind: real, range: [-10, 10], shape: [3]}}
    maximise: amplification
    budget: {evaluations: 40}
  accept: [{metric: probability_error, lt: 1.0e-5}]
- id: FT-LEAST
  rule: The least value is of no interest here
  falsifier: softmax.searched-logit-drift
  params: {logits: [1.0, 0.5, 0.0], perturbed: 0, relative_perturbation: 7.7e-4, dtype: float64}
  search:
    domain: {logits: {kind: real, range: [-10, 10], shape: [3]}}
    minimise: amplification
    budget: {evaluations: 40}
  accept: [{metric: probability_error, lt: 1.0e-5}]
- id: FT-POINT
  rule: A test of one point is of no interest here
  falsifier: softmax.searched-logit-drift
  params: {logits: [1.0, 0.5, 0.0], perturbed: 0, relative_perturbation: 7.7e-4, dtype: float64}
  accept: [{metric: probability_error, lt: 1.0e-5}]
"""


def read_row(out: str) -> list[str]:
    head, rule, row = out.splitlines()
    assert head.startswith("| test | metric | true | found |")
    assert set(rule) == {"|", "-"}
    return row.strip("| ").split(" | ")


def test_the_benchmark_meets_a_supremum_with_a_tiny_budget(tmp_path: Path) -> None:
    contract = tmp_path / "x-v1.yaml"
    contract.write_text(CONTRACT, encoding="utf-8")
    code, out = run_script("suprema.py", "--contract", str(contract))
    test, metric, true, found, evaluations, seconds, unaided, *_ = read_row(out)
    assert (code, test, metric, true) == (0, "FT-SOFTMAX", "amplification", "15")
    assert re.fullmatch(r"(15|14\.99\d*|15\.00\d*) \((99\.9\d|100\.0\d) %\)", found)
    assert 0 < float(unaided.split(" ")[0]) < 15.1
    assert int(evaluations) <= 40
    assert float(seconds) >= 0


def test_the_benchmark_tells_a_supremum_that_was_not_met(tmp_path: Path) -> None:
    contract = tmp_path / "x-v1.yaml"
    contract.write_text(CONTRACT, encoding="utf-8")
    code, out = run_script("suprema.py", "--contract", str(contract), "--evaluations", "1")
    assert code == 1
    assert read_row(out)[4] == "1"


def test_without_a_search_nothing_was_met(tmp_path: Path) -> None:
    contract = tmp_path / "x-v1.yaml"
    contract.write_text(CONTRACT.replace("maximise", "minimise"), encoding="utf-8")
    code, out = run_script("suprema.py", "--contract", str(contract))
    assert (code, len(out.splitlines())) == (1, 2)
