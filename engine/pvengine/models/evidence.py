"""An evidence record: an in-toto Statement v1 about one judged trial of one falsification test.

Statement: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from pvengine.models.base import ClosedModel, Digest, Items, Name, Text, drop_default
from pvengine.models.contract import DecidedVerdict
from pvengine.models.measurement import Measurement
from pvengine.models.search import SearchReport
from pvengine.models.trial import Environment, Failure, InputFile

__all__ = [
    "PREDICATE_TYPE",
    "STATEMENT_TYPE",
    "BaselineEvidence",
    "ContractState",
    "EvidenceRecord",
    "MutationEvidence",
    "PlantedFaultEvidence",
    "Predicate",
    "ReplacementEvidence",
    "ResourceDescriptor",
]

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:pvengine:evidence:v1"


class ResourceDescriptor(ClosedModel):
    """What the statement is about: a name and the digest of its content."""

    name: str
    digest: dict[Literal["sha256"], Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]]


class ContractState(ClosedModel):
    """The contract as it was before the record was written."""

    id: str
    version: str
    digest: Digest = Field(description="SHA-256 of the bytes of the file")


class PlantedFaultEvidence(ClosedModel):
    """What happened under one planted fault."""

    name: str
    noticed: bool
    reason: str = Field(description="how it was noticed, or why not")
    failure: Failure | None = None
    measurements: dict[str, Measurement]
    search: SearchReport | SkipJsonSchema[None] = Field(
        default=None,
        description="of a search: what was found, with a part of the budget",
        exclude_if=lambda said: said is None,
        json_schema_extra=drop_default,
    )


class BaselineEvidence(ClosedModel):
    """The subject, searched as briefly as a planted fault."""

    measurements: dict[str, Measurement]
    search: SearchReport


class ReplacementEvidence(ClosedModel):
    """What happened with something else in the subject's place."""

    name: Literal["identity", "noise"]
    failure: Failure | None = None
    measurements: dict[str, Measurement]
    search: SearchReport | SkipJsonSchema[None] = Field(
        default=None,
        description="of a search: what was found, with a part of the budget",
        exclude_if=lambda said: said is None,
        json_schema_extra=drop_default,
    )


class MutationEvidence(ClosedModel):
    """How many mutants of its subject the test noticed, for this claim and this code."""

    generated: int
    tried: int
    noticed: int
    unnoticed: int
    same_numbers: int
    invalid: int
    score: float | None = Field(description="noticed / (noticed + unnoticed); null without either")
    minimum: float | None = Field(description="what the project asked for; null where it asked for nothing")
    seed: int


class Predicate(ClosedModel):
    """Everything that a verdict rests on."""

    contract: ContractState
    test: Name
    claim: dict[str, Any] = Field(description="the claim as written in the contract")
    claim_digest: Digest
    falsifier: Name
    source_digest: Digest
    params: dict[str, Any]
    seed: int
    inputs: Items[InputFile] = Field(description="required inputs, with the content that was measured")
    measurements: dict[str, Measurement]
    outcome: Literal["survived", "falsified"]
    verdicts: Items[DecidedVerdict]
    planted_faults: Items[PlantedFaultEvidence]
    replacements: Items[ReplacementEvidence] | SkipJsonSchema[None] = Field(
        default=None,
        description="trials with the subject replaced, where no planted fault told it from something else;"
        " the key is there only where they were run",
        exclude_if=lambda said: said is None,
        json_schema_extra=drop_default,
    )
    search: SearchReport | SkipJsonSchema[None] = Field(
        default=None,
        description="what the search found; the key is there only where the claim asks for one",
        exclude_if=lambda said: said is None,
        json_schema_extra=drop_default,
    )
    baseline: BaselineEvidence | SkipJsonSchema[None] = Field(
        default=None,
        description="the subject searched as briefly as a planted fault, which the faults are compared with;"
        " the key is there only where the claim asks for a search",
        exclude_if=lambda said: said is None,
        json_schema_extra=drop_default,
    )
    arithmetic: Items[str] = Field(description="arithmetic that the measurements name, without repetition")
    environment: Environment
    packages: dict[str, Text | None] | SkipJsonSchema[None] = Field(
        default=None,
        description="versions of the third-party distributions that the code imports;"
        " older records lack the key",
        json_schema_extra=drop_default,
    )
    mutation: MutationEvidence | SkipJsonSchema[None] = Field(
        default=None,
        description="the newest mutation score that was known; the key is there only where one was",
        exclude_if=lambda said: said is None,
        json_schema_extra=drop_default,
    )
    started: str = Field(description="UTC, ISO 8601, to the millisecond")
    duration_s: float = Field(description="seconds of all trials, planted faults included")
    previous: Digest | None = Field(description="digest of the record of this test before this one")


class EvidenceRecord(ClosedModel):
    """The whole file: UTF-8, sorted keys, indent 2, LF, one final newline."""

    type_: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: Items[ResourceDescriptor]
    predicate_type: Literal["urn:pvengine:evidence:v1"] = Field(alias="predicateType")
    predicate: Predicate
