"""A history as text, whatever stands in it, and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from pvengine.models.report import DiagnosticEntry, MeasurementEntry
from pvengine.project.history import (
    AmendedTest,
    ContractHistory,
    History,
    HistoryCount,
    HistoryEntry,
    PastTrial,
)
from pvengine.reporters.history import render_history

if TYPE_CHECKING:
    from collections.abc import Callable

DIGEST = "sha256:" + "ab" * 32
TRIAL = PastTrial(
    id="T",
    evidence=DIGEST,
    linked=True,
    problem=None,
    started="2026-01-01T00:00:00.000Z",
    outcome="survived",
    verdict="CONFIRMED",
    misses=(),
    figures={
        "m": MeasurementEntry(
            value=0.5,
            dtype="float64",
            bits="3fe0000000000000",
            unit="s",
            population=None,
            aggregation=None,
            arithmetic=None,
        )
    },
    change=None,
)
MOVED = AmendedTest(
    id="T", from_="NEW", to="DISCHARGED", verdict="CONFIRMED", grounded=None, count=1, trial=TRIAL
)
ENTRY = HistoryEntry(
    version="1.1.0", date="2026-01-01", kind="discharge", reason=None, tests=(MOVED,), attempts=()
)
CONTRACT = ContractHistory(
    contract="contracts/x-v1.yaml", id="C-X", version="1.1.0", attempts=(), amendments=(ENTRY,)
)
COUNT = HistoryCount(contracts=1, amendments=1, trials=1, survived=1)
HISTORY = History(contracts=(CONTRACT,), summary=COUNT, diagnostics=(), exit_code=0)
COUNTED = "1 contract, 1 amendment, 1 trial: 1 survived, 0 falsified, 0 unlinked, 0 unreadable\n"


def render(contract: ContractHistory = CONTRACT) -> str:
    return render_history(replace(HISTORY, contracts=(contract,)), "text")


def render_tests(*tests: AmendedTest) -> list[str]:
    """Return the lines of the tests of one amendment."""
    text = render(replace(CONTRACT, amendments=(replace(ENTRY, tests=tests),)))
    return text.split("\n\n")[1].split("\n")[1:]


def test_an_amendment_with_what_it_pins() -> None:
    assert render() == (
        "contracts/x-v1.yaml  C-X  1.1.0\n"
        "\n"
        "1.1.0  2026-01-01  discharge\n"
        "  T  NEW -> DISCHARGED  (verdict CONFIRMED, sha256:abababababab)\n"
        "    m  0.5  s\n"
        "\n" + COUNTED
    )


def test_a_contract_that_nothing_happened_to() -> None:
    bare = replace(CONTRACT, version=None, amendments=())
    assert render(bare) == f"contracts/x-v1.yaml  C-X  no version  no amendments\n\n{COUNTED}"


def test_what_kind_of_change_it_was() -> None:
    silent = replace(TRIAL, figures={})
    plain = replace(MOVED, verdict=None, trial=silent)
    assert render_tests(
        replace(plain, from_="DISCHARGED", grounded=True),
        replace(plain, from_="DISCHARGED", count=3),
        replace(plain, from_="DISCHARGED", to="NEW", trial=None, count=0),
    ) == [
        "  T  DISCHARGED -> DISCHARGED  (now grounded, sha256:abababababab)",
        "  T  DISCHARGED -> DISCHARGED  (renewal, 3 records, sha256:abababababab)",
        "  T  DISCHARGED -> NEW",
    ]


def test_a_trial_that_missed_was_lost_or_followed_an_edit() -> None:
    missed = replace(TRIAL, figures={}, misses=("m 7.0, allowed < 1.0",), change="criterion changed")
    lost = replace(TRIAL, figures={}, problem="it is missing")
    assert render_tests(replace(MOVED, trial=missed), replace(MOVED, verdict=None, trial=lost)) == [
        "  T  NEW -> DISCHARGED  (verdict CONFIRMED, sha256:abababababab)",
        "    criterion changed",
        "    m 7.0, allowed < 1.0",
        "  T  NEW -> DISCHARGED  (sha256:abababababab)",
        "    it is missing",
    ]


def test_trials_between_and_after_the_amendments() -> None:
    silent = replace(TRIAL, figures={}, linked=False)
    lost = replace(silent, started=None, outcome=None, verdict=None, problem="it has another digest")
    told = replace(
        CONTRACT,
        attempts=(silent, lost),
        amendments=(replace(ENTRY, reason="why not", tests=(), attempts=(replace(silent, linked=True),)),),
    )
    assert render(told) == (
        "contracts/x-v1.yaml  C-X  1.1.0\n"
        "\n"
        "since then\n"
        "  attempt: T  2026-01-01T00:00:00.000Z  survived  verdict CONFIRMED"
        "  (sha256:abababababab, unlinked)\n"
        "  attempt: T  unreadable  (sha256:abababababab, unlinked)\n"
        "    it has another digest\n"
        "\n"
        "1.1.0  2026-01-01  discharge: why not\n"
        "  attempt: T  2026-01-01T00:00:00.000Z  survived  verdict CONFIRMED  (sha256:abababababab)\n"
        "\n" + COUNTED
    )


def test_what_is_wrong_stands_before_the_count(make_entry: Callable[..., DiagnosticEntry]) -> None:
    text = render_history(replace(HISTORY, diagnostics=(make_entry(code="PV604"),)), "text")
    *_, finding, count = text.split("\n\n")
    assert finding.splitlines()[0] == "contracts/x-v1.yaml:7:3: warning[PV604]: odd"
    assert count == COUNTED


def test_several_of_each_are_counted_as_such() -> None:
    count = HistoryCount(
        contracts=2, amendments=0, trials=4, survived=1, falsified=1, unlinked=2, unreadable=2
    )
    text = render_history(replace(HISTORY, contracts=(), summary=count), "text")
    assert text == (
        "2 contracts, 0 amendments, 4 trials: 1 survived, 1 falsified, 2 unlinked, 2 unreadable\n"
    )


def test_text_of_strangers_forges_no_line() -> None:
    hostile = "a\x1b[2J\u202e\n9.9.9  forged"
    trial = replace(TRIAL, started=hostile, misses=(hostile,), change=hostile, problem=hostile)
    moved = replace(MOVED, id=hostile, to=hostile, verdict=hostile, trial=trial)
    entry = replace(ENTRY, version=hostile, reason=hostile, tests=(moved,), attempts=(trial,))
    text = render(replace(CONTRACT, contract=hostile, id=hostile, attempts=(trial,), amendments=(entry,)))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not [line for line in text.splitlines() if line.startswith("9.9.9")]


def test_the_document() -> None:
    data = json.loads(render_history(HISTORY, "json"))
    assert data["schema"] == "pv/history/v1"
    assert data["summary"] == {
        "contracts": 1,
        "amendments": 1,
        "trials": 1,
        "survived": 1,
        "falsified": 0,
        "unlinked": 0,
        "unreadable": 0,
    }
    (test,) = data["contracts"][0]["amendments"][0]["tests"]
    assert (test["from"], test["to"], test["trial"]["evidence"]) == ("NEW", "DISCHARGED", DIGEST)
    assert "from_" not in test
    assert data["exit_code"] == 0
