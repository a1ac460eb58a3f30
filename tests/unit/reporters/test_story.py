"""A story as text, whatever stands in it, and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pvengine.models.report import MeasurementEntry, PackageChange, PlantedFaultEntry
from pvengine.project.telling import AmendmentOfTest, FalsifierOfTest, Story, Tally, TrialOfTest
from pvengine.reporters.story import render_story

DIGEST = "sha256:" + "ab" * 32
TRIAL = TrialOfTest(
    evidence=DIGEST,
    linked=True,
    amendment="1.1.0",
    problem=None,
    started="2026-01-01T00:00:00.000Z",
    contract_version="1.0.0",
    outcome="survived",
    verdict=None,
    misses=(),
    metrics=("m",),
    measurements={
        "m": MeasurementEntry(
            value=0.5,
            dtype="float64",
            bits="3fe0000000000000",
            unit="s",
            population="1 run",
            aggregation=None,
            arithmetic=None,
        )
    },
    planted_faults=(PlantedFaultEntry(name="more", noticed=True, reason="m 10.5, allowed < 1.0"),),
    packages={"numpy": "2.4.6"},
    change=None,
)
AMENDMENT = AmendmentOfTest(
    version="1.1.0",
    date="2026-01-01",
    kind="discharge",
    reason=None,
    from_="NEW",
    to="DISCHARGED",
    verdict=None,
    evidence=DIGEST,
    count=1,
)
FALSIFIER = FalsifierOfTest(
    name="probe.value", module="probe", planted_faults=("more",), source_digest=DIGEST, problem=None
)
STORY = Story(
    contract="contracts/x-v1.yaml",
    line=7,
    contract_id="C-X",
    version="1.1.0",
    id="T",
    status="DISCHARGED",
    standing="verified",
    verdict=None,
    claim={"id": "T", "rule": "It is small", "accept": [{"metric": "m", "lt": 1.0}]},
    depends_on={"A": "is discharged"},
    requires={"here": True, "nowhere": False},
    falsifier=FALSIFIER,
    tally=Tally(trials=1, survived=1, falsified=0, unreadable=0, unlinked=0),
    trials=(TRIAL,),
    change=None,
    amendments=(AMENDMENT,),
    grounds="amendment 1.1.0 pins the record",
    packages=(),
    open=(),
    next=("pv verify",),
)


def render(**changes: Any) -> str:
    return render_story(replace(STORY, **changes), "text")


def lines_of(title: str, **changes: Any) -> list[str]:
    """Return the lines of the block that begins so."""
    (block,) = (block for block in render(**changes).split("\n\n") if block.startswith(title))
    return block.rstrip("\n").split("\n")


def test_the_whole_story() -> None:
    assert render() == (
        "T  DISCHARGED  verified\n"
        "  contracts/x-v1.yaml:7  C-X  1.1.0\n"
        "\n"
        "claim\n"
        "  rule        It is small\n"
        "  accept      m < 1.0\n"
        "  depends on  A, which is discharged\n"
        "  requires    the model here, which is at hand\n"
        "  requires    the model nowhere, which is not at hand\n"
        "\n"
        "falsifier\n"
        "  probe.value  (probe, sha256:abababababab)\n"
        "  planted fault 'more'\n"
        "\n"
        "tried once: 1 survived\n"
        "  1. 2026-01-01T00:00:00.000Z  survived  (amendment 1.1.0, sha256:abababababab)\n"
        "     m  0.5  s  1 run\n"
        "     planted fault 'more': noticed: m 10.5, allowed < 1.0\n"
        "\n"
        "amendments\n"
        "  1.1.0  2026-01-01  discharge  NEW -> DISCHARGED  (1 record)\n"
        "\n"
        "rests on: amendment 1.1.0 pins the record\n"
        "next: pv verify\n"
    )


def test_a_contract_without_line_and_version() -> None:
    assert render(line=None, version=None, verdict="CONFIRMED").split("\n\n")[0] == (
        "T  DISCHARGED  verdict CONFIRMED  verified\n  contracts/x-v1.yaml  C-X  no version"
    )


@pytest.mark.parametrize(
    ("falsifier", "lines"),
    [
        (None, ["  none: the test names no falsifier"]),
        (replace(FALSIFIER, problem="it is not installed"), ["  it is not installed"]),
        (
            replace(FALSIFIER, planted_faults=None, source_digest=None),
            ["  probe.value  (probe)", "  planted faults: only a run can tell"],
        ),
    ],
)
def test_a_falsifier_of_which_less_is_known(falsifier: FalsifierOfTest | None, lines: list[str]) -> None:
    assert lines_of("falsifier", falsifier=falsifier) == ["falsifier", *lines]


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((0, 0, 0, 0, 0), "never tried"),
        ((1, 0, 1, 0, 0), "tried once: 1 falsified"),
        ((4, 2, 1, 1, 1), "tried 4 times: 2 survived, 1 falsified, 1 unreadable; 1 unlinked"),
    ],
)
def test_how_often_it_was_tried(counts: tuple[int, ...], text: str) -> None:
    names = ("trials", "survived", "falsified", "unreadable", "unlinked")
    tally = Tally(**dict(zip(names, counts, strict=True)))
    assert lines_of(text.split(":", maxsplit=1)[0], tally=tally, trials=()) == [text]


def test_trials_that_missed_were_lost_or_follow_an_edit() -> None:
    falsified = replace(TRIAL, outcome="falsified", verdict="FALSIFIED", misses=("m 7.0, allowed < 1.0",))
    unseen = PlantedFaultEntry(name="less", noticed=False, reason="every condition held")
    trials = (
        replace(falsified, amendment=None, measurements={}, planted_faults=(unseen,)),
        replace(TRIAL, problem="it is missing", amendment=None, change="criterion changed"),
        replace(TRIAL, linked=False, amendment=None, measurements={}, planted_faults=()),
    )
    assert lines_of("tried once", trials=trials, change="criterion changed again") == [
        "tried once: 1 survived",
        "  1. 2026-01-01T00:00:00.000Z  falsified  verdict FALSIFIED  (linked, sha256:abababababab)",
        "     m 7.0, allowed < 1.0",
        "     planted fault 'less': NOT NOTICED: every condition held",
        "  criterion changed",
        "  2. unreadable: it is missing (linked, sha256:abababababab)",
        "  3. 2026-01-01T00:00:00.000Z  survived  (unlinked, sha256:abababababab)",
        "  criterion changed again",
        "  the claim as it stands has not been tried",
    ]


def test_amendments_with_reason_verdict_and_count() -> None:
    entry = replace(AMENDMENT, kind="reopen", reason="the bar was wrong", verdict="CONFIRMED", count=2)
    assert lines_of("amendments", amendments=(AMENDMENT, entry))[2] == (
        "  1.1.0  2026-01-01  reopen  NEW -> DISCHARGED  verdict CONFIRMED  (2 records): the bar was wrong"
    )
    assert "amendments" not in render(amendments=())


def test_the_end_says_what_differs_what_is_open_and_what_comes_next() -> None:
    changes = (
        PackageChange(name="numpy", was="2.4.6", now="2.5.0"),
        PackageChange(name="scipy", was="1.17.0", now=None),
    )
    assert lines_of("rests on", packages=changes, open=("one", "two"), next=("a", "b")) == [
        "rests on: amendment 1.1.0 pins the record",
        "differs: numpy was 2.4.6, is 2.5.0",
        "differs: scipy was 1.17.0, is not installed",
        "open: one",
        "open: two",
        "next: a",
        "next: b",
    ]


def test_text_of_strangers_forges_no_line() -> None:
    hostile = "a\x1b[2J\u202e\nnext: rm"
    change = PackageChange(name=hostile, was=hostile, now=hostile)
    fault = PlantedFaultEntry(name=hostile, noticed=True, reason=hostile)
    text = render(
        id=hostile,
        contract=hostile,
        depends_on={hostile: hostile},
        requires={hostile: True},
        falsifier=replace(FALSIFIER, name=hostile, planted_faults=(hostile,)),
        trials=(replace(TRIAL, started=hostile, misses=(hostile,), planted_faults=(fault,), change=hostile),),
        amendments=(replace(AMENDMENT, reason=hostile, to=hostile),),
        change=hostile,
        packages=(change,),
        grounds=hostile,
        open=(hostile,),
        next=(hostile,),
    )
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not [line for line in text.splitlines() if line.startswith("next: rm")]


def test_the_document() -> None:
    data = json.loads(
        render_story(replace(STORY, packages=(PackageChange(name="a", was="1", now="2"),)), "json")
    )
    assert list(data)[:2] == ["schema", "contract"]
    assert data["schema"] == "pv/story/v1"
    assert data["summary"] == {"trials": 1, "survived": 1, "falsified": 0, "unreadable": 0, "unlinked": 0}
    assert data["diagnostics"] == []
    assert "tally" not in data
    assert data["packages"] == [{"name": "a", "was": "1", "now": "2"}]
    assert data["trials"][0]["packages"] == {"numpy": "2.4.6"}
    assert data["amendments"] == [
        {
            "version": "1.1.0",
            "date": "2026-01-01",
            "kind": "discharge",
            "reason": None,
            "from": "NEW",
            "to": "DISCHARGED",
            "verdict": None,
            "evidence": DIGEST,
            "count": 1,
        }
    ]
