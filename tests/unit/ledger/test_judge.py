"""The order of questions, and every way in which a planted fault is or is not noticed."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.ledger.judge import Judging
from pvengine.models.trial import Failure
from pvengine.models.vocabulary import Outcome

BANDS = {"CONFIRMED": {"gt": 5}, "PARTIALLY_CONFIRMED": {"gt": 1, "le": 5}, "FALSIFIED": {"le": 1}}
ACCEPT = [{"metric": "m", "lt": 1}]


def decides(metric: str = "a", **keys: Any) -> dict[str, Any]:
    return {"metric": metric, **BANDS, **keys}


def test_a_subject_that_holds_beside_a_noticed_fault_survives(build: Any) -> None:
    judgement = build.judge(build.test(), build.trial(m=0.5), build.trial("f", m=2.0))
    assert (judgement.outcome, judgement.reason) == (Outcome.SURVIVED, None)
    assert [(fault.name, fault.noticed) for fault in judgement.faults] == [("f", True)]


def test_a_broken_condition_falsifies_with_the_size_of_the_miss(build: Any) -> None:
    judgement = build.judge(build.test(), build.trial(m=5.31), build.trial("f", m=2.0))
    assert judgement.outcome is Outcome.FALSIFIED
    assert judgement.reason == "m 5.31, allowed < 1 (it would hold at 5.32)"


def test_every_broken_condition_is_named(build: Any) -> None:
    test = build.test(accept=[*ACCEPT, {"metric": "k", "eq": 0}])
    judgement = build.judge(test, build.trial(m=2, k=3), build.trial("f", m=2, k=0))
    assert judgement.reason == "m 2, allowed < 1 (it would hold at 2.01); k 3, allowed == 0"


@pytest.mark.parametrize("subject", [0.5, 2.0], ids=["would survive", "would be falsified"])
def test_an_unnoticed_fault_is_inconclusive_whatever_the_subject_gave(build: Any, subject: float) -> None:
    judgement = build.judge(build.test(), build.trial(m=subject), build.trial("blunt", m=0.1))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.reason == (
        "no teeth: 'blunt' was not noticed: every condition held and no verdict changed"
    )


@pytest.mark.parametrize("subject", [0.5, 2.0])
def test_no_planted_fault_at_all_is_inconclusive(build: Any, subject: float) -> None:
    judgement = build.judge(build.test(), build.trial(m=subject))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.reason == "no teeth: there is no planted fault"


def test_one_noticed_fault_does_not_excuse_another(build: Any) -> None:
    judgement = build.judge(
        build.test(), build.trial(m=0.5), build.trial("a", m=9.0), build.trial("b", m=0.1)
    )
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert [fault.noticed for fault in judgement.faults] == [True, False]


@pytest.mark.parametrize("failure", list(Failure))
def test_no_failure_under_a_fault_is_notice(build: Any, failure: Failure) -> None:
    judgement = build.judge(build.test(), build.trial(m=0.5), build.failed("f", failure))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert not judgement.faults[0].noticed
    assert judgement.faults[0].reason == "its trial ended with boom"


def test_a_failed_fault_is_no_notice_even_with_measurements(build: Any) -> None:
    fault = build.trial("f", m=9.0).model_copy(update={"failure": Failure.TIMEOUT})
    judgement = build.judge(build.test(), build.trial(m=0.5), fault)
    assert not judgement.faults[0].noticed


def test_a_missing_metric_under_a_fault_is_no_notice(build: Any) -> None:
    test = build.test(accept=[*ACCEPT, {"metric": "k", "gt": 0}])
    judgement = build.judge(test, build.trial(m=0.5, k=1), build.trial("f", m=9.0))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.faults[0].reason == "metric 'k' was not measured"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_named_metric_that_is_not_finite_notices_a_fault(build: Any, value: str) -> None:
    judgement = build.judge(build.test(), build.trial(m=0.5), build.trial("f", m=float(value)))
    assert judgement.outcome is Outcome.SURVIVED
    assert judgement.faults[0].reason == f"m is {value}"


def test_a_metric_that_the_claim_does_not_name_notices_nothing(build: Any) -> None:
    judgement = build.judge(build.test(), build.trial(m=0.5, x=1.0), build.trial("f", m=0.5, x=float("nan")))
    assert judgement.outcome is Outcome.INCONCLUSIVE


def test_a_changed_verdict_notices_a_fault(build: Any) -> None:
    test = build.test(hypothesis="H", decides=decides())
    judgement = build.judge(test, build.trial(a=7.0), build.trial("f", a=2.0))
    assert judgement.outcome is Outcome.SURVIVED
    assert judgement.faults[0].reason == "verdict PARTIALLY_CONFIRMED on H, the subject's is CONFIRMED"


def test_the_same_verdict_under_a_fault_is_no_notice(build: Any) -> None:
    test = build.test(hypothesis="H", decides=decides())
    judgement = build.judge(test, build.trial(a=7.0), build.trial("f", a=700.0))
    assert judgement.outcome is Outcome.INCONCLUSIVE


def test_one_changed_verdict_of_several_notices_a_fault(build: Any) -> None:
    entries = [decides("a", hypothesis="H"), decides("b", hypothesis="G", scope="all rows")]
    test = build.test(hypothesis=["H", "G"], decides=entries)
    judgement = build.judge(test, build.trial(a=7.0, b=7.0), build.trial("f", a=7.0, b=0.0))
    assert judgement.faults[0].reason == "verdict FALSIFIED on G, the subject's is CONFIRMED"
    assert [(one.hypothesis, one.scope, one.verdict) for one in judgement.verdicts] == [
        ("H", None, "CONFIRMED"),
        ("G", "all rows", "CONFIRMED"),
    ]


def test_decides_alone_survives_whatever_the_verdict(build: Any) -> None:
    test = build.test(hypothesis="H", decides=decides())
    judgement = build.judge(test, build.trial(a=0.0), build.trial("f", a=7.0))
    assert judgement.outcome is Outcome.SURVIVED
    assert [one.verdict for one in judgement.verdicts] == ["FALSIFIED"]


def test_accept_and_decides_are_both_asked(build: Any) -> None:
    test = build.test(hypothesis="H", accept=ACCEPT, decides=decides())
    judgement = build.judge(test, build.trial(a=7.0, m=3.0), build.trial("f", a=7.0, m=4.0))
    assert judgement.outcome is Outcome.FALSIFIED
    assert [one.verdict for one in judgement.verdicts] == ["CONFIRMED"]


def test_neither_accept_nor_decides_is_inconclusive(build: Any) -> None:
    test = build.test(accept=[])
    judgement = build.judge(test, build.trial(m=0.5), build.trial("f", m=9.0))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.reason == "nothing to judge by: the test has neither accept nor decides"


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ({}, "metric 'm' was not measured"),
        ({"m": float("nan")}, "metric 'm' is nan, not a finite number"),
        ({"m": float("inf")}, "metric 'm' is inf, not a finite number"),
        ({"m": float("-inf")}, "metric 'm' is -inf, not a finite number"),
    ],
)
def test_a_subject_without_a_finite_metric_is_inconclusive(
    build: Any, subject: dict[str, float], reason: str
) -> None:
    judgement = build.judge(build.test(), build.trial(**subject), build.trial("f", m=9.0))
    assert (judgement.outcome, judgement.reason) == (Outcome.INCONCLUSIVE, reason)


def test_a_decided_metric_that_is_not_finite_is_inconclusive(build: Any) -> None:
    test = build.test(hypothesis="H", accept=ACCEPT, decides=decides())
    judgement = build.judge(test, build.trial(m=0.5, a=float("inf")), build.trial("f", m=9.0, a=1.0))
    assert (judgement.outcome, judgement.verdicts) == (Outcome.INCONCLUSIVE, ())


@pytest.mark.parametrize("failure", list(Failure))
def test_a_subject_that_failed_is_inconclusive_with_its_reason(build: Any, failure: Failure) -> None:
    judgement = build.judge(build.test(), build.failed(None, failure), build.trial("f", m=9.0))
    assert (judgement.outcome, judgement.reason) == (Outcome.INCONCLUSIVE, "boom")


def test_a_failure_without_a_reason_names_its_kind(build: Any) -> None:
    subject = build.failed(None, Failure.SIGNAL).model_copy(update={"reason": None})
    judgement = build.judge(build.test(), subject, build.trial("f", m=9.0))
    assert judgement.reason == "killed by a signal"


def test_a_subject_that_was_not_run_is_inconclusive_and_its_faults_are_judged(build: Any) -> None:
    judgement = build.judge(build.test(), None, build.trial("f", m=9.0))
    assert (judgement.outcome, judgement.reason) == (Outcome.INCONCLUSIVE, "the subject was not run")
    assert judgement.faults[0].noticed


def test_the_reason_of_the_subject_comes_before_that_of_the_faults(build: Any) -> None:
    judgement = build.judge(build.test(), build.trial(), build.trial("blunt", m=0.1))
    assert judgement.reason == "metric 'm' was not measured"


def test_a_decision_without_a_hypothesis_is_never_passed_over(build: Any) -> None:
    test = build.test(accept=ACCEPT, decides=decides("missing"))
    judgement = build.judge(test, build.trial(m=0.5), build.trial("f", m=9.0))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.reason == "the decision on 'missing' names no hypothesis"


@pytest.mark.parametrize(
    ("bands", "reason"),
    [
        ({"CONFIRMED": {"gt": 5}, "FALSIFIED": {"lt": 5}}, "the bands of 'a': no band holds 5"),
        (
            {"CONFIRMED": {"ge": 5}, "FALSIFIED": {"le": 5}},
            "the bands of 'a': overlaps (-inf, 5]: both hold 5",
        ),
    ],
    ids=["gap", "overlap"],
)
def test_bands_that_do_not_partition_decide_nothing_even_far_from_the_fault(
    build: Any, bands: dict[str, Any], reason: str
) -> None:
    test = build.test(hypothesis="H", accept=ACCEPT, decides={"metric": "a", **bands})
    judgement = build.judge(test, build.trial(m=0.5, a=100.0), build.trial("f", m=9.0, a=0.0))
    assert (judgement.outcome, judgement.reason) == (Outcome.INCONCLUSIVE, reason)
    assert judgement.verdicts == ()


def test_bits_of_another_width_are_inconclusive_whatever_else_breaks(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "lt": 0, "bits": "3f800000"}])
    judgement = build.judge(test, build.trial(m=1.0), build.trial("f", m=9.0))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.reason == "metric 'm' is float64, and 8 hexadecimal digits are no bits of that"


def test_a_fault_that_changes_the_dtype_is_told_apart_from_one_that_holds(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "bits": "3f800000"}])
    subject = build.trial(m=build.number(1.0, "float32"))
    judgement = build.judge(test, subject, build.trial("f", m=1.0))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.faults[0].reason.startswith("metric 'm' is float64")


def test_the_metrics_of_a_claim_are_listed_once_in_order(build: Any) -> None:
    test = build.test(hypothesis="H", accept=[*ACCEPT, {"metric": "k", "gt": 0}], decides=decides("m"))
    assert Judging.of(test).metrics == ("m", "k")
    assert Judging.of(test).doubts == ()
