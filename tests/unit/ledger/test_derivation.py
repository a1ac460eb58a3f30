"""Hypotheses, steps and stages follow from grounded tests alone."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from pvengine.graph.edges import Key, Kind
from pvengine.ledger.derivation import (
    ScopedVerdict,
    combine_verdicts,
    derive_milestones,
    derive_verdicts,
    iter_ungrounded_words,
)
from pvengine.ledger.grounding import Assessment, Standing
from pvengine.models.contract import DecidedVerdict
from pvengine.models.vocabulary import Status, Verdict

CONFIRMED, PARTIALLY, FALSIFIED = Verdict.CONFIRMED, Verdict.PARTIALLY_CONFIRMED, Verdict.FALSIFIED
D, F = "DISCHARGED", "FALSIFIED"


def scoped(*words: Verdict, counts: bool = True) -> list[ScopedVerdict]:
    return [ScopedVerdict(f"T{index}", f"s{index}", word, counts) for index, word in enumerate(words)]


@pytest.mark.parametrize(
    ("words", "combined"),
    [
        ((), Verdict.UNTESTED),
        ((CONFIRMED,), CONFIRMED),
        ((PARTIALLY, PARTIALLY), PARTIALLY),
        ((FALSIFIED, FALSIFIED), FALSIFIED),
        ((CONFIRMED, PARTIALLY), PARTIALLY),
        ((CONFIRMED, FALSIFIED), Verdict.CONTESTED),
        ((PARTIALLY, FALSIFIED), Verdict.CONTESTED),
        ((CONFIRMED, PARTIALLY, FALSIFIED), Verdict.CONTESTED),
    ],
)
def test_verdicts_combine_in_any_order(words: tuple[Verdict, ...], combined: Verdict) -> None:
    assert combine_verdicts(scoped(*words)) is combined
    assert combine_verdicts(scoped(*reversed(words))) is combined


def test_what_does_not_count_is_not_combined() -> None:
    both = [*scoped(CONFIRMED), *scoped(FALSIFIED, counts=False)]
    assert combine_verdicts(both) is CONFIRMED
    assert combine_verdicts(scoped(CONFIRMED, counts=False)) is Verdict.UNTESTED


def assessment(
    name: str,
    word: str = D,
    standing: Standing = Standing.VERIFIED,
    verdict: str | None = None,
    hypothesis: str = "H",
) -> Assessment:
    decided = [{"hypothesis": hypothesis, "scope": None, "verdict": verdict}] if verdict else []
    return Assessment(
        name, word, standing, verdicts=tuple(DecidedVerdict.model_validate(one) for one in decided)
    )


def assessments(*entries: Assessment) -> dict[str, Assessment]:
    return {entry.test: entry for entry in entries}


CONTRACT = """\
metadata: {id: C, version: 1.0.0}
hypotheses:
- {id: H, statement: s}
- {id: G, statement: s}
falsification_tests: [{id: A}, {id: B}, {id: Z}]
implementation_stages:
- id: outer
  needs: [inner]
- id: inner
  steps:
  - {id: a, needs: [A]}
  - {id: both, needs: [A, B]}
  - {id: accepted, expected_acceptance: [A (the gate), B]}
- {id: idle}
- {id: empty, needs: []}
- id: mixed
  needs: [A, inner/a]
"""


def milestones(build: Any, *entries: Assessment) -> dict[str, str]:
    loaded = build.contract(CONTRACT)
    decided = derive_milestones(loaded.contract, loaded.indexes, assessments(*entries))
    return {key.name: status.value for key, status in decided.items()}


def test_nothing_grounded_decides_nothing(build: Any) -> None:
    assert milestones(build) == {}


def test_all_needs_grounded_discharges_up_to_the_stage(build: Any) -> None:
    assert milestones(build, assessment("A"), assessment("B")) == {
        "outer": D,
        "inner": D,
        "inner/a": D,
        "inner/both": D,
        "inner/accepted": D,
        "mixed": D,
    }


def test_a_part_of_the_needs_is_not_enough(build: Any) -> None:
    assert milestones(build, assessment("A")) == {"inner/a": D, "mixed": D}


def test_one_falsified_need_falsifies_up_to_the_stage(build: Any) -> None:
    assert milestones(build, assessment("A"), assessment("B", F)) == {
        "outer": F,
        "inner": F,
        "inner/a": D,
        "inner/both": F,
        "inner/accepted": F,
        "mixed": D,
    }


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.VERIFIED])
def test_a_word_without_current_evidence_grounds_no_step(build: Any, standing: Standing) -> None:
    assert milestones(build, assessment("A", standing=standing), assessment("B", F, standing)) == {}


def test_needing_nothing_never_discharges(build: Any) -> None:
    decided = milestones(build, assessment("A"), assessment("B"), assessment("Z"))
    assert not {"idle", "empty"} & decided.keys()


def test_a_cycle_of_stages_decides_nothing(build: Any) -> None:
    loaded = build.contract(
        "metadata: {id: C, version: 1.0.0}\nfalsification_tests: [{id: A}]\nimplementation_stages:\n"
        "- {id: one, needs: [two, A]}\n- {id: two, needs: [one, A]}\n"
    )
    assert derive_milestones(loaded.contract, loaded.indexes, assessments(assessment("A"))) == {}


def test_a_need_that_nothing_has_never_discharges(build: Any) -> None:
    loaded = build.contract(
        "metadata: {id: C, version: 1.0.0}\nfalsification_tests: [{id: A}]\nimplementation_stages:\n"
        "- {id: one, needs: [A, X]}\n"
    )
    assert derive_milestones(loaded.contract, loaded.indexes, assessments(assessment("A"))) == {}


def test_verdicts_are_listed_and_only_grounded_ones_count(build: Any) -> None:
    loaded = build.contract(CONTRACT)
    derived = derive_verdicts(
        loaded.contract,
        assessments(
            assessment("A", verdict="CONFIRMED"),
            assessment("B", F, verdict="FALSIFIED"),
            assessment("Z", standing=Standing.STALE, verdict="FALSIFIED"),
        ),
    )
    assert [(one.test, one.verdict, one.counts) for one in derived["H"]] == [
        ("A", CONFIRMED, True),
        ("B", FALSIFIED, False),
        ("Z", FALSIFIED, False),
    ]
    assert derived["G"] == ()
    assert combine_verdicts(derived["H"]) is CONFIRMED


def test_a_hypothesis_that_the_list_lacks_is_still_shown(build: Any) -> None:
    loaded = build.contract(CONTRACT)
    entry = assessment("A", verdict="CONFIRMED", hypothesis="unlisted")
    assert list(derive_verdicts(loaded.contract, assessments(entry))) == ["H", "G", "unlisted"]


TYPED = """\
metadata: {id: C, version: 1.0.0}
hypotheses:
- {id: H, statement: s, status: CONFIRMED}
- {id: G, statement: s, status: CONTESTED}
- {id: E, statement: s, status: believed}
falsification_tests: [{id: A}]
implementation_stages:
- id: one
  status: DISCHARGED
  steps:
  - {id: a, needs: [A], status: DISCHARGED}
  - {id: b, status: FALSIFIED}
  - {id: c, status: SHIPPED}
"""


def test_typed_words_of_hypotheses_and_milestones_are_reported(build: Any) -> None:
    loaded = build.contract(TYPED)
    issues = list(
        iter_ungrounded_words(
            loaded.contract, loaded.indexes, assessments(assessment("A", verdict="FALSIFIED"))
        )
    )
    assert [(issue.code, issue.path, issue.message) for issue in issues] == [
        (
            "PV501",
            ("hypotheses", 0, "status"),
            "hypothesis H is CONFIRMED, and current evidence gives FALSIFIED",
        ),
        (
            "PV501",
            ("hypotheses", 1, "status"),
            "hypothesis G is CONTESTED, and current evidence gives UNTESTED",
        ),
        (
            "PV501",
            ("implementation_stages", 0, "steps", 1, "status"),
            "step one/b is FALSIFIED, and no current evidence gives that",
        ),
        (
            "PV501",
            ("implementation_stages", 0, "status"),
            "stage one is DISCHARGED, and no current evidence gives that",
        ),
    ]


def test_words_that_evidence_gives_are_not_reported(build: Any) -> None:
    loaded = build.contract(
        "metadata: {id: C, version: 1.0.0}\nhypotheses: [{id: H, statement: s, status: CONFIRMED}]\n"
        "falsification_tests: [{id: A}]\nimplementation_stages: [{id: one, needs: [A], status: DISCHARGED}]\n"
    )
    entries = assessments(assessment("A", verdict="CONFIRMED"))
    assert list(iter_ungrounded_words(loaded.contract, loaded.indexes, entries)) == []


def test_keys_of_milestones_carry_their_kind(build: Any) -> None:
    loaded = build.contract(CONTRACT)
    decided = derive_milestones(loaded.contract, loaded.indexes, assessments(assessment("A")))
    assert decided[Key(Kind.STEP, "inner/a")] is Status.DISCHARGED


def test_no_two_different_verdicts_combine_to_the_stronger() -> None:
    for first, second in combinations((CONFIRMED, PARTIALLY, FALSIFIED), 2):
        assert combine_verdicts(scoped(first, second)) is not CONFIRMED
