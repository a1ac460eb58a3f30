"""What becomes of a mutant, and the score."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.ledger.judge import Judging
from pvengine.ledger.mutation_score import Fate, find_fate, refuse_score, score_fates
from pvengine.models.trial import Failure

NAN = float("nan")
DECIDES = {"metric": "m", "hypothesis": "H", "CONFIRMED": {"lt": 0.6}, "FALSIFIED": {"ge": 0.6}}


def find(test: Any, subject: Any, mutant: Any) -> tuple[Fate, str]:
    return find_fate(Judging.of(test), subject, mutant)


@pytest.mark.parametrize(
    ("metrics", "fate", "reason"),
    [
        ({"m": 2.0, "k": 1.0}, Fate.NOTICED, "m 2.0, allowed < 1 (it would hold at 2.01)"),
        ({"m": NAN, "k": 1.0}, Fate.NOTICED, "m is nan"),
        ({"m": 0.6, "k": 1.0}, Fate.UNNOTICED, "every condition held and no verdict changed"),
        ({"m": 0.5, "k": 2.0}, Fate.UNNOTICED, "every condition held and no verdict changed"),
        ({"m": 0.5, "k": 1.0}, Fate.SAME, "every metric keeps its bits"),
        ({"k": 1.0}, Fate.INVALID, "metric 'm' was not measured"),
        ({"m": 0.5}, Fate.UNNOTICED, "every condition held and no verdict changed"),
    ],
)
def test_the_fate_of_a_mutant(build: Any, metrics: dict[str, float], fate: Fate, reason: str) -> None:
    subject = build.trial(m=0.5, k=1.0)
    assert find(build.test(), subject, build.trial(**metrics)) == (fate, reason)


def test_a_crash_is_invalid_and_a_changed_verdict_is_notice(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "lt": 5}], decides=DECIDES, hypothesis="H")
    subject = build.trial(m=0.5, k=1.0)
    assert find(test, subject, build.failed(failure=Failure.TIMEOUT, reason="too long")) == (
        Fate.INVALID,
        "too long",
    )
    noticed = find(test, subject, build.trial(m=0.7, k=1.0))
    assert noticed == (Fate.NOTICED, "verdict FALSIFIED on H, the subject's is CONFIRMED")


def test_a_condition_that_the_subject_breaks_notices_nothing(build: Any) -> None:
    test = build.test(accept=[{"metric": "m", "gt": 1}, {"metric": "k", "lt": 2}])
    subject = build.trial(m=0.5, k=1.0)
    assert find(test, subject, build.trial(m=0.4, k=1.0))[0] is Fate.UNNOTICED
    assert find(test, subject, build.trial(m=0.4, k=3.0))[0] is Fate.NOTICED


def test_the_score_leaves_out_what_no_test_could_notice() -> None:
    fates = [Fate.NOTICED] * 3 + [Fate.UNNOTICED] + [Fate.SAME] * 2 + [Fate.INVALID] * 4
    score = score_fates(fates, generated=20, minimum=0.75, seed=3)
    assert (score.score, score.is_enough, score.tried) == (0.75, True, 10)
    assert score.text == "score 0.75, 3 of 4 noticed; 2 same numbers, 4 invalid; 10 of 20 tried"
    assert not score_fates(fates, generated=20, minimum=0.76, seed=3).is_enough
    nothing = score_fates([Fate.SAME], generated=1, minimum=0.0, seed=3)
    assert (nothing.score, nothing.is_enough) == (None, False)
    assert nothing.text.startswith("no score, 0 of 0 noticed, 0 is wanted; 1 same numbers")
    assert score_fates([], generated=1, minimum=None, seed=3).is_enough


def test_when_there_can_be_no_score(build: Any) -> None:
    judging, fault = Judging.of(build.test()), build.trial("f", m=2.0)

    def refuse(subject: Any, control: Any) -> str | None:
        return refuse_score(judging, build.run(subject, fault), control)

    subject = build.trial(m=0.5)
    assert refuse(subject, subject) is None
    assert refuse(build.failed(), subject) == "the subject cannot be judged: boom"
    assert refuse(build.trial(m=NAN), subject) == (
        "the subject cannot be judged: metric 'm' is nan, not a finite number"
    )
    assert refuse(build.trial(m=2.0), subject) == (
        "the subject breaks every condition: none is left that a mutant could break"
    )
    assert refuse(subject, build.failed()) == "the subject cannot be imported a second time: boom"
    assert refuse(subject, build.trial(m=0.25)) == (
        "the subject gives other numbers when it is run again: a mutant could not be told from it"
    )
