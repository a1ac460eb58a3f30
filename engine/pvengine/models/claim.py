"""The judging part of a falsification test: conditions, verdict bands and what the test requires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints, model_validator

from pvengine.models.base import ClosedModel, FiniteNumber, Items, Name, OneOrMany
from pvengine.models.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Band", "Condition", "Decision", "Limits", "Reproduce", "Requirement"]

_COMPARATORS = ("lt", "le", "gt", "ge", "eq", "ne", "in", "bits")


def _refuse_nothing(model: ClosedModel) -> None:
    """Refuse a key that stands there without a value: it would drop a bound that someone meant to set."""
    for name, field in type(model).model_fields.items():
        if name in model.model_fields_set and getattr(model, name) is None:
            msg = f"`{field.alias or name}` has no value"
            raise ValueError(msg)


class Condition(ClosedModel):
    """An accept condition: a metric and what its number must be; all comparators must hold."""

    metric: Name
    lt: FiniteNumber | None = None
    le: FiniteNumber | None = None
    gt: FiniteNumber | None = None
    ge: FiniteNumber | None = None
    eq: FiniteNumber | None = None
    ne: FiniteNumber | None = None
    in_: Annotated[Items[FiniteNumber], Field(min_length=1)] | None = Field(default=None, alias="in")
    bits: Annotated[str, StringConstraints(pattern=r"^(0[xX])?([0-9a-fA-F]{8}|[0-9a-fA-F]{16})$")] | None = (
        Field(default=None, description="bit pattern of a float32 (8 digits) or a float64 (16), in quotes")
    )

    @model_validator(mode="after")
    def _compare_something(self) -> Condition:
        _refuse_nothing(self)
        if not self.comparators:
            msg = f"a condition compares: give one of {', '.join(_COMPARATORS)}"
            raise ValueError(msg)
        return self

    @property
    def comparators(self) -> dict[str, int | float | str | tuple[int | float, ...]]:
        """Comparator to operand, for those that the condition has, in a fixed order."""
        operands = (self.lt, self.le, self.gt, self.ge, self.eq, self.ne, self.in_, self.bits)
        return {
            name: operand for name, operand in zip(_COMPARATORS, operands, strict=True) if operand is not None
        }


class Band(ClosedModel):
    """One interval of the real line; a missing bound is infinite."""

    lt: FiniteNumber | None = None
    le: FiniteNumber | None = None
    gt: FiniteNumber | None = None
    ge: FiniteNumber | None = None

    @model_validator(mode="after")
    def _bound_something(self) -> Band:
        _refuse_nothing(self)
        if self.lt is None and self.le is None and self.gt is None and self.ge is None:
            msg = "a band has a bound: give one of lt, le, gt, ge"
            raise ValueError(msg)
        if (self.lt is not None and self.le is not None) or (self.gt is not None and self.ge is not None):
            msg = "a band has at most one upper bound (lt or le) and one lower bound (gt or ge)"
            raise ValueError(msg)
        return self


class Decision(ClosedModel):
    """Verdict bands on one metric, for one hypothesis, in one scope."""

    metric: Name
    scope: str | None = Field(default=None, description="what the verdict speaks about")
    hypothesis: Name | None = Field(default=None, description="needed where the test has several hypotheses")
    CONFIRMED: OneOrMany[Band] | None = None
    PARTIALLY_CONFIRMED: OneOrMany[Band] | None = None
    FALSIFIED: OneOrMany[Band] | None = None

    def iter_bands(self) -> Iterator[tuple[Verdict, tuple[str | int, ...], Band]]:
        """Iterate over verdict, path inside the decision, and band."""
        for verdict in (Verdict.CONFIRMED, Verdict.PARTIALLY_CONFIRMED, Verdict.FALSIFIED):
            bands = getattr(self, verdict.value)
            if isinstance(bands, Band):
                yield verdict, (verdict.value,), bands
            elif bands is not None:
                for index, band in enumerate(bands):
                    yield verdict, (verdict.value, index), band


class Limits(ClosedModel):
    """How long and how large one trial may be."""

    seconds: Annotated[FiniteNumber, Field(gt=0)] | None = Field(default=None, description="wall clock")
    mebibytes: Annotated[int, Field(ge=64)] | None = Field(default=None, description="address space")


class Requirement(ClosedModel):
    """An input that must be at hand before the test can run."""

    model: Name
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class Reproduce(ClosedModel):
    """How close a repeated measurement must come."""

    relative: Annotated[FiniteNumber, Field(ge=0)]
