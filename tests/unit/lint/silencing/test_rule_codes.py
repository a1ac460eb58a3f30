"""Codes are known, near ones are found, and three kinds cannot be set aside."""

from __future__ import annotations

import pytest

from pvengine.diagnostics import RULES
from pvengine.lint.silencing.rule_codes import explain_lock, find_near_code, stops_reading


def test_three_kinds_of_codes_are_locked() -> None:
    locked = {code for code in RULES if explain_lock(code) is not None}
    expected = {
        code for code in RULES if code.startswith(("PV0", "PV10", "PV6")) or "PV110" <= code <= "PV113"
    }
    assert locked == {code for code in expected if not code.startswith("SCHEMA")}
    assert "PV006" in locked
    assert "PV113" in locked
    assert not locked & {"PV114", "PV204", "SCHEMA-001"}


def test_codes_that_end_the_reading() -> None:
    expected = [*(f"PV{number}" for number in range(101, 114)), "PV613"]
    assert [code for code in RULES if stops_reading(code)] == expected


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("PV204", "PV204"),
        ("pv204", "PV204"),
        ("PV-204", "PV204"),
        ("schema9", "SCHEMA-009"),
        ("SCHEMA_013", "SCHEMA-013"),
        ("unknown key", "PV204"),
        ("", None),
        ("PV", None),
        ("x" * 100_000, None),
    ],
)
def test_the_near_code(word: str, near: str | None) -> None:
    assert find_near_code(word) == near
