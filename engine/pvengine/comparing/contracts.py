"""Compare two versions of a contract: every change of every field, its class, and the bump that follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pvengine.comparing.change import Change, Comparison, Spot
from pvengine.comparing.judging import judge_difference
from pvengine.comparing.naming import name_field
from pvengine.comparing.versions import compare_versions, read_version
from pvengine.comparing.walking import Difference, Form, iter_differences

if TYPE_CHECKING:
    from pvengine.loading.contract_file import LoadedContract
    from pvengine.yamldoc import Document

__all__ = ["compare_contracts", "compare_data"]


def compare_contracts(before: LoadedContract, after: LoadedContract) -> Comparison:
    """Compare two versions of a contract that could be read; every value of a change has its place."""
    found = compare_data(before.data, after.data)
    changes = tuple(
        replace(
            change,
            before=_locate(change.before, before.document),
            after=_locate(change.after, after.document),
        )
        for change in found.changes
    )
    return Comparison(changes, found.version)


def compare_data(before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    """Compare the data of two versions, as `compare_contracts` does; values then have no places.

    Examples
    --------
    >>> old = {"metadata": {"version": "1.0.0"}, "kani_harnesses": [{"id": "K-1", "bound": 8}]}
    >>> new = {"metadata": {"version": "1.1.0"}, "kani_harnesses": [{"id": "K-1", "bound": 4}]}
    >>> found = compare_data(old, new)
    >>> [(change.what, str(change.kind), change.bump.name) for change in found.changes]
    [('K-1 bound', 'weakened', 'MAJOR'), ('metadata.version', 'changed', 'NONE')]
    >>> found.is_bumped_enough
    False
    """
    changes = [_tell(difference, before, after) for difference in iter_differences(before, after)]
    changes.sort(key=lambda change: -change.bump)  # stable: in the order of the text within a class
    return Comparison(tuple(changes), compare_versions(read_version(before), read_version(after)))


def _tell(difference: Difference, before: dict[str, Any], after: dict[str, Any]) -> Change:
    row, finding = judge_difference(difference)
    bump, reason = row.classes[finding.kind]
    data = before if difference.after is None or difference.form is Form.RENAMED else after
    spot = difference.before if data is before else difference.after
    return Change(
        kind=finding.kind,
        row=row.name,
        what=name_field(data, spot.path if spot is not None else ()),
        before=difference.before,
        after=difference.after,
        bump=bump,
        why=f"{finding.detail}; {reason}" if finding.detail else reason,
        is_engine_owned=row.is_engine_owned,
    )


def _locate(spot: Spot | None, document: Document) -> Spot | None:
    return None if spot is None else replace(spot, place=document.place(spot.path))
