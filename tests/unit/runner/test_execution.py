"""Params are taken as written or refused; what cannot be imported is not registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.models.trial import Failure

if TYPE_CHECKING:
    from conftest import RunBody

MODEL = """
class Inner(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int = 0

class P(BaseModel):
    model_config = ConfigDict(extra="ignore")
    x: float = 1.0
    n: int = 1
    items: tuple[float, ...] = ()
    word: Literal["one", "two"] = "one"
    inner: Inner | None = None
    many: dict[str, Inner] = {}
    checked: int = 0

    @field_validator("checked")
    @classmethod
    def check(cls, value: int) -> int:
        if value == 13: raise RuntimeError("validator broke")
        return value
"""


@pytest.fixture
def with_model(head: str) -> str:
    imports = "from pydantic import BaseModel, ConfigDict, field_validator\nfrom typing import Literal\n"
    own = "class P(Params):\n    x: float = 1.0\n"
    assert own in head
    return head.replace(own, imports + MODEL)


@pytest.mark.parametrize(
    ("params", "value"),
    [
        ({"x": 2}, 2.0),
        ({"x": 0.1}, 0.1),
        ({"items": [1, 2.5]}, 3.5 + 1),
        ({"inner": {"a": 4}}, 1.0),
    ],
)
def test_params_are_taken_as_written(
    run_body: RunBody, with_model: str, params: dict[str, Any], value: float
) -> None:
    result = run_body("trial.measure('m', p.x + sum(p.items))", head=with_model, params=params)
    assert result.measurements["m"].value == value


@pytest.mark.parametrize(
    ("params", "refusals"),
    [
        ({"x": "2"}, [(("x",), "`x`: input should be a valid number")]),
        ({"x": True}, [(("x",), "`x`: input should be a valid number")]),
        ({"n": 1.5}, [(("n",), "`n`: input should be a valid integer")]),
        ({"word": "three"}, [(("word",), "`word`: input should be 'one' or 'two'")]),
        ({"items": [1, None]}, [(("items", 1), "`items.1`: input should be a valid number")]),
        ({"y": 1}, [(("y",), "`y` is no param of this falsifier")]),
        ({"inner": {"b": 1}}, [(("inner", "b"), "`inner.b` is no param of this falsifier")]),
        ({"many": {"k": {"b": 1}}}, [(("many", "k", "b"), "`many.k.b` is no param of this falsifier")]),
        ({"checked": 13}, [((), "RuntimeError: validator broke")]),
    ],
)
def test_params_are_refused(
    run_body: RunBody,
    with_model: str,
    params: dict[str, Any],
    refusals: list[tuple[tuple[str | int, ...], str]],
) -> None:
    result = run_body("trial.measure('m', 1)", head=with_model, params=params)
    assert result.failure is Failure.PARAMS
    assert [(item.path, item.message) for item in result.refusals] == refusals
    assert refusals[0][1] in (result.reason or "")


NO_DECORATOR = "falsifier = lambda *_, **__: lambda function: function\n@falsifier"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("import ctypes", "import absent, ctypes", "ModuleNotFoundError: No module named 'absent'"),
        ("def subject()", "1 / 0\ndef subject()", "ZeroDivisionError: division by zero"),
        ("p: P)", "p: int)", "RegistrationError: plug.measure: the second parameter"),
        ("@falsifier", NO_DECORATOR, "importing plug registered no falsifier 'test.one', only none"),
    ],
)
def test_what_cannot_be_imported_is_not_registered(
    run_body: RunBody, head: str, old: str, new: str, reason: str
) -> None:
    result = run_body("pass", head=head.replace(old, new))
    assert result.failure is Failure.REGISTRATION
    assert (result.reason or "").startswith(reason)


def test_an_exit_and_a_memory_error_while_importing(run_body: RunBody, head: str) -> None:
    exiting = head.replace("def subject()", "sys.exit('no')\ndef subject()")
    assert run_body("pass", head=exiting).failure is Failure.EXIT
    greedy = head.replace("def subject()", "kept = bytearray(10**10)\ndef subject()")
    assert run_body("pass", head=greedy).failure is Failure.MEMORY


def test_an_unknown_fault(run_body: RunBody) -> None:
    result = run_body("pass", fault="third")
    assert result.failure is Failure.REGISTRATION
    assert result.reason == "test.one has no planted fault 'third', only 'first', 'second'"


COMPARE = """
from pvengine.plugin import Population, Statistic
def take(tokens): return Statistic(
    value=2.0, population=Population("layer 3", {"tokens": tokens}), aggregation="std", normalisation="n")
"""


@pytest.mark.parametrize(
    "body",
    [
        "trial.compare('r', take(7), take(1))",
        "try:\n    trial.compare('r', take(7), take(1))\nexcept Exception:\n    trial.measure('r', 18.23)",
        "try:\n    trial.compare('r', take(7), take(1))\nexcept Exception:\n    sys.exit(0)",
        "try:\n    trial.compare('r', take(7), take(1))\nexcept Exception:\n    return 1",
    ],
)
def test_unlike_statistics_end_the_trial_also_where_the_exception_is_caught(
    run_body: RunBody, head: str, body: str
) -> None:
    result = run_body(body, head=COMPARE + head)
    assert result.failure is Failure.NOT_COMPARABLE
    assert result.reason == "not comparable: 'r': the population has tokens: 7 against tokens: 1"
    assert result.measurements == {}


def test_like_statistics_are_measured(run_body: RunBody, head: str) -> None:
    result = run_body("trial.compare('r', take(7), take(7))", head=COMPARE + head)
    assert (result.failure, result.measurements["r"].value) == (None, 1.0)
    assert result.measurements["r"].normalisation == "n"
