from __future__ import annotations

from decimal import Decimal

import pytest

from pvengine.comparing.texts import compare_numbers, fold_formula, is_reworded, list_figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("within 1.0e-5 and 5e-06", ["0.000010", "0.000005"]),
        ("from -3 to +4.5, .5", ["-3", "4.5", "0.5"]),
        ("10-20 items", ["10", "20"]),
        ("avx2, float32 and v1.2.3 of x_1", []),
        ("FALSIFY-X-001 and K-9", ["FALSIFY-X-001", "K-9"]),
        ("a<=b, a =< b, a ≤ b", ["≤", "≤", "≤"]),
        ("a != b == c ~= d", ["≠", "=", "≈"]),
        ("It does NOT hold, and can't", ["not", "n't"]),
        ("note, knot and nothing", []),
        ("2^53 - 1", ["2", "53", "1"]),
    ],
)
def test_the_figures_of_a_text(text: str, figures: list[str]) -> None:
    found = [format(figure, "f") if isinstance(figure, Decimal) else figure for figure in list_figures(text)]
    assert found == figures


@pytest.mark.parametrize(
    ("before", "after", "is_the_same"),
    [
        ("Output is non-negtive", "Output is non-negative", True),
        ("The drift is below 1e-5", "The drift is below 1e-4", False),
        ("The drift is > 5", "The drift is < 5", False),
        ("It amplifies the drift", "It never amplifies the drift", False),
        ("Rows sum to one", "Columns vanish", False),
        ("Wrng", "Wrong", True),
        ("", "", True),
        ("x" * 200_000, "x" * 200_001, False),
    ],
)
def test_what_is_only_reworded(before: str, after: str, is_the_same: bool) -> None:  # noqa: FBT001 - a case
    assert is_reworded(before, after) is is_the_same
    assert is_reworded(after, before) is is_the_same


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("All 5 tests", "All 6 tests", 1),
        ("All 6 tests", "All 5 tests", -1),
        ("All 6 tests, 2 ignored", "All 5 tests, 3 ignored", None),
        ("All 6 tests", "All 6  tests", None),
        ("All 6 tests", "Both tests", None),
        ("0 of 5", "0 of 5", None),
        ("x" * 200_000, "x", None),
    ],
)
def test_texts_that_differ_in_numbers_alone(before: str, after: str, step: int | None) -> None:
    assert compare_numbers(before, after) == step


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ("y = exp( x )/sum(x)", "y=exp(x) / sum(x)", True),
        ("a\n  >= b", "a ≥ b", True),
        ("a b", "ab", False),
        ("1 2", "12", False),
        ("a < b", "a > b", False),
    ],
)
def test_formulas_in_another_writing(before: str, after: str, is_same: bool) -> None:  # noqa: FBT001 - a case
    assert (fold_formula(before) == fold_formula(after)) is is_same


def test_very_long_formulas_are_left_as_they_are() -> None:
    text = "x " * 100_000
    assert fold_formula(text) is text
