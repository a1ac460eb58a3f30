"""Parts of the report of a check, built by hand: a discharge, an edit, a contract that rests on another."""

from __future__ import annotations

from typing import Any

from pvengine.models.check import AffectedTest, ChangedContract, CheckedTest, Concern
from pvengine.models.comparison import ChangeEntry, ComparedValue, VersionJudgement
from pvengine.models.report import (
    ComparedEntry,
    ContractEntry,
    HypothesisEntry,
    MeasurementEntry,
    MilestoneEntry,
    PlantedFaultEntry,
    RerunEntry,
    ScopedVerdictEntry,
    Summary,
    TestEntry,
    TransitionEntry,
)

__all__ = [
    "DIGEST",
    "PATH",
    "change",
    "checked",
    "compared",
    "concern",
    "contract",
    "entry",
    "hypothesis",
    "measured",
    "milestone",
    "moved",
    "rerun",
    "standing",
    "step",
]

PATH = "contracts/x-v1.yaml"
DIGEST = "sha256:0123456789abcdef"


def step(from_: str | None = "1.7.0", to: str | None = "1.8.0", **facts: Any) -> VersionJudgement:
    """Make the judgement of a version; one that suffices unless told otherwise."""
    known = {"declared": "minor", "needed": "minor", "suffices": True, "problem": None, "suggested": to}
    return VersionJudgement(**{"from_": from_, "to": to, **known, **facts})


def moved(name: str, from_: str, to: str, kind: Any = "test", verdict: str | None = None) -> TransitionEntry:
    """Make a status that is another one."""
    return TransitionEntry(id=name, kind=kind, from_=from_, to=to, verdict=verdict)


def change(what: str = "F accept[0].lt", **facts: Any) -> ChangeEntry:
    """Make a change: a bar that was loosened unless told otherwise."""
    before, after = (ComparedValue(path="p", line=3, column=5, value=data) for data in (1, 2))
    known = {"kind": "weakened", "class_": "major", "row": "accept", "engine": False, "why": "looser"}
    return ChangeEntry(**{"what": what, "before": before, "after": after, **known, **facts})


def contract(state: Any = "changed", **facts: Any) -> ChangedContract:
    """Make a contract that the change touched."""
    known = {"path": PATH, "id": "C-X", "path_before": None, "version": None}
    return ChangedContract(**{"state": state, **known, **facts})


def entry(*tests: TestEntry, **facts: Any) -> ContractEntry:
    """Make a contract that was looked at."""
    known = {"path": PATH, "id": "C-X", "version": "1.8.0", "summary": Summary()}
    return ContractEntry(**{"tests": tests, **known, **facts})


def standing(name: str = "F-011", **facts: Any) -> TestEntry:
    """Make a test of a contract: NEW and bound unless told otherwise."""
    known = {"status": "NEW", "standing": "new", "reasons": (), "verdict": None, "evidence": None}
    return TestEntry(**{"id": name, "falsifier": "probe.value", "blocked": None, **known, **facts})


def hypothesis(*verdicts: tuple[str, str | None, str, bool], **facts: Any) -> HypothesisEntry:
    """Make a hypothesis with what tests say: test, scope, verdict, and whether it counts."""
    found = tuple(
        ScopedVerdictEntry(test=test, scope=scope, verdict=word, counts=counts)
        for test, scope, word, counts in verdicts
    )
    known = {
        "id": "A2",
        "statement": "Softmax amplifies drift",
        "status": "FALSIFIED",
        "derived": "FALSIFIED",
    }
    return HypothesisEntry(**{"verdicts": found, **known, **facts})


def milestone(name: str, status: str = "NEW") -> MilestoneEntry:
    """Make a stage, or a step where the name has a slash."""
    kind: Any = "step" if "/" in name else "stage"
    return MilestoneEntry(id=name, kind=kind, title=None, status=status, derived=None)


def checked(name: str = "F-011", **facts: Any) -> CheckedTest:
    """Make a test that the change touched: one that was never measured unless told otherwise."""
    known = {
        "contract": PATH,
        "rule": "Softmax damps drift",
        "new": False,
        "status": "NEW",
        "standing": "new",
        "evidence": None,
        "new_evidence": False,
        "affected": ("its claim changed",),
        "trials": 0,
        "falsified": 0,
        "outcome": None,
        "verdict": None,
        "misses": (),
        "planted_faults": 0,
        "noticed": 0,
        "measurements": {},
    }
    return CheckedTest(**{"id": name, **known, **facts})


def measured(value: Any = 0.0113, **facts: Any) -> MeasurementEntry:
    """Make a number: a double without a unit unless told otherwise."""
    known = {"dtype": "float64", "bits": "0" * 16, "unit": "1", "population": None, "aggregation": None}
    return MeasurementEntry(**{"value": value, "arithmetic": None, **known, **facts})


def concern(word: Any, *names: str, new: int = 0, policy: Any = "report", fails: bool = False) -> Concern:
    """Make a concern about tests of which the first ones are new."""
    tests = tuple(AffectedTest(contract=PATH, id=name, new=number < new) for number, name in enumerate(names))
    return Concern(word=word, policy=policy, tests=tests, new=new, fails=fails)


def rerun(state: Any = "reproduced", **facts: Any) -> RerunEntry:
    """Make what came of measuring a record again: two metrics with the same bits unless told otherwise."""
    same = compared()
    known = {
        "contract": PATH,
        "id": "F-011",
        "reason": None,
        "evidence": DIGEST,
        "stored_outcome": "survived",
        "outcome": "survived",
        "stored_verdict": None,
        "verdict": None,
        "unlike": (),
        "environment": (),
        "measurements": {"amplification": same, "sum_error": same},
        "planted_faults": (PlantedFaultEntry(name="forgets to normalise", noticed=True, reason="0.7"),),
        "detail": "Traceback: /home/ada/x.py",
        "duration_s": 1.25,
    }
    return RerunEntry(**{"state": state, **known, **facts})


def compared(**facts: Any) -> ComparedEntry:
    """Make a number beside what was measured again: the same unless told otherwise."""
    known: dict[str, Any] = {"stored": 0.5, "value": 0.5, "same_bits": True, "relative_difference": 0.0}
    return ComparedEntry(**{**known, "tolerance": None, "within": True, "reason": None, **facts})
