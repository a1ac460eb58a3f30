"""Whatever a plug-in raises is the failure of a trial, and params are taken as written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, Field, model_validator

from pvengine.models.trial import Failure
from pvengine.plugin import NotComparableError, Trial
from pvengine.runner.calling import TrialError, call_plugin, measure_once, refuse_compared, validate_params

if TYPE_CHECKING:
    from collections.abc import Callable


class P(BaseModel):
    x: float = Field(default=1.0, lt=10)
    count: int = 1

    @model_validator(mode="after")
    def check(self) -> P:
        if self.count == 13:
            message = "no thirteen"
            raise RuntimeError(message)
        return self


def raise_it(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "failure", "reason"),
    [
        (ValueError("odd"), Failure.EXCEPTION, "ValueError: odd"),
        (KeyboardInterrupt(), Failure.EXCEPTION, "KeyboardInterrupt"),
        (SystemExit(3), Failure.EXIT, "the plug-in called sys.exit(3)"),
        (ImportError("no scipy", name="scipy"), Failure.EXCEPTION, "ImportError: no scipy"),
        (MemoryError(), Failure.MEMORY, "more than 64 MiB of memory: MemoryError"),
    ],
)
def test_what_is_raised_is_a_failure(error: BaseException, failure: Failure, reason: str) -> None:
    with pytest.raises(TrialError) as caught:
        call_plugin(raise_it(error), Failure.EXCEPTION, 64)
    assert (caught.value.failure, caught.value.reason) == (failure, reason)
    assert caught.value.detail is not None


def test_what_is_returned_is_given_back() -> None:
    assert call_plugin(lambda: 3, Failure.REGISTRATION, 64) == 3
    trial = Trial(abs, seed=1)
    assert measure_once(lambda t, p: t.measure("m", t.subject(p.x)), trial, P(x=-2.0), 64) is None
    assert trial.measurements["m"].value == 2.0


@pytest.mark.parametrize("is_caught", [True, False])
def test_what_was_compared_in_vain_ends_the_trial_even_where_it_is_caught(is_caught: bool) -> None:  # noqa: FBT001 - a column
    def measure(trial: Trial, p: Any) -> None:
        facts: dict[str, Any] = {"axes": ("n",), "which": "x", "aggregation": "max", "normalisation": "none"}
        pair = [trial.statistic([p.x] * count, max, **facts) for count in (2, 3)]
        try:
            trial.compare("m", *pair)
        except NotComparableError:
            if not is_caught:
                raise

    trial = Trial(abs, seed=1)
    refuse_compared(trial)
    with pytest.raises(TrialError) as caught:
        measure_once(measure, trial, P(), 64)
    assert caught.value.failure is Failure.NOT_COMPARABLE
    assert caught.value.reason == "not comparable: 'm': the population has n: 2 against n: 3"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"x": "1"}, "`x`: input should be a valid number"),
        ({"x": 10.0}, "`x`: input should be less than 10"),
        (
            {"count": 1.5, "x": 11},
            "`x`: input should be less than 10; `count`: input should be a valid integer",
        ),
        ({"y": 1}, "`y` is no param of this falsifier"),
        ({"counts": 1}, "`counts` is no param of this falsifier; did you mean 'count'?"),
        ({"count": 13}, "RuntimeError: no thirteen"),
    ],
)
def test_params_that_are_refused(params: dict[str, Any], reason: str) -> None:
    with pytest.raises(TrialError) as caught:
        validate_params(P, params)
    assert (caught.value.failure, caught.value.reason) == (Failure.PARAMS, reason)


def test_params_that_are_taken() -> None:
    assert validate_params(P, {"x": 2}) == P(x=2.0)
