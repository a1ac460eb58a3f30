"""Attributions: how a figure is said to be a product of others, each with the kind of number that it is.

Only numbers of one quantity multiply. An error may be multiplied by ratios of such errors, and a count by
anything; an error times a ratio of standard deviations is a number that measures nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from pvengine.models.base import ClosedModel, FiniteNumber, Items, Name, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["KINDS", "Attribution", "Factor", "Figure", "FigureKind", "KindMeaning", "Target", "explain_clash"]

FigureKind = Literal[
    "scalar relative error",
    "ratio of scalar relative errors",
    "normwise relative error",
    "ratio of normwise relative errors",
    "relative difference of standard deviations",
    "ratio of standard deviations",
    "ratio",
    "count",
]
"""What sort of number a figure is."""


@dataclass(frozen=True, slots=True)
class KindMeaning:
    """What a kind says: the quantity that it speaks about, and whether it is one or a ratio of two."""

    text: str
    quantity: str | None
    is_level: bool = False


KINDS: dict[str, KindMeaning] = {
    "scalar relative error": KindMeaning(
        "|a - b| / |b| of two numbers", "a scalar relative error", is_level=True
    ),
    "ratio of scalar relative errors": KindMeaning(
        "one scalar relative error over another", "a scalar relative error"
    ),
    "normwise relative error": KindMeaning(
        "||a - b|| / ||b|| of two arrays, in one norm", "a normwise relative error", is_level=True
    ),
    "ratio of normwise relative errors": KindMeaning(
        "one normwise relative error over another, in the same norm", "a normwise relative error"
    ),
    "relative difference of standard deviations": KindMeaning(
        "a ratio of two standard deviations, less 1",
        "a relative difference of standard deviations",
        is_level=True,
    ),
    "ratio of standard deviations": KindMeaning(
        "one standard deviation over another, of the same population", "a ratio of standard deviations"
    ),
    "ratio": KindMeaning("one number over another, of any other or of mixed sort", "another ratio"),
    "count": KindMeaning("how many: a whole number, which multiplies any quantity", None),
}
"""The meaning of each kind."""


def _check_double(value: float) -> float:
    try:
        float(value)
    except OverflowError:
        msg = "a number that a double can hold is wanted"
        raise ValueError(msg) from None
    return value


Double = Annotated[FiniteNumber, AfterValidator(_check_double)]
"""A finite number that is not beyond every double."""


class Figure(ClosedModel):
    """A number with its kind: typed, with its source, or taken from the evidence of a test."""

    kind: FigureKind = Field(description="what sort of number it is; only one sort is multiplied")
    value: Double | None = Field(default=None, description="the number, where no test measures it")
    unit: Text | None = Field(
        default=None, description="unit of the typed number; `%` is a hundredth, others are shown"
    )
    source: Text | None = Field(default=None, description="where the typed number comes from")
    test: Name | None = Field(default=None, description="the test whose newest record has the number")
    metric: Name | None = Field(default=None, description="which of its measurements it is")

    @model_validator(mode="after")
    def _have_an_origin(self) -> Figure:
        if (self.test is None) != (self.metric is None):
            msg = "`test` and `metric` stand together"
            raise ValueError(msg)
        if self.test is None and self.value is None:
            msg = "a figure has a `value` with its `source`, or a `test` with a `metric`"
            raise ValueError(msg)
        if self.unit is not None and self.value is None:
            msg = "`unit` is that of a typed `value`; a measurement has its own"
            raise ValueError(msg)
        return self


class Target(Figure):
    """The figure that is to be explained."""

    @model_validator(mode="after")
    def _say_a_source(self) -> Target:
        if self.test is None and self.source is None:
            msg = "a typed `value` says its `source`"
            raise ValueError(msg)
        return self


class Factor(Figure):
    """One factor of the product."""

    name: Text | None = Field(default=None, description="what it is called in tables")
    residual: bool = Field(
        default=False, description="true where it was obtained by dividing the target by the other factors"
    )

    @model_validator(mode="after")
    def _have_one_origin(self) -> Factor:
        if self.test is not None and self.value is not None:
            msg = "a factor is typed or measured: give `value` or `test`, not both"
            raise ValueError(msg)
        if self.value is not None and self.source is None and not self.residual:
            msg = "a typed `value` says its `source`, or that it is a `residual`"
            raise ValueError(msg)
        if self.residual and self.test is not None:
            msg = "what a test measures was not obtained by dividing: `residual` is for a typed `value`"
            raise ValueError(msg)
        return self

    @property
    def label(self) -> str | None:
        """What the factor is called: its name, else the test and metric that it is measured by."""
        return self.name or (f"{self.test} {self.metric}" if self.test else None)


class Attribution(ClosedModel):
    """A figure that is said to be the product of others."""

    id: Name = Field(description="name of the attribution; once in a contract")
    target: Target = Field(description="the figure that is to be explained")
    factors: Annotated[Items[Factor], Field(min_length=1)] = Field(description="what is multiplied")
    stated: Double | None = Field(
        default=None, description="the product as prose has it, in the unit of the target; compared, not used"
    )
    note: Text | None = Field(default=None, description="what a reader should know")


def explain_clash(target: str, factors: Iterable[tuple[str, str]]) -> str | None:
    """Say why the kinds of named factors cannot be multiplied to a target of a kind; None where they can.

    Examples
    --------
    >>> explain_clash("scalar relative error", [("drift", "scalar relative error"), ("layers", "count")])
    >>> explain_clash("count", [("a", "ratio"), ("b", "count")])
    'they are of 2 kinds: another ratio (a), a count (the target)'
    >>> explain_clash("scalar relative error", [(each, "scalar relative error") for each in "ab"])
    'they multiply 2 errors (a, b), and the target is one'
    """
    named = [*factors]
    quantities: dict[str, list[str]] = {}
    for name, kind in named:
        quantity = KINDS[kind].quantity
        if quantity is not None:
            quantities.setdefault(quantity, []).append(name)
    if quantities or target != "count":
        quantities.setdefault(KINDS[target].quantity or "a count", []).append("the target")
    if len(quantities) > 1:
        listed = ", ".join(f"{quantity} ({', '.join(names)})" for quantity, names in quantities.items())
        return f"they are of {len(quantities)} kinds: {listed}"
    levels = [name for name, kind in named if KINDS[kind].is_level]
    if len(levels) == int(KINDS[target].is_level):
        return None
    wanted = "one" if KINDS[target].is_level else "none"
    if not levels:
        return f"none of them is an error, and the target is {wanted}"
    count = "an error" if len(levels) == 1 else f"{len(levels)} errors"
    return f"they multiply {count} ({', '.join(levels)}), and the target is {wanted}"
