"""The history of contracts as data: amendments with what they pin, and the trials between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.ledger.records import parse_record, serialize_record
from pvengine.ledger.store import EvidenceStore
from pvengine.project.history import ContractHistory, History, HistoryCount, list_history

if TYPE_CHECKING:
    from pathlib import Path


def read(bench: Any, *files: Path) -> History:
    return list_history(bench.project, files or [bench.path])


def tell(bench: Any) -> ContractHistory:
    (contract,) = read(bench).contracts
    return contract


def keep_apart(bench: Any, version: str, started: str) -> str:
    """Store a copy of the newest record as a trial of another version, which nothing links."""
    store = EvidenceStore.of(bench.path)
    head = bench.view().assessments["T"].head
    record = parse_record(store.path_of("T", head).read_bytes(), "")
    contract = record.predicate.contract.model_copy(update={"version": version})
    facts = record.predicate.model_copy(update={"contract": contract, "started": started})
    return store.add("T", serialize_record(record.model_copy(update={"predicate": facts})))


def test_a_contract_without_amendments(bench: Any) -> None:
    bench.contract(bench.test())
    history = read(bench)
    assert history.contracts == (
        ContractHistory(
            contract="contracts/x-v1.yaml", id="C-X", version="1.0.0", attempts=(), amendments=()
        ),
    )
    assert history.summary == HistoryCount(contracts=1)
    assert (history.diagnostics, history.exit_code) == ((), 0)


def test_amendments_are_the_newest_first_with_what_they_pin(bench: Any) -> None:
    bench.contract(bench.test("T"), bench.test("U"))
    bench.record("T", value=7.0)
    bench.record("U")
    bench.edit(
        "- id: T\n  falsifier: probe.value\n  accept: [{metric: m, lt: 1.0}]",
        bench.test("T").replace("lt: 1.0", "lt: 8.0").rstrip("\n"),
    )
    bench.record("T", value=6.0)
    history = read(bench)
    newest, second, first = history.contracts[0].amendments
    assert [each.version for each in (newest, second, first)] == ["1.3.0", "1.2.0", "1.1.0"]
    assert {each.kind for each in (newest, second, first)} == {"discharge"}
    (moved,) = newest.tests
    assert (moved.id, moved.from_, moved.to, moved.count) == ("T", "FALSIFIED", "DISCHARGED", 2)
    assert moved.trial is not None
    assert (moved.trial.outcome, moved.trial.linked, moved.trial.problem) == ("survived", True, None)
    assert moved.trial.change == "criterion changed after 1 falsified trial: accept[0].lt was 1.0, is 8.0"
    assert moved.trial.figures["m"].value == 6.0
    assert second.tests[0].id == "U"
    (begun,) = first.tests
    assert (begun.from_, begun.to, begun.verdict, begun.grounded) == ("NEW", "FALSIFIED", None, None)
    assert begun.trial is not None
    assert begun.trial.misses == ("m 7.0, allowed < 1.0 (it would hold at 7.01)",)
    assert history.summary == HistoryCount(contracts=1, amendments=3, trials=3, survived=2, falsified=1)


def test_a_trial_that_nothing_links_stands_before_the_amendment_that_came_next(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    bench.record()
    early = keep_apart(bench, "1.0.0", "2026-01-01T00:00:00.001Z")
    between = keep_apart(bench, "1.1.0", "2026-01-01T00:00:00.002Z")
    late = keep_apart(bench, "1.1.1", "2026-01-01T00:00:00.003Z")
    unknown = keep_apart(bench, "draft", "2026-01-01T00:00:00.004Z")
    contract = tell(bench)
    assert [each.version for each in contract.amendments] == ["1.1.1", "1.1.0"]
    assert [[trial.evidence for trial in each.attempts] for each in contract.amendments] == [
        [between],
        [early],
    ]
    assert [trial.evidence for trial in contract.attempts] == [late, unknown]
    assert not any(trial.linked for trial in contract.attempts)
    assert read(bench).summary == HistoryCount(contracts=1, amendments=2, trials=6, survived=6, unlinked=4)


def test_a_record_that_is_gone_is_told_as_one(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    bench.record()
    newest, first = tell(bench).amendments
    assert newest.tests[0].trial is not None
    assert first.tests[0].trial is not None
    EvidenceStore.of(bench.path).path_of("T", first.tests[0].trial.evidence).unlink()
    history = read(bench)
    lost = history.contracts[0].amendments[1].tests[0].trial
    assert lost is not None
    assert lost.problem == f"the record {lost.evidence[:19]} of T is missing"
    assert (lost.outcome, lost.started, lost.figures, lost.misses) == (None, None, {}, ())
    assert history.summary == HistoryCount(contracts=1, amendments=2, trials=2, survived=1, unreadable=1)
    assert history.exit_code == 0


def test_a_reopened_test_has_an_entry_without_a_trial(bench: Any) -> None:
    bench.contract(bench.test())
    bench.write(
        "contracts/x-v1.yaml",
        bench.path.read_text() + "amendments:\n- version: 1.1.0\n  date: '2026-01-01'\n  kind: reopen\n"
        "  reason: the bar was wrong\n  tests: [{id: T, from: DISCHARGED, to: NEW, count: 0}]\n"
        "  previous: null\n",
    )
    (entry,) = tell(bench).amendments
    assert (entry.kind, entry.reason) == ("reopen", "the bar was wrong")
    assert entry.tests[0].trial is None


def test_a_test_that_the_contract_lost_keeps_its_history(bench: Any) -> None:
    bench.contract(bench.test("T"), bench.test("U"))
    bench.record("T")
    text = bench.path.read_text()
    start, end = text.index("- id: T"), text.index("- id: U")
    bench.write("contracts/x-v1.yaml", text[:start] + text[end:])
    history = read(bench)
    (entry,) = history.contracts[0].amendments
    assert entry.tests[0].trial is not None
    assert (entry.tests[0].id, entry.tests[0].trial.outcome) == ("T", "survived")
    assert history.summary.trials == 1


def test_amendments_that_were_edited_are_reported_beside_the_history(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    bench.record()
    text = bench.path.read_text()
    bench.write("contracts/x-v1.yaml", text.replace("kind: discharge", "kind: edit", 1))
    history = read(bench)
    assert [entry.version for entry in history.contracts[0].amendments] == ["1.1.1", "1.1.0"]
    assert [found.code for found in history.diagnostics] == ["PV604"]
    assert history.exit_code == 1


def test_a_file_that_cannot_be_read_does_not_stop_the_others(bench: Any) -> None:
    bench.contract(bench.test())
    bench.write("contracts/y-v1.yaml", "a: [")
    history = read(bench, bench.path, bench.root / "contracts" / "y-v1.yaml")
    assert [contract.contract for contract in history.contracts] == ["contracts/x-v1.yaml"]
    assert ([found.path for found in history.diagnostics], history.exit_code) == (["contracts/y-v1.yaml"], 1)


def test_without_a_contract_there_is_no_history(bench: Any) -> None:
    history = list_history(bench.project, [])
    assert (history.contracts, history.exit_code) == ((), 14)
    assert len(history.diagnostics) == 1
