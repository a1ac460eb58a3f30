"""What a change of the configuration lets through that the base's would not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import RULES
from pvengine.project.configuration import CheckPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.project.configuration import Configuration

__all__ = ["iter_loosened_keys"]

_POLICY = ("self_declared", "stale", "unbound", "unrun", "blocked", "toothless", "loosened", "nothing")
_STRICTNESS = ("report", "pass", "new", "fail", "all")
_SEVERITIES = ("off", "note", "warning", "error")
_PACKAGES = ("ignore", "report", "stale")
"""Values, the loosest first."""


def iter_loosened_keys(now: Configuration, before: Mapping[str, Any]) -> Iterator[str]:
    """Iterate over the keys that are looser than in the base's table, each with both values."""
    policy = _read_table(before, "check")
    for key in _POLICY:
        was = policy.get(key, CheckPolicy.__dataclass_fields__[key].default)
        yield from _compare(f"check.{key}", was, getattr(now.check, key), _STRICTNESS)
    known = _read_table(before, "severities")
    for code, severity in now.severities.items():
        own = RULES[code].severity.value if code in RULES else None
        yield from _compare(f"severities.{code}", known.get(code, own), severity, _SEVERITIES)
    for code, was in known.items():
        if code not in now.severities and code in RULES:
            yield from _compare(f"severities.{code}", was, RULES[code].severity.value, _SEVERITIES)
    yield from _compare("third_party", before.get("third_party", "report"), now.third_party, _PACKAGES)
    yield from _iter_others(now, before)


def _compare(key: str, was: object, now: str, order: tuple[str, ...]) -> Iterator[str]:
    if was in order and order.index(now) < order.index(str(was)):
        yield f"{key} was {was!r}, is {now!r}"


def _iter_others(now: Configuration, before: Mapping[str, Any]) -> Iterator[str]:
    """Iterate over what is set aside, believed or not asked for any more."""
    ignored = _read_table(before, "ignore")
    for pattern, codes in now.ignore.items():
        known = ignored.get(pattern)
        more = [code for code in codes if not isinstance(known, list) or code not in known]
        if more:
            yield f"ignore has {', '.join(more)} for {pattern!r}"
    if now.baseline is not None and now.baseline != before.get("baseline"):
        yield f"baseline was {before.get('baseline')!r}, is {now.baseline!r}"
    words = _read_table(before, "statuses")
    for word, meaning in now.statuses.items():
        if words.get(word) != meaning:
            yield f"statuses.{word} was {words.get(word)!r}, is {meaning!r}"
    was = _read_table(before, "teeth").get("minimum_score")
    asked = now.teeth.minimum_score
    if isinstance(was, int | float) and (asked is None or asked < was):
        yield f"teeth.minimum_score was {was!r}, is {'not set' if asked is None else asked}"
    if _read_table(before, "signatures").get("require") is True and not now.signatures.require:
        yield "signatures.require was true, is false"


def _read_table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = data.get(key)
    return table if isinstance(table, dict) else {}
