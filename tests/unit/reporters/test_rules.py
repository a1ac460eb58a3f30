"""Rules as a person reads them, line by line, and as a program does."""

from __future__ import annotations

import json

from pvengine.diagnostics import Rule, Severity
from pvengine.project.explaining import Explanation
from pvengine.reporters.rules import render_explanations, render_rule_list

RULE = Rule("PV999", Severity.WARNING, "odd value", "a value is even", "make it even")
FINDING = """\
x.yaml:3:1: warning[PV999]: 7 is odd
  3 | v: 7
    |    ^
  why: a value is even
  fix: write `8`

x.yaml:4:1: warning[PV999]: \x1b[31m9 is odd
  4 | w: 9
  why: a value is even
  fix: make it even
"""
MENDED = "--- invalid/x.yaml\n+++ valid/x.yaml\n@@ -2,2 +2,2 @@\n \n-v: 7\n+v: 8\n"


def test_a_rule_with_its_example() -> None:
    assert (
        render_explanations([Explanation(RULE, None, FINDING, MENDED)], "text")
        == """\
PV999: odd value (warning)
  why: a value is even
  fix: make it even

  example:
    x.yaml:3:1: warning[PV999]: 7 is odd
      3 | v: 7
        |    ^
      fix: write `8`

    x.yaml:4:1: warning[PV999]: \\x1b[31m9 is odd
      4 | w: 9

  mended:
    @@ -2,2 +2,2 @@

    -v: 7
    +v: 8

  silence: write `# pv: ignore[PV999] REASON` at the end of the line, or give
           the rule another severity under [tool.pv.severities]
  see: docs/reference/diagnostics.md#pv999-odd-value
"""
    )


def test_a_rule_without_example_and_fix_that_cannot_be_silenced() -> None:
    rule = Rule("PV999", Severity.ERROR, "usage", "so it is")
    assert (
        render_explanations([Explanation(rule, "it speaks about the command", None, None)], "text")
        == """\
PV999: usage (error)
  why: so it is
  silence: not possible: it speaks about the command
  see: docs/reference/diagnostics.md#pv999-usage
"""
    )


def test_several_rules_stand_apart() -> None:
    explained = [Explanation(RULE, "no", None, None)] * 2
    assert render_explanations(explained, "text").count("\n\n\nPV999: odd value") == 1


def test_prose_is_broken_at_80_columns_and_never_inside_a_command() -> None:
    rule = Rule("PV999", Severity.NOTE, "t", "w " * 60, f"{'word ' * 12}`pv validate --fix --diff x.yaml`")
    text = render_explanations([Explanation(rule, "no", None, None)], "text")
    assert max(map(len, text.splitlines())) <= 80
    assert "\n       `pv validate --fix --diff x.yaml`\n" in text
    long = Rule("PV999", Severity.NOTE, "t", f"`{'x' * 100}`")
    assert f"`{'x' * 100}`" in render_explanations([Explanation(long, "no", None, None)], "text")


def test_a_line_for_each_rule() -> None:
    other = Rule("SCHEMA-099", Severity.ERROR, "no value", "w")
    explained = [Explanation(rule, None, None, None) for rule in (RULE, other)]
    assert render_rule_list(explained) == ("PV999       warning  odd value\nSCHEMA-099  error    no value\n")


def test_the_document() -> None:
    document = json.loads(render_explanations([Explanation(RULE, None, FINDING, MENDED)], "json"))
    assert document == {
        "schema": "pv/rules/v1",
        "rules": [
            {
                "code": "PV999",
                "severity": "warning",
                "title": "odd value",
                "why": "a value is even",
                "fix": "make it even",
                "locked": None,
                "section": "docs/reference/diagnostics.md#pv999-odd-value",
                "example": FINDING,
                "mended": MENDED,
            }
        ],
        "summary": {"rules": 1},
        "diagnostics": [],
    }


def test_the_document_holds_no_control_character() -> None:
    text = render_explanations([Explanation(RULE, "x\x9b", FINDING, MENDED)], "json")
    assert "\x1b" not in text
    assert "\\u001b" in text
    assert "\\u009b" in text
