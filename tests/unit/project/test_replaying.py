"""One point of a record, measured again: what is compared, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pvengine.errors import TamperedEvidenceError, UsageError

if TYPE_CHECKING:
    from conftest import Bench

    from pvengine.models.report import Report


def record(bench: Bench, value: float = 0.5, *lines: str) -> str:
    """Record the test, and return the hexadecimal digits of its digest."""
    bench.edit("trial.subject(0.5))", "trial.subject(0.5), unit='s')", "probe.py")
    bench.contract(bench.test("T", *lines))
    bench.record(value=value)
    return find(bench)


def find(bench: Bench) -> str:
    (path,) = (bench.root / "contracts" / "evidence" / "x-v1" / "T").glob("*.json")
    return path.stem


def replay(bench: Bench, digest: str, **facts: str) -> Report:
    return bench.project.replay(bench.path, "T", digest, **facts)  # type: ignore[arg-type]  # a point


@pytest.mark.parametrize("point", ["worst", "published"])
def test_a_record_without_a_search_has_one_point(bench: Bench, point: str) -> None:
    report = replay(bench, record(bench), point=point)
    assert report.replay is not None
    assert (report.exit_code, report.replay.state, report.replay.params) == (0, "reproduced", {})
    assert report.replay.measurements["m"].same_bits
    assert report.replay.environment, "the made-up record has another environment"
    assert (report.summary.run, report.summary.inconclusive, report.trials) == (1, 0, ())


def test_another_number_is_not_reproduced(bench: Bench) -> None:
    report = replay(bench, record(bench, 0.75))
    assert report.replay is not None
    assert (report.exit_code, report.replay.state, report.replay.reason) == (
        12,
        "differs",
        "not reproduced: m",
    )
    compared = report.replay.measurements["m"]
    assert (compared.stored, compared.value, compared.relative_difference) == (0.75, 0.5, 1 / 3)
    assert (report.summary.run, report.summary.inconclusive) == (1, 1)


def test_a_declared_tolerance_counts(bench: Bench) -> None:
    report = replay(bench, record(bench, 0.75, "reproduce: {relative: 0.4}"))
    assert report.replay is not None
    assert (report.exit_code, report.replay.state) == (0, "reproduced")
    assert not report.replay.measurements["m"].same_bits


def test_what_breaks_at_the_point_is_said(bench: Bench) -> None:
    digest = record(bench)
    bench.edit("trial.subject(0.5)", "trial.subject(5.0)", "probe.py")
    report = replay(bench, digest)
    assert report.replay is not None
    assert report.replay.broken == ("m 5.0, allowed < 1.0 (it would hold at 5.01)",)
    assert len(report.replay.unlike) == 1


def test_a_digest_is_taken_whole_with_its_prefix_or_in_part(bench: Bench) -> None:
    digest = record(bench)
    for text in (digest, f"sha256:{digest}", digest[:8], digest[:8].upper()):
        report = replay(bench, text)
        assert report.replay is not None
        assert report.replay.evidence == f"sha256:{digest}"


@pytest.mark.parametrize(
    ("digest", "message"),
    [
        ("0123456", "'0123456' is too short for a digest"),
        ("", "'' is too short for a digest"),
        ("g" * 8, "0 records of T have a digest that begins with 'gggggggg'"),
    ],
)
def test_a_digest_of_no_record(bench: Bench, digest: str, message: str) -> None:
    record(bench)
    with pytest.raises(UsageError) as caught:
        replay(bench, digest)
    assert message in str(caught.value)
    assert "run `pv log`, which lists the records; T has 1" in str(caught.value)


@pytest.mark.parametrize("point", ["minimal", "nearest"])
def test_a_point_that_the_record_does_not_have(bench: Bench, point: str) -> None:
    digest = record(bench)
    with pytest.raises(UsageError) as caught:
        replay(bench, digest, point=point)
    assert f"the record sha256:{digest[:12]} of T has no {point} point" in str(caught.value)
    assert "its claim asks for no search" in str(caught.value)


def test_a_test_that_is_not_there(bench: Bench) -> None:
    digest = record(bench)
    with pytest.raises(UsageError, match="no test 'U'"):
        bench.project.replay(bench.path, "U", digest)


def test_a_record_that_was_edited_is_not_measured(bench: Bench) -> None:
    digest = record(bench)
    path = bench.root / "contracts" / "evidence" / "x-v1" / "T" / f"{digest}.json"
    data = json.loads(path.read_text())
    data["predicate"]["seed"] += 1
    path.write_text(json.dumps(data))
    with pytest.raises(TamperedEvidenceError):
        replay(bench, digest)
