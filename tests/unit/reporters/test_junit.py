from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import junitparser
import pytest

from pvengine.models.report import ContractEntry, Summary
from pvengine.reporters.junit import render_junit

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.report import DiagnosticEntry, Report

    Maker = Callable[..., DiagnosticEntry]
    ReportMaker = Callable[..., Report]

PROPERTIES = [
    "id", "version", "declared", "bound", "run", "adopted", "discharged", "falsified", "inconclusive",
    "stale", "blocked", "self_declared",
]  # fmt: skip

WHOLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="pv validate" tests="3" failures="1" errors="1">
  <testsuite name="x-v1.yaml" tests="1" failures="1" errors="0">
    <properties>
      <property name="id" value="C-X"/>
      <property name="declared" value="0"/>
      <property name="bound" value="0"/>
      <property name="run" value="0"/>
      <property name="adopted" value="0"/>
      <property name="discharged" value="0"/>
      <property name="falsified" value="0"/>
      <property name="inconclusive" value="0"/>
      <property name="stale" value="0"/>
      <property name="blocked" value="0"/>
      <property name="self_declared" value="0"/>
    </properties>
    <testcase name="PV201 missing key at 7:3" classname="x-v1.yaml" file="x-v1.yaml" line="7">
      <failure type="PV201" message="odd">x-v1.yaml:7:3: error[PV201]: odd
  7 | - odd: text
    |   ^^^
  why: &lt;so&gt;</failure>
    </testcase>
  </testsuite>
  <testsuite name="z.yaml" tests="1" failures="0" errors="0">
    <testcase name="PV605 unlinked record" classname="z.yaml" file="z.yaml">
      <system-out>z.yaml: note[PV605]: odd</system-out>
    </testcase>
  </testsuite>
  <testsuite name="pv validate" tests="1" failures="0" errors="1">
    <testcase name="PV001 usage" classname="pv validate">
      <error type="PV001" message="odd">error[PV001]: odd</error>
    </testcase>
  </testsuite>
</testsuites>
"""


def read(text: str) -> Any:
    return junitparser.JUnitXml.fromstring(text.encode())


def test_a_whole_document(make_entry: Maker, make_report: ReportMaker) -> None:
    contracts = (ContractEntry(path="x-v1.yaml", id="C-X", version=None, summary=Summary()),)
    report = make_report(
        make_entry("PV201", path="x-v1.yaml", severity="error", why="<so>"),
        make_entry("PV605", None, path="z.yaml", severity="note"),
        make_entry("PV001", None, path="", severity="error"),
        contracts=contracts,
    )
    assert render_junit(report) == WHOLE


def test_a_clean_contract_is_a_test_that_passes(make_report: ReportMaker) -> None:
    document = read(render_junit(make_report()))
    assert (document.tests, document.failures, document.errors) == (2, 0, 0)
    assert [suite.name for suite in document] == ["contracts/x-v1.yaml", "contracts/y-v1.yaml"]
    for suite in document:
        (case,) = suite
        assert (case.name, case.classname, case.is_passed) == ("no finding", suite.name, True)
    first, second = document
    assert [each.name for each in first.properties()] == PROPERTIES
    assert [each.name for each in second.properties()] == [name for name in PROPERTIES if name != "version"]
    assert {each.name: each.value for each in first.properties()}["declared"] == "2"


def test_only_errors_fail(make_entry: Maker, make_report: ReportMaker) -> None:
    entries = [
        make_entry("PV201", severity="error"),
        make_entry(severity="warning"),
        make_entry("PV605", severity="note"),
        make_entry("PV201", severity="error", path="contracts/y-v1.yaml"),
        make_entry("PV001", severity="error", path="pv.toml"),
    ]
    document = read(render_junit(make_report(*entries)))
    assert (document.tests, document.failures, document.errors) == (5, 2, 1)
    counts = [(suite.name, suite.tests, suite.failures, suite.errors) for suite in document]
    assert counts == [
        ("contracts/x-v1.yaml", 3, 1, 0),
        ("contracts/y-v1.yaml", 1, 1, 0),
        ("pv.toml", 1, 0, 1),
    ]
    cases = [case for suite in document for case in suite]
    assert [case.is_failure for case in cases] == [True, False, False, True, False]
    assert [case.is_error for case in cases] == [False, False, False, False, True]
    assert cases[1].system_out == (
        "contracts/x-v1.yaml:7:3: warning[PV203]: odd\n  7 | - odd: text\n    |   ^^^"
    )


def test_two_findings_of_one_rule_at_one_place_stay_two(make_entry: Maker, make_report: ReportMaker) -> None:
    (suite, _) = read(
        render_junit(make_report(make_entry(), make_entry(message="odd, too"), make_entry("X1")))
    )
    assert [case.name for case in suite] == [
        "PV203 unknown status at 7:3",
        "PV203 unknown status at 7:3 (2)",
        "X1 at 7:3",
    ]


def test_hostile_text_stays_text(make_entry: Maker, make_report: ReportMaker, hostile: str) -> None:
    entry = make_entry("PV201", severity="error", message=hostile, why=hostile, snippet=hostile, path=hostile)
    contract = ContractEntry(path="c.yaml", id=hostile, version=hostile, summary=Summary())
    text = render_junit(make_report(entry, contracts=(contract,)))
    read(text)
    root = ET.fromstring(text.encode())  # noqa: S314 - what was just rendered
    shown = "a\\x00\\x1b[31m\\r\n::error::x,y:z 100% ]]> <b>&amp;\"'\\u202e\\ud800\\ufffe|`\\x85##[error]z"
    first, second = root
    assert [each.get("value") for each in first.iter("property")][:2] == [shown, shown]
    assert second.get("name") == shown
    (failure,) = second.iter("failure")
    assert failure.get("message") == shown
    assert f"\n  why: {shown}" in (failure.text or "")


@pytest.mark.parametrize("number", [*range(32), *range(127, 160), 0x2028, 0x202E, 0xD800, 0xFFFE, 0xFFFF])
def test_every_odd_character_is_shown(make_entry: Maker, make_report: ReportMaker, number: int) -> None:
    character = chr(number)
    entry = make_entry("PV201", None, severity="error", message="odd", why=f"a{character}b")
    (failure,) = ET.fromstring(render_junit(make_report(entry)).encode()).iter("failure")  # noqa: S314 - as above
    written = character if character in "\t\n" else ascii(character)[1:-1]
    assert (failure.text or "").endswith(f"  why: a{written}b")


def test_space_in_an_attribute_is_not_normalised(make_entry: Maker, make_report: ReportMaker) -> None:
    entry = make_entry("PV201", severity="error", message="a\tb\n  c")
    (failure,) = ET.fromstring(render_junit(make_report(entry)).encode()).iter("failure")  # noqa: S314 - as above
    assert failure.get("message") == "a\tb\n  c"


def test_nothing_at_all(make_report: ReportMaker) -> None:
    document = read(render_junit(make_report(contracts=())))
    assert (document.tests, list(document)) == (0, [])
