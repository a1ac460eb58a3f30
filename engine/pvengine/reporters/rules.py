"""Rules as text or JSON: what each finds, why, and how to mend it."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from pvengine.reporters.machine import render_data
from pvengine.reporters.plain import align, clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pvengine.project.explaining import Explanation

__all__ = ["render_explanations", "render_rule_list"]

_WIDTH = 80
"""Columns that prose fills at most; lines of contracts and of findings are shown as they are."""
_CODE = re.compile(r"`[^`]*`")
_HEADS = 2
"""Lines of a unified diff that name its files."""


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
    return "\n\n\n".join("\n".join(_render_rule(each)) for each in explained) + "\n"


def render_rule_list(explained: Sequence[Explanation]) -> str:
    """Render one line for each rule."""
    rows = [(each.rule.code, each.rule.severity.value, each.rule.title) for each in explained]
    return "\n".join(align(rows, indent="")) + "\n"


def _render_rule(explained: Explanation) -> Iterator[str]:
    """Render what a person needs first, first: why, what to do, and how that looks."""
    rule = explained.rule
    yield f"{rule.code}: {rule.title} ({rule.severity})"
    yield from _fill("why", rule.why)
    if rule.fix:
        yield from _fill("fix", rule.fix)
    if explained.findings:
        said = (f"  why: {rule.why}", f"  fix: {rule.fix}")
        yield from _show("example", [line for line in _split(explained.findings) if line not in said])
    if explained.mended:
        yield from _show("mended", _split(explained.mended)[_HEADS:])
    if explained.findings:
        yield ""
    if explained.lock:
        yield from _fill("silence", f"not possible: {explained.lock}")
    else:
        yield from _fill(
            "silence",
            f"write `# pv: ignore[{rule.code}] REASON` at the end of the line, or give the rule another "
            "severity under [tool.pv.severities]",
        )
    yield f"  see: {explained.section}"


def _fill(label: str, text: str) -> list[str]:
    """Break prose into lines; what stands between backticks stays whole, so that it can be copied."""
    whole = _CODE.sub(lambda match: match[0].replace(" ", "\0"), f"{label}: {text}")
    lines = textwrap.wrap(
        whole,
        _WIDTH,
        initial_indent="  ",
        subsequent_indent=" " * len(f"  {label}: "),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\0", " ") for line in lines]


def _show(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"  {title}:"
    yield from (clean(f"    {line}").rstrip() for line in lines)


def _split(text: str) -> list[str]:
    """Split at line feeds alone: a contract may hold other line breaks inside a line."""
    return text.removesuffix("\n").split("\n")
