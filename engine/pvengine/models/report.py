"""The report of a command, as the published JSON document ``pv/report/v1`` has it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pvengine.models.base import ClosedModel
from pvengine.models.measurement import Measurement

__all__ = [
    "DiagnosticEntry",
    "HypothesisEntry",
    "MilestoneEntry",
    "PlantedFaultEntry",
    "Report",
    "Summary",
    "TestEntry",
    "TransitionEntry",
    "TrialEntry",
    "VersionEntry",
]


class VersionEntry(ClosedModel):
    """The contract's version before and after the command."""

    from_: str | None = Field(alias="from")
    to: str | None


class TransitionEntry(ClosedModel):
    """One status or verdict that moved."""

    id: str
    kind: Literal["test", "hypothesis", "step", "stage"]
    from_: str = Field(alias="from", description="the word that stood there; NEW where none did")
    to: str
    verdict: str | None = None
    grounded: bool | None = Field(
        default=None, description="true where a self-declared status became grounded"
    )


class PlantedFaultEntry(ClosedModel):
    """Whether a planted fault was noticed."""

    name: str
    noticed: bool
    reason: str


class TrialEntry(ClosedModel):
    """What happened to one selected test; all keys are there also where it did not run."""

    id: str
    state: Literal["run", "blocked", "up to date", "unbound"]
    outcome: Literal["survived", "falsified", "inconclusive"] | None
    reason: str | None
    verdict: str | None
    falsifier: str | None
    measurements: dict[str, Measurement]
    planted_faults: tuple[PlantedFaultEntry, ...]
    detail: str | None = Field(description="traceback of the plug-in, where there is one")
    evidence: str | None = Field(description="digest of the record that was made")
    duration_s: float | None


class Summary(ClosedModel):
    """The denominators: what was declared, and how much of it rests on what."""

    declared: int = Field(default=0, description="tests in the contract")
    bound: int = Field(default=0, description="tests that name a falsifier")
    run: int = Field(default=0, description="tests that this command measured")
    discharged: int = Field(default=0, description="DISCHARGED by evidence that is current")
    falsified: int = Field(default=0, description="FALSIFIED by evidence that is current")
    inconclusive: int = Field(default=0, description="tests whose trial in this run decided nothing")
    stale: int = Field(default=0, description="tests whose evidence speaks of another claim or code")
    blocked: int = Field(default=0, description="tests that cannot run now")
    self_declared: int = Field(default=0, description="tests whose status no evidence grounds")

    def __add__(self, other: Summary) -> Summary:
        """Add the counts of another contract."""
        mine, theirs = self.model_dump(), other.model_dump()
        return Summary(**{name: mine[name] + theirs[name] for name in mine})


class DiagnosticEntry(ClosedModel):
    """One finding; line and column count from 1 and are null for a whole file."""

    path: str
    line: int | None
    column: int | None
    code: str
    severity: Literal["error", "warning", "note"]
    message: str
    why: str | None = None
    fix: str | None = None
    end_line: int | None = None
    end_column: int | None = None
    snippet: str | None = Field(default=None, description="the line of the finding")


class TestEntry(ClosedModel):
    """Where one test of a contract stands."""

    __test__ = False  # not a test class, whatever its name says to pytest

    id: str
    status: str
    standing: str
    reasons: tuple[str, ...]
    verdict: str | None
    falsifier: str | None
    evidence: str | None
    blocked: str | None = Field(description="why the test cannot run now")


class ScopedVerdictEntry(ClosedModel):
    """What one test says about a hypothesis in one scope."""

    test: str
    scope: str | None
    verdict: str
    counts: bool


class HypothesisEntry(ClosedModel):
    """A hypothesis with its verdict in every scope."""

    id: str
    statement: str
    status: str
    derived: str
    verdicts: tuple[ScopedVerdictEntry, ...]


class MilestoneEntry(ClosedModel):
    """A step or a stage, with the status that evidence gives it."""

    id: str
    kind: Literal["step", "stage"]
    title: str | None
    status: str
    derived: str | None


class ContractEntry(ClosedModel):
    """One contract in a report on several."""

    path: str
    id: str | None
    version: str | None
    summary: Summary
    tests: tuple[TestEntry, ...] = ()
    hypotheses: tuple[HypothesisEntry, ...] = ()
    milestones: tuple[MilestoneEntry, ...] = ()


class Report(ClosedModel):
    """The one document that a command prints with ``--format json``."""

    schema_: Literal["pv/report/v1"] = Field(default="pv/report/v1", alias="schema")
    command: str
    contract: str | None = None
    version: VersionEntry = VersionEntry(**{"from": None, "to": None})
    transitions: tuple[TransitionEntry, ...] = ()
    trials: tuple[TrialEntry, ...] = ()
    contracts: tuple[ContractEntry, ...] = ()
    summary: Summary = Summary()
    diagnostics: tuple[DiagnosticEntry, ...] = ()
    diff: str = ""
    written: bool = Field(default=False, description="whether a file was changed")
    exit_code: int = 0
