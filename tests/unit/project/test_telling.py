"""The story of one test as data, and why some stories cannot be told."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.diagnostics import ContractError
from pvengine.errors import NothingToCheckError, UsageError
from pvengine.project.telling import Story, Tally, tell_story

if TYPE_CHECKING:
    from pathlib import Path

DECIDES = "decides: {metric: m, scope: one, CONFIRMED: {lt: 0.75}, FALSIFIED: {ge: 0.75}}"
HEAD = "hypotheses: [{id: H, statement: m is small}]\n"


def tell(bench: Any, name: str = "T", *files: Path) -> Story:
    return tell_story(bench.project, name, files or [bench.path])


def test_the_story_of_a_new_test(bench: Any) -> None:
    bench.contract(bench.test("T", "prediction: small"))
    story = tell(bench)
    assert (story.contract, story.line, story.contract_id, story.version) == (
        "contracts/x-v1.yaml",
        3,
        "C-X",
        "1.0.0",
    )
    assert (story.status, story.standing, story.verdict) == ("NEW", "new", None)
    assert story.claim == {
        "id": "T",
        "prediction": "small",
        "falsifier": "probe.value",
        "accept": [{"metric": "m", "lt": 1.0}],
    }
    assert story.tally == Tally(trials=0, survived=0, falsified=0, unreadable=0, unlinked=0)
    assert (story.trials, story.amendments, story.change, story.packages) == ((), (), None, ())
    assert story.grounds == "nothing: no amendment speaks of the test"
    assert story.next == ("pv discharge contracts/x-v1.yaml --test T",)


def test_the_story_of_a_discharged_test(bench: Any) -> None:
    bench.contract(bench.test("T", "hypothesis: H", DECIDES), head=HEAD)
    bench.record(value=0.5)
    story = tell(bench)
    assert (story.status, story.standing, story.verdict, story.version) == (
        "DISCHARGED",
        "verified",
        "CONFIRMED",
        "1.1.0",
    )
    (trial,) = story.trials
    (amendment,) = story.amendments
    assert (trial.outcome, trial.verdict) == ("survived", "CONFIRMED")
    assert (trial.misses, trial.metrics) == ((), ("m",))
    assert (trial.linked, trial.amendment, trial.problem, trial.change) == (True, "1.1.0", None, None)
    assert (trial.started, trial.contract_version) == ("2026-01-01T00:00:00.000Z", "1.0.0")
    assert trial.packages == {}
    assert (trial.measurements["m"].value, trial.measurements["m"].unit) == (0.5, "s")
    assert [(fault.name, fault.noticed) for fault in trial.planted_faults] == [("more", True)]
    assert dataclasses.asdict(amendment) == {
        "version": "1.1.0",
        "date": amendment.date,
        "kind": "discharge",
        "reason": None,
        "from_": "NEW",
        "to": "DISCHARGED",
        "verdict": "CONFIRMED",
        "evidence": trial.evidence,
        "count": 1,
    }
    assert story.grounds == (
        f"amendment 1.1.0 of {amendment.date} pins the record {trial.evidence[:19]}, whose claim, code and"
        " measurements are those of the status"
    )


def test_trials_are_counted_and_say_how_they_missed(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record(value=7.0, started="2026-01-01T00:00:00.000Z")
    bench.edit("lt: 1.0", "lt: 8.0")
    bench.record(value=0.5, started="2026-01-02T00:00:00.000Z")
    bench.edit("lt: 8.0", "lt: 6.0")
    story = tell(bench)
    assert story.tally == Tally(trials=2, survived=1, falsified=1, unreadable=0, unlinked=0)
    first, second = story.trials
    assert first.misses == ("m 7.0, allowed < 1.0 (it would hold at 7.01)",)
    assert second.change == "criterion changed after 1 falsified trial: accept[0].lt was 1.0, is 8.0"
    assert story.change is None
    assert story.standing == "stale"
    assert story.grounds.startswith("nothing that is current: amendment 1.2.0 of ")


def test_a_claim_that_was_edited_after_a_failure_says_so(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record(value=7.0)
    bench.edit("lt: 1.0", "lt: 8.0")
    assert tell(bench).change == "criterion changed after 1 falsified trial: accept[0].lt was 1.0, is 8.0"


def test_what_the_status_rests_on_where_it_rests_on_nothing(bench: Any) -> None:
    bench.contract(bench.test("T", "status: DISCHARGED"))
    assert tell(bench).grounds == "nothing: DISCHARGED was typed, and no record grounds it"
    bench.contract(bench.test())
    bench.record()
    text = bench.path.read_text()
    bench.write("contracts/x-v1.yaml", text.replace("  status: DISCHARGED", "  status: FALSIFIED"))
    assert tell(bench).grounds.endswith(", and the two contradict each other")
    bench.write("contracts/x-v1.yaml", text)
    (record,) = (bench.path.parent / "evidence" / "x-v1" / "T").glob("*.json")
    content = record.read_bytes()
    record.unlink()
    story = tell(bench)
    assert story.grounds.endswith(", and evidence is missing")
    assert story.tally == Tally(trials=1, survived=0, falsified=0, unreadable=1, unlinked=0)
    assert story.trials[0].problem == f"the record sha256:{record.stem[:12]} of T is missing"
    assert (story.trials[0].packages, story.trials[0].started) == (None, None)
    record.write_bytes(content)
    assert tell(bench).tally == Tally(trials=1, survived=1, falsified=0, unreadable=0, unlinked=0)


def test_what_a_test_waits_for_and_requires(bench: Any) -> None:
    bench.write("here.gguf", "x")
    bench.write(
        "pv.toml", 'contracts = ["contracts"]\nfalsifiers = ["probe.py"]\n[models]\nhere = "here.gguf"\n'
    )
    bench.contract(
        bench.test("A"), bench.test("T", "depends_on: [A]", "requires: [{model: here}, {model: nowhere}]")
    )
    story = tell(bench)
    assert story.depends_on == {"A": "is new"}
    assert story.requires == {"here": True, "nowhere": False}
    bench.record("A")
    assert tell(bench).depends_on == {"A": "is discharged"}


def test_the_falsifier_of_a_test(bench: Any) -> None:
    unbound = "- {id: V, rule: r}\n"
    bench.contract(bench.test("T"), bench.test("U").replace("probe.value", "gone.away"), unbound)
    own, lost = tell(bench).falsifier, tell(bench, "U").falsifier
    assert own is not None
    assert (own.name, own.module, own.planted_faults) == ("probe.value", "probe", ("more",))
    assert own.problem is None
    assert own.source_digest is not None
    assert lost is not None
    assert lost.problem == "falsifier 'gone.away' is not installed"
    assert (lost.module, lost.planted_faults, lost.source_digest) == (None, None, None)
    assert tell(bench, "V").falsifier is None
    bench.write("probe.py", (bench.root / "probe.py").read_text() + "\nimport broken\n")
    bench.write("broken.py", "def (:\n")
    broken = tell(bench).falsifier
    assert broken is not None
    assert broken.source_digest is None
    assert (broken.problem or "").startswith("the module broken cannot be parsed: ")


def test_other_versions_of_packages_are_told(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.edit("from pvengine", "import numpy\nfrom pvengine", "probe.py")
    bench.contract(bench.test())
    bench.record()
    (was,) = (tell(bench).trials[0].packages or {}).values()
    assert tell(bench).packages == ()
    monkeypatch.setattr("pvengine.registry.third_party.InstalledPackages.find_version", lambda *_: "99.0")
    assert [change.text for change in tell(bench).packages] == [f"numpy was {was}, is 99.0"]


def test_numbers_that_json_has_not_become_words(bench: Any) -> None:
    bench.contract(bench.test("T", "params: {x: .inf, y: [.nan, 1.5]}"))
    assert tell(bench).claim["params"] == {"x": "inf", "y": ["nan", 1.5]}


def test_an_id_that_is_not_there_has_its_neighbours_named(bench: Any) -> None:
    bench.contract(bench.test("FALSIFY-SUM-001"), bench.test("FALSIFY-SUM-002"))
    with pytest.raises(UsageError) as caught:
        tell(bench, "SUM-001")
    assert caught.value.what == "no contract has a test 'SUM-001'; did you mean 'FALSIFY-SUM-001'?"
    assert caught.value.why == "the story of one test is told, by its id"
    with pytest.raises(UsageError, match="did you mean 'FALSIFY-SUM-002' or 'FALSIFY-SUM-001'"):
        tell(bench, "FALSIFY-SUN-002")
    with pytest.raises(UsageError) as caught:
        tell(bench, "zzz")
    assert caught.value.what == "no contract has a test 'zzz'"


def test_a_hypothesis_is_no_test(bench: Any) -> None:
    bench.contract(bench.test("T", "hypothesis: H", DECIDES), head=HEAD)
    with pytest.raises(UsageError) as caught:
        tell(bench, "H")
    assert caught.value.what == "'H' is a hypothesis, not a test; did you mean 'T'?"


def test_an_entry_that_is_no_valid_test_shows_what_is_wrong(bench: Any) -> None:
    bench.contract("- {id: T, accept: 3}\n")
    with pytest.raises(ContractError) as caught:
        tell(bench)
    assert [found.code for found in caught.value.diagnostics] == ["PV202"]


def test_of_two_contracts_one_is_to_be_named(bench: Any) -> None:
    bench.contract(bench.test())
    bench.write("contracts/y-v1.yaml", bench.path.read_text().replace("C-X", "C-Y"))
    other = bench.root / "contracts" / "y-v1.yaml"
    with pytest.raises(UsageError) as caught:
        tell(bench, "T", bench.path, other)
    assert caught.value.what == "2 contracts have a test 'T': contracts/x-v1.yaml, contracts/y-v1.yaml"
    assert tell(bench, "T", other).contract_id == "C-Y"


def test_a_contract_that_was_not_looked_into_is_said(bench: Any) -> None:
    bench.contract(bench.test())
    bench.write("contracts/y-v1.yaml", "a: [")
    with pytest.raises(UsageError) as caught:
        tell(bench, "U", bench.path, bench.root / "contracts" / "y-v1.yaml")
    assert caught.value.why == "a contract that cannot be read was not looked into: contracts/y-v1.yaml"


def test_without_a_contract_there_is_nothing_to_tell(bench: Any) -> None:
    with pytest.raises(NothingToCheckError):
        tell_story(bench.project, "T", [])
