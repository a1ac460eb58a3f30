"""`pv why` tells one test's story: claim, trials, what its status rests on, and the command to run next."""

from __future__ import annotations

import json
import os
import re
import stat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Result, Scratch

DECIDES = (
    "hypothesis: H1\ndecides: {metric: value, scope: one reading, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}"
)


def why(scratch: Scratch, *args: str) -> Result:
    return scratch.call("why", *args)


def discharge(scratch: Scratch, *args: str) -> int:
    return scratch.call("discharge", "contracts/x-v1.yaml", *args).code


def normalise(text: str) -> str:
    """Make equal what differs from run to run."""
    text = re.sub(r"sha256:[0-9a-f]{12,64}", "sha256:DIGEST", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME", text)
    return re.sub(r"\d{4}-\d\d-\d\d", "DATE", text)


def end_of(result: Result) -> list[str]:
    """Return the lines that say what the status rests on, what is open and what comes next."""
    assert result.code == 0, result.shown
    return normalise(result.out).split("\n\n")[-1].splitlines()


def test_the_story_of_a_test(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-000"),
        scratch.test("FT-001", value=2.0, extra=f"{DECIDES}\nprediction: It is small.\ndepends_on: [FT-000]"),
        head="hypotheses:\n- {id: H1, statement: The value is small.}\n",
    )
    assert discharge(scratch) == 0
    result = scratch.pv("why", "FT-001")
    assert result.code == 0, result.shown
    assert normalise(result.out) == (
        "FT-001  DISCHARGED  verdict CONFIRMED  verified\n"
        "  contracts/x-v1.yaml:15  C-X  1.1.0\n"
        "\n"
        "claim\n"
        "  rule        The value is small\n"
        "  prediction  It is small.\n"
        "  hypothesis  H1: The value is small.\n"
        "  param       value = 2.0\n"
        '  param       mode = "measure"\n'
        "  accept      value < 10.0\n"
        "  decides     H1 by value, in the scope of one reading\n"
        "              CONFIRMED where < 5\n"
        "              FALSIFIED where >= 5\n"
        "  depends on  FT-000, which is discharged\n"
        "\n"
        "falsifier\n"
        "  probe.value  (probe, sha256:DIGEST)\n"
        "  planted fault 'reads too high'\n"
        "\n"
        "tried once: 1 survived\n"
        "  1. TIME  survived  verdict CONFIRMED  (amendment 1.1.0, sha256:DIGEST)\n"
        "     value  2.0    1 reading\n"
        "     planted fault 'reads too high': noticed: value 1002.0, allowed < 10.0 (it would hold at 1010)\n"
        "\n"
        "amendments\n"
        "  1.1.0  DATE  discharge  NEW -> DISCHARGED  verdict CONFIRMED  (1 record)\n"
        "\n"
        "rests on: amendment 1.1.0 of DATE pins the record sha256:DIGEST, whose claim, code and measurements"
        " are those of the status\n"
        "next: pv verify contracts/x-v1.yaml --rerun --test FT-001\n"
    )
    assert result.err == ""


def test_a_claim_that_was_edited_after_failures_says_so(scratch: Scratch) -> None:
    scratch.contract(scratch.test(value=50.0))
    assert discharge(scratch) == 10
    assert discharge(scratch, "--test", "FT-001") == 10
    scratch.edit("lt: 10.0", "lt: 60.0")
    before = normalise(why(scratch, "FT-001").out)
    said = "  criterion changed after 2 falsified trials: accept[0].lt was 10.0, is 60.0\n"
    assert (
        "tried 2 times: 2 falsified\n"
        "  1. TIME  falsified  (amendment 1.1.0, sha256:DIGEST)\n"
        "     value 50.0, allowed < 10.0 (it would hold at 50.1)\n"
        "     value  50.0    1 reading\n"
    ) in before
    assert f"{said}  the claim as it stands has not been tried\n" in before
    assert discharge(scratch) == 0
    after = normalise(why(scratch, "FT-001").out)
    assert "tried 3 times: 1 survived, 2 falsified\n" in after
    assert f"{said}  3. TIME  survived  (amendment 1.2.0, sha256:DIGEST)\n" in after
    assert "has not been tried" not in after
    assert "  1.1.1  DATE  discharge  FALSIFIED -> FALSIFIED  (2 records)\n" in after


def test_another_param_is_no_other_criterion(scratch: Scratch) -> None:
    scratch.contract(scratch.test(value=50.0))
    assert discharge(scratch) == 10
    scratch.edit("value: 50.0", "value: 1.0")
    assert discharge(scratch) == 0
    result = why(scratch, "FT-001")
    assert "  claim changed after 1 falsified trial: params.value was 50.0, is 1.0\n" in result.out


def test_an_edit_after_survival_is_no_such_change(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    scratch.edit("lt: 10.0", "lt: 60.0")
    assert discharge(scratch) == 0
    result = why(scratch, "FT-001")
    assert "tried 2 times: 2 survived\n" in result.out
    assert "changed after" not in result.out


def test_a_new_test_and_what_it_waits_for(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002", extra="depends_on: [FT-001]"))
    result = why(scratch, "FT-002")
    assert "\nnever tried\n" in result.out
    assert end_of(result) == [
        "rests on: nothing: no amendment speaks of the test",
        "open: depends on FT-001, which is new",
        "open: no discharge has recorded a trial of it",
        "next: pv discharge contracts/x-v1.yaml --test FT-001 --test FT-002",
    ]
    assert discharge(scratch, "--test", "FT-001", "--test", "FT-002") == 0
    assert end_of(why(scratch, "FT-002"))[1:] == ["next: pv verify contracts/x-v1.yaml --rerun --test FT-002"]


def test_one_that_stands_in_the_way(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001", value=50.0), scratch.test("FT-002", extra="depends_on: [FT-001]"))
    assert discharge(scratch) == 10
    assert end_of(why(scratch, "FT-002"))[1:] == [
        "open: depends on FT-001, which is FALSIFIED",
        "open: no discharge has recorded a trial of it",
        "next: pv why FT-001 contracts/x-v1.yaml",
    ]


def test_stale(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    scratch.edit("rule: The value is small", "rule: The value is tiny")
    scratch.edit("return value + 1000.0", "return value + 2000.0", "probe.py")
    grounds, *rest = end_of(why(scratch, "FT-001"))
    assert grounds == (
        "rests on: nothing that is current: amendment 1.1.0 of DATE pins the record sha256:DIGEST, which"
        " speaks of something else"
    )
    assert rest == [
        'open: the claim changed: rule was "The value is small", is "The value is tiny"',
        "open: the code of falsifier 'probe.value' changed: its digest was sha256:DIGEST, is sha256:DIGEST",
        "next: pv discharge contracts/x-v1.yaml --test FT-001",
    ]


def test_self_declared(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="status: DISCHARGED"))
    assert end_of(why(scratch, "FT-001")) == [
        "rests on: nothing: DISCHARGED was typed, and no record grounds it",
        "open: no evidence grounds the status DISCHARGED",
        "next: pv discharge contracts/x-v1.yaml --test FT-001",
    ]


def test_unbound_and_without_its_falsifier(scratch: Scratch) -> None:
    scratch.contract("- {id: FT-001, accept: [{metric: m, lt: 1}]}\n", scratch.test("FT-002"))
    unbound = why(scratch, "FT-001")
    assert "\nfalsifier\n  none: the test names no falsifier\n" in unbound.out
    assert end_of(unbound)[1:] == [
        "open: the test names no falsifier: bind it with `falsifier: NAME`",
        "next: pv falsifiers",
    ]
    scratch.edit('@falsifier("probe.value"', '@falsifier("probe.valve"', "probe.py")
    gone = why(scratch, "FT-002")
    assert (
        "\nfalsifier\n  falsifier 'probe.value' is not installed; did you mean 'probe.valve'?\n" in gone.out
    )
    assert end_of(gone)[-1] == "next: pv falsifiers"


def test_an_input_that_is_not_at_hand(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="requires: [{model: m}]"))
    result = why(scratch, "FT-001")
    assert "  requires  the model m, which is not at hand\n" in result.out
    _, missing, then = end_of(result)
    assert missing == (
        "open: needs the model m: put m.gguf into a folder named by PV_MODELS, or give its path under"
        " [tool.pv.models]"
    )
    assert then == "next: pv discharge contracts/x-v1.yaml --test FT-001"


def test_missing_and_tampered_records(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"), scratch.test("FT-003"))
    assert discharge(scratch) == 0
    (record,) = scratch.records()
    content = record.read_bytes()
    record.unlink()
    missing = why(scratch, "FT-001")
    assert "  1. unreadable: the record sha256:" in missing.out
    assert "tried once: 1 unreadable\n" in missing.out
    checkout = f"next: git checkout -- contracts/evidence/x-v1/FT-001/{record.name}"
    assert missing.out.splitlines()[-1] == checkout
    record.write_bytes(content.replace(b'"value": 1.0', b'"value": 2.0'))
    tampered = why(scratch, "FT-001")
    assert tampered.code == 0
    assert "was changed: its digest is now sha256:" in tampered.out
    assert tampered.out.splitlines()[-1] == checkout
    scratch.edit("- id: FT-003\n", "- id: FT-003\n  if_fails: Broken.\n")
    assert end_of(why(scratch, "FT-003"))[1:] == ["next: pv verify contracts/x-v1.yaml --rerun --test FT-003"]
    scratch.edit("- id: FT-003\n  if_fails: Broken.\n  rule: The value is small\n", "- id: FT-003\n")
    assert end_of(why(scratch, "FT-003"))[-1] == "next: pv why FT-001 contracts/x-v1.yaml"


def test_a_status_that_was_typed_over(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    scratch.edit("status: DISCHARGED", "status: FALSIFIED")
    grounds, *rest = end_of(why(scratch, "FT-001"))
    assert grounds.endswith("pins the record sha256:DIGEST, and the two contradict each other")
    assert rest == [
        "open: the status is FALSIFIED, and the last amendment made it DISCHARGED",
        "next: git diff -- contracts/x-v1.yaml",
    ]


def test_a_record_that_no_amendment_pins(scratch: Scratch) -> None:
    text = scratch.contract(scratch.test(value=50.0)).read_text()
    assert discharge(scratch) == 10
    scratch.path.write_text(text)
    scratch.write("contracts/evidence/x-v1/FT-001/note.json", "{}")
    result = why(scratch, "FT-001")
    *lines, last = normalise(result.out).split("\n\n")[3].splitlines()
    assert lines == [
        "tried 2 times: 1 falsified, 1 unreadable; 2 unlinked",
        "  1. TIME  falsified  (unlinked, sha256:DIGEST)",
        "     value 50.0, allowed < 10.0 (it would hold at 50.1)",
        "     value  50.0    1 reading",
        "     planted fault 'reads too high': noticed: value 1050.0, allowed < 10.0 (it would hold at 1060)",
    ]
    assert last == (
        "  2. unreadable: the record sha256:note of FT-001 was changed: its digest is now sha256:DIGEST"
        " (unlinked, sha256:note)"
    )


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 100_000, b'{"predicate": 1}', b"null"])
def test_broken_records_are_told_without_a_traceback(scratch: Scratch, content: bytes) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    scratch.records()[0].write_bytes(content)
    for command in (("why", "FT-001"), ("log",)):
        result = scratch.call(*command)
        assert result.code == 0, result.shown
        assert "was changed: its digest is now sha256:" in result.out


def test_a_record_that_cannot_be_opened(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    (record,) = scratch.records()
    record.unlink()
    record.mkdir()
    result = why(scratch, "FT-001")
    assert result.code == 0
    assert "cannot be read: is a directory" in result.out
    assert stat.S_ISDIR(os.stat(record).st_mode)  # noqa: PTH116 - it is there, and it is no file


def test_unknown_and_ambiguous_ids(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FALSIFY-X-001", extra=DECIDES),
        scratch.test("FALSIFY-X-002"),
        head="hypotheses:\n- {id: H1, statement: small}\n",
    )
    ending = (
        "\n  why: the story of one test is told, by its id\n  fix: run `pv status`, which lists the tests\n"
    )
    for given, said in {
        "002": "no contract has a test '002'; did you mean 'FALSIFY-X-002'?",
        "falsify-x": "no contract has a test 'falsify-x'; did you mean 'FALSIFY-X-001' or 'FALSIFY-X-002'?",
        "FALSIFU-X": "no contract has a test 'FALSIFU-X'; did you mean 'FALSIFY-X-002' or 'FALSIFY-X-001'?",
        "nonsense": "no contract has a test 'nonsense'",
        "H1": "'H1' is a hypothesis, not a test; did you mean 'FALSIFY-X-001'?",
    }.items():
        result = why(scratch, given)
        assert (result.code, result.out, result.err) == (2, "", f"pv: {said}{ending}")
    scratch.write("contracts/y-v1.yaml", scratch.path.read_bytes())
    both = scratch.pv("why", "FALSIFY-X-001")
    assert both.code == 2
    assert both.err == (
        "pv: 2 contracts have a test 'FALSIFY-X-001': contracts/x-v1.yaml, contracts/y-v1.yaml\n"
        "  why: one story is told at a time\n"
        "  fix: name the contract behind the id, such as contracts/x-v1.yaml\n"
    )
    assert (
        why(scratch, "FALSIFY-X-001", "contracts/y-v1.yaml")
        .out.splitlines()[1]
        .startswith("  contracts/y-v1")
    )


def test_contracts_that_cannot_be_looked_into(scratch: Scratch) -> None:
    nothing = why(scratch, "FT-001")
    assert nothing.code == 14
    scratch.contract(scratch.test())
    scratch.write("contracts/broken.yaml", "a: [")
    assert why(scratch, "FT-001").code == 0
    unknown = why(scratch, "FT-009")
    assert unknown.code == 2
    assert "  why: a contract that cannot be read was not looked into: contracts/broken.yaml\n" in unknown.err
    scratch.edit("- id: FT-001\n", "- id: FT-001\n  limits: none\n")
    invalid = why(scratch, "FT-001")
    assert invalid.code == 1
    assert "error[PV202]: `falsification_tests[0].limits`" in invalid.err
    assert scratch.call("why", "FT-001", "contracts/nowhere.yaml").code == 2


def test_json(scratch: Scratch) -> None:
    scratch.contract(scratch.test(value=50.0, mode="measure, target: .nan"))
    assert discharge(scratch) == 1, "a claim with NaN has no digest"
    story = json.loads(why(scratch, "FT-001", "--format", "json").out)
    assert (story["schema"], story["standing"], story["claim"]["params"]) == (
        "pv/story/v1",
        "new",
        {"value": 50.0, "mode": "measure", "target": "nan"},
    )
    scratch.edit("target: .nan", "target: ''")
    assert discharge(scratch) == 10
    story = json.loads(why(scratch, "FT-001", "--format", "json").out)
    (trial,) = story["trials"]
    assert (trial["outcome"], trial["amendment"], trial["linked"]) == ("falsified", "1.1.0", True)
    assert trial["misses"] == ["value 50.0, allowed < 10.0 (it would hold at 50.1)"]
    assert trial["measurements"]["value"]["bits"] == "4049000000000000"
    assert story["amendments"][0]["from"] == "NEW"
    assert story["summary"] == {"trials": 1, "survived": 0, "falsified": 1, "unreadable": 0, "unlinked": 0}
    assert story["next"] == ["pv verify contracts/x-v1.yaml --rerun --test FT-001"]
    unknown = why(scratch, "nonsense", "--format", "json")
    assert unknown.code == 2
    assert json.loads(unknown.out)["diagnostics"][0]["message"] == "no contract has a test 'nonsense'"


def test_hostile_text_stays_text(scratch: Scratch) -> None:
    text = scratch.test(extra='prediction: "a\\e[2J\\u202e\\nFT-001  forged"').replace(
        "FT-001\n", '"FT\\e[31m $(x)"\n'
    )
    scratch.contract(text)
    assert discharge(scratch) == 0
    result = scratch.pv("why", "FT\x1b[31m $(x)")
    assert result.code == 0, result.shown
    assert not re.search("[\x1b\u202e]", result.shown)
    assert "  prediction  a\\x1b[2J\\u202e FT-001  forged\n" in result.out
    assert "next: pv verify contracts/x-v1.yaml --rerun --test 'FT\\x1b[31m $(x)'\n" in result.out
    unknown = scratch.pv("why", "\x1b[31m")
    assert unknown.code == 2
    assert "\x1b" not in unknown.shown
