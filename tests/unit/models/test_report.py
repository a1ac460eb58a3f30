"""The denominators add up over contracts."""

from __future__ import annotations

from pvengine.models.report import Report, Summary, list_data


def test_summaries_add_count_by_count() -> None:
    total = Summary(declared=3, bound=2, stale=1) + Summary(declared=4, self_declared=1)
    assert total == Summary(declared=7, bound=2, stale=1, self_declared=1)


def test_a_report_carries_every_key_under_its_public_name() -> None:
    data = list_data(Report(command="validate"))
    assert data["schema"] == "pv/report/v1"
    assert data["version"] == {"from": None, "to": None}
    assert set(data["summary"]) == {
        "declared",
        "bound",
        "run",
        "adopted",
        "discharged",
        "falsified",
        "inconclusive",
        "stale",
        "blocked",
        "self_declared",
    }
