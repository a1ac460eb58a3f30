from __future__ import annotations

from typing import Any

import pytest

from pvengine.errors import ExitCode
from pvengine.models.report import ComparedEntry, RerunEntry, RerunSummary
from pvengine.project.rerunning import Rerun, count_reruns, iter_rerun_codes


def compared(*, same_bits: bool) -> ComparedEntry:
    return ComparedEntry(
        stored=1.0,
        value=1.0,
        same_bits=same_bits,
        relative_difference=0.0,
        tolerance=None,
        within=True,
        reason=None,
    )


def entry(state: str, **facts: Any) -> RerunEntry:
    given: dict[str, Any] = {
        "contract": "x.yaml",
        "id": "T",
        "state": state,
        "reason": None,
        "evidence": None,
        "stored_outcome": "survived",
        "outcome": "survived",
        "stored_verdict": None,
        "verdict": None,
        "unlike": (),
        "environment": (),
        "measurements": {"m": compared(same_bits=True)},
        "planted_faults": (),
        "detail": None,
        "duration_s": 0.1,
    }
    return RerunEntry(**(given | facts))


@pytest.mark.parametrize(
    ("found", "codes"),
    [
        (entry("reproduced"), []),
        (entry("reproduced", outcome="falsified", stored_outcome="falsified"), []),
        (entry("differs"), [ExitCode.INCONCLUSIVE]),
        (entry("differs", outcome="falsified"), [ExitCode.FALSIFIED]),
        (entry("differs", stored_outcome="falsified"), [ExitCode.INCONCLUSIVE]),
        (entry("differs", outcome="falsified", stored_outcome="falsified"), [ExitCode.INCONCLUSIVE]),
        (entry("differs", unlike=("code",)), []),
        (entry("differs", unlike=("code",), outcome="falsified"), [ExitCode.FALSIFIED]),
        (entry("inconclusive", outcome="inconclusive", unlike=("code",)), [ExitCode.INCONCLUSIVE]),
        (entry("not run", outcome=None), []),
        (entry("not run", outcome=None, id="NAMED"), [ExitCode.GATE]),
    ],
)
def test_what_each_rerun_does_to_the_exit_code(found: RerunEntry, codes: list[ExitCode]) -> None:
    assert list(iter_rerun_codes(Rerun((found,), 1, is_interrupted=False), ["NAMED"])) == codes


def test_an_interrupt_comes_first() -> None:
    assert list(iter_rerun_codes(Rerun((), 0, is_interrupted=True), [])) == [ExitCode.INTERRUPTED]


def test_the_denominators_add_up() -> None:
    entries = (
        entry("reproduced"),
        entry("reproduced", measurements={"m": compared(same_bits=False)}),
        entry("differs", unlike=("code",)),
        entry("inconclusive"),
        entry("not run"),
    )
    counted = count_reruns(Rerun(entries, 4, is_interrupted=False))
    assert counted == RerunSummary(
        recorded=4, run=4, reproduced=2, differing=1, inconclusive=1, same_bits=1, unlike=1, not_run=1
    )
    assert counted.run == counted.reproduced + counted.differing + counted.inconclusive
