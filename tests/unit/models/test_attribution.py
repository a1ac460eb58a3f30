from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from pvengine.models.attribution import KINDS, Attribution, Factor, FigureKind, Target, explain_clash

ERROR, NORM, STD = "scalar relative error", "normwise relative error", "ratio of standard deviations"
TYPED = {"value": 2, "kind": "ratio", "source": "the report"}
MEASURED = {"test": "T", "metric": "m", "kind": "ratio"}


def test_every_kind_has_a_meaning() -> None:
    assert set(KINDS) == set(get_args(FigureKind))
    assert all(meaning.text for meaning in KINDS.values())


def test_numbers_and_texts_are_kept_as_they_are_written() -> None:
    found = Attribution.model_validate(
        {"id": "A", "target": TYPED, "factors": [MEASURED, {**TYPED, "name": "n"}], "stated": 4}
    )
    assert (found.target.value, found.stated) == (2, 4)
    assert [factor.label for factor in found.factors] == ["T m", "n"]


@pytest.mark.parametrize(
    ("model", "data", "message"),
    [
        (Factor, {"kind": "ratio"}, "a figure has a `value` with its `source`, or a `test` with a `metric`"),
        (
            Factor,
            {"kind": "ratio", "value": 2},
            "a typed `value` says its `source`, or that it is a `residual`",
        ),
        (Target, {"kind": "ratio", "value": 2}, "a typed `value` says its `source`"),
        (Factor, {**MEASURED, "value": 2}, "a factor is typed or measured"),
        (Factor, {"kind": "ratio", "test": "T"}, "`test` and `metric` stand together"),
        (Factor, {**MEASURED, "residual": True}, "what a test measures was not obtained by dividing"),
        (Factor, {**MEASURED, "unit": "%"}, "`unit` is that of a typed `value`"),
        (Factor, {**TYPED, "kind": "percentage"}, "Input should be 'scalar relative error'"),
        (Factor, {**TYPED, "value": "2"}, "a number is wanted"),
        (Factor, {**TYPED, "valeu": 2}, "Extra inputs are not permitted"),
    ],
)
def test_a_figure_has_one_origin(model: Any, data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        model.model_validate(data)


def test_a_target_may_be_typed_beside_its_test_and_a_residual_needs_no_source() -> None:
    assert Target.model_validate({**MEASURED, "value": 2}).value == 2
    assert Factor.model_validate({"kind": "ratio", "value": 14, "residual": True}).residual


def test_an_attribution_has_a_factor() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        Attribution.model_validate({"id": "A", "target": TYPED, "factors": []})


@pytest.mark.parametrize(
    ("target", "factors"),
    [
        (ERROR, [ERROR]),
        (ERROR, [ERROR, "ratio of scalar relative errors", "count"]),
        (NORM, ["ratio of normwise relative errors", NORM]),
        ("ratio", ["ratio", "count", "ratio"]),
        ("count", ["count", "count"]),
        (STD, [STD, STD]),
    ],
)
def test_one_quantity_multiplies(target: str, factors: list[str]) -> None:
    assert explain_clash(target, [(str(number), kind) for number, kind in enumerate(factors)]) is None


@pytest.mark.parametrize(
    ("target", "factors", "said"),
    [
        (
            ERROR,
            [ERROR, STD],
            (
                "they are of 2 kinds: a scalar relative error (0, the target), "
                "a ratio of standard deviations (1)"
            ),
        ),
        (
            ERROR,
            [NORM, "count"],
            "they are of 2 kinds: a normwise relative error (0), a scalar relative error (the target)",
        ),
        (ERROR, [ERROR, ERROR], "they multiply 2 errors (0, 1), and the target is one"),
        (ERROR, ["count"], "none of them is an error, and the target is one"),
        ("ratio of scalar relative errors", [ERROR], "they multiply an error (0), and the target is none"),
        ("count", [ERROR], "they are of 2 kinds: a scalar relative error (0), a count (the target)"),
    ],
)
def test_unlike_quantities_are_named(target: str, factors: list[str], said: str) -> None:
    assert explain_clash(target, [(str(number), kind) for number, kind in enumerate(factors)]) == said
