"""What tells a subject from what took its place, and a test that nothing tells."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.ledger.judge import Judging, judge
from pvengine.ledger.vacuity import breaks_condition, has_same_bits, is_open, is_told
from pvengine.models.vocabulary import Outcome

NAN = float("nan")
ABOVE = [{"metric": "m", "ge": 0}]
DECIDES = {"metric": "m", "hypothesis": "H", "CONFIRMED": {"gt": 5}, "FALSIFIED": {"le": 5}}


def ask(test: Any, run: Any) -> tuple[bool, bool]:
    """Say whether the question is open without the replacements, and whether they make it vacuous."""
    judging = Judging.of(test)
    alone = run.model_copy(update={"replacements": ()})
    judgement = judge(judging, run)
    is_vacuous = judgement.outcome is Outcome.INCONCLUSIVE and (judgement.reason or "").startswith("vacuous")
    return is_open(judging, alone, judge(judging, alone)), is_vacuous


def test_a_fault_that_a_finite_number_shows_leaves_nothing_open(build: Any) -> None:
    run = build.run(build.trial(m=0.5), build.trial("a", m=NAN), build.trial("b", m=2.0))
    assert ask(build.test(), run) == (False, False)
    # Even identity and noise that change nothing make no vacuous test of it.
    same = (build.trial("identity", m=0.5), build.trial("noise", m=0.5))
    assert ask(build.test(), run.model_copy(update={"replacements": same})) == (False, False)


@pytest.mark.parametrize(
    ("identity", "noise", "is_vacuous"),
    [
        ({"m": 0.5}, {"m": 0.7}, True),
        ({"m": NAN}, {"m": 0.7}, True),
        ({"m": NAN}, {"m": NAN}, True),
        ({"m": -1.0}, {"m": 0.7}, False),
        ({"m": 0.5}, {"m": -0.1}, False),
        ({"k": 0.5}, {"m": 0.7}, False),
        (None, {"m": 0.7}, False),
        ({"m": 0.7}, None, False),
    ],
)
def test_where_only_nan_is_noticed_the_replacements_decide(
    build: Any,
    identity: dict[str, float] | None,
    noise: dict[str, float] | None,
    is_vacuous: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    replacements = tuple(
        build.failed(name) if metrics is None else build.trial(name, **metrics)
        for name, metrics in (("identity", identity), ("noise", noise))
    )
    run = build.run(build.trial(m=0.5), build.trial("broken", m=NAN), replacements=replacements)
    assert ask(build.test(accept=ABOVE), run) == (True, is_vacuous)


def test_a_falsified_subject_needs_other_bits_and_no_more(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "gt": 5}, {"metric": "k", "lt": 1}])
    constant = [build.trial("broken", m=1.0, k=0.0)]
    same = (build.trial("identity", m=1.0, k=0.0), build.trial("noise", m=1.0, k=0.0))
    run = build.run(build.trial(m=1.0, k=0.0), *constant, replacements=same)
    assert ask(test, run) == (True, True)
    moved = (same[0], build.trial("noise", m=1.0, k=0.5))
    assert ask(test, run.model_copy(update={"replacements": moved})) == (True, False)
    varied = build.run(build.trial(m=1.0, k=0.0), build.trial("broken", m=2.0, k=0.0))
    assert ask(test, varied) == (False, False)


def test_metrics_that_the_claim_does_not_name_tell_nothing(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "gt": 5}])
    others = (build.trial("identity", m=1.0, other=2.0), build.trial("noise", m=1.0, other=3.0))
    run = build.run(build.trial(m=1.0, other=1.0), build.trial("f", m=1.0, other=9.0), replacements=others)
    assert ask(test, run) == (True, True)


def test_another_verdict_tells(build: Any) -> None:
    test = build.test(accept=ABOVE, decides=DECIDES, hypothesis="H")
    subject, fault = build.trial(m=9.0), build.trial("f", m=NAN)
    same = (build.trial("identity", m=8.0), build.trial("noise", m=7.0))
    run = build.run(subject, fault, replacements=same)
    assert ask(test, run) == (True, True)
    other = (build.trial("identity", m=8.0), build.trial("noise", m=1.0))
    assert ask(test, run.model_copy(update={"replacements": other})) == (True, False)
    told = build.run(subject, build.trial("f", m=1.0))
    assert ask(test, told) == (False, False)


def test_bits_of_another_type_or_sign_are_others(build: Any) -> None:
    one, other = build.trial(m=0.0), build.trial(m=-0.0)
    assert not has_same_bits(["m"], one, other)
    assert has_same_bits(["m"], one, build.trial("f", m=0.0, k=1))
    assert not has_same_bits(["m"], one, build.trial(m=0))
    assert not has_same_bits(["m"], build.trial(m=1), build.trial(m=2))
    assert not has_same_bits(["m", "k"], one, one)


def test_what_is_inconclusive_already_is_not_open(build: Any) -> None:
    judging = Judging.of(build.test())
    unnoticed = build.run(build.trial(m=0.5), build.trial("f", m=0.6))
    assert not is_open(judging, unnoticed, judge(judging, unnoticed))
    crashed = build.run(build.failed(), build.trial("f", m=NAN))
    assert not is_open(judging, crashed, judge(judging, crashed))
    assert not is_told(judging, build.run(None, build.trial("f", m=2.0)))


def test_the_reason_says_what_was_seen(build: Any) -> None:
    test = build.test(accept=[*ABOVE, {"metric": "k", "ge": 0}])
    same = (build.trial("identity", m=0.5, k=1), build.trial("noise", m=0.5, k=1))
    run = build.run(build.trial(m=0.5, k=1), build.trial("f", m=NAN, k=1), replacements=same)
    assert judge(Judging.of(test), run).reason == (
        "vacuous: every condition holds and no verdict changes with identity or noise in the subject's "
        "place; a fault was noticed only by a metric that is not finite"
    )
    test = build.test(accept=[{"metric": "m", "gt": 5}])
    constant = (build.trial("identity", m=1.0), build.trial("noise", m=1.0))
    run = build.run(build.trial(m=1.0), build.trial("f", m=1.0), replacements=constant)
    assert judge(Judging.of(test), run).reason == (
        "vacuous: 'm' does not depend on the subject: the same bits with identity or noise in the subject's "
        "place, and under every fault"
    )


def test_only_finite_numbers_break_a_condition(build: Any) -> None:
    judging = Judging.of(build.test())
    assert breaks_condition(judging, build.trial("f", m=2.0))
    assert not breaks_condition(judging, build.trial("f", m=0.5))
    assert not breaks_condition(judging, build.trial("f", m=NAN))
    assert not breaks_condition(judging, build.failed("f"))
