"""A falsifier is registered when it fits the interface, and refused with the reason when not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.plugin import Params, RegistrationError, Trial, falsifier, iter_registered
from pvengine.plugin.registration import registering_aside

if TYPE_CHECKING:
    from collections.abc import Callable


class P(Params):
    x: int = 0


def subject() -> None:
    pass


def broken() -> None:
    pass


def measure(trial: Trial, p: P) -> None:
    """Measure
    one thing.

    At length.
    """


def register(
    function: Callable[..., Any] = measure,
    name: Any = "a.b",
    tested: Any = subject,
    faults: Any = None,
) -> Callable[..., Any]:
    return falsifier(name, subject=tested, planted_faults={"f": broken} if faults is None else faults)(
        function
    )


def test_the_function_is_returned_unchanged_and_registered() -> None:
    assert register() is measure
    register(name="a")
    first, second = iter_registered()
    assert (first.name, second.name) == ("a", "a.b")
    assert second.params_model is P
    assert second.subject is subject
    assert second.planted_faults == {"f": broken}
    assert second.summary == "Measure one thing."


@pytest.mark.parametrize("name", ["", "A", "a b", "a..b", ".a", "a-", "-a", "a_b", "1a", None, 1])
def test_bad_names_are_refused(name: Any) -> None:
    with pytest.raises(RegistrationError, match="is no name"):
        register(name=name)


@pytest.mark.parametrize("name", ["a", "a-b", "a.1", "softmax.drift-amplification", "q4-k.x"])
def test_good_names(name: str) -> None:
    register(name=name)


def test_a_name_is_taken_once() -> None:
    register()
    with pytest.raises(RegistrationError, match="defined twice"):
        register()


@pytest.mark.parametrize("faults", [{}, {"": broken}, {"  ": broken}, {1: broken}, {"f": 3}, {"f": subject}])
def test_planted_faults_are_named_callables_other_than_the_subject(faults: Any) -> None:
    with pytest.raises(RegistrationError, match="planted fault"):
        register(faults=faults)


def test_a_subject_is_called() -> None:
    with pytest.raises(RegistrationError, match="subject"):
        register(tested=3)


def no_doc(trial: Trial, p: P) -> None:
    pass


def one(trial: Trial) -> None:
    """Doc."""


def keyword(trial: Trial, *, p: P) -> None:
    """Doc."""


def untyped(trial, p: P) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - what is refused
    """Doc."""


def no_model(trial: Trial, p: int) -> None:
    """Doc."""


def unknown(trial: Trial, p: Missing) -> None:  # type: ignore[name-defined]  # noqa: F821 - what is refused
    """Doc."""


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (no_doc, "no docstring"),
        (one, "takes 1 parameters"),
        (keyword, "takes 2 parameters"),
        (untyped, "not annotated with Trial"),
        (no_model, "is annotated with <class 'int'>"),
        (unknown, "cannot be read"),
    ],
)
def test_signatures_that_do_not_fit(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(RegistrationError, match=message):
        register(function)


def test_a_name_can_be_registered_once_more_aside() -> None:
    register()
    with registering_aside() as aside:
        assert list(iter_registered()) == []
        register(faults={"other": lambda: None})
        assert set(aside) == {"a.b"}
        assert set(aside["a.b"].planted_faults) == {"other"}
    (kept,) = iter_registered()
    assert set(kept.planted_faults) != {"other"}
