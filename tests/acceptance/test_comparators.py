"""What is no finite number is never a pass: as a bar in the contract, as measured, and as stored.

Every comparator meets every such value. Numbers that are odd but finite, subnormal ones, both zeros and
counts beyond 2^53, are judged exactly; what is right is told by fractions.
"""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from pvengine.ledger.judge import Judging, judge
from pvengine.models.contract import FalsificationTest
from pvengine.models.trial import TestRun, TrialResult
from pvengine.models.vocabulary import Outcome
from pvengine.plugin import Trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch
    from forgery import Bench

NO_NUMBERS = (
    ".nan", ".inf", "-.inf", ".NaN", "+.INF", "1e400", "-1e400", "null", "~", "", "true", "False", "'1'",
    '"1e5"', "nan", "inf", "-inf", "Infinity", "1+2j", "2j", "1_000", "0x", "[1]", "[]", "{a: 1}",
    "2026-01-31", "1 m", "-0.0", "9007199254740992", "-9007199254740992", "1" + "0" * 400,
)  # fmt: skip
"""Texts of a contract that are no bar: not finite, no number, or a number that JSON readers change."""
BARS = {
    **{name: f"accept: [{{metric: value, {name}: %s}}]" for name in ("lt", "le", "gt", "ge", "eq", "ne")},
    "beside another": "accept: [{metric: value, lt: 10, ge: %s}]",
    "in, one of": "accept: [{metric: value, in: [1, %s]}]",
    "in, all": "accept: [{metric: value, in: %s}]",
    "bits": "accept: [{metric: value, bits: %s}]",
    "band lt": "decides: {metric: value, CONFIRMED: {lt: %s}, FALSIFIED: {ge: %s}}",
    "band le": "decides: {metric: value, CONFIRMED: {le: %s}, FALSIFIED: {gt: %s}}",
    "band ge": "decides: {metric: value, CONFIRMED: {ge: %s}, FALSIFIED: {lt: %s}}",
    "band gt": "decides: {metric: value, CONFIRMED: {gt: %s}, FALSIFIED: {le: %s}}",
    "reproduce": "accept: [{metric: value, lt: 10}]\n  reproduce: {relative: %s}",
}


def test_a_bar_that_is_no_finite_number(scratch: Scratch, tally: Callable[..., None]) -> None:
    """The contract is invalid there: nothing is measured and nothing is written."""
    missed, cases = [], 0
    head = "hypotheses: [{id: H1, statement: small}]\n"
    for name, bar in BARS.items():
        for text in NO_NUMBERS:
            if (name, text) in (("in, all", "[1]"), ("in, one of", "")):
                continue  # lists of numbers, and right there
            test = "- id: FT-001\n  falsifier: probe.value\n  params: {value: 1.0}\n  hypothesis: H1\n"
            path = scratch.contract(f"{test}  {bar.replace('%s', text)}\n", head=head)
            before = path.read_bytes()
            code = scratch.call("discharge", path).code
            cases += 1
            if code != 1 or path.read_bytes() != before or scratch.store.exists():
                missed.append((name, text, code))
    assert not missed, missed
    tally(
        group="What is no number",
        row="as a bar in the contract, in every comparator and band",
        cases=cases,
        missed=len(missed),
        at_least=400,
    )


REFUSED: tuple[Any, ...] = (
    None, True, False, "1", "nan", b"1", [1.0], (1.0,), {}, {"a": 1}, 1 + 2j, 10**400, -(2**63) - 1, 2**64,
    Fraction(1, 2), object(), np.bool_(1), np.array([1.0]), np.array(["1"]), np.complex128(1),
    np.datetime64("2026-01-31"), np.str_("1"),
)  # fmt: skip
"""What cannot be measured at all."""
NOT_FINITE: tuple[Any, ...] = (
    math.nan, -math.nan, math.inf, -math.inf, 1e400, float("1e309"), np.float64("nan"), np.float64("inf"),
    np.float32("nan"), np.float32("inf"), np.float32("-inf"), np.float16("nan"), np.float16("inf"),
    np.array(math.nan), np.array(-math.inf),
)  # fmt: skip
"""What can be measured, and is never a pass."""
ODD: tuple[Any, ...] = (
    -0.0, 0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 2**53 + 1, -(2**53) - 1,
    2**64 - 1, np.float32(1e-45), np.float32(0.1), np.float16(6e-8), np.int8(-1), np.uint64(2**64 - 1),
    np.int64(-(2**63)), np.array(3), 0, 1,
)  # fmt: skip
"""Finite, and judged exactly."""
OPERANDS: tuple[Any, ...] = (0, 1, -1, 0.1, 5e-324, -5e-324, 2**53 - 1, 1.7976931348623157e308, 12345)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq,
    "ne": operator.ne, "in": lambda number, allowed: number in allowed,
}  # fmt: skip
BITS = (
    "7ff8000000000000",
    "fff8000000000000",
    "7ff0000000000000",
    "fff0000000000000",
    "7fc00000",
    "ff800000",
    "7f800000",
)


def judge_value(value: Any, accept: dict[str, Any] | None, decides: dict[str, Any] | None = None) -> Outcome:
    """Measure a value, and judge it beside a planted fault that every claim notices: it is not a number."""
    keys = (
        {"accept": [{"metric": "m", **accept}]} if accept else {"decides": {"metric": "m", **(decides or {})}}
    )
    test = FalsificationTest.model_validate({"id": "T", "falsifier": "f", "hypothesis": "H", **keys})
    trials = []
    for fault, measured in (("broken", math.nan), (None, value)):
        trial = Trial(abs, seed=0)
        trial.measure("m", measured)
        trials.append(TrialResult(fault=fault, measurements=trial.measurements))
    run = TestRun(
        falsifier="f",
        source_digest="sha256:" + "0" * 64,
        params={},
        seed=0,
        faults=(trials[0],),
        subject=trials[1],
    )
    return judge(Judging.of(test), run).outcome


def list_bars() -> list[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    """List every comparator with every operand, all patterns of bits, and bands on both sides of operands."""
    accepts: list[dict[str, Any]] = [{name: each} for name in COMPARE for each in OPERANDS if name != "in"]
    accepts += [{"in": list(OPERANDS)}, *({"bits": bits} for bits in BITS)]
    bands = [{"CONFIRMED": {"lt": each}, "FALSIFIED": {"ge": each}} for each in OPERANDS]
    bands += [{"CONFIRMED": {"gt": each}, "FALSIFIED": {"le": each}} for each in OPERANDS]
    return [*((accept, None) for accept in accepts), *((None, band) for band in bands)]


def test_what_was_measured_and_is_not_finite(tally: Callable[..., None]) -> None:
    pairs = [(value, bar) for value in NOT_FINITE for bar in list_bars()]
    missed = [(value, bar) for value, bar in pairs if judge_value(value, *bar) is not Outcome.INCONCLUSIVE]
    assert not missed, missed
    tally(
        group="What is no number",
        row="NaN and the infinities as measured, in every comparator and band",
        cases=len(pairs),
        missed=len(missed),
        at_least=1000,
    )


def test_what_cannot_be_measured(tally: Callable[..., None]) -> None:
    taken = []
    for value in REFUSED:
        try:
            Trial(abs, seed=0).measure("m", value)
        except (TypeError, ValueError):
            continue
        taken.append(value)
    assert not taken, taken
    tally(
        group="What is no number",
        row="None, booleans, text, collections, complex and other numbers refused when measured",
        cases=len(REFUSED),
        missed=len(taken),
        at_least=20,
    )


def test_what_is_odd_and_finite_is_judged_exactly(tally: Callable[..., None]) -> None:
    missed, cases = [], 0
    for value in ODD:
        exact = Fraction(value.item() if isinstance(value, np.generic | np.ndarray) else value)
        for accept, _ in list_bars():
            if accept and "bits" not in accept:
                ((name, operand),) = accept.items()
                wanted = [Fraction(each) for each in operand] if name == "in" else Fraction(operand)
                holds = COMPARE[name](exact, wanted)
                cases += 1
                if judge_value(value, accept) is not (Outcome.SURVIVED if holds else Outcome.FALSIFIED):
                    missed.append((value, accept))
    assert not missed, missed
    tally(
        group="What is no number",
        row="finite all the same: subnormal numbers, zeros, large counts, NumPy's scalars, judged exactly",
        cases=cases,
        missed=len(missed),
        at_least=900,
    )


ODD_FALSIFIER = '''
import numpy as np
from pvengine.plugin import Params, Trial, falsifier

VALUES = {
    "nan": float("nan"), "inf": float("inf"), "-inf": -float("inf"), "None": None, "True": True,
    "text": "1.0", "list": [1.0], "complex": 1 + 0j, "huge": 10**400, "array": np.ones(2),
    "single": np.float32("nan"),
}


class OddParams(Params):
    kind: str


def give(kind):
    return VALUES[kind]


def give_a_number(kind):
    return 12345


@falsifier("odd.value", subject=give, planted_faults={"a number": give_a_number})
def measure_odd(trial: Trial, p: OddParams) -> None:
    """The value of that name."""
    trial.measure("value", trial.subject(p.kind))
'''


def test_a_worker_that_measures_it_discharges_nothing(scratch: Scratch, tally: Callable[..., None]) -> None:
    """A whole discharge, with a comparison that a careless program would find true of each of them."""
    kinds = ("nan", "inf", "-inf", "None", "True", "text", "list", "complex", "huge", "array", "single")
    scratch.write("pv.toml", 'contracts = ["contracts"]\nfalsifiers = ["odd.py"]\n')
    scratch.write("odd.py", ODD_FALSIFIER)
    tests = [
        f"- id: FT-{kind.strip('-')}{number}\n  falsifier: odd.value\n  params: {{kind: '{kind}'}}\n"
        "  accept: [{metric: value, ne: 12345}]\n"
        for number, kind in enumerate(kinds)
    ]
    scratch.contract(*tests)
    before = scratch.path.read_bytes()
    done = scratch.call("discharge", "contracts/x-v1.yaml", "--format", "json")
    outcomes = [trial["outcome"] for trial in done.report["trials"]]
    missed = [kind for kind, outcome in zip(kinds, outcomes, strict=True) if outcome != "inconclusive"]
    assert (done.code, missed) == (12, []), done.shown
    assert scratch.path.read_bytes() == before
    assert not scratch.store.exists()
    tally(
        group="What is no number",
        row="a whole discharge in which a worker measures it: inconclusive, nothing recorded",
        cases=len(kinds),
        missed=len(missed),
        at_least=11,
    )


STORED = (
    ('"nan"', "7ff8000000000000"), ('"inf"', "7ff0000000000000"), ('"-inf"', "fff0000000000000"),
    ("NaN", "7ff8000000000000"), ("Infinity", "7ff0000000000000"), ("-Infinity", "fff0000000000000"),
    ("1e400", "7ff0000000000000"), ("null", "3ff8000000000000"), ("true", "3ff0000000000000"),
    ('"1.5"', "3ff8000000000000"), ("[1.5]", "3ff8000000000000"), ('{"re": 1.5}', "3ff8000000000000"),
    ("1" + "0" * 400, "7ff0000000000000"), ("1", "3ff0000000000000"), ("0.0", "8000000000000000"),
)  # fmt: skip
"""JSON of a value with the bits that it would have."""


def test_what_is_stored_with_every_digest_renewed(rich: Bench, tally: Callable[..., None]) -> None:
    missed, cases = [], 0
    for name in rich.records:
        for text, bits in STORED:
            record = rich.record(name)
            record["predicate"]["measurements"]["value"] |= {"value": "PLACE", "bits": bits}
            report = rich.verify(rich.forge(name, record, place=text))
            cases += 1
            if report.exit_code != 3:
                missed.append((name, text, report.exit_code))
    assert not missed, missed
    tally(
        group="What is no number",
        row="as stored in a record, every digest renewed",
        cases=cases,
        missed=len(missed),
        at_least=70,
    )
