"""`pv verify --rerun` measures again, compares, says by how much it differs, and writes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pvengine.models.schemas import find_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result, Scratch

DECIDES = "hypothesis: H1\ndecides: {metric: value, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}"
HYPOTHESIS = "hypotheses:\n- {id: H1, statement: small}\n"


def rerun(scratch: Scratch, *args: str) -> Result:
    return scratch.call("verify", "--rerun", *args)


def discharge(scratch: Scratch) -> int:
    return scratch.call("discharge", "contracts/x-v1.yaml").code


def measured_again(result: Result) -> str:
    """Return the part of the text that is about measuring again."""
    match = re.search(r"^measured again\n(.*?)\n\n", result.out, re.DOTALL | re.MULTILINE)
    assert match, result.shown
    return match[1]


def rewrite(scratch: Scratch, change: Callable[[dict[str, Any]], None], test: str = "FT-001") -> None:
    """Change a record and pin it anew in the contract, as a careful forger would: only a rerun can notice."""
    (old,) = scratch.records(test)
    data = json.loads(old.read_text())
    change(data["predicate"])
    content = (json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    old.unlink()
    new = hashlib.sha256(content).hexdigest()
    scratch.write(f"contracts/evidence/x-v1/{test}/{new}.json", content)
    text = scratch.path.read_text()
    assert old.stem in text
    scratch.path.write_text(text.replace(old.stem, new))


def set_value(value: float, bits: str) -> Callable[[dict[str, Any]], None]:
    def change(facts: dict[str, Any]) -> None:
        facts["measurements"]["value"] |= {"value": value, "bits": bits}

    return change


def forge_slightly(facts: dict[str, Any]) -> None:
    """Move the value 1.0 by one unit in the last place."""
    set_value(1.0000000000000002, "3ff0000000000001")(facts)


def elsewhere(facts: dict[str, Any]) -> None:
    """Say that the record was made with another NumPy."""
    facts["environment"]["numpy"] = "1.0.0"


def test_a_record_is_reproduced_to_the_bit_and_nothing_is_written(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002", value=2.5))
    assert discharge(scratch) == 0
    before = scratch.snapshot()
    result = scratch.pv("verify", "--rerun", "--jobs", "1")
    assert result.code == 0, result.shown
    assert measured_again(result) == (
        "  FT-001  reproduced  to the bit: 1 metric\n"
        "  FT-002  reproduced  to the bit: 1 metric\n"
        "2 of 2 records measured again: 2 reproduced (2 to the bit), 0 differing, 0 inconclusive; 0 not run"
    )
    assert result.out.endswith(
        "\n\n2 tests: 2 bound, 2 run, 2 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked,"
        " 0 self-declared\n"
    )
    assert result.err == "[1/2] FT-001 reproduced\n[2/2] FT-002 reproduced\n"
    assert scratch.snapshot() == before


def test_without_the_option_nothing_is_run(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    report = scratch.json("verify")
    assert (report["reruns"], report["rerun_summary"], report["summary"]["run"]) == ([], None, 0)


def test_a_number_that_was_made_up_is_not_reproduced(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    rewrite(scratch, set_value(2.0, "4000000000000000"))
    assert scratch.verify() == 0, "a whole store can be forged anew: only measuring tells"
    result = rerun(scratch)
    assert result.code == 12, result.shown
    assert measured_again(result) == (
        "  FT-001  differs  not reproduced: value\n"
        "    value  1.0, stored 2.0  relative difference 0.5  wanted the same bits: NOT REPRODUCED\n"
        "1 of 1 record measured again: 0 reproduced (0 to the bit), 1 differing, 0 inconclusive; 0 not run"
    )


def test_one_unit_in_the_last_place_counts_in_the_same_environment(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    rewrite(scratch, forge_slightly)
    result = rerun(scratch)
    assert result.code == 12
    assert (
        "    value  1.0, stored 1.0000000000000002  relative difference 2.22e-16  wanted the same bits"
        in result.out
    )


def test_another_environment_may_differ_by_one_in_a_million(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0

    def change(facts: dict[str, Any]) -> None:
        elsewhere(facts)
        forge_slightly(facts)

    rewrite(scratch, change)
    result = rerun(scratch)
    assert result.code == 0, result.shown
    shown = re.sub(r"is [\d.]+$", "is NOW", measured_again(result), count=1, flags=re.MULTILINE)
    assert shown == (
        "  FT-001  reproduced  within the tolerance\n"
        "    numpy was 1.0.0, is NOW\n"
        "    value  1.0, stored 1.0000000000000002  relative difference 2.22e-16  allowed 1e-06: reproduced\n"
        "1 of 1 record measured again: 1 reproduced (0 to the bit), 0 differing, 0 inconclusive; 0 not run"
    )


@pytest.mark.parametrize(("relative", "code"), [("0.6", 0), ("0.5", 0), ("0.4", 12), ("0", 12)])
def test_the_tolerance_of_the_claim_decides(scratch: Scratch, relative: str, code: int) -> None:
    scratch.contract(scratch.test(extra=f"reproduce: {{relative: {relative}}}"))
    assert discharge(scratch) == 0
    rewrite(scratch, set_value(2.0, "4000000000000000"))
    result = rerun(scratch)
    assert result.code == code, result.shown
    mark = "NOT REPRODUCED" if code else "reproduced"
    assert f"relative difference 0.5  allowed {relative if '.' in relative else 0}: {mark}" in result.out


def test_a_claim_that_is_falsified_now(scratch: Scratch) -> None:
    scratch.contract(scratch.test(value=50.0))
    assert discharge(scratch) == 10

    def change(facts: dict[str, Any]) -> None:
        set_value(2.0, "4000000000000000")(facts)
        facts["outcome"] = "survived"

    rewrite(scratch, change)
    text = scratch.path.read_text()
    scratch.path.write_text(text.replace("FALSIFIED", "DISCHARGED"))
    assert scratch.verify() == 0
    result = rerun(scratch)
    assert result.code == 10, result.shown
    assert (
        "  FT-001  differs  it is falsified now (value 50.0, allowed < 10.0 (it would hold at 50.1)), and"
        " survives in its record; not reproduced: value\n"
    ) in result.out


def test_a_claim_that_survives_now_is_inconclusive(scratch: Scratch) -> None:
    scratch.contract(scratch.test(value=1.0))
    assert discharge(scratch) == 0

    def change(facts: dict[str, Any]) -> None:
        set_value(20.0, "4034000000000000")(facts)
        facts["outcome"] = "falsified"

    rewrite(scratch, change)
    text = scratch.path.read_text()
    scratch.path.write_text(text.replace("DISCHARGED", "FALSIFIED"))
    assert scratch.verify() == 0
    result = rerun(scratch)
    assert result.code == 12, result.shown
    assert "differs  it survives now, and is falsified in its record; not reproduced: value\n" in result.out


def test_a_falsified_record_that_is_reproduced_is_clean(scratch: Scratch) -> None:
    scratch.contract(scratch.test(value=50.0))
    assert discharge(scratch) == 10
    assert rerun(scratch).code == 0


def test_another_verdict(scratch: Scratch) -> None:
    scratch.contract(scratch.test(value=6.0, extra=DECIDES + "\nreproduce: {relative: 1}"), head=HYPOTHESIS)
    assert discharge(scratch) == 0

    def change(facts: dict[str, Any]) -> None:
        set_value(4.0, "4010000000000000")(facts)
        facts["verdicts"][0]["verdict"] = "CONFIRMED"
        for fault in facts["planted_faults"]:
            fault["reason"] = "verdict FALSIFIED on H1, the subject's is CONFIRMED"

    rewrite(scratch, change)
    text = scratch.path.read_text()
    scratch.path.write_text(re.sub(r"(verdict|status): FALSIFIED", r"\1: CONFIRMED", text))
    assert scratch.verify() == 0
    result = rerun(scratch)
    assert result.code == 12, result.shown
    assert "differs  the verdict is FALSIFIED now, and CONFIRMED in its record\n" in result.out


def test_what_a_number_was_taken_over_must_agree(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    rewrite(scratch, lambda facts: facts["measurements"]["value"].update(population="9 readings"))
    result = rerun(scratch)
    assert result.code == 12
    assert "not reproduced: value (the population was 9 readings, is 1 reading)\n" in result.out


def test_metrics_that_only_one_side_has(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0

    def change(facts: dict[str, Any]) -> None:
        facts["measurements"]["other"] = dict(facts["measurements"]["value"])

    rewrite(scratch, change)
    result = rerun(scratch)
    assert result.code == 12
    assert "not reproduced: other (it was not measured again)\n" in result.out
    assert "    other  not measured, stored 1.0    wanted the same bits: NOT REPRODUCED\n" in result.out


def test_an_edited_claim_is_reproduced_as_its_record_has_it(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    scratch.edit("lt: 10.0", "lt: 0.5")
    result = rerun(scratch)
    assert result.code == 11, result.shown
    assert "  FT-001  reproduced  to the bit: 1 metric\n" in result.out
    assert "warning[PV606]: FT-001 is stale: the claim changed: accept[0].lt was 10.0, is 0.5\n" in result.out


def test_other_code_is_measured_and_fails_nothing_by_its_numbers(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    scratch.edit(
        "    return value\n\n\ndef read_too_high", "    return value + 0.5\n\n\ndef read_too_high", "probe.py"
    )
    result = rerun(scratch)
    assert result.code == 11, result.shown
    assert measured_again(result) == (
        "  FT-001  differs  not reproduced: value\n"
        "    the code of falsifier 'probe.value' is other than the record's\n"
        "    value  1.5, stored 1.0  relative difference 0.333  wanted the same bits: NOT REPRODUCED\n"
        "1 of 1 record measured again: 0 reproduced (0 to the bit), 1 differing, 0 inconclusive; 0 not run\n"
        "1 test with other code or inputs than the record's"
    )


def test_other_code_that_falsifies_is_a_result(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    scratch.edit(
        "    return value\n\n\ndef read_too_high", "    return value + 50\n\n\ndef read_too_high", "probe.py"
    )
    assert rerun(scratch).code == 10


def test_other_code_that_breaks_is_inconclusive(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    scratch.edit(
        "    return value\n\n\ndef read_too_high", "    return 1 / 0\n\n\ndef read_too_high", "probe.py"
    )
    result = rerun(scratch)
    assert result.code == 12
    assert "  FT-001  inconclusive  " in result.out
    assert "    | ZeroDivisionError: division by zero\n" in result.out


def test_what_cannot_be_measured_is_listed(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-001"),
        scratch.test("FT-002", mode="nan"),
        scratch.test("FT-003", extra="requires: [{model: m}]"),
        "- {id: FT-004, accept: [{metric: value, lt: 1}]}\n",
    )
    model = scratch.write("m.gguf", b"weights")
    environment = {"PV_MODELS": str(scratch.root)}
    assert scratch.discharge(env=environment).code == 12
    model.unlink()
    result = rerun(scratch)
    assert result.code == 0, result.shown
    assert measured_again(result) == (
        "  FT-001  reproduced  to the bit: 1 metric\n"
        "  FT-002  not run  it has no record that could be reproduced\n"
        "  FT-003  not run  needs the model m: put m.gguf into a folder named by PV_MODELS, or give its path"
        " under [tool.pv.models]\n"
        "1 of 2 records measured again: 1 reproduced (1 to the bit), 0 differing, 0 inconclusive; 2 not run"
    )
    report = scratch.json("verify", "--rerun")
    assert report["rerun_summary"] == {
        "recorded": 2,
        "run": 1,
        "reproduced": 1,
        "differing": 0,
        "inconclusive": 0,
        "same_bits": 1,
        "unlike": 0,
        "not_run": 2,
    }
    assert rerun(scratch, "--test", "FT-003").code == 11, "a test that is named must be measured"
    assert rerun(scratch, "--test", "FT-001").code == 0


def test_another_model_is_no_like_with_like(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="requires: [{model: m}]"))
    scratch.write("m.gguf", b"weights")
    environment = {"PV_MODELS": str(scratch.root)}
    assert scratch.discharge(env=environment).code == 0
    scratch.write("m.gguf", b"other weights")
    result = scratch.pv("verify", "--rerun", env=environment)
    assert result.code == 11
    assert re.search(
        r"\n    the model m has SHA-256 [0-9a-f]{12}, the record's has [0-9a-f]{12}\n", result.out
    )


def test_a_falsifier_that_is_gone(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    scratch.edit('@falsifier("probe.value"', '@falsifier("probe.other"', "probe.py")
    result = rerun(scratch)
    assert result.code == 11
    assert "  FT-001  not run  needs the falsifier 'probe.value', which is not installed" in result.out
    assert "error[PV003]: no record could be measured again" in result.out


def test_lost_evidence_has_nothing_to_compare_with(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"))
    assert discharge(scratch) == 0
    scratch.records()[0].unlink()
    (record,) = scratch.records("FT-002")
    record.write_bytes(record.read_bytes()[:-40])
    result = rerun(scratch)
    assert result.code == 3
    assert measured_again(result) == (
        "  FT-001  not run  its evidence is missing: there is nothing to compare with\n"
        "  FT-002  not run  its evidence is tampered: there is nothing to compare with\n"
        "0 of 0 records measured again: 0 reproduced (0 to the bit), 0 differing, 0 inconclusive; 2 not run"
    )


def test_nothing_measured_is_no_success(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    result = rerun(scratch)
    assert result.code == 14
    assert (
        "error[PV003]: no record could be measured again\n  why: zero checked is never green\n" in result.out
    )


def test_usage(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    alone = scratch.call("verify", "--test", "FT-001")
    assert alone.code == 2
    assert alone.err == (
        "pv: --test is given without --rerun\n"
        "  why: only tests that are measured again can be chosen; what is stored is verified as a whole\n"
        "  fix: add --rerun, or leave the option out\n"
    )
    assert scratch.call("verify", "--jobs", "2").code == 0  # of reading records, too
    unknown = rerun(scratch, "--test", "FT-01")
    assert unknown.code == 2
    assert unknown.err == (
        "pv: no contract that is verified has a test 'FT-01'; did you mean 'FT-001'?\n"
        "  why: --test takes the id of a test\n"
        "  fix: run `pv status`, which lists the tests\n"
    )


def test_json_says_by_how_much(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    rewrite(scratch, set_value(2.0, "4000000000000000"))
    report = scratch.json("verify", "--rerun")
    schema = json.loads(find_schema("report-v1.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(report)
    (entry,) = report["reruns"]
    assert (entry["contract"], entry["id"], entry["state"]) == ("contracts/x-v1.yaml", "FT-001", "differs")
    assert (entry["stored_outcome"], entry["outcome"]) == ("survived", "survived")
    assert entry["measurements"] == {
        "value": {
            "stored": 2.0,
            "value": 1.0,
            "same_bits": False,
            "relative_difference": 0.5,
            "tolerance": None,
            "within": False,
            "reason": None,
        }
    }
    assert [fault["noticed"] for fault in entry["planted_faults"]] == [True]


def test_hostile_text_stays_text(scratch: Scratch) -> None:
    odd = '"FT\\e[31m\\u202e-1"'
    scratch.contract(scratch.test().replace("FT-001", odd))
    discharged = scratch.discharge()
    assert discharged.code == 0, discharged.shown
    result = scratch.pv("verify", "--rerun")
    assert result.code == 0, result.shown
    assert "  FT\\x1b[31m\\u202e-1  reproduced  to the bit: 1 metric\n" in result.out
    assert not re.search("[\x1b\u202e]", result.shown)


def test_an_interrupted_rerun_says_so(scratch: Scratch) -> None:
    target = scratch.root / "go"
    scratch.contract(scratch.test("FT-001", mode="wait", extra=""))
    scratch.edit("mode: wait", f"mode: wait, target: {target}")
    target.touch()
    assert discharge(scratch) == 0
    target.unlink()
    started = scratch.root / "go.started"
    started.unlink()
    process = subprocess.Popen(
        [sys.executable, "-m", "pvengine", "verify", "--rerun"],
        cwd=scratch.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )
    deadline = time.monotonic() + 30
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, out + err
    assert "  FT-001  not run  the run was broken off before it ended\n" in out
