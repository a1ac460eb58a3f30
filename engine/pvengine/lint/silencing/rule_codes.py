"""Know the codes of the rules: which there are, which one was meant, and which cannot be set aside."""

from __future__ import annotations

import re
from difflib import get_close_matches

from pvengine.diagnostics import RULES

__all__ = ["explain_lock", "find_near_code", "stops_reading"]

_COMMAND = "it speaks about the command, not about a contract"
_READING = "with it the file cannot be read at all"
_EVIDENCE = "evidence that was changed or is missing is always said"
_WIDTH = 40
"""Longest word for which a near one is looked for, in characters; the search takes its square."""


def explain_lock(code: str) -> str | None:
    """Explain why findings of a code can be neither silenced nor weighed otherwise; None where they can.

    Examples
    --------
    >>> explain_lock("PV601")
    'evidence that was changed or is missing is always said'
    >>> explain_lock("PV204") is None
    True
    """
    if stops_reading(code):
        return _READING
    return {"PV0": _COMMAND, "PV6": _EVIDENCE}.get(code[:3])


def stops_reading(code: str) -> bool:
    """Whether a finding of this code means that nothing else could be found in its file."""
    return code == "PV613" or (len(code) == len("PV101") and "PV101" <= code <= "PV113")


def find_near_code(word: str) -> str | None:
    """Find the code that a person most likely meant, also by the title of its rule; None where none is near.

    Examples
    --------
    >>> [find_near_code(word) for word in ("pv204", "SCHEMA-9", "unknown-key", "PV2044", "E501")]
    ['PV204', 'SCHEMA-009', 'PV204', 'PV204', None]
    """
    if len(word) > _WIDTH:
        return None
    title = " ".join(re.split(r"[-_\s]+", word)).lower()
    by_title = next((rule.code for rule in RULES.values() if rule.title.lower() == title), None)
    if by_title is not None:
        return by_title
    parts = re.fullmatch(r"([A-Z]+)[-_ ]?0*([0-9]{1,3})", word.upper())
    spellings = [f"{parts[1]}{dash}{parts[2]:0>3}" for dash in ("", "-")] if parts else []
    exact = next((code for code in spellings if code in RULES), None)
    return exact or next(iter(get_close_matches(word.upper(), RULES, n=1, cutoff=0.75)), None)
