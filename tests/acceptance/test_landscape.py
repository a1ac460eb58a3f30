"""`pv landscape`: every format, every exit code; and statistics that may not be compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from pvengine import open_project
from pvengine.models.report import list_data
from pvengine.models.schemas import find_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

CONTRACT = "contracts/x-v1.yaml"
HEAD = """\
  references: [none]
hypotheses:
- {id: H, statement: The value is small, status: UNTESTED}
- {id: K, statement: The value is even, status: UNTESTED}
"""
BANDS = "hypothesis: H\ndecides: {{metric: value, scope: {}, CONFIRMED: {{lt: 1.5}}, FALSIFIED: {{ge: 1.5}}}}"
TAIL = """\
attributions:
- id: TOTAL
  note: What two readings come to.
  target: {value: 340, unit: '%', kind: ratio, source: the report}
  factors:
  - {test: FT-001, metric: value, kind: ratio}
  - {test: FT-002, metric: value, kind: ratio}
  - {name: spread, value: 1.65, kind: ratio of standard deviations, source: the report}
  stated: 350
- id: OPEN
  target: {value: 2, kind: ratio, source: the report}
  factors:
  - {test: FT-003, metric: value, kind: ratio}
- what another tool left here
"""
TEXT = """\
contracts/x-v1.yaml  C-X  1.1.0

hypotheses
  H  CONTESTED    The value is small
       CONFIRMED  in the scope of one, by FT-001: value = 1.0  DISCHARGED
       FALSIFIED  in the scope of two, by FT-002: value = 2.0  DISCHARGED
  K  UNTESTED     The value is even
       -          without a scope, by FT-003: it decides nothing  NEW

attribution TOTAL  What two readings come to.
  factor   1.0          ratio                                 from FT-001 value
  times    2.0          ratio                                 from FT-002 value
  times    1.65         ratio of standard deviations  spread  the report
  product  3.3
  target   3.4 (340 %)  ratio                                 the report
  product / target 0.9705882352941176; residual target / product 1.0303030303030303; stated 3.5

attribution OPEN
  factor   not known  ratio    from FT-003 value; FT-003 is new
  product  not known
  target   2          ratio    the report
  product / target not known; residual target / product not known

contracts/x-v1.yaml:42:3: warning[PV508]: the factors of TOTAL do not multiply: they are of 2 kinds: \
another ratio (FT-001 value, FT-002 value, the target), a ratio of standard deviations (spread)
  42 |   factors:
     |   ^^^^^^^
  why: a product of unlike quantities measures nothing, however near the target it comes
  fix: leave out what is of another kind, or measure each factor as the same quantity

contracts/x-v1.yaml:46:11: warning[PV510]: TOTAL states the product 3.5 (350 %), and its factors give 3.3: \
a relative difference of 0.057
  46 |   stated: 350
     |           ^^^
  why: a figure typed by hand drifts from what it is computed from
  fix: write the figure that is computed

contracts/x-v1.yaml:50:12: warning[PV511]: OPEN: factor 'FT-003 value' has no number: FT-003 is new
  50 |   - {test: FT-003, metric: value, kind: ratio}
     |            ^^^^^^
  why: a figure that names a test is what the newest record has, and only current evidence counts
  fix: discharge the test with `pv discharge`, or correct its id or the metric

2 hypotheses: 0 CONFIRMED, 0 PARTIALLY_CONFIRMED, 0 FALSIFIED, 1 CONTESTED, 1 UNTESTED; \
2 attributions: 1 computed, 0 without a finding; 1 not read; 0 errors, 3 warnings
"""
PLUGIN = '''\
"""The discrepancy of a record: a standard deviation over 7 tokens against one over a single token."""

import math

import numpy as np

from pvengine.plugin import Params, Trial, falsifier


class TensorParams(Params):
    """How many tokens of each path are taken, from the last one on."""

    tokens_a: int
    tokens_b: int


def run_path_b(token):
    """Give the last token of path B."""
    return 0.0670 * token


def run_path_b_too_small(token):
    """Scale it wrongly: a planted fault."""
    return run_path_b(token) / 10


@falsifier("std.ratio", subject=run_path_b, planted_faults={"too small": run_path_b_too_small})
def measure(trial: Trial, p: TensorParams) -> None:
    """Ratio of the standard deviations of both paths."""
    drawn = trial.rng.standard_normal(4096)
    token = (drawn - drawn.mean()) / drawn.std()
    last = 0.0670 * 1.2452
    first = math.sqrt(7 * 1.2216**2 - 6 * last**2)
    a = np.outer([first, *[last] * 6], token)[-p.tokens_a :]
    b = np.stack([trial.subject(token)] * p.tokens_b)
    facts = {"axes": ("tokens", "elements"), "which": "SwiGLU inner, layer 3"}
    of = {"aggregation": "std", "normalisation": "n"}
    trial.measure("by_hand", float(np.std(a) / np.std(b)))
    one, two = (trial.statistic(each, np.std, **facts, **of) for each in (a, b))
    trial.compare("std_ratio", one, two)
'''
RATIO = """\
metadata: {id: C-X, version: 1.0.0, description: The ratio of two standard deviations., references: [none]}
falsification_tests:
- id: LIKE
  falsifier: std.ratio
  params: {tokens_a: 1, tokens_b: 1}
  accept: [{metric: std_ratio, lt: 2.0}]
- id: UNLIKE
  falsifier: std.ratio
  params: {tokens_a: 7, tokens_b: 1}
  accept: [{metric: std_ratio, lt: 2.0}]
"""


@pytest.fixture(scope="module")
def scratch_with_all(make_scratch: Callable[[], Scratch]) -> Scratch:
    """Return a project in which two scopes disagree, one attribution is mixed, and one is open."""
    scratch = make_scratch()
    scratch.contract(
        scratch.test("FT-001", 1.0, extra=BANDS.format("one")),
        scratch.test("FT-002", 2.0, extra=BANDS.format("two")),
        scratch.test("FT-003", 3.0, extra="hypothesis: K"),
        head=HEAD,
        tail=TAIL,
    )
    assert scratch.discharge("--test", "FT-001", "--test", "FT-002").code == 0
    return scratch


def test_the_text_tells_every_scope_and_every_figure(scratch_with_all: Scratch) -> None:
    result = scratch_with_all.pv("landscape", CONTRACT)
    assert (result.code, result.err) == (0, ""), result.shown
    assert result.out == TEXT


def test_the_json_fits_its_schema_and_is_that_of_the_library(scratch_with_all: Scratch) -> None:
    document = scratch_with_all.json("landscape", CONTRACT)
    schema = json.loads(find_schema("landscape-v1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert [each["code"] for each in document["diagnostics"]] == ["PV508", "PV510", "PV511"]
    assert [each["findings"] for each in document["attributions"]] == [["PV508", "PV510"], ["PV511"]]
    total = document["attributions"][0]
    assert (total["product"], total["stated"]) == (3.3, 3.5)
    assert total["product"] * total["residual"] == pytest.approx(total["target"]["number"], rel=1e-15)
    assert [row["verdict"] for row in document["hypotheses"][0]["scopes"]] == ["CONFIRMED", "FALSIFIED"]
    root = scratch_with_all.root
    found = list_data(open_project(root).landscape(root / CONTRACT))
    found["contract"]["path"] = document["contract"]["path"]
    for entry in found["diagnostics"]:
        entry["path"] = CONTRACT
    assert found == document


def test_markdown_is_two_kinds_of_tables(scratch_with_all: Scratch) -> None:
    result = scratch_with_all.pv("landscape", CONTRACT, "--format", "markdown")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == "### pv landscape: C-X  1.1.0"
    assert (
        "| H | CONTESTED | The value is small | FT-001 | one | CONFIRMED | value &#61; 1.0 | DISCHARGED |"
        in lines
    )
    assert "|  |  |  | FT-002 | two | FALSIFIED | value &#61; 2.0 | DISCHARGED |" in lines
    assert "#### attribution TOTAL" in lines
    assert "| times | 1.65 | ratio of standard deviations | spread | the report |" in lines
    assert (
        "product / target 0.9705882352941176; residual target / product 1.0303030303030303; stated 3.5."
        in lines
    )
    assert sum(line.startswith("| PV5") for line in lines) == 3


def test_the_findings_are_those_of_validate(scratch_with_all: Scratch) -> None:
    told = scratch_with_all.json("landscape", CONTRACT)["diagnostics"]
    found = scratch_with_all.json("validate", CONTRACT)["diagnostics"]
    assert [each for each in found if each["code"].startswith("PV5")] == told


def test_evidence_that_was_changed_is_3(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra=BANDS.format("one")), head=HEAD)
    assert scratch.discharge().code == 0
    (record,) = scratch.records()
    record.write_bytes(record.read_bytes().replace(b"1.0", b"1.1"))
    result = scratch.pv("landscape", CONTRACT)
    assert result.code == 3, result.shown
    assert "error[PV602]" in result.out
    assert "value is not measured" in result.out


def test_an_invalid_contract_is_1(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="depends_on: [FT-009]"), head=HEAD)
    assert scratch.json("landscape", CONTRACT)["exit_code"] == 1
    scratch.write(CONTRACT, "- a list\n")
    result = scratch.call("landscape", CONTRACT)
    assert (result.code, result.out) == (1, "")
    assert "error[PV110]" in result.err


def test_what_is_not_there_is_2(scratch: Scratch) -> None:
    for arguments in (("contracts/none.yaml",), (), (CONTRACT, "--format", "sarif")):
        assert scratch.call("landscape", *arguments).code == 2


def test_neither_hypotheses_nor_attributions_is_14(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), tail="attributions: all of it\n")
    result = scratch.call("landscape", CONTRACT)
    assert result.code == 14
    assert result.out == (
        "contracts/x-v1.yaml  C-X  1.0.0\n"
        "\n"
        "contracts/x-v1.yaml: error[PV003]: C-X has neither hypotheses nor attributions\n"
        "  why: zero checked is never green\n"
        "  fix: write `hypotheses:` with what the tests decide\n"
        "\n"
        "0 hypotheses: 0 CONFIRMED, 0 PARTIALLY_CONFIRMED, 0 FALSIFIED, 0 CONTESTED, 0 UNTESTED; "
        "0 attributions; 1 not read; 1 error, 0 warnings\n"
    )


def test_attributions_are_no_part_of_a_claim_and_an_edit_of_them_is_a_patch(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra=BANDS.format("one")), head=HEAD)
    assert scratch.discharge().code == 0
    scratch.write("before.yaml", scratch.path.read_bytes())
    scratch.path.write_bytes(scratch.path.read_bytes() + TAIL.encode())
    assert scratch.status().summary.discharged == 1
    result = scratch.call("diff", "before.yaml", CONTRACT, "--format", "json")
    assert result.report["version"]["needed"] == "patch"
    assert scratch.verify() == 0


def test_seven_tokens_are_not_compared_with_one(scratch: Scratch) -> None:
    scratch.write("probe.py", PLUGIN)
    scratch.write(CONTRACT, RATIO)
    report = scratch.json("discharge", CONTRACT)
    assert report["exit_code"] == 12
    like, unlike = report["trials"]
    assert like["outcome"] == "survived"
    assert like["measurements"]["std_ratio"]["value"] == pytest.approx(1.2452, abs=1e-9)
    assert (
        like["measurements"]["std_ratio"]["population"] == "tokens: 1, elements: 4096; SwiGLU inner, layer 3"
    )
    assert (unlike["outcome"], unlike["measurements"], unlike["evidence"]) == ("inconclusive", {}, None)
    assert unlike["reason"] == "not comparable: 'std_ratio': the population has tokens: 7 against tokens: 1"
    assert scratch.records("UNLIKE") == []
    assert b'"normalisation": "n"' in scratch.records("LIKE")[0].read_bytes()
    assert scratch.verify() == 0
    shown = scratch.pv("run", CONTRACT, "--test", "UNLIKE")
    assert shown.code == 12
    assert "18.2" not in shown.out
    assert "UNLIKE  inconclusive" in shown.out
