"""Rules about the verification summary: the numbers typed by hand against what is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.lint.rules.blocks import fold_space, is_blank
from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.lint.rules.blocks import Blocks

__all__ = ["iter_summary_issues"]

_COUNTS = (
    *("total_obligations", "l2_property_tested", "l3_kani_proved"),
    *("l4_lean_proved", "l4_sorry_count", "l4_not_applicable"),
    *("proven", "tested", "discharged"),
)
_THEOREM_KEYS = ("theorem", "lean_theorem")


def iter_summary_issues(blocks: Blocks) -> Iterator[Issue]:
    """Iterate over numbers of `verification_summary` that what the contract has cannot bear out (PV503).

    The total and, where obligations say how far their lean proof is, the lean counts must be what is counted.
    The others say how many obligations have been checked, which nobody can count here: they must not be more
    than there can be.
    """
    summary = blocks.data.get("verification_summary")
    if not isinstance(summary, dict):
        return
    exact, most = _count_exact(blocks), _count_most(blocks)
    for key in _COUNTS:
        value = summary.get(key)
        if value is None:
            continue
        path = ("verification_summary", key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            yield Issue("PV503", path, f"`{key}` is {shorten(value)}, which is no count", "write a number")
        elif key in exact and value != exact[key][0]:
            count, what = exact[key]
            yield Issue("PV503", path, f"`{key}` is {_show(value)}; counted: {count} {what}")
        elif key in most and value > most[key][0]:
            count, what = most[key]
            text = f"`{key}` is {_show(value)}, and it can be {count} at most: {what}"
            yield Issue("PV503", path, text, f"write at most {count}")


def _show(value: int) -> str:
    return str(value) if value < 10**18 else f"a number of {value.bit_length()} bits"


def _count_exact(blocks: Blocks) -> Mapping[str, tuple[int, str]]:
    """Count what is written in the contract: the number, and what was counted."""
    obligations = blocks.obligations
    counts = {"total_obligations": (len(obligations), "obligations of the contract")}
    leans: list[Any] = [entry.data.get("lean") for entry in obligations]
    statuses = [lean.get("status") if isinstance(lean, dict) else None for lean in leans]
    if any(isinstance(lean, dict) for lean in leans):
        without = sum(not isinstance(lean, dict) for lean in leans) + statuses.count("not-applicable")
        counts["l4_lean_proved"] = (statuses.count("proved"), "obligations with lean status proved")
        counts["l4_sorry_count"] = (statuses.count("sorry"), "obligations with lean status sorry")
        counts["l4_not_applicable"] = (without, "obligations without a lean proof")
    return counts


def _count_most(blocks: Blocks) -> Mapping[str, tuple[int, str]]:
    """Count how many there can be at most: the number, and the reason."""
    total = len(blocks.obligations)
    most = dict.fromkeys(_COUNTS[1:], (total, "obligations of the contract"))
    if not blocks.tests and not blocks.conditions:
        most["l2_property_tested"] = most["tested"] = (0, "there is no falsification test")
    named = set(_iter_named(blocks))
    if len(named) < total:
        most["l3_kani_proved"] = (len(named), "obligations that the kani harnesses name")
    if not any(_has_theorem(entry.data) for entry in (*blocks.obligations, *blocks.equations)):
        most["l4_lean_proved"] = (0, "no theorem is named")
        if not named:
            most["proven"] = (0, "no theorem and no kani harness is named")
            if not blocks.tests and not blocks.conditions:
                most["discharged"] = (0, "there is no test, no theorem and no kani harness")
    return most


def _iter_named(blocks: Blocks) -> Iterator[str]:
    """Iterate over the obligations that harnesses name."""
    for entry in blocks.harnesses:
        written = entry.data.get("obligation")
        for name in written if isinstance(written, list) else [written]:
            if isinstance(name, str) and not is_blank(name):
                yield fold_space(name)


def _has_theorem(data: Mapping[str, Any]) -> bool:
    lean = data.get("lean")
    return any(not is_blank(data.get(key)) for key in _THEOREM_KEYS) or (
        isinstance(lean, dict) and not is_blank(lean.get("theorem"))
    )
