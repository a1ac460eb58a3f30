"""The table of transitions: each arrow, foreign words, grounding, renewal, and what the version does."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.graph.edges import Kind
from pvengine.ledger.grounding import Assessment, Standing
from pvengine.ledger.transitions import Bump, Transition, bump_version, find_transitions
from pvengine.models.contract import DecidedVerdict

D, F = "DISCHARGED", "FALSIFIED"
ONE = "sha256:" + "1" * 64
TWO = "sha256:" + "2" * 64
VERIFIED, NEW, STALE, SELF = Standing.VERIFIED, Standing.NEW, Standing.STALE, Standing.SELF_DECLARED


def state(
    word: str, standing: Standing, head: str | None = None, verdict: str | None = None, count: int = 0
) -> Assessment:
    decided = [DecidedVerdict.model_validate({"hypothesis": "H", "verdict": verdict})] if verdict else []
    return Assessment("A", word, standing, head=head, count=count, verdicts=tuple(decided))


def move(build: Any, before: Assessment, after: Assessment, text: str = "") -> list[Transition]:
    loaded = build.contract(
        "metadata: {id: C, version: 1.7.0}\n"
        f"falsification_tests: [{{id: A, status: {before.word}}}]\n{text}"
    )
    return find_transitions(loaded.contract, loaded.indexes, {"A": before}, {"A": after})


@pytest.mark.parametrize(
    ("before", "to", "grounded", "bump"),
    [
        (state("NEW", NEW), D, False, Bump.MINOR),
        (state("NEW", NEW), F, False, Bump.MINOR),
        (state(D, VERIFIED, ONE), F, False, Bump.MINOR),
        (state(D, STALE, ONE), F, False, Bump.MINOR),
        (state(F, VERIFIED, ONE), D, False, Bump.MINOR),
        (state(F, STALE, ONE), D, False, Bump.MINOR),
        (state(D, VERIFIED, ONE), D, False, Bump.PATCH),
        (state(D, STALE, ONE), D, False, Bump.PATCH),
        (state(F, STALE, ONE), F, False, Bump.PATCH),
        (state(D, SELF), D, True, Bump.MINOR),
        (state(D, SELF), F, False, Bump.MINOR),
        (state(F, SELF), F, True, Bump.MINOR),
        (state("PROPOSED", SELF), D, False, Bump.MINOR),
        (state("SHIPPED", SELF), F, False, Bump.MINOR),
        (state("NEW", NEW, ONE), D, False, Bump.MINOR),
    ],
)
def test_each_arrow(build: Any, before: Assessment, to: str, *, grounded: bool, bump: Bump) -> None:
    (moved,) = move(build, before, state(to, VERIFIED, TWO, count=3))
    assert moved == Transition(
        Kind.TEST, "A", ("falsification_tests", 0), before.word, to, None, TWO, 3, grounded=grounded
    )
    assert moved.bump is bump
    assert moved.is_renewal is (bump is Bump.PATCH)


@pytest.mark.parametrize("before", [state("NEW", NEW), state(D, SELF), state(D, VERIFIED, ONE)])
def test_what_has_no_new_evidence_does_not_move(build: Any, before: Assessment) -> None:
    assert move(build, before, before) == []


HYPOTHESIS = "hypotheses: [{id: H, statement: s, status: %s}]\n"


def test_the_hypothesis_moves_with_its_test(build: Any) -> None:
    after = state(D, VERIFIED, TWO, "FALSIFIED")
    first, second = move(build, state("NEW", NEW), after, "hypotheses: [{id: H, statement: s}]\n")
    assert first.verdict == "FALSIFIED"
    assert second == Transition(Kind.HYPOTHESIS, "H", ("hypotheses", 0), "UNTESTED", "FALSIFIED", "FALSIFIED")
    assert second.bump is Bump.MINOR


def test_a_hypothesis_that_has_its_word_already_does_not_move(build: Any) -> None:
    after = state(D, VERIFIED, TWO, "FALSIFIED")
    assert len(move(build, state("NEW", NEW), after, HYPOTHESIS % "FALSIFIED")) == 1


def test_a_regression_takes_the_verdict_of_the_hypothesis_back(build: Any) -> None:
    before, after = state(D, VERIFIED, ONE, "CONFIRMED"), state(F, VERIFIED, TWO, "CONFIRMED")
    _, taken = move(build, before, after, HYPOTHESIS % "CONFIRMED")
    assert (taken.kind, taken.from_, taken.to) == (Kind.HYPOTHESIS, "CONFIRMED", "UNTESTED")


def test_a_typed_hypothesis_stays_where_no_evidence_moved(build: Any) -> None:
    assert move(build, state("NEW", NEW), state("NEW", NEW), HYPOTHESIS % "CONFIRMED") == []
    assert len(move(build, state("NEW", NEW), state(D, VERIFIED, TWO), HYPOTHESIS % "believed")) == 1


def test_stale_evidence_leaves_the_word_of_the_hypothesis(build: Any) -> None:
    stale = state(D, STALE, ONE, "CONFIRMED")
    assert move(build, stale, stale, HYPOTHESIS % "CONFIRMED") == []


STAGES = """\
implementation_stages:
- id: S
  steps:
  - {id: a, needs: [A]}
  - {id: b, needs: [A], status: SHIPPED}
"""


def test_steps_and_stages_move_with_the_test_in_the_order_of_the_text(build: Any) -> None:
    moved = move(build, state("NEW", NEW), state(D, VERIFIED, TWO), STAGES)
    assert [(one.kind.value, one.id, one.path, one.from_, one.to) for one in moved[1:]] == [
        ("step", "S/a", ("implementation_stages", 0, "steps", 0), "NEW", D),
        ("step", "S/b", ("implementation_stages", 0, "steps", 1), "SHIPPED", D),
        ("stage", "S", ("implementation_stages", 0), "NEW", D),
    ]


def test_a_second_look_at_the_same_evidence_moves_nothing(build: Any) -> None:
    current = state(D, VERIFIED, ONE, "CONFIRMED")
    text = HYPOTHESIS % "CONFIRMED" + STAGES.replace("SHIPPED", D).replace(
        "[A]}", f"[A], status: {D}}}"
    ).replace("- id: S", f"- id: S\n  status: {D}")
    assert move(build, current, current, text) == []


@pytest.mark.parametrize(
    ("version", "bump", "raised"),
    [
        ("1.7.0", Bump.MINOR, "1.8.0"),
        ("1.7.3", Bump.MINOR, "1.8.0"),
        ("1.7.0", Bump.PATCH, "1.7.1"),
        ("1.7.4", Bump.MAJOR, "2.0.0"),
        ("1.7.0", Bump.NONE, "1.7.0"),
        ("1.7.0-rc.1+build.5", Bump.MINOR, "1.8.0"),
        ("0.9.9", Bump.MINOR, "0.10.0"),
    ],
)
def test_a_version_is_raised_by_its_part(version: str, bump: Bump, raised: str) -> None:
    assert bump_version(version, bump) == raised
