"""What a test lacks, and the commands that bring it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.project.attempts import list_attempts, list_heads
from pvengine.project.next_steps import list_next_commands, list_open_points

if TYPE_CHECKING:
    from pathlib import Path

PATH = "contracts/x-v1.yaml"


def ask(bench: Any, name: str = "T") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the open points and the next commands of a test."""
    view = bench.view()
    heads = list_heads(view.loaded.contract.amendments or ())
    attempts = list_attempts(view.store, name, heads.get(name, []))
    return list_open_points(view, name), list_next_commands(view, name, attempts)


def record_of(bench: Any, name: str = "T") -> Path:
    (path,) = (bench.path.parent / "evidence" / "x-v1" / name).glob("*.json")
    return path


def test_a_new_test_is_to_be_discharged(bench: Any) -> None:
    bench.contract(bench.test())
    assert ask(bench) == (("no discharge has recorded a trial of it",), (f"pv discharge {PATH} --test T",))


def test_a_verified_test_can_be_measured_again(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    assert ask(bench) == ((), (f"pv verify {PATH} --rerun --test T",))


def test_a_stale_test_says_why(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    bench.edit("lt: 1.0", "lt: 2.0")
    assert ask(bench) == (
        ("the claim changed: accept[0].lt was 1.0, is 2.0",),
        (f"pv discharge {PATH} --test T",),
    )


def test_a_self_declared_test_is_to_be_discharged(bench: Any) -> None:
    bench.contract(bench.test("T", "status: DISCHARGED"))
    assert ask(bench) == (
        ("no evidence grounds the status DISCHARGED",),
        (f"pv discharge {PATH} --test T",),
    )


def test_a_test_without_a_falsifier_is_to_be_bound(bench: Any) -> None:
    bench.contract("- {id: T, rule: by hand}\n")
    assert ask(bench) == (
        ("the test names no falsifier: bind it with `falsifier: NAME`",),
        ("pv falsifiers",),
    )


def test_a_falsifier_that_is_not_there_is_to_be_found(bench: Any) -> None:
    bench.contract(bench.test().replace("probe.value", "probe.valeu"))
    said = "needs the falsifier 'probe.valeu', which is not installed; did you mean 'probe.value'?"
    assert ask(bench) == ((said,), ("pv falsifiers",))


def test_tests_that_wait_are_discharged_with_those_before_them(bench: Any) -> None:
    bench.contract(bench.test("A"), bench.test("B", "depends_on: [A]"), bench.test("C", "depends_on: [B]"))
    assert ask(bench, "C") == (
        ("depends on B, which is new", "no discharge has recorded a trial of it"),
        (f"pv discharge {PATH} --test A --test B --test C",),
    )
    bench.record("A")
    assert ask(bench, "C")[1] == (f"pv discharge {PATH} --test B --test C",)


@pytest.mark.parametrize("before", ["falsified", "unbound", "blocked"])
def test_what_stands_in_the_way_is_asked_about(bench: Any, before: str) -> None:
    first = {
        "falsified": bench.test("A"),
        "unbound": "- {id: A, rule: by hand}\n",
        "blocked": bench.test("A", "requires: [{model: nowhere}]"),
    }
    bench.contract(first[before], bench.test("B", "depends_on: [A]"))
    if before == "falsified":
        bench.record("A", value=7.0)
    points, commands = ask(bench, "B")
    said = "is FALSIFIED" if before == "falsified" else "is new"
    assert points == (f"depends on A, which {said}", "no discharge has recorded a trial of it")
    assert commands == (f"pv why A {PATH}",)


def test_a_lost_record_comes_back_from_version_control(bench: Any) -> None:
    bench.contract(bench.test("A"), bench.test("B"))
    bench.record("A")
    path = record_of(bench, "A")
    path.unlink()
    where = path.relative_to(bench.root)
    points, commands = ask(bench, "A")
    assert points == (f"the record sha256:{path.stem[:12]} of A is missing",)
    assert commands == (f"git checkout -- {where}",)
    assert ask(bench, "B")[1] == (f"pv why A {PATH}",)


def test_a_word_that_was_typed_over_is_looked_at_in_the_contract(bench: Any) -> None:
    bench.contract(bench.test())
    bench.record()
    bench.edit("  status: DISCHARGED", "  status: FALSIFIED")
    assert ask(bench) == (
        ("the status is FALSIFIED, and the last amendment made it DISCHARGED",),
        (f"git diff -- {PATH}",),
    )


def test_an_amendment_that_was_edited_concerns_every_test(bench: Any) -> None:
    bench.contract(bench.test("A"), bench.test("B"))
    bench.record("A")
    bench.record("B")
    bench.write(PATH, bench.path.read_text().replace("kind: discharge", "kind: edit", 1))
    points, commands = ask(bench, "B")
    assert len(points) == 1
    assert "pins another entry than the one before it" in points[0]
    assert commands == (f"git diff -- {PATH}",)


def test_names_are_quoted_for_the_shell(bench: Any) -> None:
    bench.contract(bench.test("'a test; rm'"))
    assert ask(bench, "a test; rm")[1] == (f"pv discharge {PATH} --test 'a test; rm'",)
