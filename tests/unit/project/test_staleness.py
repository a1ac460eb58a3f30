"""Each reason why evidence is stale, with what its record allows to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.ledger.staleness import StaleKind
from pvengine.project.staleness import explain_staleness

if TYPE_CHECKING:
    import pytest


def explain(bench: Any) -> tuple[str, ...]:
    return explain_staleness(bench.view(), "T")


def test_current_evidence_has_no_reason(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    assert bench.view().assessments["T"].standing.value == "verified"
    assert explain(bench) == ()


def test_other_standings_keep_their_reasons(bench: Any) -> None:
    bench.contract(bench.test("T", "status: DISCHARGED"))
    assert explain(bench) == ("no evidence grounds the status DISCHARGED",)


def test_the_leaves_of_a_claim_are_named(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    bench.edit("lt: 1.0", "lt: 3.0")
    assert explain(bench) == ("the claim changed: accept[0].lt was 1.0, is 3.0",)


def test_of_code_the_digests_are_named(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    was = bench.view().assessments["T"].record.predicate.source_digest
    bench.edit("value + 10", "value + 11", "probe.py")
    now = bench.view().find_source_digest(bench.view().loaded.tests["T"])
    assert explain(bench) == (
        f"the code of falsifier 'probe.value' changed: its digest was {was[:19]}, is {now[:19]}",
    )
    (reason,) = bench.view().assessments["T"].stale
    assert (reason.kind, reason.name, reason.was, reason.now) == (StaleKind.CODE, "probe.value", was, now)


def test_a_falsifier_that_is_gone_has_no_digest(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    bench.write("probe.py", "")
    assert explain(bench) == ("falsifier 'probe.value' is not installed, so its code cannot be compared",)


def test_another_falsifier_is_named_beside_the_claim(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    bench.edit("falsifier: probe.value", "falsifier: probe.other")
    assert explain(bench) == (
        'the claim changed: falsifier was "probe.value", is "probe.other"',
        "the test names the falsifier 'probe.other', its evidence 'probe.value'",
    )


def test_evidence_of_another_contract(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    bench.edit("id: C-X", "id: C-Y")
    assert explain(bench) == ("the evidence was made for the contract C-X",)
    (reason,) = bench.view().assessments["T"].stale
    assert (reason.kind, reason.was, reason.now) == (StaleKind.CONTRACT, "C-X", "C-Y")


def test_packages_are_a_reason_where_the_project_says_so(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.edit("from pvengine", "import numpy as np\nfrom pvengine", "probe.py")
    bench.contract(bench.test())
    bench.record()
    was = bench.view().assessments["T"].record.predicate.packages["numpy"]
    monkeypatch.setattr(
        "pvengine.registry.third_party.InstalledPackages.find_version", lambda _self, _name: "99.0"
    )
    assert explain(bench) == ()
    bench.write("pv.toml", 'contracts = ["contracts"]\nfalsifiers = ["probe.py"]\nthird_party = "stale"\n')
    assert explain(bench) == (f"numpy was {was}, is 99.0",)
    (reason,) = bench.view().assessments["T"].stale
    assert (reason.kind, reason.name, reason.was, reason.now) == (StaleKind.PACKAGES, "numpy", was, "99.0")
