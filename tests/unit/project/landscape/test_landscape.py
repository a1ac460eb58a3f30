"""The whole landscape: what it counts, and the exit code."""

from __future__ import annotations

from typing import Any

import pytest

HYPOTHESES = "hypotheses:\n- {id: H, statement: It is small.}\n"
ATTRIBUTION = (
    "attributions:\n- id: A\n  note: a note\n  target: {value: 6, kind: ratio, source: s}\n  factors:\n"
    "  - {test: T, metric: m, kind: ratio}\n- kept as it is\n"
)
DECIDES = ("hypothesis: H", "decides: {metric: m, CONFIRMED: {lt: 1}, FALSIFIED: {ge: 1}}")


def survey(bench: Any) -> Any:
    return bench.project.landscape(bench.path)


def test_everything_is_counted(bench: Any) -> None:
    bench.contract(bench.test("T", *DECIDES), head=HYPOTHESES + ATTRIBUTION)
    bench.record(value=0.5)
    found = survey(bench)
    summary = found.summary
    assert (summary.hypotheses, summary.confirmed, summary.untested, summary.scopes) == (1, 1, 0, 1)
    assert (summary.attributions, summary.computed, summary.clean, summary.unread) == (1, 1, 1, 1)
    assert (found.exit_code, found.diagnostics) == (0, ())
    assert (found.contract.id, found.contract.path) == ("C-X", "contracts/x-v1.yaml")
    assert found.contract.digest == bench.view().loaded.digest
    (entry,) = found.attributions
    assert (entry.id, entry.note, entry.product, entry.ratio, entry.residual) == (
        "A",
        "a note",
        0.5,
        0.5 / 6,
        12.0,
    )
    assert (entry.factors[0].name, entry.factors[0].unit, entry.target.name) == ("T m", "s", "target")
    assert entry.findings == ()


def test_findings_do_not_change_the_exit_code(bench: Any) -> None:
    bench.contract(bench.test("T", *DECIDES), head=HYPOTHESES + ATTRIBUTION)
    found = survey(bench)
    assert found.exit_code == 0
    assert [(entry.code, entry.severity) for entry in found.diagnostics] == [("PV511", "warning")]
    assert (found.summary.computed, found.summary.clean) == (0, 0)
    assert found.attributions[0].findings == ("PV511",)


@pytest.mark.parametrize("head", ["", "attributions: all of it\n"])
def test_nothing_to_tell_is_no_success(bench: Any, head: str) -> None:
    bench.contract(bench.test("T"), head=head)
    found = survey(bench)
    assert (found.exit_code, found.diagnostics[0].code) == (14, "PV003")
    assert found.diagnostics[0].message == "C-X has neither hypotheses nor attributions"


def test_an_error_of_the_contract_is_told(bench: Any) -> None:
    bench.contract(bench.test("T", "depends_on: [X]"), head=HYPOTHESES)
    found = survey(bench)
    assert found.exit_code == 1
    assert [entry.severity for entry in found.diagnostics] == ["error"]


def test_evidence_that_was_changed_goes_before(bench: Any) -> None:
    bench.contract(bench.test("T", *DECIDES), head=HYPOTHESES)
    bench.record(value=0.5)
    (record,) = (bench.root / "contracts/evidence/x-v1/T").iterdir()
    record.write_bytes(record.read_bytes().replace(b"0.5", b"0.6"))
    found = survey(bench)
    assert found.exit_code == 3
    assert found.hypotheses[0].scopes[0].figure is None
    assert found.hypotheses[0].verdict == "UNTESTED"


def test_an_older_record_that_was_changed_is_noticed_too(bench: Any) -> None:
    bench.contract(bench.test("T", *DECIDES), head=HYPOTHESES)
    bench.record(value=0.5)
    (record,) = (bench.root / "contracts/evidence/x-v1/T").iterdir()
    bench.record(value=0.25, started="2026-01-02T00:00:00.000Z")
    record.unlink()
    assert survey(bench).exit_code == 3
