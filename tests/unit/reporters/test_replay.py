"""A point that was measured again, as lines."""

from __future__ import annotations

from typing import Any

from pvengine.models.report import ComparedEntry, ReplayEntry, Report
from pvengine.reporters.replay import render_replay

DIGEST = "sha256:0123456789abcdef" + "0" * 48
HOSTILE = "a\x1b[2J\u202eb"
COUNTS = "0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, 0 self-declared"
SUMMARY = f"0 tests: 0 bound, 0 run, {COUNTS}\n"


def compared(value: Any, stored: Any, *, same_bits: bool) -> ComparedEntry:
    return ComparedEntry(
        stored=stored,
        value=value,
        same_bits=same_bits,
        relative_difference=None,
        tolerance=None,
        within=same_bits,
        reason=None,
    )


def render(**facts: Any) -> list[str]:
    given: dict[str, Any] = {
        "id": "T",
        "evidence": DIGEST,
        "point": "worst",
        "params": {"x": [1.0, -2.5]},
        "state": "reproduced",
        "reason": None,
        "verdict": None,
        "broken": (),
        "unlike": (),
        "environment": (),
        "measurements": {},
        "detail": None,
        "duration_s": 0.126,
    }
    text = render_replay(Report(command="run", contract="x.yaml", replay=ReplayEntry(**(given | facts))))
    assert text.endswith(f"\n\n{SUMMARY}")
    return text.removesuffix(f"\n\n{SUMMARY}").splitlines()


def test_a_point_that_is_reproduced() -> None:
    numbers = {"m": compared(32.0, 32.0, same_bits=True), "longer": compared(1, 1, same_bits=True)}
    assert render(measurements=numbers, verdict="CONFIRMED", broken=("m 32.0, allowed < 31",)) == [
        "T  reproduced  verdict CONFIRMED  (the worst point of sha256:0123456789ab, 0.13 s)",
        "  at x = [1.0, -2.5]",
        "  m       32.0  to the bit",
        "  longer  1     to the bit",
        "  broken here: m 32.0, allowed < 31",
    ]


def test_a_point_that_differs() -> None:
    assert render(
        state="differs",
        point="minimal",
        reason="not reproduced: m",
        measurements={"m": compared("nan", 32.0, same_bits=False)},
        unlike=("other code",),
        environment=("numpy 2.0, the record has 2.1",),
    ) == [
        "T  differs  (the minimal point of sha256:0123456789ab, 0.13 s)",
        "  not reproduced: m",
        "  at x = [1.0, -2.5]",
        "  m  nan  the record has 32.0",
        "  other code",
        "  numpy 2.0, the record has 2.1",
    ]


def test_a_point_that_could_not_be_measured() -> None:
    assert render(state="inconclusive", reason="it broke", detail="Traceback\n  line\n", duration_s=None) == [
        "T  inconclusive  (the worst point of sha256:0123456789ab, 0.00 s)",
        "  it broke",
        "  at x = [1.0, -2.5]",
        "  | Traceback",
        "  |   line",
    ]


def test_what_is_hostile_is_cleaned() -> None:
    shown = render(
        id=HOSTILE,
        reason=HOSTILE,
        broken=(HOSTILE,),
        unlike=(HOSTILE,),
        detail=HOSTILE,
        params={HOSTILE: HOSTILE},
    )
    assert all(line.isprintable() for line in shown)


def test_without_a_replay_there_is_the_summary_alone() -> None:
    assert render_replay(Report(command="run", contract="x.yaml")) == SUMMARY
