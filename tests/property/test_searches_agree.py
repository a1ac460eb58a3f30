"""Two programs that share no line agree on what a record with a search means."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pvrecheck
from pvengine.ledger.judge import Judging, judge
from pvengine.ledger.searches import find_disagreement
from pvengine.models.contract import FalsificationTest
from pvengine.models.measurement import Measurement, encode_bits
from pvengine.models.search import SearchReport
from pvengine.models.trial import Failure, TestRun, TrialResult
from pvengine.models.vocabulary import Outcome

NUMBERS = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 1.0005, 2.0])
MOST, LEAST = st.sampled_from([None, 1.9, 2.0, 2.0]), st.sampled_from([None, -1.0, -0.95])
RARELY = st.integers(0, 39).map(lambda number: number == 0)
CONDITIONS = st.lists(
    st.builds(
        lambda metric, pairs: {"metric": metric, **pairs},
        st.sampled_from(["m", "k"]),
        st.dictionaries(st.sampled_from(["lt", "le", "gt", "ge"]), NUMBERS, min_size=1, max_size=2),
    ),
    max_size=2,
)
SPLITS = st.none() | st.builds(
    lambda at: {"metric": "m", "CONFIRMED": {"gt": at}, "FALSIFIED": {"le": at}}, NUMBERS
)
NONE = {"metric": "m", "CONFIRMED": {"gt": 0.5}, "FALSIFIED": {"le": 0.5}}
AIMS = st.sampled_from(["maximise", "minimise", "margin"])


def measure(number: float) -> dict[str, Any]:
    shown = number if math.isfinite(number) else str(number)
    return {"value": shown, "dtype": "float64", "bits": encode_bits(number, "float64"), "unit": "1"}


@st.composite
def searched(draw: st.DrawFn, aim: str) -> dict[str, Any]:
    """Draw what a trial with a search measured; now and then it contradicts itself."""
    values = {name: sorted(draw(st.lists(NUMBERS, min_size=1, max_size=3))) for name in ("m", "k")}
    ends = {"maximise": -1, "minimise": 0, "margin": draw(st.sampled_from([0, -1]))}
    is_odd = draw(RARELY)
    own = {"m": draw(NUMBERS | st.just(math.nan)) if is_odd else values["m"][ends[aim]], "k": values["k"][0]}
    bounds: list[dict[str, Any]] = [
        {
            "metric": draw(st.sampled_from(["m", "k"])),
            "source": "a proof",
            "at_most": draw(MOST),
            "at_least": draw(LEAST),
            "rounding": draw(st.sampled_from([0.0, 0.1])),
            "any_subject": draw(st.booleans()),
            "is_met": True,
            "attained": None,
        }
        for _ in range(draw(st.sampled_from([0, 0, 0, 1])))
    ]
    for bound in bounds:
        most, least, slack = bound["at_most"], bound["at_least"], bound["rounding"]
        seen = values[bound["metric"]]
        is_met = (most is None or seen[-1] <= most + slack * abs(most)) and (
            least is None or seen[0] >= least - slack * abs(least)
        )
        bound["is_met"] = is_met is not draw(RARELY)
    report = {
        "metric": "m",
        "aim": aim,
        "published": None,
        "worst": {"params": {"x": 1.0}, "value": measure(own["m"])},
        "found_by": "random",
        "nearest": None,
        "minimal": None,
        "evaluations": 21 if draw(RARELY) else 10,
        "refused": 0,
        "seconds": 0.5,
        "ended_by": "methods",
        "is_vectorised": False,
        "extremes": {
            name: {
                "least": measure(seen[0]),
                "least_params": {"x": 0.0},
                "largest": measure(seen[-1]),
                "largest_params": {"x": 2.0},
            }
            for name, seen in values.items()
            if not draw(RARELY)
        },
        "bounds": bounds,
        "methods": [],
        "profile": None,
    }
    return {"measurements": {name: measure(number) for name, number in own.items()}, "search": report}


@st.composite
def recorded(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a claim, and the part of a record that is judged."""
    aim = draw(AIMS)
    conditions, split = draw(CONDITIONS), draw(SPLITS)
    claim: dict[str, Any] = {"id": "T", "falsifier": "f", "hypothesis": "H", "params": {"x": 1.0}}
    claim |= {"accept": conditions} if conditions else {}
    claim |= {"decides": split or NONE} if split or not conditions else {}
    if not draw(RARELY):
        claim["search"] = {
            "domain": {"x": {"kind": "real", "range": [0, 2]}},
            draw(st.sampled_from([aim] * 19 + ["margin"])): draw(st.sampled_from(["m"] * 19 + ["k"])),
            "budget": {"evaluations": 20},
        }
    facts = draw(searched(aim))
    if not draw(RARELY):
        facts["baseline"] = draw(searched(aim))
    facts["planted_faults"] = [
        {"name": str(number), "failure": None, **draw(searched(aim))}
        for number in range(draw(st.integers(1, 2)))
    ]
    if draw(st.booleans()):
        facts["replacements"] = [
            {"name": name, "failure": None, **draw(searched(aim))} for name in ("identity", "noise")
        ]
    for trial in (facts, *facts["planted_faults"]):
        if draw(RARELY):
            del trial["search"]
    return claim, facts


def restore(facts: dict[str, Any], name: str | None) -> TrialResult:
    search = facts.get("search")
    return TrialResult(
        fault=name,
        failure=None if facts.get("failure") is None else Failure(facts["failure"]),
        measurements={
            metric: Measurement.model_validate(each) for metric, each in facts["measurements"].items()
        },
        search=None if search is None else SearchReport.model_validate_json(json.dumps(search)),
    )


def restore_run(facts: dict[str, Any]) -> TestRun:
    return TestRun(
        falsifier="f",
        source_digest="sha256:" + "0" * 64,
        params={"x": 1.0},
        seed=1,
        subject=restore(facts, None),
        baseline=restore(facts["baseline"], None) if "baseline" in facts else None,
        faults=tuple(restore(each, each["name"]) for each in facts["planted_faults"]),
        replacements=tuple(restore(each, each["name"]) for each in facts.get("replacements", ())),
    )


@settings(max_examples=400)
@given(recorded())
def test_both_judges_agree_on_a_search(record: tuple[dict[str, Any], dict[str, Any]]) -> None:
    claim, facts = record
    test, run = FalsificationTest.model_validate(claim), restore_run(facts)
    unlike = find_disagreement(test.search, run, Judging.of(test).metrics)
    if unlike:
        with pytest.raises(ValueError, match=r"\S"):
            pvrecheck.check_searches(claim, facts)
    else:
        pvrecheck.check_searches(claim, facts)
    own = judge(Judging.of(test), run)
    for fault, judged in zip(facts["planted_faults"], own.faults, strict=True):
        fault["noticed"] = judged.noticed
    if own.outcome is Outcome.INCONCLUSIVE:
        is_vacuous = (own.reason or "").startswith("vacuous")
        with pytest.raises(ValueError, match="^vacuous" if is_vacuous else "^(?!vacuous)"):
            pvrecheck.judge(claim, facts)
    else:
        outcome, verdicts = pvrecheck.judge(claim, facts)
        assert outcome == own.outcome.value
        assert verdicts == [each.model_dump() for each in own.verdicts]
