"""`pv run --replay` measures one point of a record again, to the bit, and writes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest
from searching import CONTRACT, make_project, read_record

from pvengine.models.schemas import render_schemas

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

REPLAY = [
    "id", "evidence", "point", "params", "state", "reason", "verdict", "broken", "unlike", "environment",
    "measurements", "detail", "duration_s",
]  # fmt: skip


@pytest.fixture(scope="module")
def recorded(make_scratch: Callable[[], Scratch]) -> Scratch:
    """Return a project with a record of a search that broke its condition, and one of a point."""
    scratch = make_project(make_scratch(), limit=31.5, with_point=True)
    result = scratch.discharge()
    assert result.code == 10, result.shown
    return scratch


def digest_of(scratch: Scratch, test: str = "FT-001") -> str:
    (path,) = scratch.records(test)
    return path.stem


@pytest.mark.parametrize("point", ["worst", "minimal", "nearest", "published"])
def test_each_point_is_reproduced_to_the_bit(recorded: Scratch, point: str) -> None:
    before, search = recorded.snapshot(), read_record(recorded)["search"]
    options = ("--test", "FT-001", "--replay", digest_of(recorded), "--point", point)
    report = recorded.json("run", CONTRACT, *options)
    jsonschema.Draft202012Validator(json.loads(render_schemas()["report-v1.schema.json"])).validate(report)
    replay = report["replay"]
    assert list(replay) == REPLAY
    assert (report["exit_code"], replay["state"], replay["point"]) == (0, "reproduced", point)
    assert replay["params"] == search[point]["params"]
    growth = replay["measurements"]["growth"]
    assert (growth["same_bits"], growth["value"]) == (True, search[point]["value"]["value"])
    assert bool(replay["broken"]) == (point in {"worst", "minimal", "nearest"} and growth["value"] >= 31.5)
    assert replay["verdict"] == ("CONFIRMED" if point == "published" else "FALSIFIED")
    assert report["trials"] == []
    assert recorded.snapshot() == before


def test_the_text_of_a_replay(recorded: Scratch) -> None:
    digest = digest_of(recorded)
    result = recorded.pv("run", CONTRACT, "--test", "FT-001", "--replay", f"sha256:{digest[:8]}")
    assert result.code == 0, result.shown
    lines = result.out.splitlines()
    assert lines[0].startswith(
        f"FT-001  reproduced  verdict FALSIFIED  (the worst point of sha256:{digest[:12]}, "
    )
    worst = read_record(recorded)["search"]["worst"]["params"]["x"]
    assert lines[1:4] == [
        f"  at x = {json.dumps(worst)}",
        "  growth  32.0  to the bit",
        "  broken here: growth 32.0, allowed < 31.5 (it would hold at 32.1)",
    ]


def test_the_command_that_a_report_gives_works(recorded: Scratch) -> None:
    report = recorded.json("discharge", CONTRACT, "--test", "FT-001", "--dry-run")
    assert report["exit_code"] in {0, 10}
    assert recorded.call("run", CONTRACT, "--test", "FT-001", "--replay", digest_of(recorded)).code == 0


def test_a_record_of_a_point_has_a_worst_point_too(recorded: Scratch) -> None:
    digest = digest_of(recorded, "FT-POINT")
    for point in ("worst", "published"):
        report = recorded.json("run", CONTRACT, "--test", "FT-POINT", "--replay", digest, "--point", point)
        assert report["replay"]["params"] == {"x": [0.5, 0.25]}
        assert report["replay"]["measurements"]["growth"]["same_bits"] is True
    result = recorded.call("run", CONTRACT, "--test", "FT-POINT", "--replay", digest, "--point", "minimal")
    assert result.code == 2
    assert f"the record sha256:{digest[:12]} of FT-POINT has no minimal point" in result.err
    assert "its claim asks for no search" in result.err


def test_code_that_was_changed_is_said(scratch: Scratch) -> None:
    make_project(scratch)
    assert scratch.discharge().code == 0
    options = ("run", CONTRACT, "--test", "FT-001", "--replay", digest_of(scratch))
    scratch.edit("x[0] * x[0] + x[1] * x[1]", "x[1] * x[1] + x[0] * x[0]", "probe.py")
    harmless = scratch.json(*options)
    assert (harmless["exit_code"], harmless["replay"]["state"]) == (0, "reproduced")
    assert len(harmless["replay"]["unlike"]) == 1
    scratch.edit("x[1] * x[1] + x[0] * x[0]", "x[1] * x[1] + abs(x[0])", "probe.py")
    changed = scratch.json(*options)
    replay = changed["replay"]
    assert (changed["exit_code"], replay["state"], replay["reason"]) == (
        12,
        "differs",
        "not reproduced: growth",
    )
    assert (replay["measurements"]["growth"]["stored"], replay["measurements"]["growth"]["value"]) == (
        32.0,
        20.0,
    )
    assert len(replay["unlike"]) == 1
    shown = scratch.call(*options)
    assert "  not reproduced: growth\n" in shown.out
    assert "20.0  the record has 32.0" in shown.out
    scratch.edit("x[1] * x[1] + abs(x[0])", "1 / 0 * x[0]", "probe.py")
    failed = scratch.json(*options)
    assert (failed["exit_code"], failed["replay"]["state"]) == (12, "inconclusive")
    assert failed["replay"]["reason"] == "ZeroDivisionError: division by zero"
    assert "ZeroDivisionError" in failed["replay"]["detail"]


def test_digests_that_name_no_record(recorded: Scratch) -> None:
    def refuse(digest: str, *tests: str) -> str:
        named = [word for test in tests for word in ("--test", test)]
        result = recorded.call("run", CONTRACT, *named, "--replay", digest)
        assert result.code == 2, result.shown
        return result.err

    digest = digest_of(recorded)
    assert f"'{digest[:7]}' is too short for a digest" in refuse(digest[:7], "FT-001")
    assert "0 records of FT-001 have a digest that begins with '00000000'" in refuse("0" * 8, "FT-001")
    assert "0 records of FT-POINT have a digest that begins with" in refuse(digest, "FT-POINT")
    assert "no test 'FT-002'" in refuse(digest, "FT-002")
    assert "--replay with 0 tests" in refuse(digest)
    assert "--replay with 2 tests" in refuse(digest, "FT-001", "FT-POINT")
    assert "'' is too short" in refuse("", "FT-001")


def test_a_digest_that_names_two_records(scratch: Scratch) -> None:
    make_project(scratch)
    assert scratch.discharge().code == 0
    digest = digest_of(scratch)
    (path,) = scratch.records()
    twin = digest[:10] + ("0" if digest[10] != "0" else "1") + digest[11:]
    scratch.write(f"contracts/evidence/x-v1/FT-001/{twin}.json", path.read_bytes())
    result = scratch.call("run", CONTRACT, "--test", "FT-001", "--replay", digest[:10])
    assert result.code == 2, result.shown
    assert f"2 records of FT-001 have a digest that begins with '{digest[:10]}'" in result.err
    tampered = scratch.call("run", CONTRACT, "--test", "FT-001", "--replay", twin)
    assert tampered.code == 3, tampered.shown


def test_a_search_without_a_change_has_no_minimal_point(scratch: Scratch) -> None:
    make_project(scratch, radius=0.6)
    assert scratch.discharge().code == 0
    for point in ("minimal", "nearest"):
        result = scratch.call(
            "run", CONTRACT, "--test", "FT-001", "--replay", digest_of(scratch), "--point", point
        )
        assert result.code == 2, result.shown
        assert f"has no {point} point" in result.err
        assert "a search finds a minimal and a nearest example only where the outcome changes" in result.err


def test_a_replay_that_is_blocked(recorded: Scratch, scratch: Scratch) -> None:
    for path, content in recorded.snapshot().items():
        scratch.write(path, content)
    scratch.edit('"probe.growth"', '"probe.renamed"', "probe.py")
    report = scratch.json("run", CONTRACT, "--test", "FT-001", "--replay", digest_of(scratch))
    assert (report["exit_code"], report["replay"]["state"]) == (12, "inconclusive")
    assert "probe.growth" in report["replay"]["reason"]


def test_a_point_without_a_record_runs_nothing(scratch: Scratch) -> None:
    make_project(scratch)
    result = scratch.pv("run", CONTRACT, "--point", "nearest")
    assert (result.code, result.out) == (2, "")
    assert "--point nearest without --replay" in result.err
