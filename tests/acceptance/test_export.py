"""`pv export`: what others read is what the evidence says, and nothing is lost without a word."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import falsify_prml
import pytest
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement, statement_pb2

from pvengine import open_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result, Scratch

ROOT = Path(__file__).parents[2]
FLAGSHIP = ROOT / "contracts" / "trace-ffn-sub-block-gguf-v1.yaml"
CONTRACT = "contracts/x-v1.yaml"
BANDS = "hypothesis: H1\ndecides: {metric: value, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}"


def export(scratch: Scratch, form: str, *args: str | Path) -> Result:
    return scratch.call("export", "--format", {"result": "in-toto-test-result"}.get(form, form), *args)


def read_statement(text: str) -> dict[str, Any]:
    """Read a statement through the protocol buffers of in-toto; unknown keys are an error there."""
    raw: dict[str, Any] = json.loads(text)
    message = json_format.ParseDict(raw, statement_pb2.Statement())
    statement.Statement.copy_from_pb(message).validate()
    predicate = json_format.MessageToDict(message.predicate)
    read = json_format.ParseDict(predicate, test_result_pb2.TestResult())
    assert json_format.MessageToDict(read) == {key: value for key, value in predicate.items() if value != []}
    assert predicate == raw["predicate"]
    return raw


def describe(raw: dict[str, Any]) -> dict[str, str]:
    """Return list and note of each test of a statement."""
    facts = {each["name"]: each["annotations"]["pvengine"] for each in raw["predicate"]["configuration"]}
    return {name: f"{each['list']} {each.get('note', '')}".strip() for name, each in facts.items()}


def test_only_what_current_evidence_grounds_has_passed(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("CURRENT"),
        scratch.test("BROKEN", 99.0),
        scratch.test("STALE"),
        scratch.test("STALE-BROKEN", 98.0),
        head="",
    )
    assert scratch.call("discharge", CONTRACT).code == 10
    scratch.edit("id: STALE\n  rule: The", "id: STALE\n  rule: That the")
    scratch.edit("id: STALE-BROKEN\n  rule: The", "id: STALE-BROKEN\n  rule: That the")
    scratch.edit(
        "amendments:",
        scratch.test("UNRUN")
        + scratch.test("BLOCKED", extra="requires: [{model: gone}]")
        + "- {id: UNBOUND, rule: nobody measures this}\n"
        + scratch.test("SAID", extra="status: DISCHARGED")
        + scratch.test("FOREIGN", extra="status: SHIPPED")
        + scratch.test("SAID-BROKEN", extra="status: FALSIFIED")
        + "amendments:",
    )
    result = export(scratch, "result")
    assert result.code == 0, result.shown
    raw = read_statement(result.out)
    assert raw["predicate"]["result"] == "FAILED"
    assert raw["predicate"]["passedTests"] == ["CURRENT"]
    assert raw["predicate"]["warnedTests"] == ["STALE", "UNRUN", "BLOCKED", "UNBOUND", "SAID", "FOREIGN"]
    assert raw["predicate"]["failedTests"] == ["BROKEN", "STALE-BROKEN", "SAID-BROKEN"]
    assert describe(raw) == {
        "claim:CURRENT": "passed",
        "claim:BROKEN": "failed FALSIFIED",
        "claim:STALE": "warned stale: the claim changed",
        "claim:STALE-BROKEN": "failed FALSIFIED, stale",
        "claim:UNRUN": "warned unrun",
        "claim:BLOCKED": "warned blocked: needs the model gone: put gone.gguf into a folder named by"
        " PV_MODELS, or give its path under [tool.pv.models]",
        "claim:UNBOUND": "warned unbound: names no falsifier",
        "claim:SAID": "warned self-declared: no evidence grounds the status DISCHARGED",
        "claim:FOREIGN": "warned self-declared: no evidence grounds the status SHIPPED",
        "claim:SAID-BROKEN": "failed FALSIFIED, self-declared",
    }
    assert result.err.splitlines()[0] == f"{CONTRACT}  C-X  FAILED: 1 passed, 6 warned, 3 failed"
    assert "  UNRUN  warned  unrun\n" in result.err
    assert result.err.endswith("\n10 tests exported, 0 refused, 0 losses\n")


def test_a_statement_names_contract_code_claim_and_record(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra=BANDS), head="hypotheses:\n- {id: H1, statement: small}\n")
    assert scratch.call("discharge", CONTRACT).code == 0
    raw = read_statement(export(scratch, "result").out)
    (record,) = scratch.records()
    facts = json.loads(record.read_bytes())["predicate"]
    source = facts["source_digest"]
    assert raw == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": CONTRACT, "digest": {"sha256": hashlib.sha256(scratch.path.read_bytes()).hexdigest()}},
            {"name": "falsifier:probe.value", "digest": {"sha256": source.removeprefix("sha256:")}},
        ],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": "PASSED",
            "configuration": [
                {
                    "name": "claim:FT-001",
                    "digest": {"sha256": facts["claim_digest"].removeprefix("sha256:")},
                    "annotations": {
                        "pvengine": {
                            "list": "passed",
                            "status": "DISCHARGED",
                            "standing": "verified",
                            "verdict": "CONFIRMED",
                            "outcome": "survived",
                            "falsifier": "probe.value",
                            "source_digest": source,
                            "evidence": f"sha256:{record.stem}",
                        }
                    },
                }
            ],
            "passedTests": ["FT-001"],
            "warnedTests": [],
            "failedTests": [],
        },
    }


def test_nothing_tested_has_not_passed(scratch: Scratch) -> None:
    scratch.contract()
    result = export(scratch, "result")
    assert (result.code, result.out) == (14, "")
    assert result.err == (
        f"{CONTRACT}  C-X\n"
        "  refused: the contract has no falsification tests\n"
        "    fix: leave the contract out\n"
        "\n"
        "0 tests exported, 1 refused, 0 losses\n"
    )
    scratch.contract(scratch.test())
    result = export(scratch, "result")
    assert result.code == 0
    assert read_statement(result.out)["predicate"]["result"] == "WARNED"
    scratch.write("contracts/y-v1.yaml", "metadata: {id: C-Y, version: 1.0.0}\n")
    result = export(scratch, "result", "--output", "out")
    assert result.code == 11, result.shown
    assert [path.name for path in (scratch.root / "out").iterdir()] == ["x-v1.intoto.json"]
    scratch.path.unlink()
    (scratch.root / "contracts" / "y-v1.yaml").unlink()
    result = export(scratch, "result")
    assert (result.code, result.out) == (14, "")
    assert "error[PV003]: no contract was found" in result.err


def tamper(scratch: Scratch, how: str) -> None:
    first, *_ = scratch.records()
    if how == "a byte of a record":
        first.chmod(0o644)
        first.write_bytes(first.read_bytes().replace(b'"survived"', b'"Survived"'))
    elif how == "a record is gone":
        first.unlink()
    elif how == "the status":
        scratch.edit("  status: DISCHARGED", "  status: FALSIFIED")
    elif how == "the record before the newest":
        head = re.findall(r"head: '?sha256:(\w+)", scratch.path.read_text())[-1]
        (older,) = (path for path in scratch.records() if path.stem != head)
        older.unlink()
    else:
        scratch.edit("count: 2", "count: 1")


TAMPERINGS = [
    "a byte of a record",
    "a record is gone",
    "the status",
    "the record before the newest",
    "the count",
]


def test_tampered_evidence_is_not_exported(scratch: Scratch, tally: Callable[..., None]) -> None:
    scratch.contract(scratch.test())
    assert scratch.call("discharge", CONTRACT).code == 0
    assert scratch.call("discharge", CONTRACT, "--test", "FT-001").code == 0
    before = scratch.snapshot()
    refused = []
    for how in TAMPERINGS:
        tamper(scratch, how)
        for form in ("result", "prml"):
            for output in ((), ("--output", "out")):
                result = export(scratch, form, *output)
                said = result.err.endswith("\nnothing was exported; 0 tests exported, 0 refused, 0 losses\n")
                refused.append((result.code, result.out, said))
        for name in scratch.snapshot():
            (scratch.root / name).unlink()
        for name, content in before.items():
            scratch.write(name, content)
    missed = sum(each != (3, "", True) for each in refused)
    assert missed == 0
    assert not (scratch.root / "out").exists()
    tally(
        group="Exports", row="evidence that was tampered with is exported", cases=len(refused), missed=missed
    )


def test_an_invalid_contract_is_not_exported(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), scratch.test("FT-002", extra="depends_on: [FT-404]"))
    result = export(scratch, "result")
    assert (result.code, result.out) == (1, "")
    assert "error[PV302]" in result.err


def export_flagship(folder: Path) -> tuple[dict[str, bytes], Any]:
    made = open_project(FLAGSHIP).export([FLAGSHIP], form="prml")
    for document in made.documents:
        path = folder / document.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.content)
    return {document.name: document.content for document in made.documents}, made


def test_the_flagship_has_the_bytes_and_digests_of_the_oracle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tally: Callable[..., None]
) -> None:
    documents, made = export_flagship(tmp_path)
    assert documents == export_flagship(tmp_path)[0]
    (contract,) = made.contracts
    view = open_project(FLAGSHIP).view(FLAGSHIP)
    refused = {refusal.test: refusal.reason for refusal in contract.refused}
    assert sorted([*(test.id for test in contract.tests), *refused]) == sorted(view.loaded.tests)
    why = "it has no accept condition, and the bands of `decides` are no bar that passes or fails"
    assert refused == dict.fromkeys(["FALSIFY-FFN-GGUF-003", "FALSIFY-FFN-GGUF-003-G"], why)
    assert made.exit_code == 11
    missed = 0
    for test in contract.tests:
        path = tmp_path / FLAGSHIP.stem / f"{test.id}.prml"
        read = falsify_prml.load_manifest(str(path))
        canonical = falsify_prml.canonicalize(read).encode()
        missed += path.read_bytes() != canonical or test.place != f"sha256:{falsify_prml.manifest_hash(read)}"
        assert falsify_prml.validate_manifest(read) == []
        claim = str(path.with_suffix(".claim.json"))
        verify = ["verify", str(path), "--dataset", claim, "--observed"]
        if read["threshold"] == 0.0:  # conditions that are counted; a single one has its own bar
            assert falsify_prml.main([*verify, "0"]) == 0
            assert falsify_prml.main([*verify, "1"]) == 10
        path.write_bytes(re.sub(rb"threshold: \S+", b"threshold: 1.5", path.read_bytes()))
        assert falsify_prml.main([*verify, "0"]) == 3
    assert "dataset content verified" in capsys.readouterr().out
    assert missed == 0
    tally(
        group="Exports",
        row="a manifest of PRML is not that of its reference",
        cases=len(contract.tests),
        missed=missed,
    )


def test_a_manifest_to_the_byte(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    scratch.contract(scratch.test(extra="limits: {seconds: 20}"))
    assert scratch.call("discharge", CONTRACT).code == 0
    result = export(scratch, "prml")
    assert result.code == 0, result.shown
    facts = json.loads(scratch.records()[0].read_bytes())["predicate"]
    (claim_id,) = re.findall(r"claim_id: (\S+)", result.out)
    digest = hashlib.sha256(result.out.encode()).hexdigest()
    assert result.out == (
        f"claim_id: {claim_id}\n"
        "comparator: <\n"
        "created_at: '2023-11-14T22:13:20Z'\n"
        "dataset:\n"
        f"  hash: {facts['claim_digest'].removeprefix('sha256:')}\n"
        "  id: claim:FT-001\n"
        "metric: value\n"
        "metric_args:\n"
        "  contract: C-X\n"
        "  falsifier: probe.value\n"
        f"  source_digest: {facts['source_digest'].removeprefix('sha256:')}\n"
        "  test: FT-001\n"
        "notes: The value is small\n"
        "producer:\n"
        "  id: C-X\n"
        f"seed: {facts['seed']}\n"
        "threshold: 10.0\n"
        "version: prml/0.1\n"
    )
    assert result.err == (
        f"{CONTRACT}  C-X  1 exported, 0 refused\n"
        f"  FT-001  sha256:{digest[:12]}\n"
        "    pinned: params (PRML has no place for it; it stands in the claim file, whose digest is"
        " dataset.hash)\n"
        "    left out: planted faults (their code is under metric_args.source_digest; that they are noticed"
        " stands in the evidence alone)\n"
        "    left out: limits (it is no part of the claim)\n"
        "    left out: status, evidence (a manifest states a claim, not what its trial gave)\n"
        "\n"
        "1 test exported, 0 refused, 4 losses\n"
    )


def test_a_claim_without_a_record_is_registered_only_with_a_time(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    result = export(scratch, "prml")
    assert (result.code, result.out) == (14, "")
    refusal = (
        "  FT-001  refused: no record has judged this claim with this code, so it has no time\n"
        "    fix: run `pv discharge`, or register it before its trial with --created TIME\n"
    )
    assert result.err == (
        f"{CONTRACT}  C-X  0 exported, 1 refused\n{refusal}\n0 tests exported, 1 refused, 0 losses\n"
    )
    result = export(scratch, "prml", "--created", "2026-01-02T03:04:05Z", "--producer", "example.org")
    assert result.code == 0
    assert "created_at: '2026-01-02T03:04:05Z'\n" in result.out
    assert "producer:\n  id: example.org\n" in result.out


def test_a_claim_that_was_edited_does_not_inherit_the_time_of_the_old_one(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"))
    assert scratch.call("discharge", CONTRACT).code == 0
    scratch.edit("id: FT-001\n  rule: The", "id: FT-001\n  rule: That the")
    result = export(scratch, "prml", "--output", "out")
    assert result.code == 11
    assert "  FT-001  refused: no record has judged this claim with this code" in result.err
    assert sorted(str(path.relative_to(scratch.root)) for path in (scratch.root / "out").rglob("*.*")) == [
        "out/x-v1/FT-002.claim.json",
        "out/x-v1/FT-002.prml",
        "out/x-v1/FT-002.prml.sha256",
        "out/x-v1/index.json",
    ]
    index = json.loads((scratch.root / "out/x-v1/index.json").read_text())
    assert [each["test"] for each in index["exported"]] == ["FT-002"]
    assert [(each["test"], each["reason"]) for each in index["refused"]] == [
        ("FT-001", "no record has judged this claim with this code, so it has no time")
    ]
    assert scratch.call("discharge", CONTRACT).code == 0
    assert "left out: earlier trials (1 record judged another claim or other code;" in (
        export(scratch, "prml", "--test", "FT-001").err
    )


def test_code_that_changed_does_not_inherit_the_time_either(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.call("discharge", CONTRACT).code == 0
    scratch.edit("return value + 1000.0", "return value + 1001.0", "probe.py")
    assert export(scratch, "prml").code == 14


@pytest.mark.parametrize("form", ["result", "prml"])
def test_an_export_is_repeated_to_the_byte_and_never_written_over(scratch: Scratch, form: str) -> None:
    scratch.contract(scratch.test("A/B"))
    assert scratch.call("discharge", CONTRACT).code == 0
    count, said = (1, "1 file") if form == "result" else (4, "4 files")
    first = export(scratch, form, "--output", "out")
    assert (first.code, first.out) == (0, "")
    assert first.err.startswith(f"pv: wrote {said} into out; 0 there already\n")
    again = export(scratch, form, "--output", "out")
    assert again.err.startswith(f"pv: wrote 0 files into out; {count} there already\n")
    assert export(scratch, form, "--output", "other").code == 0
    folders = [scratch.root / name for name in ("out", "other")]
    (one, two) = (
        {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in folders
    )
    assert one == two
    name = "x-v1.intoto.json" if form == "result" else "x-v1/A%2FB.prml"
    (folders[0] / name).write_bytes(b"other")
    before = scratch.snapshot()
    refused = export(scratch, form, "--output", "out")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"pv: out/{name} is there and differs from what would be exported\n"
        "  why: what was exported may have been signed or published, so it is never written over\n"
        "  fix: export into an empty folder, or delete the file\n"
    )
    assert scratch.snapshot() == before


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("prml",), "pv: 2 documents do not fit on standard output\n"),
        (("prml", "--test", "FT-003"), "pv: no contract has a test 'FT-003'; did you mean 'FT-002'?\n"),
        (("prml", "--created", "today"), "pv: 'today' is no time\n"),
        (("result", "--test", "FT-001"), "pv: --test is given with the format in-toto-test-result\n"),
        (("result", "--producer", "me"), "pv: --producer is given with the format in-toto-test-result\n"),
        (("result", "--output", "pv.toml"), "pv: cannot write pv.toml/x-v1.intoto.json: not a directory\n"),
        (
            ("prml", "--output", "contracts/evidence/x-v1"),
            "pv: cannot export into contracts/evidence/x-v1: it is a folder of evidence\n",
        ),
        (("result", "gone.yaml"), "pv: there is no gone.yaml\n"),
    ],
)
def test_mistakes_in_the_command_line(scratch: Scratch, args: tuple[str, ...], message: str) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"))
    assert scratch.call("discharge", CONTRACT).code == 0
    before = scratch.snapshot()
    result = export(scratch, *args)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(message)
    assert "\n  why: " in result.err
    assert "\n  fix: " in result.err
    assert scratch.snapshot() == before


def test_two_contracts_need_a_folder_and_names_of_their_own(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.write("contracts/y-v1.yaml", scratch.path.read_text().replace("C-X", "C-Y"))
    assert export(scratch, "result").err.startswith("pv: 2 documents do not fit on standard output\n")
    assert export(scratch, "result", "--output", "out").code == 0
    scratch.write("contracts/more/x-v1.yaml", scratch.path.read_text().replace("C-X", "C-Z"))
    result = export(scratch, "result", "--output", "out")
    assert result.code == 2
    assert result.err.startswith(
        "pv: contracts/x-v1.yaml and contracts/more/x-v1.yaml would be exported to one file\n"
    )


def test_the_command_in_a_process_of_its_own(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    result = scratch.pv("export", "--format", "in-toto-test-result")
    assert result.code == 0, result.shown
    assert read_statement(result.out)["predicate"]["warnedTests"] == ["FT-001"]
    missing = scratch.pv("export")
    assert (missing.code, missing.out) == (2, "")
    assert "Error: Missing option '--format'" in missing.err
