"""Read the `attributions` of a contract: models of those that fit, and complaints about those that nearly do.

The key may hold what another tool put there. An entry is read where it is a mapping with `target` or
`factors`; any other is kept as it is, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pvengine.loading.complaints import explain_refusal, find_nearest, list_keys, shorten
from pvengine.models.attribution import Attribution, Factor, Target
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

__all__ = ["ReadAttributions", "read_attributions"]

_OWN = frozenset({"target", "factors"})
_ISSUES_OF_ENTRY = 20
"""Complaints about one entry that are told."""
_ISSUES = 1000
"""Complaints that are told; of the entries behind them it is only said how many are not read."""
_LOOKED_UP = 200
"""Unknown keys for which a near one is looked for: each takes some 0.2 ms."""


@dataclass(frozen=True, slots=True)
class ReadAttributions:
    """The entries that were read, by position, what is wrong with others, and how many are unread."""

    entries: dict[int, Attribution]
    issues: tuple[Issue, ...]
    unread: int


def read_attributions(data: dict[str, Any]) -> ReadAttributions:
    """Read the attributions of a contract; another shape is no error, because it may be another tool's."""
    written = data.get("attributions")
    if written is None:
        return ReadAttributions({}, (), 0)
    listed = written if isinstance(written, list) else [written]
    entries: dict[int, Attribution] = {}
    issues: list[Issue] = []
    known: set[str] = set()
    for index, entry in enumerate(listed):
        if not isinstance(entry, dict) or not _OWN & entry.keys():
            continue
        path = ("attributions", index) if isinstance(written, list) else ("attributions",)
        if not isinstance(written, list):
            issues.append(Issue("PV507", path, "`attributions` is one mapping: a list is wanted"))
            continue
        try:
            found = Attribution.model_validate(entry)
        except ValidationError as error:
            details = error.errors(include_url=False)[:_ISSUES_OF_ENTRY] if len(issues) < _ISSUES else []
            issues += [
                _issue_of(entry, index, detail, looks_up=len(issues) < _LOOKED_UP) for detail in details
            ]
            continue
        if found.id in known:
            message = f"attribution {shorten(found.id)} stands twice"
            issues.append(Issue("PV507", (*path, "id"), message, "give each an id of its own"))
            continue
        known.add(found.id)
        entries[index] = found
    return ReadAttributions(entries, tuple(issues), len(listed) - len(entries))


def _issue_of(entry: dict[str, Any], index: int, detail: ErrorDetails, *, looks_up: bool) -> Issue:
    place = tuple(_resolve(entry, detail["loc"]))
    path = ("attributions", index, *place)
    name = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path).lstrip(".")
    if detail["type"] == "missing":
        return Issue("PV507", path, f"`{detail['loc'][-1]}` is missing in `{name}`")
    if detail["type"] == "extra_forbidden":
        near = find_nearest(str(place[-1]), _list_keys_at(place), cutoff=0.5) if looks_up else None
        hint = f"; did you mean `{near}`?" if near else ""
        return Issue("PV507", path, f"`{name}` is no key that pv reads{hint}", at_key=True)
    return Issue("PV507", path, f"`{name}`: {explain_refusal(detail)}")


def _resolve(entry: Any, loc: tuple[str | int, ...]) -> Iterator[str | int]:
    """Iterate over the part of an error location that exists in the data."""
    node = entry
    for element in loc:
        try:
            node = node[element]
        except (KeyError, IndexError, TypeError):
            continue
        yield element


def _list_keys_at(place: tuple[str | int, ...]) -> list[str]:
    """List the keys of the mapping that holds the last step of a path inside an entry."""
    owner = place[0] if len(place) > 1 else None
    return list_keys(Factor if owner == "factors" else Target if owner == "target" else Attribution)
