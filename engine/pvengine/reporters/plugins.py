"""Falsifiers and what their planted faults did, as text or JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pvengine.ledger.mutation_score import Fate
from pvengine.reporters.machine import render_data
from pvengine.reporters.plain import align, clean, clean_line, count_noun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.project.falsifiers import FaultCheck, Listing
    from pvengine.project.mutating import MutantCheck
    from pvengine.registry.catalogue import Catalogue
    from pvengine.runner.protocol import FalsifierDescription

__all__ = ["render_checks", "render_falsifiers"]

_SURVIVORS = frozenset({Fate.UNNOTICED, Fate.SAME})
"""Fates of the mutants that the text lists."""


def render_falsifiers(catalogue: Catalogue, listing: Listing, form: str) -> str:
    """Render the falsifiers of a project."""
    described = listing.described
    if form == "json":
        entries = [
            {**each.model_dump(mode="json"), "origin": catalogue.falsifiers[each.name].origin}
            for each in described
        ]
        findings = [
            {"path": found.path, "line": found.line, "code": found.code, "message": found.message}
            for found in listing.diagnostics
        ]
        faults = sum(len(each.planted_faults) for each in described)
        return render_data(
            {
                "schema": "pv/falsifiers/v1",
                "falsifiers": entries,
                "summary": {"falsifiers": len(described), "planted_faults": faults},
                "diagnostics": findings,
            }
        )
    blocks = ["\n".join(_render_one(catalogue, each)) for each in described]
    return "\n\n".join([*blocks, count_noun(len(described), "falsifier")]) + "\n"


def _render_one(catalogue: Catalogue, described: FalsifierDescription) -> Iterator[str]:
    yield clean_line(f"{described.name}  ({catalogue.falsifiers[described.name].origin})")
    yield f"  {clean_line(described.summary)}"
    yield f"  subject {clean_line(described.subject)}"
    for fault in described.planted_faults:
        yield clean(f"  planted fault {fault!r}")
    schema = described.params_schema or {}
    required = set(schema.get("required", ()))
    rows = [
        (
            clean(name),
            clean(_type_of(field)),
            "" if name in required else "optional",
            clean_line(str(field.get("description", ""))),
        )
        for name, field in schema.get("properties", {}).items()
    ]
    yield from align(rows, "    ")


def _type_of(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if field.get("type") == "array":
        return f"list of {_type_of(field.get('items', {}))}"
    if "enum" in field:
        return " | ".join(map(str, field["enum"]))
    if "anyOf" in field:
        return " | ".join(_type_of(option) for option in field["anyOf"])
    return str(field.get("type", "any"))


def render_checks(name: str, checks: Sequence[FaultCheck], form: str) -> str:
    """Render what the planted faults of one falsifier did, and the mutants of its subject."""
    noticed = sum(fault.noticed for check in checks for fault in check.faults)
    total = sum(len(check.faults) for check in checks)
    if form == "json":
        return render_data(
            {
                "schema": "pv/faults/v1",
                "falsifier": name,
                "tests": [asdict(check) for check in checks],
                "summary": {"tests": len(checks), "planted_faults": total, "noticed": noticed},
                "diagnostics": [],
            }
        )
    lines = [line for check in checks for line in _render_check(check)]
    counts = f"{count_noun(len(checks), 'test')}, {noticed} of {total} planted faults noticed"
    return "\n".join([*lines, counts]) + "\n"


def _render_check(check: FaultCheck) -> Iterator[str]:
    yield clean(f"{check.test}  {check.contract}")
    for fault in check.faults:
        word = "noticed" if fault.noticed else "NOT NOTICED"
        yield f"  planted fault {fault.name!r}: {word}: {clean_line(fault.reason)}"
    if check.vacuous:
        yield f"  {clean_line(check.vacuous)}"
    if check.mutation:
        score = check.mutation.score
        said = score.text if score else f"no score: {check.mutation.problem}"
        yield f"  mutants, seed {check.mutation.seed}: {clean_line(said)}"
        yield from (_render_survivor(each) for each in check.mutation.mutants if each.fate in _SURVIVORS)


def _render_survivor(mutant: MutantCheck) -> str:
    word = "survived: same numbers" if mutant.fate is Fate.SAME else "survived"
    place = f"{mutant.module}:{mutant.line}:{mutant.column} {mutant.function}"
    why = "" if mutant.fate is Fate.SAME else f": {mutant.reason}"
    return "    " + clean_line(f"{word}: {place}: `{mutant.before}` -> `{mutant.after}`{why}")
