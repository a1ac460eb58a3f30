"""Validate the data of a contract against its models, keeping what is sound when a part is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pvengine.loading.complaints import explain_refusal, find_nearest, list_keys_at
from pvengine.loading.spelling import is_slip
from pvengine.models.contract import Contract
from pvengine.models.issue import Issue
from pvengine.yamldoc.quoting import render_scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from pvengine.yamldoc import Document

__all__ = ["offer_quotes", "validate_data"]

_QUOTES = "put the value in quotes"
_LISTS = ("hypotheses", "falsification_tests", "implementation_stages", "amendments")


def validate_data(data: dict[str, Any]) -> tuple[Contract, dict[str, tuple[int, ...]], list[Issue]]:
    """Validate data, leaving out the entries that do not fit.

    Returns
    -------
    contract
        The models of what is sound.
    indexes
        For each list of the contract, by its key, the index in the data of each entry that was kept.
    issues
        One for each complaint, at its path in the data.
    """
    sound = dict(data)
    kept = {name: list(range(len(sound[name]))) for name in _LISTS if isinstance(sound.get(name), list)}
    issues: list[Issue] = []
    while True:
        try:
            contract = Contract.model_validate(sound)
            break
        except ValidationError as error:
            details = error.errors(include_url=False)
            issues += [_issue_of(data, detail, kept) for detail in details]
            _drop(sound, kept, details)
    return contract, {name: tuple(indexes) for name, indexes in kept.items()}, issues


def _drop(sound: dict[str, Any], kept: dict[str, list[int]], details: list[ErrorDetails]) -> None:
    """Leave out of the data each entry that a complaint is about."""
    entries: dict[str, set[int]] = {}
    for detail in details:
        loc = detail["loc"]
        top = str(loc[0])
        if top in kept and len(loc) > 1 and isinstance(loc[1], int):
            entries.setdefault(top, set()).add(loc[1])
        elif top == "metadata":
            sound["metadata"] = _without(sound.get("metadata"), loc[1] if len(loc) > 1 else None)
        else:
            sound.pop(top, None)
            kept.pop(top, None)
    for top, bad in entries.items():
        if top in kept:
            sound[top] = [entry for index, entry in enumerate(sound[top]) if index not in bad]
            kept[top] = [original for index, original in enumerate(kept[top]) if index not in bad]


def _without(metadata: Any, key: Any) -> dict[str, Any]:
    """Return metadata without one key that does not fit, so that the others are read."""
    known = metadata if isinstance(metadata, dict) else {}
    return {name: value for name, value in known.items() if name != key}


def _issue_of(data: dict[str, Any], detail: ErrorDetails, kept: Mapping[str, list[int]]) -> Issue:
    loc: list[str | int] = list(detail["loc"])
    if len(loc) > 1 and str(loc[0]) in kept and isinstance(loc[1], int):
        loc[1] = kept[str(loc[0])][loc[1]]
    kind = detail["type"]
    path = _resolve(data, loc)
    name = _dotted(path)
    if kind == "missing":
        return Issue(
            "PV201", path, f"`{loc[-1]}` is missing in {name or 'the contract'}", _missing_fix(loc[-1])
        )
    if kind == "extra_forbidden":
        return _unknown_issue(path)
    return Issue("PV202", path, f"`{name}`: {explain_refusal(detail)}", _type_fix(detail))


def _unknown_issue(path: tuple[str | int, ...]) -> Issue:
    near = find_nearest(str(path[-1]), list_keys_at(path[:-1]), cutoff=0.5)
    return Issue(
        "PV210",
        path,
        f"`{path[-1]}` is no key of `{_dotted(path[:-1])}`" + (f"; did you mean `{near}`?" if near else ""),
        f"write `{near}`" if near else None,
        at_key=True,
        replacement=near if near and is_slip(str(path[-1]), near) else None,
    )


def _missing_fix(key: str | int) -> str:
    return f"add `{key}:`"


def _type_fix(detail: ErrorDetails) -> str | None:
    value = detail["input"]
    if detail["type"] == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return _QUOTES
    return None


def offer_quotes(issue: Issue, document: Document) -> Issue:
    """Return an issue with the number in quotes that mends it, as it is written: 1.10 is no 1.1.

    Any other issue is returned as it is, and so is one whose number an alias uses too.
    """
    node = document.node_at(issue.path) if issue.fix == _QUOTES else None
    if node is None or node.style or node.tag is not None or node.anchor is not None:
        return issue
    return replace(issue, replacement=render_scalar(document.text[node.start : node.end]))


def _resolve(data: Any, loc: list[str | int]) -> tuple[str | int, ...]:
    """Return the part of an error location that exists in the data (union tags and the like do not)."""
    path: list[str | int] = []
    node = data
    for element in loc:
        try:
            node = node[element]
        except (KeyError, IndexError, TypeError):
            continue
        path.append(element)
    return tuple(path)


def _dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for element in path:
        text += f"[{element}]" if isinstance(element, int) else f".{element}" if text else element
    return text
