"""What people call a field of a contract: the id of its entry, then the way from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pvengine.yamldoc import format_path

if TYPE_CHECKING:
    from pvengine.yamldoc import Path

__all__ = ["name_field"]

_NOUNS = {
    "falsification_tests": "test",
    "falsification": "test",
    "falsification_conditions": "test",
    "hypotheses": "hypothesis",
    "implementation_stages": "stage",
    "steps": "step",
    "equations": "equation",
    "proof_obligations": "obligation",
    "obligations": "obligation",
    "kani_harnesses": "harness",
    "enforcement": "enforcement rule",
    "phases": "phase",
    "amendments": "amendment",
}
"""What an entry of a block is."""
_NAMES = ("id", "name", "version")
"""Keys that name an entry, the first that it has."""


def name_field(data: Any, path: Path) -> str:
    """Name the field at a path by the contract's own names.

    Examples
    --------
    >>> data = {"falsification_tests": [{"id": "FT-001", "accept": [{"metric": "m", "lt": 1}]}]}
    >>> name_field(data, ("falsification_tests", 0, "accept", 0, "lt"))
    'FT-001 accept[0].lt'
    >>> name_field(data, ("falsification_tests", 0))
    'test FT-001'
    >>> name_field({"equations": {"softmax": {}}}, ("equations", "softmax", "formula"))
    'equations.softmax.formula'
    """
    names: list[str] = []
    noun, rest, value = "", 0, data
    for index, step in enumerate(path):
        value = _step_into(value, step)
        name = _read_name(value) if isinstance(step, int) else None
        if name is not None:
            names.append(name)
            noun, rest = _NOUNS.get(str(path[index - 1]), ""), index + 1
    if not names:
        return _name_by_key(path)
    named = "/".join(names)
    return f"{named} {format_path(path[rest:])}" if path[rest:] else f"{noun} {named}".strip()


def _step_into(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def _read_name(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    found = next((value[key] for key in _NAMES if key in value), None)
    return found if isinstance(found, str) and found.strip() else None


def _name_by_key(path: Path) -> str:
    is_entry = len(path) == len(("", "")) and isinstance(path[1], str) and path[0] in _NOUNS
    return f"{_NOUNS[str(path[0])]} {path[1]}" if is_entry else format_path(path)
