"""Base classes and field types of the models: frozen, strict, and clear about unknown keys."""

from __future__ import annotations

import math
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    WithJsonSchema,
)

__all__ = [
    "ClosedModel",
    "Digest",
    "FiniteNumber",
    "Items",
    "Name",
    "OneOrMany",
    "OpenModel",
    "Text",
    "drop_default",
]

T = TypeVar("T")


class OpenModel(BaseModel):
    """A model of what people write: unknown keys are kept, and the loader reports them."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, defer_build=True)

    @property
    def unknown_keys(self) -> tuple[str, ...]:
        """Keys that the model does not know, in the order of the text."""
        return tuple(self.model_extra or ())


class ClosedModel(BaseModel):
    """A model in which a key that is not known is an error, because a claim or evidence hangs on it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def drop_default(schema: dict[str, Any]) -> None:
    """Leave the default of a key that is absent rather than null out of its JSON Schema."""
    del schema["default"]


def _check_number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = "a number is wanted"
        raise ValueError(msg)  # noqa: TRY004 - Pydantic turns a ValueError into a finding
    if isinstance(value, float) and not math.isfinite(value):
        msg = "a finite number is wanted"
        raise ValueError(msg)
    return value


def _name_shape(value: Any) -> str:
    return "many" if isinstance(value, list | tuple) else "one"


FiniteNumber = Annotated[
    int | float,
    PlainValidator(_check_number),
    WithJsonSchema({"type": "number", "description": "a finite number"}),
]
"""An int or a finite float, kept as it was written; booleans and text are refused."""

Text = Annotated[str, StringConstraints(min_length=1)]
"""Text that is not empty."""

Name = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(.*\S)?$")]
"""An id: not empty, on one line, without white space at its ends."""

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
"""A SHA-256 digest as ``sha256:`` and 64 lower-case hexadecimal digits."""

Items = Annotated[tuple[T, ...], Field(strict=False)]
"""A YAML or JSON list, kept as a tuple."""

OneOrMany = Annotated[
    Annotated[T, Tag("one")] | Annotated[Annotated[tuple[T, ...], Field(strict=False)], Tag("many")],
    Discriminator(_name_shape),
]
"""A value or a list of such values; the error of one shape never hides behind the other."""
