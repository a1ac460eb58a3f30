from __future__ import annotations

from typing import Any

import pytest

from pvengine.comparing.judged import compare_accept, compare_bands, read_conditions

ONE32, ONE64 = "3f800000", "3FF0000000000000"


def condition(**comparators: Any) -> list[dict[str, Any]]:
    names = {"in_": "in"}
    return [{"metric": "m", **{names.get(key, key): value for key, value in comparators.items()}}]


@pytest.mark.parametrize(
    ("before", "after", "kind", "detail"),
    [
        (condition(lt=1), condition(lt=1, gt=-1), "strengthened", "m may no longer be (-inf, -1]"),
        (condition(lt=1), condition(le=1), "weakened", "m may now be {1}"),
        (condition(ne=0), condition(gt=0), "strengthened", "m may no longer be (-inf, 0)"),
        (condition(ne=0), condition(ne=1), "changed", "m may now be {0}; m may no longer be {1}"),
        (condition(eq=1), condition(in_=[1, 2]), "weakened", "m may now be {2}"),
        (condition(lt=1, gt=1), condition(eq=5), "weakened", "m may now be {5}"),
        (condition(eq=1), condition(ge=1, le=1.0), "reworded", "the same values are accepted"),
        (condition(lt=1), [], "weakened", "m need not be anything any more"),
        ([], condition(lt=1), "strengthened", "m must be something now"),
        (None, condition(ne=1), "strengthened", "m must be something now"),
        (
            condition(bits=ONE64),
            condition(bits="0x3ff0000000000000"),
            "reworded",
            "the same values are accepted",
        ),
        (
            condition(bits=ONE64),
            condition(bits=ONE32),
            "changed",
            "m may now be the bits 3f800000; m may no longer be the bits 3ff0000000000000",
        ),
        (
            condition(bits=ONE64),
            condition(eq=1),
            "weakened",
            "m may now be {1} in any type and with any bits",
        ),
        (
            condition(bits=ONE64),
            condition(eq=2),
            "changed",
            "m may now be {2} in any type and with any bits; m may no longer be the bits 3ff0000000000000",
        ),
        (
            condition(bits=ONE64),
            condition(bits=ONE64, lt=1),
            "strengthened",
            "m may no longer be the bits 3ff0000000000000",
        ),
        (
            condition(bits="7ff0000000000000"),
            condition(lt=1, gt=2),
            "reworded",
            "the same values are accepted",
        ),
        (
            condition(bits=ONE64) + condition(bits=ONE32),
            condition(bits=ONE32),
            "weakened",
            "m may now be the bits 3f800000",
        ),
        (condition(lt=1), condition(below=1), "changed", "a condition cannot be read"),
        (condition(lt=1), "m < 1", "changed", "a condition cannot be read"),
    ],
)
def test_conditions_are_compared_by_what_they_accept(before: Any, after: Any, kind: str, detail: str) -> None:
    found = compare_accept(before, after)
    assert (found.kind.value, found.detail) == (kind, detail)


def test_only_the_metrics_asked_about_count() -> None:
    before = [{"metric": "a", "lt": 1}, {"metric": "b", "lt": 1}]
    after = [{"metric": "a", "lt": 2}, {"metric": "b", "lt": 0}]
    assert compare_accept(before, after).kind.value == "changed"
    assert compare_accept(before, after, ["a"]).kind.value == "weakened"
    assert compare_accept(before, after, ["b"]).kind.value == "strengthened"


def test_conditions_on_one_metric_count_together() -> None:
    accepted = read_conditions([{"metric": "m", "gt": 0}, {"metric": "m", "le": 1}])
    assert accepted is not None
    assert str(accepted["m"].values) == "(0, 1]"


BANDS = {
    "metric": "m",
    "CONFIRMED": {"gt": 5},
    "PARTIALLY_CONFIRMED": {"gt": 1, "le": 5},
    "FALSIFIED": {"le": 1},
}


@pytest.mark.parametrize(
    ("edit", "kind", "detail"),
    [
        ({"metric": "n"}, "reworded", "every number gives the same verdict"),
        ({"FALSIFIED": [{"le": 0}, {"gt": 0, "le": 1.0}]}, "reworded", "every number gives the same verdict"),
        (
            {"CONFIRMED": {"gt": 4}, "PARTIALLY_CONFIRMED": {"gt": 1, "le": 4}},
            "weakened",
            "(4, 5] gave PARTIALLY_CONFIRMED, gives CONFIRMED",
        ),
        (
            {"PARTIALLY_CONFIRMED": {"ge": 3, "le": 5}, "FALSIFIED": {"lt": 3}},
            "strengthened",
            "(1, 3) gave PARTIALLY_CONFIRMED, gives FALSIFIED",
        ),
        (
            {"CONFIRMED": {"le": 1}, "FALSIFIED": {"gt": 5}},
            "changed",
            "(5, inf) gave CONFIRMED, gives FALSIFIED; (-inf, 1] gave FALSIFIED, gives CONFIRMED",
        ),
        ({"FALSIFIED": {"lt": 1}}, "changed", "{1} gives no verdict any more"),
        ({"FALSIFIED": {"under": 1}}, "changed", "a band cannot be read"),
    ],
)
def test_bands_are_compared_by_the_verdicts_they_give(edit: dict[str, Any], kind: str, detail: str) -> None:
    found = compare_bands(BANDS, BANDS | edit)
    assert (found.kind.value, found.detail) == (kind, detail)


def test_a_gap_that_is_closed_is_a_band_that_moved() -> None:
    found = compare_bands(BANDS | {"FALSIFIED": {"lt": 1}}, BANDS)
    assert (found.kind.value, found.detail) == ("changed", "{1} gives a verdict now")
