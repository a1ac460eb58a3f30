from __future__ import annotations

from typing import Any

from pvengine.comparing.change import ChangeKind
from pvengine.ledger.transitions import Bump
from pvengine.loading.contract_file import load_contract
from pvengine.project.compared import compare_with_evidence


def test_a_fault_that_is_no_longer_planted_is_a_weaker_test(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    before = load_contract(bench.path, "before")
    bench.edit('"more": give_more', '"more": give_more, "less": give_more', "probe.py")
    bench.record(faults=("more", "less"))
    more = load_contract(bench.path, "more")
    [added] = [each for each in compare_with_evidence(before, more).changes if each.row == "planted fault"]
    assert (added.kind, added.what, added.bump) == (ChangeKind.ADDED, "T planted fault 'less'", Bump.MINOR)
    assert added.after is not None
    assert (added.before, added.after.value) == (None, "less")
    found = compare_with_evidence(more, before)
    assert [(each.kind, each.bump) for each in found.of_people] == [(ChangeKind.REMOVED, Bump.MAJOR)]
    assert found.changes[0].row == "planted fault"


def test_without_the_records_nothing_is_compared(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    before = load_contract(bench.path, "before")
    bench.record(faults=("other",))
    after = load_contract(bench.path, "after")
    assert len(compare_with_evidence(before, after).of_people) == 2
    for record in (bench.path.parent / "evidence").rglob("*.json"):
        record.unlink()
    assert compare_with_evidence(before, after).of_people == ()
