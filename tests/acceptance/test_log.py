"""`pv log` lists amendments, the newest first, with the figures that they pin and the trials between them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine import open_project

if TYPE_CHECKING:
    from conftest import Result, Scratch

FLAGSHIP = Path(__file__).parents[2] / "contracts" / "trace-ffn-sub-block-gguf-v1.yaml"
DECIDES = "hypothesis: H1\ndecides: {metric: value, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}"


def log(scratch: Scratch, *args: str) -> Result:
    return scratch.call("log", *args)


def discharge(scratch: Scratch, *args: str) -> int:
    return scratch.call("discharge", "contracts/x-v1.yaml", *args).code


def normalise(text: str) -> str:
    """Make equal what differs from run to run."""
    text = re.sub(r"sha256:[0-9a-f]{12,64}", "sha256:DIGEST", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME", text)
    return re.sub(r"\d{4}-\d\d-\d\d", "DATE", text)


def test_amendments_newest_first_with_their_figures(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-001", value=50.0),
        scratch.test("FT-002", extra=DECIDES),
        head="hypotheses:\n- {id: H1, statement: small}\n",
    )
    assert discharge(scratch) == 10
    assert discharge(scratch, "--test", "FT-001") == 10
    scratch.edit("lt: 10.0}\n  status: FALSIFIED", "lt: 60.0}\n  status: FALSIFIED")
    assert discharge(scratch) == 0
    result = scratch.pv("log", "contracts/x-v1.yaml")
    assert result.code == 0, result.shown
    assert normalise(result.out) == (
        "contracts/x-v1.yaml  C-X  1.2.0\n"
        "\n"
        "1.2.0  DATE  discharge\n"
        "  FT-001  FALSIFIED -> DISCHARGED  (3 records, sha256:DIGEST)\n"
        "    criterion changed after 2 falsified trials: accept[0].lt was 10.0, is 60.0\n"
        "    value  50.0    1 reading\n"
        "\n"
        "1.1.1  DATE  discharge\n"
        "  FT-001  FALSIFIED -> FALSIFIED  (renewal, 2 records, sha256:DIGEST)\n"
        "    value 50.0, allowed < 10.0 (it would hold at 50.1)\n"
        "    value  50.0    1 reading\n"
        "\n"
        "1.1.0  DATE  discharge\n"
        "  FT-001  NEW -> FALSIFIED  (sha256:DIGEST)\n"
        "    value 50.0, allowed < 10.0 (it would hold at 50.1)\n"
        "    value  50.0    1 reading\n"
        "  FT-002  NEW -> DISCHARGED  (verdict CONFIRMED, sha256:DIGEST)\n"
        "    value  1.0    1 reading\n"
        "\n"
        "1 contract, 3 amendments, 4 trials: 2 survived, 2 falsified, 0 unlinked, 0 unreadable\n"
    )
    assert result.err == ""


def test_attempts_stand_between_the_amendments(scratch: Scratch) -> None:
    text = scratch.contract(scratch.test("FT-001", value=50.0), scratch.test("FT-002")).read_text()
    assert discharge(scratch, "--test", "FT-001") == 10
    scratch.path.write_text(text.replace("50.0", "1.0"))
    assert discharge(scratch) == 0
    between = scratch.path.read_text()
    scratch.edit("- id: FT-002\n  rule: The value is small", "- id: FT-002\n  rule: It is small")
    assert discharge(scratch) == 0
    scratch.path.write_text(between)
    assert normalise(log(scratch).out) == (
        "contracts/x-v1.yaml  C-X  1.1.0\n"
        "\n"
        "since then\n"
        "  attempt: FT-002  TIME  survived  (sha256:DIGEST, unlinked)\n"
        "    value  1.0    1 reading\n"
        "\n"
        "1.1.0  DATE  discharge\n"
        "  FT-001  NEW -> DISCHARGED  (sha256:DIGEST)\n"
        "    claim changed after 1 falsified trial: params.value was 50.0, is 1.0\n"
        "    value  1.0    1 reading\n"
        "  FT-002  NEW -> DISCHARGED  (sha256:DIGEST)\n"
        "    value  1.0    1 reading\n"
        "  attempt: FT-001  TIME  falsified  (sha256:DIGEST, unlinked)\n"
        "    value 50.0, allowed < 10.0 (it would hold at 50.1)\n"
        "    value  50.0    1 reading\n"
        "\n"
        "1 contract, 1 amendment, 4 trials: 3 survived, 1 falsified, 2 unlinked, 0 unreadable\n"
    )


def test_lost_records_and_edited_amendments(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    assert discharge(scratch, "--test", "FT-001") == 0
    first = json.loads(log(scratch, "--format", "json").out)["contracts"][0]["amendments"][1]["tests"][0]
    digest = first["trial"]["evidence"].removeprefix("sha256:")
    (scratch.store / "FT-001" / f"{digest}.json").unlink()
    lost = log(scratch)
    assert lost.code == 0
    assert f"    the record sha256:{digest[:12]} of FT-001 is missing\n" in lost.out
    assert lost.out.endswith("2 trials: 1 survived, 0 falsified, 0 unlinked, 1 unreadable\n")
    scratch.path.write_text(
        re.sub(r"date: '[\d-]+'", "date: '2001-01-01'", scratch.path.read_text(), count=1)
    )
    edited = log(scratch)
    assert edited.code == 1
    assert "error[PV604]: amendment '1.1.1' pins another entry than the one before it" in edited.out


def test_without_amendments_and_without_contracts(scratch: Scratch) -> None:
    nothing = log(scratch)
    assert nothing.code == 14
    assert "error[PV003]: no contract was found" in nothing.out
    scratch.contract(scratch.test())
    assert log(scratch).out == (
        "contracts/x-v1.yaml  C-X  1.0.0  no amendments\n"
        "\n"
        "1 contract, 0 amendments, 0 trials: 0 survived, 0 falsified, 0 unlinked, 0 unreadable\n"
    )
    scratch.write("contracts/broken.yaml", "a: [")
    broken = log(scratch)
    assert broken.code == 1
    assert "contracts/broken.yaml:1:5: error[PV102]" in broken.out
    assert log(scratch, "contracts/nowhere.yaml").code == 2


def test_an_amendment_that_is_none_is_reported(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), tail="amendments:\n- {version: 1, kind: nonsense}\n")
    result = log(scratch)
    assert result.code == 1
    assert "error[PV202]: `amendments[0].version`" in result.out


def test_the_shipped_contract() -> None:
    history = open_project(FLAGSHIP).log(FLAGSHIP)
    assert history.exit_code == 0
    (contract,) = history.contracts
    versions = [tuple(map(int, entry.version.split("."))) for entry in contract.amendments]
    assert versions == sorted(versions, reverse=True)
    assert contract.version == contract.amendments[0].version
    pinned = [test for entry in contract.amendments for test in entry.tests]
    assert len(pinned) >= 10
    for test in pinned:
        assert test.trial is not None
        assert (test.trial.problem, test.trial.verdict) == (None, test.verdict)
        assert test.trial.figures
    assert (history.summary.unreadable, history.summary.unlinked) == (0, 0)


def test_json(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert discharge(scratch) == 0
    history = json.loads(log(scratch, "--format", "json").out)
    assert list(history) == ["schema", "contracts", "summary", "diagnostics", "exit_code"]
    assert history["schema"] == "pv/history/v1"
    (entry,) = history["contracts"][0]["amendments"]
    (test,) = entry["tests"]
    assert (test["id"], test["from"], test["to"], test["count"]) == ("FT-001", "NEW", "DISCHARGED", 1)
    assert test["trial"]["figures"]["value"]["value"] == 1.0
    assert history["summary"] == {
        "contracts": 1,
        "amendments": 1,
        "trials": 1,
        "survived": 1,
        "falsified": 0,
        "unlinked": 0,
        "unreadable": 0,
    }


def test_hostile_text_stays_text(scratch: Scratch) -> None:
    scratch.contract(scratch.test().replace("FT-001\n", '"FT\\e[31m\\u202e"\n'))
    assert discharge(scratch) == 0
    scratch.edit("  kind: discharge\n", '  kind: discharge\n  reason: "a\\e[2J\\n2.0.0  forged"\n')
    for form in ("text", "json"):
        result = scratch.pv("log", "--format", form)
        assert result.code == 0, result.shown
        assert not re.search("[\x1b\u202e]", result.shown)
        assert not re.search("^2.0.0", result.out, re.MULTILINE)
