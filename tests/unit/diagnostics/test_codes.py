"""Every rule has a code of its own, a severity, and the words that a finding shows."""

from __future__ import annotations

import re

import pytest

from pvengine.diagnostics import RULES, Rule, Severity, SourceRange, get_rule

PLACE = SourceRange("x.yaml", 3, 5, 3, 9, "key: text")


def test_codes_are_ordered_unique_and_of_one_form() -> None:
    assert list(RULES) == sorted(RULES)
    assert all(re.fullmatch(r"PV[0-7]\d\d|SCHEMA-\d{3}", code) for code in RULES)
    assert all(rule.code == code for code, rule in RULES.items())


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_says_what_and_why(rule: Rule) -> None:
    assert rule.title
    assert rule.why
    assert not rule.why.endswith(".")
    assert isinstance(rule.severity, Severity)


def test_a_rule_reports_at_a_place_with_its_own_words() -> None:
    found = get_rule("PV207").report("T has no bar", PLACE)
    assert (found.code, found.severity, found.message, found.path) == (
        "PV207",
        Severity.ERROR,
        "T has no bar",
        "x.yaml",
    )
    assert (found.line, found.column) == (3, 5)
    assert found.why == RULES["PV207"].why
    assert found.fix == RULES["PV207"].fix


def test_a_fix_at_hand_stands_before_that_of_the_rule() -> None:
    assert get_rule("PV207").report("m", PLACE, fix="write this").fix == "write this"
    assert get_rule("PV205").report("m", PLACE).fix is None


def test_a_rule_reports_on_a_whole_file() -> None:
    found = get_rule("PV605").report("unlinked", "evidence/1.json")
    assert (found.path, found.place, found.line, found.column) == ("evidence/1.json", None, None, None)


def test_an_unknown_code_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        get_rule("PV999")
