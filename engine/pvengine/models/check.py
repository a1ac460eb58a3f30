"""The report of ``pv check``, as the published JSON document ``pv/check/v1`` has it.

It has every key of the report of the other commands, and what a change did beside them. Plain dataclasses, as
there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pvengine.models.comparison import ChangeEntry, VersionJudgement  # noqa: TC001 - the schema is made of it
from pvengine.models.document import key
from pvengine.models.report import MeasurementEntry, Report, TransitionEntry

__all__ = [
    "AffectedTest",
    "ChangedContract",
    "CheckBase",
    "CheckCounts",
    "CheckReport",
    "CheckedTest",
    "Concern",
    "ConcernWord",
    "ContractState",
]

ContractState = Literal["added", "changed", "renamed", "deleted", "affected"]
"""What a change did to a contract; ``affected``: its file is as it was, and what it rests on is not."""

ConcernWord = Literal["unbound", "unrun", "stale", "blocked", "toothless", "self-declared"]
"""What can be missing behind a test."""


@dataclass(frozen=True, kw_only=True)
class CheckBase:
    """What the change is compared with."""

    ref: str = key("as it was named, or found")
    commit: str = key("the commit, or the tree, that it is now")
    fork: str = key("the newest commit that the change and the base have in common")


@dataclass(frozen=True, kw_only=True)
class ChangedContract:
    """One contract that the change touched: by its own file, or by what it rests on."""

    path: str = key("path of the contract; of one that is gone, where it was")
    id: str = key("id of the contract; the stem of the file where it has none")
    state: ContractState = field(metadata={"description": "what the change did to it"})
    path_before: str | None = key("path in the base, where it is another one")
    version: VersionJudgement | None = field(
        metadata={"description": "the version before and after; null for one that is new, gone or as it was"}
    )
    changes: tuple[ChangeEntry, ...] = key("every change of every field, as `pv diff` has it", default=())
    transitions: tuple[TransitionEntry, ...] = key("the statuses and verdicts that are others", default=())


@dataclass(frozen=True, kw_only=True)
class CheckedTest:
    """One test that the change touched, with what was measured last."""

    contract: str = key("path of the contract")
    id: str = key("the test")
    rule: str | None = key("what it claims")
    new: bool = key("true where the base has no such test")
    status: str = key("the status that stands there")
    standing: str = key("what the status rests on, as in `contracts`")
    evidence: str | None = key("digest of its newest record")
    new_evidence: bool = key("true where the base does not pin this record")
    affected: tuple[str, ...] = key("why the change can have made another result of it")
    trials: int = key("judged trials that are kept")
    falsified: int = key("of these, that falsified the claim")
    outcome: Literal["survived", "falsified"] | None = key("outcome of the newest record")
    verdict: str | None = key("verdict of the newest record")
    misses: tuple[str, ...] = key("what broke its claim, each with the size of the miss")
    planted_faults: int = key("faults that were planted for the newest record")
    noticed: int = key("of these, that the test noticed")
    measurements: dict[str, MeasurementEntry] = field(
        metadata={"description": "what the newest record measured of the metrics that the claim names"}
    )


@dataclass(frozen=True, kw_only=True)
class Concern:
    """The tests of the contracts that were looked at, behind which something is missing."""

    word: ConcernWord = field(metadata={"description": "what is missing"})
    policy: Literal["all", "new", "report"] = field(
        metadata={"description": "which of them fail the check, by `[tool.pv.check]`"}
    )
    tests: tuple[AffectedTest, ...] = key("the tests, those that the change brought first")
    new: int = key("how many of them the change brought")
    fails: bool = key("whether they fail the check")


@dataclass(frozen=True, kw_only=True)
class AffectedTest:
    """A test by its name."""

    contract: str = key("path of the contract")
    id: str = key("the test")
    new: bool = key("true where the change brought it")


@dataclass(frozen=True, kw_only=True)
class CheckCounts:
    """The denominators of a check; those of its tests are in `summary`."""

    files: int = key("files that differ from the base", default=0)
    contracts: int = key("contracts of the project", default=0)
    checked: int = key("of these, looked at: the sum of the next four", default=0)
    added: int = key("new ones", default=0)
    changed: int = key("changed ones", default=0)
    renamed: int = key("renamed ones", default=0)
    affected: int = key("with something changed that they rest on", default=0)
    deleted: int = key("contracts that the base has and the change took away", default=0)
    affected_tests: int = key("tests that the change can have made another result of", default=0)


@dataclass(frozen=True, kw_only=True)
class CheckReport(Report):
    """The one document that ``pv check --format json`` prints."""

    schema_: Literal["pv/check/v1"] = key(  # type: ignore[assignment]  # a document of a form of its own
        "name and version of this format", alias="schema", default="pv/check/v1"
    )
    base: CheckBase | None = field(
        default=None, metadata={"description": "what the change is compared with; null where there is none"}
    )
    changed: tuple[ChangedContract, ...] = key("the contracts that the change touched", default=())
    tests: tuple[CheckedTest, ...] = key("the tests that the change touched", default=())
    concerns: tuple[Concern, ...] = key("what is missing behind tests, and the policy for it", default=())
    counts: CheckCounts = field(default=CheckCounts(), metadata={"description": "the denominators"})
