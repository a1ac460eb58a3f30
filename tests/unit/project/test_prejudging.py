"""Many records are judged in as many processes as there is work for, with the same result."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.project import prejudging
from pvengine.project.prejudging import judge_ahead

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.ledger.store import EvidenceStore


@pytest.fixture
def recorded(bench: Any) -> Any:
    """Return a project of two tests, one with two records and one with one."""
    bench.contract(bench.test("T"), bench.test("U"))
    bench.record("T")
    bench.record("T", 0.25)
    bench.record("U")
    return bench


def test_few_records_are_left_to_who_follows_the_chain(recorded: Any) -> None:
    view = recorded.view()
    assert judge_ahead([view], 8) == [view]
    assert judge_ahead([view], 8)[0].judged == {}


def test_many_records_are_judged_by_other_processes(recorded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell_process(_: EvidenceStore, test: str, digests: Iterable[str]) -> dict[str, str | None]:
        return {digest: f"{test} {os.getpid()}" for digest in digests}

    monkeypatch.setattr(prejudging, "judge_records", tell_process)
    monkeypatch.setattr(prejudging, "_WORTH_RECORDS", 1)
    monkeypatch.setattr(prejudging, "_PART", 1)
    view = recorded.view()
    assert judge_ahead([view], 1)[0].judged == {}
    (known,) = judge_ahead([view], 2)
    assert {test: sorted(found) for test, found in known.judged.items()} == {
        test: view.store.list_digests(test) for test in ("T", "U")
    }
    said = {text for found in known.judged.values() for text in found.values()}
    assert {text.split()[0] for text in said} == {"T", "U"}
    assert str(os.getpid()) not in {text.split()[1] for text in said}


def test_the_report_is_the_same_whoever_judges(recorded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = recorded.project.verify(jobs=1)
    monkeypatch.setattr(prejudging, "_WORTH_RECORDS", 1)
    assert recorded.project.verify(jobs=3) == alone
    assert alone.exit_code == 0
    store = recorded.view().store
    for number, digest in enumerate(store.list_digests("T")):
        path = store.path_of("T", digest)
        content = path.read_bytes()
        path.write_bytes(content.replace(b"2026", b"2027"))
        monkeypatch.setattr(prejudging, "_WORTH_RECORDS", 1000)
        broken = recorded.project.verify(jobs=1)
        monkeypatch.setattr(prejudging, "_WORTH_RECORDS", 1)
        assert recorded.project.verify(jobs=3) == broken, number
        assert broken.exit_code == 3
        path.write_bytes(content)


def test_a_folder_that_cannot_be_listed_is_left_to_who_follows_the_chain(
    recorded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    view = recorded.view()
    monkeypatch.setattr(type(view.store), "list_digests", refuse)
    assert judge_ahead([view], 8) == [view]
