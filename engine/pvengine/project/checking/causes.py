"""One finding a cause: where two findings of a contract come from one edit, the one that names it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.diagnostics import Diagnostic

__all__ = ["keep_causes"]

_FOLLOWS = {
    "PV607": ("PV702",),
    "PV608": ("PV701",),
    "PV701": ("PV607", "PV702"),
}
"""Codes that say nothing new beside one of these in the same contract."""
_TOLD = frozenset({"PV501", "PV702"})
"""Codes beside which nothing on the same line was edited by hand as well."""


def keep_causes(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the findings without those that follow from another; their order stays."""
    codes: dict[str, set[str]] = {}
    for each in found:
        codes.setdefault(each.path, set()).add(each.code)
    places = {(each.path, each.place.line) for each in found if each.code in _TOLD and each.place}
    return [
        each
        for each in found
        if not codes[each.path].intersection(_FOLLOWS.get(each.code, ()))
        and not (each.code == "PV703" and each.place and (each.path, each.place.line) in places)
    ]
