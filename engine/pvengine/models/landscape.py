"""The landscape of a contract, as the published JSON document ``pv/landscape/v1`` has it.

Plain dataclasses, as in the report. A field that ends with an underscore has its key in the metadata.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pvengine.models.document import key
from pvengine.models.report import DiagnosticEntry, MeasurementEntry  # noqa: TC001 - for the schema
from pvengine.models.search_entry import SearchEntry  # noqa: TC001 - for the schema

__all__ = [
    "AttributionEntry",
    "BandEntry",
    "FigureEntry",
    "LandscapeContract",
    "LandscapeHypothesis",
    "LandscapeReport",
    "LandscapeSummary",
    "ProfileEntry",
    "ScopedFigure",
    "SearchedTest",
]


@dataclass(frozen=True, kw_only=True)
class LandscapeContract:
    """The contract."""

    path: str = key("as it was named")
    id: str = key("its id; the stem of the file where it has none")
    version: str | None = key("as it is written; null where there is none")
    digest: str = key("SHA-256 of its bytes")


@dataclass(frozen=True, kw_only=True)
class ScopedFigure:
    """What one test says about a hypothesis in one scope, and the figure that decides."""

    test: str = key("id of the test")
    scope: str | None = key("what the verdict speaks about; null where the decision names none")
    verdict: str | None = key("derived from the newest record; null where there is none")
    counts: bool = key("whether the verdict counts: the test is discharged by current evidence")
    status: str = key("status of the test, as the contract has it")
    standing: str = key("what that status rests on, such as `verified`, `stale`, `new`, `self-declared`")
    blocked: str | None = key("why the test cannot run now")
    metric: str | None = key("the metric that the bands are laid on; null where the test decides nothing")
    figure: MeasurementEntry | None = field(
        metadata={"description": "what the newest record has of it; null where there is none"}
    )
    evidence: str | None = key("digest of that record")


@dataclass(frozen=True, kw_only=True)
class LandscapeHypothesis:
    """A hypothesis, with every test that speaks about it."""

    id: str = key("its id")
    statement: str = key("what is held to be so")
    status: str = key("the word that the contract has; UNTESTED where it has none")
    verdict: str = key("what the verdicts that count come to; CONTESTED where scopes disagree")
    scopes: tuple[ScopedFigure, ...] = key("one entry for each decision, in the order of the text")


@dataclass(frozen=True, kw_only=True)
class FigureEntry:
    """The target or a factor of an attribution."""

    name: str = key("its name, or where it stands: `target`, `factor 1`")
    kind: str = key("what sort of number it is")
    value: int | float | None = key("as typed or measured; null where the test has no measurement")
    unit: str = key("unit of the value; 1 for a pure number")
    number: float | None = key("what is multiplied: the value, per cent as a fraction")
    source: str | None = key("where a typed value comes from")
    test: str | None = key("the test that measures it")
    metric: str | None = key("which of its measurements it is")
    evidence: str | None = key("digest of the record that has it")
    residual: bool = key("whether it is declared to be the rest of a division")
    problem: str | None = key("why there is no number")


@dataclass(frozen=True, kw_only=True)
class AttributionEntry:
    """An attribution: a target, its factors, and what their product comes to."""

    id: str = key("its id")
    note: str | None = key("what the contract says beside it")
    target: FigureEntry = field(metadata={"description": "the figure that is to be explained"})
    factors: tuple[FigureEntry, ...] = key("what is multiplied, in the order of the text")
    product: float | None = key("the product of all factors; null where one has no number")
    ratio: float | None = key("product / target; null where either is missing or the target is 0")
    residual: float | None = key("target / product: what the factors leave to be explained")
    explained: float | None = key("the product of the factors that are not declared a residual")
    stated: float | None = key("the product as the contract states it, per cent as a fraction")
    stated_difference: float | None = key("its distance from the product, relative to the larger")
    findings: tuple[str, ...] = key("codes of what is wrong with it; the findings are in `diagnostics`")


@dataclass(frozen=True, kw_only=True)
class BandEntry:
    """Numbers of the searched metric that give one verdict."""

    hypothesis: str
    verdict: str
    low: int | float | None = key("null where the band has no lower bound")
    high: int | float | None = key("null where the band has no upper bound")


@dataclass(frozen=True, kw_only=True)
class ProfileEntry:
    """The metric on the straight line from one point of the domain to the worst."""

    start: dict[str, Any] = field(metadata={"description": "params at 0; only those that vary"})
    end: dict[str, Any] = field(metadata={"description": "params at 1, the worst point"})
    at: tuple[float, ...] = key("parts of the way, rising")
    values: tuple[int | float | Literal["nan", "inf", "-inf"] | None, ...] = key(
        "the metric there; null outside of the domain"
    )


@dataclass(frozen=True, kw_only=True)
class SearchedTest:
    """A search that is on record."""

    test: str = key("id of the test")
    standing: str = key("what its status rests on")
    evidence: str = key("digest of the record")
    search: SearchEntry = field(metadata={"description": "what was looked for, and what was found"})
    cuts: tuple[float, ...] = key("values of the metric at which a condition or a verdict changes, rising")
    bands: tuple[BandEntry, ...] = key("the verdict bands on the searched metric")
    profile: ProfileEntry | None = field(
        metadata={"description": "what a plot draws; null where no line was measured"}
    )


@dataclass(frozen=True, kw_only=True)
class LandscapeSummary:
    """The denominators."""

    hypotheses: int = key("all; the sum of the next five", default=0)
    confirmed: int = key("CONFIRMED", default=0)
    partially_confirmed: int = key("PARTIALLY_CONFIRMED", default=0)
    falsified: int = key("FALSIFIED", default=0)
    contested: int = key("CONTESTED: scopes disagree", default=0)
    untested: int = key("UNTESTED: no current evidence decides them", default=0)
    scopes: int = key("decisions on them", default=0)
    searches: int = key("searches that are on record", default=0)
    attributions: int = key("attributions that were read", default=0)
    computed: int = key("of these, with a product", default=0)
    clean: int = key("of these, without any finding", default=0)
    unread: int = key("entries of `attributions` that were not read", default=0)


@dataclass(frozen=True, kw_only=True)
class LandscapeReport:
    """The one document that ``pv landscape --format json`` prints."""

    schema_: Literal["pv/landscape/v1"] = key(
        "name and version of this format", alias="schema", default="pv/landscape/v1"
    )
    contract: LandscapeContract = field(metadata={"description": "the contract"})
    hypotheses: tuple[LandscapeHypothesis, ...] = key("in the order of the text", default=())
    attributions: tuple[AttributionEntry, ...] = key("in the order of the text", default=())
    searches: tuple[SearchedTest, ...] = key("in the order of the text", default=())
    summary: LandscapeSummary = field(
        default=LandscapeSummary(), metadata={"description": "the denominators"}
    )
    diagnostics: tuple[DiagnosticEntry, ...] = key(
        "what is wrong with the contract, its evidence and its attributions", default=()
    )
    exit_code: int = key("what the command exited with", default=0)
