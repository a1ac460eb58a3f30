"""Every reference of a contract as an edge, with the path where it is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from pvengine.graph.references import parse_acceptance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.models.contract import Contract, FalsificationTest, Stage, Step

__all__ = ["Edge", "Key", "Kind", "Relation", "iter_edges", "iter_keys", "step_name"]

Path = tuple[str | int, ...]
T = TypeVar("T")


class Kind(StrEnum):
    """What a node of the graph is."""

    CONTRACT = "contract"
    TEST = "test"
    HYPOTHESIS = "hypothesis"
    STEP = "step"
    STAGE = "stage"


class Relation(StrEnum):
    """Why one node leans on another."""

    DEPENDS_ON = "depends_on"
    DECIDES = "decides"
    NEEDS = "needs"
    EXPECTED = "expected_acceptance"
    PART_OF = "part of"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A node: its kind and its name, which is unique among its kind."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        """Return ``kind:name``."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Edge:
    """``needing`` leans on ``needed``; ``path`` is where that is written, empty where it follows."""

    needed: Key
    needing: Key
    relation: Relation
    path: Path = ()


def step_name(stage: Stage, step: Step) -> str:
    """Return the name of a step, which is unique in the contract: ``STAGE/step``."""
    return f"{stage.id}/{step.id}"


def iter_keys(contract: Contract, indexes: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[Key, Path]]:
    """Iterate over the nodes that a contract defines, with their paths, in the order of the text."""
    for index, hypothesis in _indexed(contract.hypotheses, "hypotheses", indexes):
        yield Key(Kind.HYPOTHESIS, hypothesis.id), ("hypotheses", index)
    for index, test in _indexed(contract.falsification_tests, "falsification_tests", indexes):
        yield Key(Kind.TEST, test.id), ("falsification_tests", index)
    for index, stage in _indexed(contract.implementation_stages, "implementation_stages", indexes):
        path = ("implementation_stages", index)
        yield Key(Kind.STAGE, stage.id), path
        for number, step in enumerate(stage.steps or ()):
            yield Key(Kind.STEP, step_name(stage, step)), (*path, "steps", number)


def iter_edges(contract: Contract, indexes: Mapping[str, tuple[int, ...]]) -> Iterator[Edge]:
    """Iterate over the references inside a contract, in the order of the text."""
    for index, test in _indexed(contract.falsification_tests, "falsification_tests", indexes):
        yield from _edges_of_test(test, ("falsification_tests", index))
    needable = _needable_keys(contract)
    for index, stage in _indexed(contract.implementation_stages, "implementation_stages", indexes):
        yield from _edges_of_stage(stage, ("implementation_stages", index), needable)


def _indexed(
    entries: tuple[T, ...] | None, name: str, indexes: Mapping[str, tuple[int, ...]]
) -> Iterator[tuple[int, T]]:
    yield from zip(indexes.get(name, ()), entries or (), strict=True)


def _edges_of_test(test: FalsificationTest, path: Path) -> Iterator[Edge]:
    key = Key(Kind.TEST, test.id)
    for number, name in enumerate(test.depends_on or ()):
        yield Edge(Key(Kind.TEST, name), key, Relation.DEPENDS_ON, (*path, "depends_on", number))
    for number, name in enumerate(test.hypotheses):
        where: Path = (
            (*path, "hypothesis", number) if isinstance(test.hypothesis, tuple) else (*path, "hypothesis")
        )
        yield Edge(key, Key(Kind.HYPOTHESIS, name), Relation.DECIDES, where)
    for number, decision in enumerate(test.decisions):
        if decision.hypothesis is not None and decision.hypothesis not in test.hypotheses:
            entry: Path = (number,) if isinstance(test.decides, tuple) else ()
            where = (*path, "decides", *entry, "hypothesis")
            yield Edge(key, Key(Kind.HYPOTHESIS, decision.hypothesis), Relation.DECIDES, where)


def _edges_of_stage(stage: Stage, path: Path, needable: Mapping[str, Key]) -> Iterator[Edge]:
    key = Key(Kind.STAGE, stage.id)
    yield from _edges_of_milestone(stage, key, path, needable)
    for number, step in enumerate(stage.steps or ()):
        inner = Key(Kind.STEP, step_name(stage, step))
        yield from _edges_of_milestone(step, inner, (*path, "steps", number), needable)
        yield Edge(inner, key, Relation.PART_OF)


def _edges_of_milestone(
    milestone: Stage | Step, key: Key, path: Path, needable: Mapping[str, Key]
) -> Iterator[Edge]:
    for number, name in enumerate(milestone.needs or ()):
        needed = needable.get(name, Key(Kind.TEST, name))
        yield Edge(needed, key, Relation.NEEDS, (*path, "needs", number))
    for number, text in enumerate(milestone.expected_acceptance or ()):
        name = parse_acceptance(text)
        needed = needable.get(name, Key(Kind.TEST, name))
        yield Edge(needed, key, Relation.EXPECTED, (*path, "expected_acceptance", number))


def _needable_keys(contract: Contract) -> dict[str, Key]:
    """Return what a need can name, by name: a test, or else the first stage or step that has it."""
    keys = {test.id: Key(Kind.TEST, test.id) for test in contract.tests}
    for stage in contract.stages:
        keys.setdefault(stage.id, Key(Kind.STAGE, stage.id))
        for step in stage.steps or ():
            name = step_name(stage, step)
            keys.setdefault(name, Key(Kind.STEP, name))
    return keys
