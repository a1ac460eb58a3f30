"""Rules across files: contracts that others depend on, ids that several files use, cycles of contracts."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from typing import TYPE_CHECKING

from pvengine.diagnostics import Diagnostic, SourceRange, get_rule
from pvengine.graph.lint import Suggester
from pvengine.graph.references import parse_contract_reference

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pvengine.lint.facts import FileFacts, Mention

__all__ = ["MAX_CYCLES", "ProjectIndex", "iter_findings_across"]

MAX_CYCLES = 50
"""Cycles of several contracts that are shown: each costs one pass over all references."""

_SHOWN = 3
"""Other files that a message names."""


@dataclass(frozen=True)
class ProjectIndex:
    """The facts of the contracts of a project, by the path that messages show.

    ``skipped`` has the files beside the checked ones that could not be read or are too large, ``broken``
    those among the checked ones that could not be read: they exist, and nothing else is known of them.
    """

    facts: Mapping[str, FileFacts]
    skipped: Collection[str] = ()
    broken: Collection[str] = ()

    def stems(self) -> dict[str, str]:
        """Return the path of each contract by the stem of its file, which others name it by."""
        return {_stem(path): path for path in (*self.skipped, *self.broken, *self.facts)}


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".yaml").removesuffix(".yml")


def iter_findings_across(index: ProjectIndex, checked: Collection[str]) -> Iterator[Diagnostic]:
    """Iterate over what is wrong between files, at places of the checked ones."""
    stems = index.stems()
    suggester = Suggester()
    for path in checked:
        facts = index.facts.get(path)
        if facts is not None:
            yield from _iter_dependency_findings(path, facts, index, stems, suggester)
    yield from _iter_shared_ids(index, checked)
    yield from _iter_cycles(index, checked, stems)


def _place(path: str, mention: Mention) -> SourceRange:
    return SourceRange(
        path, mention.line, mention.column, mention.end_line, mention.end_column, mention.snippet
    )


def _iter_dependency_findings(
    path: str, facts: FileFacts, index: ProjectIndex, stems: Mapping[str, str], suggester: Suggester
) -> Iterator[Diagnostic]:
    for mention in facts.depends_on:
        reference = parse_contract_reference(mention.name)
        if reference.stem not in stems:
            message = (
                f"the project has no contract {reference.stem!r}{suggester.ask(reference.stem, list(stems))}"
            )
            yield get_rule("PV304").report(message, _place(path, mention))
            continue
        other = index.facts.get(stems[reference.stem])
        found = other.version if other else None
        if None not in (reference.version, found) and found != reference.version:
            message = f"{reference.stem} has version {found}, this contract relies on {reference.version}"
            fix = f"check the change, then write v{found}"
            yield get_rule("PV305").report(message, _place(path, mention), fix=fix)


def _iter_shared_ids(index: ProjectIndex, checked: Collection[str]) -> Iterator[Diagnostic]:
    """Report an id at its first place in each checked file that shares it with another."""
    users: dict[tuple[str, str], dict[str, Mention]] = {}
    for path, facts in index.facts.items():
        for mention in facts.ids:
            users.setdefault((mention.kind, mention.name), {}).setdefault(path, mention)
    wanted = set(checked)
    for (kind, name), places in users.items():
        if len(places) > 1:
            for path, mention in places.items():
                if path in wanted:
                    others = islice((other for other in places if other != path), _SHOWN)
                    shown = ", ".join(str(_place(other, places[other])) for other in others)
                    left = len(places) - 1 - _SHOWN
                    more = f" and {left} more" if left > 0 else ""
                    message = f"{kind} id {name!r} is used in {shown}{more}, too"
                    yield get_rule("PV310").report(message, _place(path, mention))


def _iter_cycles(
    index: ProjectIndex, checked: Collection[str], stems: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Report contracts that depend on themselves, and cycles of several, at places of checked files.

    One cycle after the other is found and its references left out, until none is left or the limit of
    `MAX_CYCLES` is reached: each set of contracts that rest on each other shows at least one.
    """
    needs: dict[str, dict[str, Mention]] = {}
    for path, facts in index.facts.items():
        for mention in facts.depends_on:
            target = stems.get(parse_contract_reference(mention.name).stem)
            if target is not None and target in index.facts:
                needs.setdefault(path, {}).setdefault(target, mention)
    wanted = set(checked)
    for path, needed in needs.items():
        own = needed.pop(path, None)
        if own is not None and path in wanted:
            yield get_rule("PV312").report(f"cycle: {_stem(path)} -> {_stem(path)}", _place(path, own))
    for _ in range(MAX_CYCLES):
        ring = _find_ring(needs)
        if ring is None:
            return
        steps = list(zip(ring, [*ring[1:], ring[0]], strict=True))
        step = next((step for step in steps if step[0] in wanted), None)
        if step is not None:
            text = " -> ".join(_stem(path) for path in (*ring, ring[0]))
            yield get_rule("PV312").report(f"cycle: {text}", _place(step[0], needs[step[0]][step[1]]))
        for one, other in steps:
            needs[one].pop(other)


def _find_ring(needs: Mapping[str, Mapping[str, Mention]]) -> list[str] | None:
    """Find contracts each of which needs the next, and the last the first; the least stands first."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        ring = list(reversed(error.args[1]))[:-1]
        least = ring.index(min(ring))
        return [*ring[least:], *ring[:least]]
    return None
