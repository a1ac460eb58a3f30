"""Rules as text or JSON: what each finds, why, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.reporters.machine import render_data
from pvengine.reporters.plain import align, clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.project.explaining import Explanation

__all__ = ["render_explanations", "render_rule_list"]


def render_explanations(explained: Sequence[Explanation], form: str) -> str:
    """Render rules with their examples."""
    if form == "json":
        rules = [
            {
                "code": each.rule.code,
                "severity": each.rule.severity.value,
                "title": each.rule.title,
                "why": each.rule.why,
                "fix": each.rule.fix,
                "locked": each.lock,
                "section": each.section,
                "example": each.findings,
                "mended": each.mended,
            }
            for each in explained
        ]
        summary = {"rules": len(rules)}
        return render_data({"schema": "pv/rules/v1", "rules": rules, "summary": summary, "diagnostics": []})
    return "\n\n".join("\n".join(_render_rule(each)) for each in explained) + "\n"


def render_rule_list(explained: Sequence[Explanation]) -> str:
    """Render one line for each rule."""
    rows = [(each.rule.code, each.rule.severity.value, each.rule.title) for each in explained]
    return "\n".join(align(rows)) + "\n"


def _render_rule(explained: Explanation) -> Iterator[str]:
    rule = explained.rule
    yield f"{rule.code}: {rule.title} ({rule.severity})"
    yield f"  why: {rule.why}"
    if rule.fix:
        yield f"  fix: {rule.fix}"
    if explained.lock:
        yield f"  it cannot be silenced: {explained.lock}"
    else:
        yield f"  silence: `# pv: ignore[{rule.code}] REASON` on the line, or [tool.pv] severities"
    yield f"  see: {explained.section}"
    for title, text in (("example:", explained.findings), ("mended:", explained.mended)):
        if text:
            yield ""
            yield title
            yield from (clean(f"  {line}".rstrip()) for line in text.splitlines())
