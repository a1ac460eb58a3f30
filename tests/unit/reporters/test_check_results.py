from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from check_parts import DIGEST, checked, compared, entry, hypothesis, measured, rerun

from pvengine.models.report import PlantedFaultEntry
from pvengine.reporters.check_results import list_hypotheses, list_reruns, list_results
from pvengine.reporters.check_words import Names

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.check import CheckReport

    Maker = Callable[..., CheckReport]


def result_of(make_check: Maker, *again: Any, **facts: Any) -> str:
    report = make_check(tests=(checked(**facts),), reruns=again)
    (text,) = list_results(report, Names(report))
    return text


def test_a_test_that_was_never_measured(make_check: Maker) -> None:
    assert result_of(make_check) == (
        "**`F-011`** nothing measured, status NEW: Softmax damps drift\n\n- touched: its claim changed\n\n"
    )


def test_a_falsified_test_says_the_size_of_the_miss_and_the_trials_before(make_check: Maker) -> None:
    known = {"outcome": "falsified", "standing": "verified", "status": "FALSIFIED", "evidence": DIGEST}
    assert result_of(
        make_check,
        **known,
        trials=4,
        falsified=3,
        planted_faults=2,
        noticed=2,
        rule=None,
        misses=("amplification 5.31, allowed < 1 (it would hold at 5.32)",),
        measurements={"amplification": measured(5.31, unit="m/s")},
        affected=("it has new evidence", "its claim changed"),
    ) == (
        "**`F-011`** falsified, status FALSIFIED\n"
        "\n"
        "| metric | value | unit | taken over | arithmetic |\n"
        "|---|---|---|---|---|\n"
        "| `amplification` | 5.31 | m/s |  |  |\n"
        "\n"
        "- falsified: amplification 5.31, allowed &#60; 1 (it would hold at 5.32)\n"
        "- 4 trials so far, 2 falsified before; 2 of 2 planted faults noticed;"
        " evidence `sha256:0123456789ab`\n"
        "- touched: it has new evidence; its claim changed\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ([True, True], "2 of 2 planted faults noticed again"),
        ([True, False], "1 of 2 planted faults noticed again; NOT NOTICED: `fault 1`"),
        ([], "0 of 1 planted fault noticed"),
    ],
)
def test_planted_faults_are_those_of_the_rerun_where_it_has_some(
    make_check: Maker, faults: list[bool], said: str
) -> None:
    planted = tuple(
        PlantedFaultEntry(name=f"fault {number}", noticed=noticed, reason="x")
        for number, noticed in enumerate(faults)
    )
    again = rerun(planted_faults=planted)
    text = result_of(make_check, again, outcome="survived", trials=1, planted_faults=1)
    assert f"\n- 1 trial so far, 0 falsified before; {said}\n" in text


@pytest.mark.parametrize("standing", ["missing", "tampered"])
def test_a_record_that_cannot_be_believed(make_check: Maker, standing: str) -> None:
    text = result_of(make_check, standing=standing, status="DISCHARGED", evidence=DIGEST)
    assert text.startswith(f"**`F-011`** record {standing}, status DISCHARGED ({standing}): ")
    assert "\n- 0 trials so far, 0 falsified before; evidence `sha256:0123456789ab`\n" in text


def test_hypotheses_in_every_scope(make_check: Maker) -> None:
    landscape = (
        hypothesis(),
        hypothesis(
            ("F-1", "7 logits", "CONFIRMED", True),
            ("F-2", None, "FALSIFIED", False),
            id="H1",
            status="UNTESTED",
            derived="CONTESTED",
        ),
    )
    report = make_check(contracts=(entry(hypotheses=landscape),))
    assert list_hypotheses(report, Names(report)) == [
        "| `A2` Softmax amplifies drift | FALSIFIED |  |\n",
        (
            "| `H1` Softmax amplifies drift | CONTESTED (the contract says UNTESTED) | "
            "CONFIRMED in 7 logits, by `F-1`<br>FALSIFIED without a scope, by `F-2`, not counted |\n"
        ),
    ]


def test_what_was_not_reproduced_is_shown_beside_the_record(make_check: Maker) -> None:
    numbers = {
        "same": compared(),
        "other": compared(value=0.75, same_bits=False, within=False),
        "close": compared(value=0.5000001, same_bits=False),
        "gone": compared(value=None, same_bits=False, within=False),
        "new": compared(stored=None, same_bits=False, within=False),
    }
    reason = "2 metrics are not reproduced"
    report = make_check(
        reruns=(
            rerun(),
            rerun(measurements={"close": numbers["close"]}),
            rerun("differs", reason=reason, unlike=("the code of x.py",), measurements=numbers),
            rerun("not run", reason="blocked"),
        )
    )
    assert list_reruns(report, Names(report)) == [
        "- `F-011` reproduced to the bit: 2 metrics\n",
        "- `F-011` reproduced within the tolerance\n",
        (
            f"- `F-011` differs {reason}\n"
            "  - other than in the record: the code of x.py\n"
            "  - `other`: 0.75, stored 0.5\n"
            "  - `gone`: not measured, stored 0.5\n"
            "  - `new`: 0.5, stored nothing\n"
        ),
        "- `F-011` not run blocked\n",
    ]
