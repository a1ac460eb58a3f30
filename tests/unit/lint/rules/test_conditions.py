from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.ledger.conditions import Check, check_condition
from pvengine.lint.rules.conditions import Allowed, iter_condition_issues
from pvengine.loading.contract_file import load_contract
from pvengine.models.claim import Condition
from pvengine.models.measurement import Measurement, encode_bits

HEAD = "metadata: {id: C, version: 1.0.0}\nfalsification_tests:\n- id: T\n  rule: r\n"
HYPOTHESES = "hypotheses: [{id: H, statement: s}]\n"
LARGEST = sys.float_info.max


def find(text: str) -> list[str]:
    loaded = load_contract(Path("x.yaml"), "x.yaml", (HEAD + text).encode())
    return [
        f"{one.line}:{one.column} {one.code} {one.message}"
        for one in loaded.locate(iter_condition_issues(loaded))
    ]


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (f"ge: {-LARGEST}, le: {LARGEST}", f"<= {LARGEST} and >= {-LARGEST}"),
        (f"lt: 1{'0' * 309}, gt: -1{'0' * 309}", f"< 1{'0' * 39}... and > -1{'0' * 38}..."),
        (f"ne: 1{'0' * 309}", f"!= 1{'0' * 39}..."),
        (f"ne: {2**64 + 1}", f"!= {2**64 + 1}"),
    ],
)
def test_a_condition_that_every_number_meets(condition: str, shown: str) -> None:
    assert find(f"  accept:\n  - {{metric: m, {condition}}}\n") == [
        f"6:5 PV406 T: every finite 'm' meets `{shown}`"
    ]


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("ge: -1.0e+308", ">= -1e+308"),
        ("lt: 1.7976931348623157e+308", f"< {LARGEST}"),
        ("le: 1.0e+300", "<= 1e+300"),
        ("ne: 1.0e+300", "!= 1e+300"),
        ("gt: -1.0e+300, lt: 1.0e+300", "< 1e+300 and > -1e+300"),
    ],
)
def test_a_condition_that_nothing_reaches(condition: str, shown: str) -> None:
    assert find(f"  accept:\n  - {{metric: m, {condition}}}\n") == [
        f"6:5 PV406 T: every number below 1e+300 in magnitude as 'm' meets `{shown}`"
    ]


@pytest.mark.parametrize(
    "condition",
    ["ge: -9.9e+299", "lt: 9.9e+299", "ne: 9.9e+299", "ne: 0", f"ne: {2**63 + 1}", "ge: 0", "in: [0]"],
)
def test_a_condition_that_some_number_breaks(condition: str) -> None:
    assert find(f"  accept:\n  - {{metric: m, {condition}}}\n") == []


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("lt: 1, gt: 2", "< 1 and > 2"),
        ("lt: 1, ge: 1", "< 1 and >= 1"),
        ("eq: 3, lt: 2", "< 2 and == 3"),
        ("eq: 3, ne: 3.0", "== 3 and != 3.0"),
        ("in: [1, 2, 3, 4], gt: 4", "> 4 and in [1, 2, 3, ...]"),
        ("gt: 1.0, lt: 1.0000000000000002", "< 1.0000000000000002 and > 1.0"),
        ("gt: 0, lt: 5.0e-324", "< 5e-324 and > 0"),
        (f"eq: 1{'0' * 309}", f"== 1{'0' * 39}..."),
        ("ge: 1, le: 1, ne: 1", "<= 1 and >= 1 and != 1"),
        ("bits: '3f800000', lt: 1", "< 1 and bits 3f800000"),
        ("bits: '7fc00000'", "bits 7fc00000"),
        ("bits: '7ff0000000000000'", "bits 7ff0000000000000"),
    ],
)
def test_a_condition_that_no_number_meets(condition: str, shown: str) -> None:
    assert find(f"  accept:\n  - {{metric: m, {condition}}}\n") == [
        f"6:5 PV407 T: no number 'm' meets `{shown}`"
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "ge: 1, le: 1",
        f"gt: {2**53}, lt: {2**53 + 2}",
        f"gt: {2**53 + 0.0}, lt: {2**53 + 2.0}",
        "eq: 0, ge: -0.0",
        "gt: 0, lt: 1.0e-323",
        "bits: '0x3F800000', eq: 1",
        "bits: '80000000', eq: 0",
    ],
)
def test_a_condition_that_one_number_meets(condition: str) -> None:
    assert find(f"  accept:\n  - {{metric: m, {condition}}}\n") == []


def test_the_first_condition_that_leaves_nothing_is_shown() -> None:
    text = """\
  accept:
  - {metric: m, gt: 1}
  - {metric: other, lt: 0}
  - {metric: m, lt: 5}
  - {metric: m, in: [5, 6]}
  - {metric: m, lt: 0}
"""
    assert find(text) == ["9:5 PV407 T: no number 'm' meets `in [5, 6]` together with `> 1`, `< 5`"]
    many = (
        "  accept:\n"
        + "".join(f"  - {{metric: m, ge: {n}}}\n" for n in range(5))
        + "  - {metric: m, lt: 4}\n"
    )
    assert find(many) == [
        "11:5 PV407 T: no number 'm' meets `< 4` together with `>= 0`, `>= 1`, `>= 2` and 2 more"
    ]


def test_bits_of_two_widths_or_values_contradict_each_other() -> None:
    for bits in ("3ff0000000000000", "3f800001"):
        text = f"  accept:\n  - {{metric: m, bits: '3f800000'}}\n  - {{metric: m, bits: '{bits}'}}\n"
        assert find(text) == [f"7:5 PV407 T: no number 'm' meets `bits {bits}` together with `bits 3f800000`"]


def test_a_decision_of_one_verdict_decides_nothing() -> None:
    text = "  hypothesis: H\n  decides:\n    metric: m\n    CONFIRMED: [{lt: 1}, {ge: 1}]\n" + HYPOTHESES
    assert find(text) == ["7:5 PV406 T: every finite 'm' gives the verdict CONFIRMED"]
    assert find(text.replace("{lt: 1}, {ge: 1}", "{lt: 1}, {gt: 1}")) == []  # a gap has its own finding
    assert find(text.replace("[{lt: 1}, {ge: 1}]", "{lt: 1}\n    FALSIFIED: {ge: 1}")) == []
    listed = "  decides:\n  - {metric: m, hypothesis: H, FALSIFIED: [{lt: 1}, {ge: 1}]}\n" + HYPOTHESES
    assert find(listed) == ["6:5 PV406 T: every finite 'm' gives the verdict FALSIFIED"]
    remote = text.replace("[{lt: 1}, {ge: 1}]", "{lt: 1.0e+300}\n    FALSIFIED: {ge: 1.0e+300}")
    assert find(remote) == [
        "7:5 PV406 T: every number below 1e+300 in magnitude as 'm' gives the verdict CONFIRMED"
    ]


def test_of_a_bound_test_that_nothing_can_break_the_finding_is_another() -> None:
    idle = "  falsifier: f\n  accept:\n  - {metric: m, lt: 1.0e+308}\n"
    assert find(idle) == []  # PV409 speaks about the whole test
    assert find(idle + "  - {metric: m, lt: 1}\n") == [
        "7:5 PV406 T: every number below 1e+300 in magnitude as 'm' meets `< 1e+308`"
    ]


NUMBERS = st.sampled_from(
    [-1, 0, 0.0, 1, 1.0, math.nextafter(1, 2), math.nextafter(1, 0), 2.5, LARGEST, -LARGEST, 10**400]
)
CONDITIONS = st.lists(
    st.dictionaries(st.sampled_from(["lt", "le", "gt", "ge", "eq", "ne"]), NUMBERS, min_size=1),
    min_size=1,
    max_size=3,
)


def iter_probes() -> list[float]:
    """Give the numbers around all bounds, further out than `ne` can take away."""
    probes: set[float] = {-3.0, 2.0, 3.0, -LARGEST, LARGEST, 0.5}
    for middle in (-1.0, 0.0, 1.0, 2.5, LARGEST, -LARGEST):
        for end in (math.inf, -math.inf):
            number = middle
            for _ in range(6):
                if math.isfinite(number):
                    probes.add(number)
                number = math.nextafter(number, end)
    return sorted(probes)


PROBES = iter_probes()


@given(CONDITIONS)
def test_what_is_allowed_agrees_with_the_judge(entries: list[dict[str, float]]) -> None:
    conditions = [Condition.model_validate({"metric": "m", **entry}) for entry in entries]
    allowed = Allowed()
    for condition in conditions:
        allowed.narrow(condition)
    held = []
    for number in PROBES:
        measured = Measurement(value=number, bits=encode_bits(number, "float64"), dtype="float64")
        held.append(all(check_condition(one, {"m": measured}).check is Check.HELD for one in conditions))
    assert allowed.is_nothing == (not any(held))
    assert allowed.is_everything == all(held)
