"""A searched test over the command: discharged, verified, measured again, tampered with, broken off."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from searching import CONTRACT, make_project, read_record, rewrite

from pvengine.models.measurement import encode_bits

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

SEARCH = [
    "metric", "aim", "learnt", "published", "worst", "found_by", "nearest", "minimal", "evaluations",
    "budget", "refused", "seconds", "ended_by", "bounds", "methods", "replay",
]  # fmt: skip


@pytest.fixture(scope="module")
def discharged(make_scratch: Callable[[], Scratch]) -> Scratch:
    """Return a project whose searched test was discharged."""
    scratch = make_project(make_scratch())
    result = scratch.discharge()
    assert result.code == 0, result.shown
    assert "FT-001  survived  verdict FALSIFIED" in result.out
    return scratch


def test_the_text_says_what_was_found_and_how_hard_it_was_looked_for(scratch: Scratch) -> None:
    make_project(scratch)
    scratch.edit("evaluations: 200", "evaluations: 1000")
    result = scratch.pv("run", CONTRACT)
    assert result.code == 0, result.shown
    assert re.search(
        r"""  search  counterexample: largest growth 32\.0, by random, published 0\.3125
          \d+ of 1000 points in \d+\.\d\d s
          worst: x = \[-?4\.0, -?4\.0\]
          minimal: 1\.21\d* at x = \[(-?1\.1, 0\.0|0\.0, -?1\.1)\]
          nearest: 1\.0\d* at x = \[0\.9\d+, 0\.25\]
          bound: growth <= 32\.0, met, 1 of it attained \(x\^2 \+ y\^2 <= 2 r\^2\)
""",
        result.out,
    ), result.shown
    assert "replay" not in result.out, "nothing was recorded"


def test_the_document_has_every_key(scratch: Scratch) -> None:
    make_project(scratch)
    report = scratch.json("discharge", CONTRACT)
    (trial,) = report["trials"]
    found = trial["search"]
    assert list(found) == SEARCH
    assert (found["metric"], found["aim"], found["learnt"]) == ("growth", "maximise", "counterexample")
    assert (found["worst"]["value"], found["published"]) == (
        32.0,
        {"params": {"x": [0.5, 0.25]}, "value": 0.3125},
    )
    assert trial["measurements"]["growth"]["value"] == 32.0
    assert found["evaluations"] <= found["budget"] == 200
    assert found["replay"] == f"pv run {CONTRACT} --test FT-001 --replay {trial['evidence']}"
    assert [each["method"] for each in found["methods"]] == [
        "published", "analytic", "random", "evolution", "refinement", "nearest", "minimal",
    ]  # fmt: skip


def test_the_record_has_the_search_and_what_faults_are_compared_with(discharged: Scratch) -> None:
    facts = read_record(discharged)
    assert facts["search"]["worst"]["value"]["value"] == 32.0
    assert facts["baseline"]["search"]["evaluations"] <= 20
    (fault,) = facts["planted_faults"]
    assert fault["search"]["evaluations"] <= 20
    assert discharged.verify() == 0


def test_measured_again_to_the_bit(discharged: Scratch) -> None:
    before = discharged.snapshot()
    report = discharged.json("verify", "--rerun")
    (rerun,) = report["reruns"]
    assert (report["exit_code"], rerun["state"], rerun["environment"], rerun["unlike"]) == (
        0,
        "reproduced",
        [],
        [],
    )
    assert rerun["measurements"]["growth"]["same_bits"] is True
    assert discharged.snapshot() == before


def test_a_broken_condition_is_a_counterexample(scratch: Scratch) -> None:
    make_project(scratch, limit=31.5)
    report = scratch.json("discharge", CONTRACT)
    (trial,) = report["trials"]
    assert (report["exit_code"], trial["outcome"], trial["search"]["learnt"]) == (
        10,
        "falsified",
        "counterexample",
    )
    assert trial["reason"].startswith("growth 32.0, allowed < 31.5 (it would hold at 32.1)")


def test_a_proved_bound_that_is_attained_is_a_theorem(scratch: Scratch) -> None:
    make_project(scratch, radius=0.6)
    (trial,) = scratch.json("run", CONTRACT)["trials"]
    assert (trial["outcome"], trial["verdict"], trial["search"]["learnt"]) == (
        "survived",
        "CONFIRMED",
        "theorem",
    )


def set_worst(search: dict[str, Any], value: float) -> None:
    search["worst"]["value"] |= {"value": value, "bits": encode_bits(value, "float64")}


def set_extreme(search: dict[str, Any], value: float) -> None:
    search["extremes"]["growth"]["largest"] |= {"value": value, "bits": encode_bits(value, "float64")}


TAMPERED: dict[str, Callable[[dict[str, Any]], None]] = {
    "worst value": lambda facts: set_worst(facts["search"], 31.0),
    "largest value": lambda facts: set_extreme(facts["search"], 33.0),
    "both, not what was measured": lambda facts: (
        set_worst(facts["search"], 31.0) or set_extreme(facts["search"], 31.0)
    ),
    "evaluations": lambda facts: facts["search"].update(evaluations=201),
    "metric": lambda facts: facts["search"].update(metric="other"),
    "aim": lambda facts: facts["search"].update(aim="minimise"),
    "no search": lambda facts: facts.pop("search") and None,
    "no baseline": lambda facts: facts.pop("baseline") and None,
    "no search of the fault": lambda facts: facts["planted_faults"][0].pop("search") and None,
    "a bound that is said to be broken": lambda facts: facts["search"]["bounds"][0].update(is_met=False),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_search(scratch: Scratch, discharged: Scratch, name: str) -> None:
    for path, content in discharged.snapshot().items():
        scratch.write(path, content)
    assert scratch.verify() == 0
    rewrite(scratch, lambda _: None)
    assert scratch.verify() == 0, "pinned anew without a change"
    rewrite(scratch, TAMPERED[name])
    result = scratch.call("verify")
    assert result.code == 3, result.shown


def test_two_verdicts_in_two_scopes_are_contested(scratch: Scratch) -> None:
    make_project(scratch, with_point=True)
    assert scratch.discharge().code == 0
    status = scratch.json("status")
    (contract,) = status["contracts"]
    (hypothesis,) = contract["hypotheses"]
    assert hypothesis["derived"] == "CONTESTED"
    assert {each["scope"]: each["verdict"] for each in hypothesis["verdicts"]} == {
        "one point": "CONFIRMED",
        "a box": "FALSIFIED",
    }
    shown = scratch.call("landscape", CONTRACT).out
    assert "CONTESTED" in shown
    assert "one point" in shown
    assert "a box" in shown


def test_a_metric_that_ignores_its_subject_has_no_teeth(scratch: Scratch) -> None:
    make_project(scratch)
    scratch.edit("trial.subject(p.x))", "grow(p.x) + 0 * trial.subject(p.x))", "probe.py")
    (trial,) = scratch.json("run", CONTRACT)["trials"]
    assert (trial["outcome"], trial["reason"]) == (
        "inconclusive",
        "no teeth: 'grows too much' was not noticed: every condition held and no verdict changed",
    )


SLOW = """\
- id: FT-SLOW
  rule: It takes its time
  falsifier: probe.slow
  params: {{x: 0.5, seconds: 0.05, target: '{target}'}}
  search:
    domain: {{x: {{kind: real, range: [0, 1]}}}}
    maximise: growth
    budget: {{evaluations: 1000}}
  accept: [{{metric: growth, lt: 50}}]
  limits: {{seconds: {seconds}}}
"""


def test_a_search_that_takes_too_long(scratch: Scratch) -> None:
    make_project(scratch)
    scratch.contract(SLOW.format(seconds=0.5, target=""))
    report = scratch.json("discharge", CONTRACT)
    (trial,) = report["trials"]
    assert (report["exit_code"], trial["outcome"], trial["search"]) == (12, "inconclusive", None)
    assert "0.5" in trial["reason"]


@pytest.mark.skipif(sys.platform != "linux", reason="sends SIGINT as a terminal does")
def test_a_search_is_broken_off(scratch: Scratch) -> None:
    make_project(scratch)
    gate = scratch.root / "started"
    scratch.contract(SLOW.format(seconds=60, target=gate))
    command = [sys.executable, "-m", "pvengine", "discharge", CONTRACT]
    with subprocess.Popen(  # noqa: S603 - this interpreter and this package
        command, cwd=scratch.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 30
        while not gate.exists():
            assert time.monotonic() < deadline, "the search did not begin"
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, out + err
    assert "pv: interrupted: what was recorded before is kept\n" in err
    assert "FT-SLOW  blocked: the run was broken off before it ended\n" in out
    assert scratch.records("FT-SLOW") == []


def test_a_search_that_cannot_be_made_says_what_to_install(scratch: Scratch) -> None:
    make_project(scratch)
    blocker = (
        "import sys\n\n\nclass Blocker:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'scipy':\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n\n\n"
        "sys.meta_path.insert(0, Blocker())\n"
        "for name in [name for name in sys.modules if name.partition('.')[0] == 'scipy']:\n"
        "    del sys.modules[name]\n"
    )
    scratch.edit("import pathlib\n", blocker + "import pathlib\n", "probe.py")
    result = scratch.pv("discharge", CONTRACT)
    assert result.code == 12, result.shown
    assert "a search needs scipy, which is not installed: pip install 'pvengine[search]'" in result.out
