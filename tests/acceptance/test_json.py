"""`--format json`: one document alone on standard output, whatever the exit, with the promised keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pvengine.models.schemas import render_schemas

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

REPORT = [
    "schema", "command", "contract", "version", "transitions", "trials", "contracts", "summary", "references",
    "scope", "diagnostics", "diff", "written", "exit_code", "reruns", "rerun_summary",
    "replay", "signatures", "signature_summary",
]  # fmt: skip
TRIAL = [
    "id", "state", "outcome", "reason", "verdict", "falsifier", "measurements", "planted_faults", "detail",
    "evidence", "duration_s", "search",
]  # fmt: skip
SUMMARY = [
    "declared", "bound", "run", "adopted", "discharged", "falsified", "inconclusive", "stale", "blocked",
    "self_declared",
]  # fmt: skip
DIAGNOSTIC = [
    "path", "line", "column", "code", "severity", "message", "why", "fix", "end_line", "end_column",
    "snippet", "replacement",
]  # fmt: skip
MEASUREMENT = ["value", "dtype", "bits", "unit", "population", "aggregation", "arithmetic", "normalisation"]
VALIDATOR = jsonschema.Draft202012Validator(json.loads(render_schemas()["report-v1.schema.json"]))


def check(report: Any) -> None:
    VALIDATOR.validate(report)
    assert list(report) == REPORT
    assert list(report["version"]) == ["from", "to"]
    assert list(report["summary"]) == SUMMARY
    assert all(list(trial) == TRIAL for trial in report["trials"])
    assert all(list(found) == DIAGNOSTIC for found in report["diagnostics"])


@pytest.fixture(scope="module")
def mixed(make_scratch: Callable[[], Scratch]) -> Scratch:
    """Return a project with a test in each state that a trial can have."""
    scratch = make_scratch()
    scratch.contract(scratch.test("CURRENT"))
    assert scratch.discharge().code == 0
    scratch.edit(
        "amendments:",
        scratch.test("BROKEN", 99.0)
        + scratch.test("BLOCKED", extra="depends_on: [BROKEN]")
        + scratch.test("ODD", mode="nan")
        + "- {id: UNBOUND, rule: nobody measures this, status: PROPOSED}\namendments:",
    )
    return scratch


@pytest.mark.parametrize("command", [("discharge", "--dry-run"), ("run",)])
def test_every_trial_has_all_its_keys(mixed: Scratch, command: tuple[str, ...]) -> None:
    name, *options = command
    report = mixed.json(name, "contracts/x-v1.yaml", *options)
    check(report)
    assert (report["schema"], report["command"]) == ("pv/report/v1", name)
    assert report["contract"] == "contracts/x-v1.yaml"
    assert report["exit_code"] == 10
    states = [trial["state"] for trial in report["trials"]]
    assert states == ["up to date" if name == "discharge" else "run", "run", "blocked", "run", "unbound"]
    broken = report["trials"][1]
    assert broken["measurements"]["value"]["value"] == 99.0
    assert list(broken["measurements"]["value"]) == MEASUREMENT
    assert broken["planted_faults"] == [
        {
            "name": "reads too high",
            "noticed": True,
            "reason": "value 1099.0, allowed < 10.0 (it would hold at 1100)",
        }
    ]
    assert report["trials"][3]["measurements"]["value"]["value"] == "nan"
    assert report["summary"] == {
        "declared": 5,
        "bound": 4,
        "run": 2 if name == "discharge" else 3,
        "adopted": 0,
        "discharged": 1,
        "falsified": 1 if name == "discharge" else 0,
        "inconclusive": 1,
        "stale": 0,
        "blocked": 1 if name == "discharge" else 0,
        "self_declared": 1,
    }


def test_transitions_of_a_discharge(mixed: Scratch) -> None:
    report = mixed.json("discharge", "contracts/x-v1.yaml", "--dry-run", "--test", "BROKEN")
    assert report["transitions"] == [
        {"id": "BROKEN", "kind": "test", "from": "NEW", "to": "FALSIFIED", "verdict": None, "grounded": None}
    ]
    assert report["version"] == {"from": "1.1.0", "to": "1.2.0"}
    assert report["diff"].startswith("--- a/contracts/x-v1.yaml\n+++ b/contracts/x-v1.yaml\n@@ ")
    assert report["written"] is False


@pytest.mark.parametrize("command", ["validate", "status", "verify"])
def test_reports_on_several_contracts(mixed: Scratch, command: str) -> None:
    report = mixed.json(command)
    check(report)
    (contract,) = report["contracts"]
    assert (contract["path"], contract["id"], contract["version"]) == ("contracts/x-v1.yaml", "C-X", "1.1.0")
    assert contract["summary"] == report["summary"]
    assert [test["standing"] for test in contract["tests"]] == [
        "verified",
        "new",
        "new",
        "new",
        "self-declared",
    ]


BAD_TEXTS = {
    "missing": (None, 2, "PV001"),
    "syntax": (b"metadata: [", 1, "PV102"),
    "encoding": (b"\xff\xfe", 1, "PV101"),
    "alias": (b"a: &a {b: *a}", 1, "PV106"),
}


@pytest.mark.parametrize(
    ("command", "name"),
    [
        *((command, name) for command in ("discharge", "validate") for name in BAD_TEXTS),
        *(
            (command, name)
            for command in ("run", "status", "verify", "graph")
            for name in ("missing", "syntax")
        ),
    ],
)
def test_also_on_errors(scratch: Scratch, command: str, name: str) -> None:
    text, code, finding = BAD_TEXTS[name]
    if text is not None:
        scratch.write("contracts/x-v1.yaml", text)
    report = scratch.json(command, "contracts/x-v1.yaml")
    check(report)
    assert report["exit_code"] == code
    assert finding in {found["code"] for found in report["diagnostics"]}
    assert report["command"] == command


def test_an_unknown_test_and_a_broken_configuration(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    report = scratch.json("discharge", "contracts/x-v1.yaml", "--test", "FT-002")
    check(report)
    (found,) = report["diagnostics"]
    assert (report["exit_code"], found["code"], found["line"]) == (2, "PV001", None)
    scratch.write("pv.toml", "contracts = [\n")
    report = scratch.json("validate")
    check(report)
    assert report["diagnostics"][0]["message"].startswith("the configuration is no TOML: ")


def test_nothing_to_check(scratch: Scratch) -> None:
    report = scratch.json("status")
    check(report)
    assert (report["exit_code"], [found["code"] for found in report["diagnostics"]]) == (14, ["PV003"])


def test_control_characters_never_reach_the_document_raw(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra='hypothesis: "H\\e[31m\\x9b\\u202e"'))
    result = scratch.pv("validate", "--format", "json")
    assert "PV302" in {found["code"] for found in json.loads(result.out)["diagnostics"]}
    assert not set("\x1b\x9b\u202e") & set(result.shown)


def test_the_locale_does_not_change_the_encoding(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="status: Übergang"))
    result = scratch.pv(
        "validate", "--format", "json", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    )
    assert result.code == 0, result.shown
    assert any("Übergang" in found["message"] for found in result.report["diagnostics"])


@pytest.mark.parametrize(
    ("arguments", "schema"),
    [
        (("falsifiers",), "pv/falsifiers/v1"),
        (("falsifiers", "check", "probe.value"), "pv/faults/v1"),
        (("graph", "contracts/x-v1.yaml"), "pv/graph/v1"),
        (("models",), "pv/models/v1"),
    ],
)
def test_the_other_documents(mixed: Scratch, arguments: tuple[str, ...], schema: str) -> None:
    result = mixed.pv(*arguments, "--format", "json")
    assert result.report["schema"] == schema
