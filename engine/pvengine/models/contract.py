"""The contract: metadata, hypotheses, falsification tests, stages and amendments.

Blocks that other tools own (equations, proof obligations, harnesses) are known by name and kept as data.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SkipValidation

from pvengine.models.attribution import Attribution
from pvengine.models.base import ClosedModel, Digest, Items, Name, OneOrMany, OpenModel, Text
from pvengine.models.claim import Condition, Decision, Limits, Reproduce, Requirement
from pvengine.models.search import Search

__all__ = [
    "Amendment",
    "AmendmentTest",
    "Contract",
    "DecidedVerdict",
    "FalsificationTest",
    "Hypothesis",
    "Metadata",
    "Stage",
    "Step",
]

BandVerdict = Literal["CONFIRMED", "PARTIALLY_CONFIRMED", "FALSIFIED"]


class Metadata(OpenModel):
    """Who the contract is: its id, its version and what it rests on."""

    id: Name | None = None
    version: Any = Field(default=None, description="engine: MAJOR.MINOR.PATCH")
    title: Any = None
    description: str | None = None
    references: Items[Any] | None = None
    depends_on: Items[str] | None = Field(default=None, description="'stem' or 'stem vX.Y.Z (comment)'")
    kind: str | None = None
    status: str | None = None
    author: str | None = None
    created: str | None = None
    updated: str | None = None
    last_modified: str | None = None
    tags: Any = None
    registry: Any = None
    binds_to: Any = None


class Hypothesis(OpenModel):
    """A statement that tests decide."""

    id: Name
    statement: Text
    status: str | None = Field(default=None, description="engine: the verdict of its grounded tests")


class DecidedVerdict(ClosedModel):
    """One verdict of a test that decides several."""

    hypothesis: Name
    scope: str | None = None
    verdict: BandVerdict


class FalsificationTest(OpenModel):
    """A claim, the falsifier that measures it, and how the contract judges what was measured."""

    id: Name
    rule: str | None = None
    name: str | None = None
    description: str | None = None
    prediction: str | None = None
    hypothesis: OneOrMany[Name] | None = None
    falsifier: Name | None = None
    params: dict[str, Any] | None = None
    accept: Items[Condition] | None = None
    decides: OneOrMany[Decision] | None = None
    depends_on: Items[Name] | None = Field(default=None, description="tests that must be grounded before")
    requires: Items[Requirement] | None = None
    limits: Limits | None = None
    reproduce: Reproduce | None = None
    search: Search | None = None
    test: Any = Field(default=None, description="how another tool runs it; kept, not run")
    test_harness: Any = None
    if_fails: str | None = None
    severity: Any = None
    status: str | None = Field(default=None, description="engine; absent means NEW")
    verdict: str | None = Field(default=None, description="engine")
    evidence: Any = Field(default=None, description="engine: digest of the newest record")

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """Ids of the hypotheses that the test speaks about."""
        if self.hypothesis is None:
            return ()
        return (self.hypothesis,) if isinstance(self.hypothesis, str) else self.hypothesis

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Accept conditions; empty where there are none."""
        return self.accept or ()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Entries of `decides`, also where it is written as one mapping."""
        if self.decides is None:
            return ()
        return (self.decides,) if isinstance(self.decides, Decision) else self.decides

    def hypothesis_of(self, decision: Decision) -> str | None:
        """Return the hypothesis that a decision speaks about; None where it cannot be told."""
        if decision.hypothesis is not None:
            return decision.hypothesis
        return self.hypotheses[0] if len(self.hypotheses) == 1 else None

    @property
    def is_bound(self) -> bool:
        """Whether the test names a falsifier."""
        return self.falsifier is not None


class Step(OpenModel):
    """A milestone inside a stage."""

    id: Name
    title: str | None = None
    description: str | None = None
    needs: Items[Name] | None = None
    expected_acceptance: Items[str] | None = None
    status: str | None = Field(default=None, description="engine")


class Stage(OpenModel):
    """A milestone of the work that the contract describes."""

    id: Name
    title: str | None = None
    description: str | None = None
    needs: Items[Name] | None = None
    expected_acceptance: Items[str] | None = Field(default=None, description="'id' or 'id (comment)'")
    steps: Items[Step] | None = None
    status: str | None = Field(default=None, description="engine")
    evidence: Any = None
    blockers: Any = None


class AmendmentTest(ClosedModel):
    """What one amendment did to one test."""

    id: Name
    from_: str = Field(alias="from", description="the word that stood there")
    to: str
    verdict: str | None = None
    head: Digest | None = Field(default=None, description="digest of the newest record of the test")
    count: int = Field(ge=0, description="how many records the test has")
    grounded: bool | None = Field(
        default=None, description="true where a self-declared status became grounded"
    )


class Amendment(ClosedModel):
    """One entry of the contract's history, chained to the one before it."""

    version: str
    date: str
    kind: Literal["discharge", "edit", "reopen", "merge"]
    reason: str | None = None
    tests: Items[AmendmentTest] = ()
    previous: Digest | None = Field(description="SHA-256 of the RFC 8785 form of the entry before")


class Contract(OpenModel):
    """A versioned contract, as its file says it."""

    metadata: Metadata
    hypotheses: Items[Hypothesis] | None = None
    falsification_tests: Items[FalsificationTest] | None = None
    implementation_stages: Items[Stage] | None = None
    amendments: Items[Amendment] | None = Field(default=None, description="engine")
    attributions: SkipValidation[list[Attribution] | Any] = Field(
        default=None, description="figures that are said to be products of others; `pv landscape` checks them"
    )
    version: Any = Field(default=None, description="kept equal to metadata.version")
    status: Any = None
    equations: Any = None
    proof_obligations: Any = None
    kernel_structure: Any = None
    simd_dispatch: Any = None
    enforcement: Any = None
    kani_harnesses: Any = None
    qa_gate: Any = None
    verification_summary: Any = None
    falsification: Any = None
    falsification_conditions: Any = None
    obligations: Any = None

    @property
    def tests(self) -> tuple[FalsificationTest, ...]:
        """Falsification tests in the order of the text."""
        return self.falsification_tests or ()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Stages in the order of the text."""
        return self.implementation_stages or ()
