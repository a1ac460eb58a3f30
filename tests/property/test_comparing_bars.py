"""A bar is told to be weaker exactly where some measurement meets it now that did not before.

The oracle is the judge itself: `check_condition`, which shares no code with the comparison.
"""

from __future__ import annotations

import math
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from pvengine.comparing.change import ChangeKind
from pvengine.comparing.judged import compare_accept, compare_bands
from pvengine.ledger.conditions import Check, check_condition
from pvengine.models.claim import Band, Condition, Decision
from pvengine.models.measurement import Measurement, encode_bits
from pvengine.numerics.intervals import interval_of

OPERANDS = st.sampled_from([-1, 0, 0.5, 1, 1.0, 2])
BITS = st.sampled_from(["3f800000", "3ff0000000000000", "3F800000", "0x3fe0000000000000", "7ff0000000000000"])
COMPARATORS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), OPERANDS),
        "in": st.lists(OPERANDS, min_size=1, max_size=3),
        "bits": BITS,
    },
).filter(bool)
CONDITIONS = st.lists(
    st.builds(lambda metric, rest: {"metric": metric, **rest}, st.sampled_from(["m", "n"]), COMPARATORS),
    max_size=3,
)
NUMBERS = sorted(
    {
        near
        for edge in (-1.0, 0.0, 0.5, 1.0, 2.0)
        for near in (edge, math.nextafter(edge, -math.inf), math.nextafter(edge, math.inf))
    }
    | {-1e300, -0.75, 0.25, 0.75, 1.5, 1e300}
)
"""A number in every place between the operands, and on each of them."""


def measure(value: float, dtype: Any) -> Measurement:
    if dtype == "int":
        return Measurement(value=int(value), dtype=dtype)
    return Measurement(value=value, dtype=dtype, bits=encode_bits(value, dtype))


WITNESSES: list[Measurement | None] = [
    None,
    *(measure(value, "float64") for value in NUMBERS),
    *(measure(value, "float32") for value in (-1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)),
    *(measure(value, "int") for value in (-2, -1, 0, 1, 2, 3)),
]
"""Measurements of every type; None for a metric that was not measured."""


def accepts(conditions: list[dict[str, Any]], metric: str, witness: Measurement | None) -> bool:
    measured = {} if witness is None else {metric: witness}
    own = [Condition.model_validate(each) for each in conditions if each["metric"] == metric]
    return all(check_condition(each, measured).check is Check.HELD for each in own)


@given(CONDITIONS, CONDITIONS)
@example([{"metric": "m", "lt": 0, "gt": 0}], [{"metric": "m", "eq": 0, "ne": 0}])
@example([{"metric": "m", "bits": "3f800000"}], [{"metric": "m", "eq": 1}])
@example([{"metric": "m", "ne": 1}], [{"metric": "m", "ne": 1}, {"metric": "n", "ne": 2}])
def test_a_bar_is_weaker_exactly_where_more_is_accepted(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    expected = set()
    for metric in ("m", "n"):
        was, is_now = ([accepts(side, metric, each) for each in WITNESSES] for side in (before, after))
        expected |= {"more" for old, new in zip(was, is_now, strict=True) if new and not old}
        expected |= {"less" for old, new in zip(was, is_now, strict=True) if old and not new}
    kinds = {
        ChangeKind.WEAKENED: {"more"},
        ChangeKind.STRENGTHENED: {"less"},
        ChangeKind.CHANGED: {"more", "less"},
        ChangeKind.REWORDED: set(),
    }
    assert kinds[compare_accept(before, after).kind] == expected
    assert compare_accept(after, before).kind is compare_accept(before, after).kind.mirrored


VERDICTS = ("FALSIFIED", "PARTIALLY_CONFIRMED", "CONFIRMED")
CUTS = st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.booleans()), unique=True, max_size=3).map(sorted)


@st.composite
def partitions(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an entry of `decides` whose bands partition the line, in any order of verdicts."""
    cuts = [(value, bool(after)) for value, after in draw(CUTS)]
    entry: dict[str, Any] = {"metric": "m"}
    for lower, upper in zip([None, *cuts], [*cuts, None], strict=True):
        band = {}
        if lower is not None:
            band["gt" if lower[1] else "ge"] = lower[0]
        if upper is not None:
            band["le" if upper[1] else "lt"] = upper[0]
        entry.setdefault(draw(st.sampled_from(VERDICTS)), []).append(band or {"lt": 1e300})
    return entry


def decide(entry: dict[str, Any], value: float) -> str | None:
    for verdict, _, band in Decision.model_validate(entry).iter_bands():
        if interval_of(Band.model_validate(band.model_dump(exclude_none=True))).contains(value):
            return verdict.value
    return None


@given(partitions(), partitions())
def test_bands_moved_exactly_where_a_number_gives_another_verdict(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    values = [number for number in NUMBERS if abs(number) < 1e299]
    steps = {
        None if old is None or new is None else VERDICTS.index(new) - VERDICTS.index(old)
        for old, new in ((decide(before, value), decide(after, value)) for value in values)
        if old != new
    }
    kind = compare_bands(before, after).kind
    assert compare_bands(after, before).kind is kind.mirrored
    if kind is ChangeKind.REWORDED:
        assert steps == set()
    elif kind is ChangeKind.WEAKENED:
        assert steps
        assert all(step is not None and step > 0 for step in steps)
    elif kind is ChangeKind.STRENGTHENED:
        assert steps
        assert all(step is not None and step < 0 for step in steps)
