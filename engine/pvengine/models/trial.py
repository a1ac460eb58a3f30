"""What a worker process gives back: one trial, and all trials of one falsification test."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from pvengine.models.base import ClosedModel, Digest, Name
from pvengine.models.measurement import Measurement
from pvengine.models.search import SearchReport

__all__ = ["Environment", "Failure", "InputFile", "ParamsRefusal", "TestRun", "TrialResult"]


class Failure(StrEnum):
    """Why a trial measured nothing that can be judged."""

    TIMEOUT = "time-out"
    MEMORY = "memory limit"
    EXCEPTION = "exception"
    SIGNAL = "killed by a signal"
    EXIT = "exited early"
    REPLY = "wrong reply"
    REGISTRATION = "not registered"
    PARAMS = "params refused"
    INTERRUPTED = "interrupted"
    NOT_COMPARABLE = "not comparable"
    SEARCH = "search failed"
    UNAVAILABLE = "not installed"


class Environment(ClosedModel):
    """Where a trial ran; recorded with the evidence, never part of the claim."""

    pvengine: str
    python: str
    implementation: str
    platform: str
    machine: str
    numpy: str
    blas: str
    cpu_features: tuple[str, ...]
    threads: int = Field(description="BLAS threads")


class InputFile(ClosedModel):
    """A required input as it was at hand: the model's name and the SHA-256 of its file."""

    model: Name = Field(description="the name under `requires`")
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="SHA-256 of the file that was measured"
    )


class ParamsRefusal(ClosedModel):
    """One complaint of a falsifier's parameter model, at a path inside `params`, as a sentence."""

    path: tuple[str | int, ...]
    message: str
    at_key: bool = Field(default=False, description="whether the key is at fault, not its value")


class TrialResult(ClosedModel):
    """One run of a falsifier against its subject (``fault`` is None) or against one planted fault."""

    fault: str | None
    failure: Failure | None = None
    reason: str | None = Field(default=None, description="the failure in one line")
    detail: str | None = Field(default=None, description="traceback of the plug-in, where there is one")
    refusals: tuple[ParamsRefusal, ...] = ()
    measurements: dict[str, Measurement] = Field(default_factory=dict)
    search: SearchReport | None = Field(
        default=None, description="what a search found; the measurements are those at its worst point"
    )
    duration_s: float = 0.0
    environment: Environment | None = None

    @property
    def is_measured(self) -> bool:
        """Whether the trial ran to its end."""
        return self.failure is None


class TestRun(ClosedModel):
    """All trials of one falsification test: every planted fault first, then the subject."""

    __test__ = False  # not a test class, whatever its name says to pytest

    falsifier: str
    source_digest: Digest
    params: dict[str, Any]
    seed: int
    inputs: tuple[InputFile, ...] = ()
    faults: tuple[TrialResult, ...]
    subject: TrialResult | None = Field(description="null where only the planted faults were run")
    baseline: TrialResult | None = Field(
        default=None,
        description="of a search: the subject, looked at as briefly as a planted fault, to compare them with",
    )
    replacements: tuple[TrialResult, ...] = Field(
        default=(),
        description="trials with identity and with noise in the subject's place, where they were run",
    )

    @property
    def reference(self) -> TrialResult | None:
        """What a planted fault is compared with: the subject, after an equally long search."""
        return self.baseline or self.subject
