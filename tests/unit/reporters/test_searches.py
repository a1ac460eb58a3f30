"""What a search found, as lines."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.models.search_entry import BoundEntry, ExampleEntry, SearchEntry
from pvengine.reporters.searches import render_search, show_params

HOSTILE = "a\x1b[2J\u202e\nb"


def entry(**facts: Any) -> SearchEntry:
    given: dict[str, Any] = {
        "metric": "amplification",
        "aim": "maximise",
        "learnt": "supremum",
        "published": ExampleEntry(params={"x": [0.5]}, value=0.25),
        "worst": ExampleEntry(params={"x": [1.0], "kind": "a"}, value=35.5),
        "found_by": "refinement",
        "nearest": None,
        "minimal": None,
        "evaluations": 2622,
        "budget": 3000,
        "refused": 0,
        "seconds": 2.581,
        "ended_by": "methods",
        "bounds": (),
        "methods": (),
        "replay": None,
    }
    return SearchEntry(**(given | facts))


def lines(**facts: Any) -> list[str]:
    return list(render_search(entry(**facts)))


def test_the_shortest_form() -> None:
    assert lines() == [
        "  search  supremum: largest amplification 35.5, by refinement, published 0.25",
        "          2,622 of 3000 points in 2.58 s",
        '          worst: x = [1.0], kind = "a"',
    ]


def test_the_longest_form() -> None:
    bounds = (
        BoundEntry(
            metric="amplification",
            source="a proof",
            at_most=40.0,
            at_least=None,
            is_met=True,
            attained=0.8875,
        ),
        BoundEntry(metric="error", source="another", at_most=1.0, at_least=-1.0, is_met=False, attained=None),
    )
    assert lines(
        learnt="counterexample",
        aim="minimise",
        published=None,
        minimal=ExampleEntry(params={"x": [1.0]}, value=7),
        nearest=ExampleEntry(params={"x": [0.75]}, value=None),
        refused=12,
        ended_by="seconds",
        bounds=bounds,
        replay="pv run x.yaml --test T --replay sha256:00",
    ) == [
        "  search  counterexample: least amplification 35.5, by refinement",
        "          2,622 of 3000 points in 2.58 s, 12 outside of the domain, ended by its budget of seconds",
        '          worst: x = [1.0], kind = "a"',
        "          minimal: 7 at x = [1.0]",
        "          nearest: not measured at x = [0.75]",
        "          bound: amplification <= 40.0, met, 0.8875 of it attained (a proof)",
        "          bound: error >= -1.0 and error <= 1.0, NOT MET (another)",
        "          replay: pv run x.yaml --test T --replay sha256:00",
    ]


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        (
            {"learnt": None, "aim": "margin", "found_by": "random"},
            "  search  nearest to a change of amplification 35.5, by random, published 0.25",
        ),
        (
            {"worst": ExampleEntry(params={}, value="nan"), "published": ExampleEntry(params={}, value=None)},
            "  search  supremum: largest amplification nan, by refinement, published not measured",
        ),
        (
            {"budget": 1, "learnt": "theorem", "published": None},
            "  search  theorem: largest amplification 35.5, by refinement",
        ),
    ],
)
def test_first_lines(facts: dict[str, Any], first: str) -> None:
    assert lines(**facts)[0] == first


def test_params_are_cut_short_and_cleaned() -> None:
    shown = show_params({"logits": [0.1] * 100})
    assert len(shown) == 153
    assert shown.startswith("logits = [0.1, 0.1")
    assert shown.endswith("...")
    assert show_params({HOSTILE: HOSTILE}).isprintable()
    bound = BoundEntry(metric=HOSTILE, source=HOSTILE, at_most=1.0, at_least=None, is_met=True, attained=None)
    worst = ExampleEntry(params={"x": HOSTILE}, value=1.0)
    assert all(
        line.isprintable() for line in lines(metric=HOSTILE, bounds=(bound,), worst=worst, replay=HOSTILE)
    )
