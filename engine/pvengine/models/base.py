"""Base classes of the models: frozen, and strict about unknown keys or keeping them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

__all__ = ["ClosedModel", "Digest", "FiniteNumber", "Name", "OpenModel", "Text"]


class OpenModel(BaseModel):
    """A model of what people write: unknown keys are kept, and the loader reports them."""

    model_config = ConfigDict(
        frozen=True, extra="allow", strict=True, validate_by_name=True, validate_by_alias=True
    )

    @property
    def unknown_keys(self) -> tuple[str, ...]:
        """Keys that the model does not know, in the order of the text."""
        return tuple(self.model_extra or ())


class ClosedModel(BaseModel):
    """A model of what the engine writes: an unknown key is an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, validate_by_name=True, validate_by_alias=True
    )


def _refuse_bool(value: Any) -> Any:
    if isinstance(value, bool):
        msg = "true and false are no numbers here"
        raise ValueError(msg)  # noqa: TRY004 - Pydantic turns a ValueError into a finding
    return value


FiniteNumber = Annotated[
    Annotated[int, AfterValidator(_refuse_bool)] | Annotated[float, Field(allow_inf_nan=False)],
    Field(description="a finite number"),
]
"""An int or a finite float; booleans and text are refused."""

Text = Annotated[str, StringConstraints(min_length=1)]
"""Text that is not empty."""

Name = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(.*\S)?$")]
"""An id: not empty, on one line, without white space at its ends."""

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
"""A SHA-256 digest as ``sha256:`` and 64 lower-case hexadecimal digits."""
