"""The bound that a message names would really hold, for every number and comparator."""

from __future__ import annotations

import math
import operator
import re
import struct

from hypothesis import example, given
from hypothesis import strategies as st

from pvengine.ledger.conditions import Check, check_condition
from pvengine.models.claim import Condition
from pvengine.models.measurement import Measurement, encode_bits
from pvengine.yamldoc.scalars import resolve_plain

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SUBNORMAL = st.integers(-(2**52), 2**52).map(
    lambda bits: math.copysign(struct.unpack(">d", abs(bits).to_bytes(8, "big"))[0], bits)
)
DECADES = st.builds(
    lambda digits, exponent: float(f"{digits}e{exponent}"), st.integers(-9999, 9999), st.integers(-323, 304)
)
NUMBERS = FINITE | SUBNORMAL | DECADES | st.integers(-(2**63), 2**64 - 1)
COMPARE = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}


def measure(value: float) -> Measurement:
    if isinstance(value, int):
        return Measurement(value=value, dtype="int")
    return Measurement(value=value, dtype="float64", bits=encode_bits(value, "float64"))


@given(NUMBERS, NUMBERS, st.sampled_from(sorted(COMPARE)))
@example(5.31, 1.0, "lt")
@example(0.0, 0.0, "lt")
@example(-0.0, 0.0, "gt")
@example(5e-324, 0.0, "le")
@example(1.7976931348623157e308, 1.0, "le")
@example(2**53 + 1, 1, "lt")
@example(2**64 - 1, 1, "le")
@example(-(2**63), 1, "ge")
@example(0.12299999999999999, 0.1, "lt")
def test_the_named_bound_would_hold_and_is_near(value: float, operand: float, comparator: str) -> None:
    condition = Condition.model_validate({"metric": "m", comparator: operand})
    result = check_condition(condition, {"m": measure(value)})
    assert (result.check is Check.HELD) is COMPARE[comparator](value, operand)
    if result.check is Check.HELD:
        return
    match = re.search(r"\(it would hold at (.*)\)$", result.text)
    if match is None:
        assert comparator in ("lt", "gt")
        assert abs(value) == 1.7976931348623157e308
        return
    bound = resolve_plain(match[1])
    assert COMPARE[comparator](value, bound)
    assert (
        check_condition(
            Condition.model_validate({"metric": "m", comparator: bound}), {"m": measure(value)}
        ).check
        is Check.HELD
    )
    # Three digits, rounded away, then at most one step further: a part in fifty.
    assert abs(float(bound) - float(value)) <= max(abs(float(value)) / 50, 2e-323)


@given(st.integers(0, 2**32 - 1), FINITE, st.sampled_from(sorted(COMPARE)))
def test_a_float32_is_judged_by_its_exact_value(bits: int, operand: float, comparator: str) -> None:
    number = struct.unpack(">f", bits.to_bytes(4, "big"))[0]
    shown = str(number) if not math.isfinite(number) else number
    measured = Measurement(value=shown, dtype="float32", bits=f"{bits:08x}")
    result = check_condition(Condition.model_validate({"metric": "m", comparator: operand}), {"m": measured})
    if math.isfinite(number):
        assert (result.check is Check.HELD) is COMPARE[comparator](number, operand)
    else:
        assert result.check is Check.UNDECIDABLE
