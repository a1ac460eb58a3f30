"""A search is judged wherever it measured, beside faults that were looked at as long; and what it taught."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.ledger.judge import Judging, judge
from pvengine.ledger.mutation_score import Fate, find_fate
from pvengine.ledger.searches import Learnt, check_everywhere, find_disagreement, name_learnt
from pvengine.ledger.vacuity import is_open, is_told
from pvengine.models.search import BoundReport, SearchReport
from pvengine.models.vocabulary import Outcome

NAN = float("nan")
INF = float("inf")
SEARCH = {"domain": {"x": {"kind": "real", "range": [0, 1]}}, "maximise": "m", "budget": {"evaluations": 100}}
DECIDES = {"metric": "m", "hypothesis": "H", "CONFIRMED": {"gt": 5}, "FALSIFIED": {"le": 5}}


def bound(**facts: Any) -> BoundReport:
    given = {"metric": "m", "source": "a proof", "at_most": None, "at_least": None, "rounding": 0.0}
    return BoundReport.model_validate(
        given | {"any_subject": False, "is_met": True, "attained": 0.95} | facts
    )


def searched(  # noqa: PLR0913 - keyword-only facts of one search
    build: Any,
    least: float,
    largest: float,
    *,
    fault: str | None = None,
    aim: str = "maximise",
    published: float | None = None,
    others: dict[str, tuple[float, float]] | None = None,
    **facts: Any,
) -> Any:
    """Return the trial of a search that saw `m` within bounds, at x = 0 and x = 1."""
    ends = {"m": (least, largest), **(others or {})}
    at = 0 if aim == "minimise" else 1
    measured = build.trial(fault, **{name: pair[at] for name, pair in ends.items()})
    extremes = {
        name: {
            "least": build.number(pair[0]),
            "least_params": {"x": 0.0},
            "largest": build.number(pair[1]),
            "largest_params": {"x": 1.0},
        }
        for name, pair in ends.items()
    }
    given = {
        "metric": "m",
        "aim": aim,
        "published": None if published is None else {"params": {"x": 0.5}, "value": build.number(published)},
        "worst": {"params": {"x": float(at)}, "value": measured.measurements["m"]},
        "found_by": "random",
        "nearest": None,
        "minimal": None,
        "evaluations": 10,
        "refused": 0,
        "seconds": 0.1,
        "ended_by": "methods",
        "is_vectorised": False,
        "extremes": extremes,
        "bounds": (),
        "methods": (),
        "profile": None,
    }
    return measured.model_copy(update={"search": SearchReport.model_validate(given | facts)})


def run_of(build: Any, subject: Any, *faults: Any, baseline: Any = None) -> Any:
    return build.run(subject, *faults, baseline=baseline or subject)


def learn(test: Any, run: Any) -> tuple[Outcome, Learnt | None]:
    judging = Judging.of(test)
    judgement = judge(judging, run)
    return judgement.outcome, name_learnt(judging, judgement, run.subject)


def test_a_condition_that_breaks_only_at_the_other_extreme_falsifies_with_the_point(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "gt": 0.1}])
    run = run_of(build, searched(build, 0.05, 3.0), searched(build, -1.0, 4.0, fault="f"))
    judgement = judge(Judging.of(test), run)
    assert judgement.outcome is Outcome.FALSIFIED
    assert judgement.reason == "m 0.05, allowed > 0.1 (it would hold at 0.0499), at the point {'x': 0.0}"
    calm = run_of(build, searched(build, 0.15, 3.0), searched(build, -1.0, 4.0, fault="f"))
    assert judge(Judging.of(test), calm).outcome is Outcome.SURVIVED


def test_a_condition_on_another_metric_is_checked_at_its_own_extremes(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "lt": 10}, {"metric": "k", "lt": 1}])
    subject = searched(build, 0.0, 3.0, others={"k": (0.0, 2.0)})
    faulty = searched(build, 0.0, 30.0, fault="f", others={"k": (0.0, 0.0)})
    worst = subject.model_copy(update={"measurements": build.trial(m=3.0, k=0.5).measurements})
    judgement = judge(Judging.of(test), run_of(build, worst, faulty))
    assert judgement.reason == "k 2.0, allowed < 1 (it would hold at 2.01), at the point {'x': 1.0}"


def test_a_long_point_is_cut_short(build: Any) -> None:
    subject = searched(build, 0.0, 0.5)
    report = subject.search
    ends = report.extremes["m"].model_copy(
        update={"largest": build.number(5.0), "largest_params": {"x": [0.5] * 99}}
    )
    long = subject.model_copy(update={"search": report.model_copy(update={"extremes": {"m": ends}})})
    (condition,) = build.test().accept
    text = check_everywhere(condition, long).text
    assert text.partition("at the point ")[2] == repr({"x": [0.5] * 99})[:120] + "..."


def test_faults_are_compared_after_an_equal_effort(build: Any) -> None:
    """The trap: the whole search finds more than a brief one, of the same metric of the same subject."""
    test = build.test(accept=[{"metric": "m", "gt": -1}], decides=DECIDES, hypothesis="H")
    whole, brief = searched(build, 0.0, 9.0), searched(build, 0.0, 4.0)
    ignored = searched(build, 0.0, 4.0, fault="the metric ignores its subject")
    judgement = judge(Judging.of(test), run_of(build, whole, ignored, baseline=brief))
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.reason == (
        "no teeth: 'the metric ignores its subject' was not noticed: every condition held and no verdict "
        "changed"
    )
    unequal = judge(Judging.of(test), run_of(build, whole, ignored, baseline=whole))
    assert unequal.outcome is Outcome.SURVIVED, "compared with the whole search it would pass for noticed"
    seen = searched(build, 0.0, 6.0, fault="f")
    judgement = judge(Judging.of(test), run_of(build, whole, seen, baseline=brief))
    assert judgement.faults[0].reason == "verdict CONFIRMED on H, the subject's is FALSIFIED"
    assert [each.verdict for each in judgement.verdicts] == ["CONFIRMED"], "the whole search decides"


def test_a_fault_that_breaks_at_the_other_extreme_is_noticed(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "gt": 0}])
    run = run_of(build, searched(build, 1.0, 3.0), searched(build, -1.0, 3.0, fault="f"))
    judgement = judge(Judging.of(test), run)
    assert judgement.outcome is Outcome.SURVIVED
    assert judgement.faults[0].reason.endswith("at the point {'x': 0.0}")
    assert is_told(Judging.of(test), run)
    assert not is_open(Judging.of(test), run, judgement)


def test_a_mutant_is_judged_as_a_fault(build: Any) -> None:
    judging = Judging.of(build.test(accept=[{"metric": "m", "gt": 0}]))
    fate, reason = find_fate(judging, searched(build, 1.0, 3.0), searched(build, -1.0, 3.5))
    assert fate is Fate.NOTICED
    assert reason.endswith("at the point {'x': 0.0}")


@pytest.mark.parametrize(
    ("subject", "fault", "reason"),
    [
        ((2.0, 2.0), (2.0, 2.0), "m lies within [2.0, 2.0] at every point, with the subject and under every"),
        ((2.0, 2.0019), (2.0, 2.0), "m lies within [2.0, 2.0019] at every point"),
        ((2.0, 2.003), (2.0, 2.0), None),
        ((2.0, 2.0), (2.0, 5.0), None),
        ((0.0, 0.0), (0.0, 0.0), "m lies within [0.0, 0.0] at every point"),
        ((0.0, 1e-300), (0.0, 0.0), None),
        ((-2.0, 2.0), (0.0, 0.0), None),
    ],
)
def test_a_constant_metric_is_vacuous_over_the_domain(
    build: Any, subject: tuple[float, float], fault: tuple[float, float], reason: str | None
) -> None:
    test = build.test(accept=[{"metric": "m", "gt": -9}, {"metric": "k", "lt": 1}])
    own = searched(build, *subject, others={"k": (0.0, 0.5)})
    judgement = judge(
        Judging.of(test), run_of(build, own, searched(build, *fault, fault="f", others={"k": (0.0, 5.0)}))
    )
    if reason is None:
        assert judgement.outcome is Outcome.SURVIVED
    else:
        assert judgement.outcome is Outcome.INCONCLUSIVE
        assert f"vacuous over the domain: {reason}" in judgement.reason


@pytest.mark.parametrize(
    ("facts", "accept", "reason"),
    [
        (
            {"at_most": 2.0, "is_met": False},
            {"lt": 10},
            "the stated bound m <= 2.0 is not met: the falsifier or its proof is wrong (a proof)",
        ),
        (
            {"at_least": 1.0, "at_most": 2.0, "is_met": False, "source": "proof"},
            {"lt": 10},
            "the stated bound m >= 1.0 and m <= 2.0 is not met: the falsifier or its proof is wrong (proof)",
        ),
        (
            {"at_most": 9.0, "any_subject": True},
            {"lt": 10},
            "vacuous over the domain: m <= 9.0, whatever the subject does (a proof)",
        ),
        (
            {"at_most": 10.0, "any_subject": True},
            {"le": 10},
            "vacuous over the domain: m <= 10.0, whatever the subject does (a proof)",
        ),
        (
            {"at_least": 0.0, "at_most": 9.0, "any_subject": True},
            {"lt": 10, "gt": -1},
            "vacuous over the domain: m >= 0.0 and m <= 9.0, whatever the subject does (a proof)",
        ),
        ({"at_most": 9.0}, {"lt": 10}, None),
        ({"at_most": 10.0, "any_subject": True}, {"lt": 10}, None),
        ({"at_most": 9.0, "any_subject": True}, {"lt": 10, "gt": -1}, None),
        ({"at_least": 0.0, "any_subject": True}, {"lt": 10}, None),
        ({"at_most": 9.0, "any_subject": True}, {"ne": 10}, None),
        ({"at_most": 9.0, "any_subject": True, "metric": "k"}, {"lt": 10}, None),
    ],
)
def test_bounds_that_are_broken_or_leave_nothing_to_test(
    build: Any, facts: dict[str, Any], accept: dict[str, Any], reason: str | None
) -> None:
    test = build.test(accept=[{"metric": "m", **accept}])
    subject = searched(build, 0.5, 3.0, bounds=(bound(**facts),))
    judgement = judge(Judging.of(test), run_of(build, subject, searched(build, 0.5, 10.0, fault="f")))
    if reason is not None:
        assert (judgement.outcome, judgement.reason) == (Outcome.INCONCLUSIVE, reason)
    else:
        assert judgement.outcome is Outcome.SURVIVED, judgement.reason


@pytest.mark.parametrize("value", [NAN, INF])
def test_a_metric_that_is_not_finite_at_a_point_names_it(build: Any, value: float) -> None:
    subject = searched(build, 0.5, 3.0)
    worst = subject.search.worst.model_copy(update={"params": {"x": 0.25}, "value": build.number(value)})
    odd = subject.model_copy(
        update={
            "measurements": build.trial(m=value).measurements,
            "search": subject.search.model_copy(update={"worst": worst}),
        }
    )
    judgement = judge(Judging.of(build.test()), run_of(build, odd, searched(build, 0.5, 10.0, fault="f")))
    assert (judgement.outcome, judgement.reason) == (
        Outcome.INCONCLUSIVE,
        (
            f"metric 'm' is {value}, not a finite number, at the point {{'x': 0.25}} of the domain: exclude "
            "it, by a constraint or in the params' model"
        ),
    )


def test_a_baseline_that_cannot_be_judged_decides_nothing(build: Any) -> None:
    run = build.run(
        searched(build, 0.0, 0.5),
        searched(build, 0.0, 9.0, fault="f"),
        baseline=build.failed(reason="too long"),
    )
    judgement = judge(Judging.of(build.test()), run)
    assert (judgement.outcome, judgement.reason) == (Outcome.INCONCLUSIVE, "too long")


@pytest.mark.parametrize(
    ("facts", "accept", "learnt"),
    [
        ({}, {"lt": 10}, Learnt.SUPREMUM),
        ({}, {"lt": 2}, Learnt.COUNTEREXAMPLE),
        ({"published": 2.0}, {"lt": 10}, Learnt.SUPREMUM),
        ({"bounds": ({"at_most": 3.1},)}, {"lt": 10}, Learnt.THEOREM),
        ({"bounds": ({"at_most": 3.1},)}, {"lt": 2}, Learnt.COUNTEREXAMPLE),
        ({"bounds": ({"at_most": 3.1, "attained": 0.8},)}, {"lt": 10}, Learnt.SUPREMUM),
        ({"bounds": ({"at_most": 3.1, "attained": None},)}, {"lt": 10}, Learnt.SUPREMUM),
        ({"bounds": ({"at_most": 10.5},)}, {"lt": 10}, Learnt.SUPREMUM),
        ({"bounds": ({"at_least": 0.4},)}, {"lt": 10}, Learnt.SUPREMUM),
        ({"bounds": ({"at_least": 0.4},), "aim": "minimise"}, {"lt": 10}, Learnt.THEOREM),
        ({"bounds": ({"at_most": 3.1, "metric": "k"},)}, {"lt": 10}, Learnt.SUPREMUM),
    ],
)
def test_what_a_search_taught(
    build: Any, facts: dict[str, Any], accept: dict[str, Any], learnt: Learnt
) -> None:
    bounds = tuple(bound(**each) for each in facts.get("bounds", ()))
    subject = searched(build, 0.5, 3.0, **(facts | {"bounds": bounds}))
    test = build.test(accept=[{"metric": "m", **accept}])
    fault = searched(build, 0.5, 30.0, fault="f", aim=facts.get("aim", "maximise"))
    outcome, found = learn(test, run_of(build, subject, fault))
    assert found is learnt
    assert (outcome is Outcome.FALSIFIED) == (accept == {"lt": 2})


def test_another_verdict_than_the_published_one_is_a_counterexample(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "gt": -1}], decides=DECIDES, hypothesis="H")
    fault = searched(build, -9.0, 9.0, fault="f")
    for published, learnt in ((2.0, Learnt.COUNTEREXAMPLE), (6.0, Learnt.SUPREMUM), (None, Learnt.SUPREMUM)):
        subject = searched(build, 0.0, 9.0, published=published)
        assert learn(test, run_of(build, subject, fault)) == (Outcome.SURVIVED, learnt)


def test_nothing_was_learnt_where_nothing_was_decided(build: Any) -> None:
    run = run_of(build, searched(build, 0.0, 0.5), searched(build, 0.0, 0.5, fault="f"))
    assert learn(build.test(), run) == (Outcome.INCONCLUSIVE, None)
    plain = build.run(build.trial(m=0.5), build.trial("f", m=2.0))
    assert learn(build.test(), plain) == (Outcome.SURVIVED, None)


def disagree(build: Any, **changes: Any) -> str | None:
    search = build.test(search=SEARCH).search
    subject = searched(build, 0.0, 0.5, **changes.pop("facts", {}))
    report = changes.pop("report", None)
    if report is not None:
        subject = subject.model_copy(update={"search": subject.search.model_copy(update=report)})
    measured = changes.pop("measured", None)
    if measured is not None:
        subject = subject.model_copy(update={"measurements": build.trial(**measured).measurements})
    fault = changes.pop("fault", searched(build, 0.0, 9.0, fault="f"))
    run = build.run(subject, fault, **({"baseline": searched(build, 0.0, 0.4)} | changes))
    return find_disagreement(search, run)


def test_a_search_that_is_the_claims(build: Any) -> None:
    assert disagree(build) is None
    assert disagree(build, fault=build.failed("f")) is None, "a fault that failed has no search"
    assert find_disagreement(None, build.run(build.trial(m=0.5), build.trial("f", m=2.0))) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"report": {"metric": "k"}},
            "the search of the subject is for another metric or aim than the claim's",
        ),
        ({"facts": {"aim": "minimise"}}, "the search of the subject is for another metric or aim than"),
        ({"report": {"evaluations": 101}}, "the search of the subject has more evaluations than the claim"),
        ({"measured": {"m": 0.4}}, "the measurements of the subject are not those of the worst point"),
        ({"measured": {"m": 0.6}}, "the measurements of the subject are not those of the worst point"),
        (
            {"report": {"extremes": {}}, "measured": {"m": 0.4}},
            "the measurements of the subject are not those",
        ),
        (
            {"facts": {"bounds": (bound(at_most=0.4),)}},
            "the search of the subject says of a bound whether it is met otherwise than it measured",
        ),
        (
            {"facts": {"bounds": (bound(at_most=0.6, is_met=False),)}},
            "the search of the subject says of a bound whether it is met otherwise than it measured",
        ),
        (
            {"baseline": None},
            "the claim asks for a search, and there is none of the brief search of the subject",
        ),
    ],
)
def test_a_search_that_is_not_the_claims(build: Any, changes: dict[str, Any], reason: str) -> None:
    assert reason in (disagree(build, **changes) or "")


def test_a_search_of_a_fault_that_is_not_the_claims(build: Any) -> None:
    plain = build.trial("f", m=2.0)
    assert (
        disagree(build, fault=plain)
        == "the claim asks for a search, and there is none of the planted fault 'f'"
    )
    run = build.run(searched(build, 0.0, 0.5), plain)
    assert (
        find_disagreement(None, run) == "there is a search of the subject, which the claim does not ask for"
    )


def test_extremes_that_were_left_out(build: Any) -> None:
    search = build.test(search=SEARCH).search
    subject = searched(build, 0.0, 0.5)
    bare = subject.model_copy(update={"search": subject.search.model_copy(update={"extremes": {}})})
    run = build.run(bare, searched(build, 0.0, 9.0, fault="f"), baseline=searched(build, 0.0, 0.4))
    said = "the search of the subject has no extremes of 'm', which was finite everywhere"
    assert find_disagreement(search, run, ("m",)) == said
    assert find_disagreement(search, run, ("m", "unmeasured")) is None, (
        "an inconclusive trial, which is no record"
    )


def test_extremes_that_were_moved(build: Any) -> None:
    """The worst point of a whole search is an extreme, and other metrics lie between theirs."""
    ends = searched(build, 0.0, 0.9).search.extremes
    assert "are not those of the worst point" in (disagree(build, report={"extremes": ends}) or "")
    swapped = {"m": ends["m"].model_copy(update={"least": build.number(5.0)})}
    assert "are not those of the worst point" in (disagree(build, report={"extremes": swapped}) or "")
