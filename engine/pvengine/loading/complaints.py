"""Say in the words of the contract what a model refused, and what was probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pvengine.models.claim import Band, Condition, Decision, Limits, Reproduce, Requirement
from pvengine.models.contract import Amendment, AmendmentTest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

__all__ = ["explain_refusal", "find_nearest", "list_keys", "list_keys_at", "shorten"]

_WIDTH = 60
"""Longest piece of a value that a message shows, in characters."""

_WANTED = {
    "tuple_type": "a list is wanted",
    "list_type": "a list is wanted",
    "dict_type": "a mapping is wanted",
    "model_type": "a mapping is wanted",
    "string_type": "text is wanted",
    "int_type": "an integer is wanted",
    "bool_type": "true or false is wanted",
    "string_too_short": "it must not be empty",
    "too_short": "the list must not be empty",
}
"""What Pydantic says in terms of Python, said in terms of YAML."""

_CLOSED: dict[str, type[BaseModel]] = {
    "accept": Condition,
    "decides": Decision,
    "CONFIRMED": Band,
    "PARTIALLY_CONFIRMED": Band,
    "FALSIFIED": Band,
    "limits": Limits,
    "requires": Requirement,
    "reproduce": Reproduce,
    "amendments": Amendment,
    "tests": AmendmentTest,
}
"""The closed models of a contract, by the key under which they stand."""


def list_keys(model: type[BaseModel]) -> list[str]:
    """List the keys of a model as they are written in a file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def list_keys_at(path: tuple[str | int, ...]) -> list[str]:
    """List the keys that a closed mapping at a path may have; empty where the path leads to none."""
    owner = next((element for element in reversed(path) if isinstance(element, str)), "")
    return list_keys(_CLOSED[owner]) if owner in _CLOSED else []


def find_nearest(key: str, known: Iterable[str], cutoff: float = 0.75) -> str | None:
    """Find the known key that a person most likely meant; None where none is near.

    Examples
    --------
    >>> find_nearest("acept", ["accept", "decides"]), find_nearest("owner", ["accept", "decides"])
    ('accept', None)
    """
    return next(iter(get_close_matches(key, list(known), n=1, cutoff=cutoff)), None)


def explain_refusal(detail: ErrorDetails) -> str:
    """Explain one complaint of Pydantic: what is wanted, and what stands there."""
    message = detail["msg"].removeprefix("Value error, ")
    text = _WANTED.get(detail["type"], message[:1].lower() + message[1:])
    value = detail["input"]
    return text if isinstance(value, dict | list) else f"{text}, got {shorten(value)}"


def shorten(value: Any) -> str:
    """Return the text of a value on one line, with an ellipsis where it is long."""
    shown = repr(value[: _WIDTH + 1] if isinstance(value, str) else value)
    return shown if len(shown) <= _WIDTH else f"{shown[: _WIDTH - 3]}..."
