"""What a second run does: nothing where nothing is new, and a new discharge where something changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Scratch

UP_TO_DATE = re.compile(
    r"FT-001  up to date: DISCHARGED by sha256:[0-9a-f]{12}\n\nnothing new: nothing was written\n\n"
    r"1 test: 1 bound, 0 run, 1 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, "
    r"0 self-declared\n"
)


READ_THE_MODEL = (
    '    assert trial.inputs["m"].read_bytes() in (b"weights", b"others!")\n'
    "    value = trial.subject(p.value)\n"
)


def say_standing(scratch: Scratch) -> tuple[str, str, list[str]]:
    (test,) = scratch.status().contracts[0].tests
    return test.status, test.standing, list(test.reasons)


def test_a_second_run_writes_nothing_and_says_so(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    before = scratch.snapshot()
    facts = scratch.path.stat()
    result = scratch.discharge()
    assert (result.code, result.err) == (0, "")
    assert UP_TO_DATE.fullmatch(result.out), result.out
    assert scratch.snapshot() == before
    assert scratch.path.stat().st_ino == facts.st_ino
    assert scratch.path.stat().st_mtime_ns == facts.st_mtime_ns


def test_a_dry_run_shows_the_same_diff_and_writes_nothing_at_all(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    before = scratch.snapshot()
    dry = scratch.discharge("--dry-run")
    assert dry.code == 0
    assert scratch.snapshot() == before
    assert not scratch.store.parent.exists()
    assert "would write contracts/x-v1.yaml  1.0.0 -> 1.1.0" in dry.out

    real = scratch.discharge()
    assert drop_digests(dry.out).replace("would write", "wrote") == drop_digests(real.out)


def drop_digests(text: str) -> str:
    return re.sub(r"\d+\.\d\d s|sha256:[0-9a-f]+", "*", text)


def test_a_regression_is_falsified_and_the_mended_code_discharged_again(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    scratch.edit("    return value\n\n\ndef read_too", "    return value + 50\n\n\ndef read_too", "probe.py")
    assert say_standing(scratch) == ("DISCHARGED", "stale", ["the code of falsifier 'probe.value' changed"])

    broken = scratch.discharge()
    assert broken.code == 10
    assert "FT-001: DISCHARGED -> FALSIFIED" in broken.out
    assert "value 51.0, allowed < 10.0 (it would hold at 51.1)" in broken.out
    assert "1.1.0 -> 1.2.0" in broken.out

    scratch.edit("    return value + 50\n", "    return value\n", "probe.py")
    mended = scratch.discharge()
    assert mended.code == 0
    assert "FT-001: FALSIFIED -> DISCHARGED" in mended.out
    assert "1.2.0 -> 1.3.0" in mended.out
    assert scratch.verify() == 0
    assert len(scratch.records()) == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rule: The value is small", "rule: The value is tiny"),
        ("lt: 10.0", "lt: 9.0"),
        ("value: 1.0", "value: 2.0"),
    ],
)
def test_an_edited_claim_is_stale_until_it_is_discharged_again(scratch: Scratch, old: str, new: str) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    scratch.edit(old, new)
    assert say_standing(scratch) == ("DISCHARGED", "stale", ["the claim changed"])
    verified = scratch.pv("verify")
    assert verified.code == 11
    assert "warning[PV606]: FT-001 is stale: the claim changed" in verified.out

    result = scratch.discharge()
    assert result.code == 0
    assert "1.1.0 -> 1.1.1\n  FT-001: DISCHARGED -> DISCHARGED (renewal)" in result.out
    assert say_standing(scratch) == ("DISCHARGED", "verified", [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  rule: The value is small\n", "  rule: The value is small\n  if_fails: It is large.\n"),
        ("lt: 10.0", "lt: 10"),
        ("  rule: The value is small\n", "  # a comment\n  rule: 'The value is small'\n"),
    ],
)
def test_what_is_no_part_of_the_claim_leaves_it_current(scratch: Scratch, old: str, new: str) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    scratch.edit(old, new)
    assert say_standing(scratch) == ("DISCHARGED", "verified", [])


def test_an_edit_of_the_same_size_is_stale(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    scratch.edit("value + 1000.0", "value + 2000.0", "probe.py")
    assert say_standing(scratch)[1] == "stale"
    assert scratch.discharge().code == 0
    assert say_standing(scratch)[1] == "verified"


def test_layout_and_docstrings_of_the_code_do_not_count(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    scratch.edit('    """Give the value: the subject."""\n', "    # the subject\n\n", "probe.py")
    assert say_standing(scratch)[1] == "verified"


def test_a_model_that_is_exchanged_is_stale(scratch: Scratch) -> None:
    model = scratch.write("models/m.gguf", "weights")
    scratch.edit("[limits]", 'models = {m = "models/m.gguf"}\n[limits]', "pv.toml")
    scratch.contract(scratch.test(extra="requires: [{model: m}]"))
    scratch.edit("    value = trial.subject(p.value)\n", READ_THE_MODEL, "probe.py")
    assert scratch.discharge().code == 0
    assert say_standing(scratch)[1] == "verified"
    model.write_text("others!")
    status, standing, (reason,) = say_standing(scratch)
    assert (status, standing) == ("DISCHARGED", "stale")
    assert reason.startswith("the model m has SHA-256 ")
    assert scratch.discharge().code == 0
    assert say_standing(scratch)[1] == "verified"
    model.unlink()
    assert say_standing(scratch)[1] == "verified", "what is not at hand cannot be compared"


def test_a_falsifier_that_is_gone_is_stale_and_blocked(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.discharge().code == 0
    scratch.edit('"probe.value"', '"probe.other"', "probe.py")
    assert say_standing(scratch)[:2] == ("DISCHARGED", "stale")
    result = scratch.discharge()
    assert result.code == 0
    assert (
        "FT-001  blocked: needs the falsifier 'probe.value', which is not installed; did you mean"
        in result.out
    )
