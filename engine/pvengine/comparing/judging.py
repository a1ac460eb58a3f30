"""Decide what one difference does: which row it belongs to, and whether it weakens, strengthens or neither.

Each row has one rule, a function of the difference. Where it cannot tell, the answer is "changed", which of a
claim counts as weakened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pvengine.comparing.change import ChangeKind
from pvengine.comparing.equality import is_blank, is_number
from pvengine.comparing.fields import find_row
from pvengine.comparing.judged import Finding, compare_accept, compare_bands
from pvengine.comparing.orders import compare_lean, compare_severities, compare_strategies, compare_targets
from pvengine.comparing.searches import compare_constraints, compare_variables, lies_in
from pvengine.comparing.texts import compare_numbers, fold_formula, is_reworded
from pvengine.comparing.walking import Difference, Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.comparing.classes import Row
    from pvengine.comparing.walking import Pair

__all__ = ["judge_difference"]

_WEAKENED, _STRENGTHENED = Finding(ChangeKind.WEAKENED), Finding(ChangeKind.STRENGTHENED)
_CHANGED, _REWORDED = Finding(ChangeKind.CHANGED), Finding(ChangeKind.REWORDED)
_TEST_DEPTH, _CONDITION_DEPTH, _VARIABLE_DEPTH = 2, 4, 5
"""Steps of the path of a test, of a condition in its `accept`, and of a part of the domain of its search."""
_BUDGETS = ("budget", "evaluation", "example", "iteration", "point", "sample", "second", "trial", "tries")
"""What the key of a number says that is a budget of a search."""
_VERSION = re.compile(r"v?(\d{1,9}(?:\.\d{1,9}){0,2})")
"""The version behind the name of a dependency."""
_EXACT, _ELSEWHERE = 0.0, 1.0e-6
"""What `reproduce` is where it is not written: in the environment of the record, and in others."""

_PLAIN = {
    Form.ADDED: Finding(ChangeKind.ADDED),
    Form.REMOVED: Finding(ChangeKind.REMOVED),
    Form.CHANGED: _CHANGED,
}
_PARTS = {Form.ADDED: _STRENGTHENED, Form.REMOVED: _WEAKENED, Form.CHANGED: _CHANGED}
"""For fields whose every part makes the whole stronger."""
_ASSUMED = {Form.ADDED: _WEAKENED, Form.REMOVED: _STRENGTHENED, Form.CHANGED: _CHANGED}


def judge_difference(difference: Difference) -> tuple[Row, Finding]:
    """Decide the row of a difference, what it does, and what is to be said about it."""
    row = _find_row(difference)
    if difference.form is Form.MOVED and ChangeKind.MOVED in row.classes:
        return row, Finding(ChangeKind.MOVED)
    if difference.form is Form.REWRITTEN:
        return row, _REWORDED
    if difference.form is Form.RENAMED:
        return row, _allow(row, Finding(ChangeKind.RENAMED))
    return row, _allow(row, _RULES.get(row.name, _judge_plain)(difference))


def _allow(row: Row, finding: Finding) -> Finding:
    """Return a finding whose kind the row has; "changed" stands for any other."""
    return finding if finding.kind in row.classes else Finding(ChangeKind.CHANGED, finding.detail)


def _find_row(difference: Difference) -> Row:
    test = difference.around.find_entry(_TEST_DEPTH)
    entries = (test.before.value, test.after.value) if test is not None else ()
    has_rule = any(isinstance(entry, dict) and "rule" in entry for entry in entries)
    return find_row(difference.path, has_rule=has_rule)


def _values(difference: Difference) -> tuple[Any, Any]:
    before, after = difference.before, difference.after
    return (None if before is None else before.value), (None if after is None else after.value)


def _judge_plain(difference: Difference) -> Finding:
    return _PLAIN.get(difference.form, _CHANGED)


def _judge_parts(difference: Difference) -> Finding:
    return _PARTS.get(difference.form, _CHANGED)


def _judge_text(difference: Difference, parts: dict[Form, Finding] = _PARTS) -> Finding:
    """Judge a text of a claim; see `is_reworded`."""
    before, after = _values(difference)
    if difference.form is not Form.CHANGED or not isinstance(before, str) or not isinstance(after, str):
        return parts.get(difference.form, _CHANGED)
    return _REWORDED if is_reworded(before, after) else _CHANGED


def _judge_unknown(difference: Difference) -> Finding:
    return _judge_text(difference, _PLAIN)


def _judge_assumption(difference: Difference) -> Finding:
    return _judge_text(difference, _ASSUMED)


def _judge_wording(difference: Difference) -> Finding:
    is_text = all(isinstance(value, str) for value in _values(difference))
    return _REWORDED if difference.form is Form.CHANGED and is_text else _judge_plain(difference)


def _judge_formula(difference: Difference) -> Finding:
    before, after = _values(difference)
    if isinstance(before, str) and isinstance(after, str) and fold_formula(before) == fold_formula(after):
        return _REWORDED
    return _judge_parts(difference)


def _judge_criteria(difference: Difference) -> Finding:
    before, after = _values(difference)
    if isinstance(before, str) and isinstance(after, str):
        step = compare_numbers(before, after)
        if step is not None:
            return _STRENGTHENED if step > 0 else _WEAKENED
    return _judge_text(difference)


def _judge_dependency(difference: Difference) -> Finding:
    """Judge a text that begins with a name; behind it stand a version, and a comment in parentheses."""
    before, after = _values(difference)
    if difference.form is not Form.CHANGED or not isinstance(before, str) or not isinstance(after, str):
        return _judge_parts(difference)
    old, new = (text.partition("(")[0].split() for text in (before, after))
    if old == new:
        return _REWORDED
    if old[:1] != new[:1]:
        return _CHANGED
    if len(old) == 1 or len(new) == 1:
        return _STRENGTHENED if len(old) == 1 else _WEAKENED
    was, is_now = (_read_version(words[1:]) for words in (old, new))
    if was is None or is_now is None or was == is_now:
        return _CHANGED
    return _STRENGTHENED if is_now > was else _WEAKENED


def _read_version(words: list[str]) -> tuple[int, ...] | None:
    match = _VERSION.fullmatch(" ".join(words))
    return tuple(int(part) for part in match[1].split(".")) if match else None


def _judge_accept(difference: Difference) -> Finding:
    test = difference.around.find_entry(_TEST_DEPTH)
    if test is None or not isinstance(test.before.value, dict) or not isinstance(test.after.value, dict):
        return _CHANGED
    condition = difference.around.find_entry(_CONDITION_DEPTH)
    around = (condition.before, condition.after) if condition is not None else ()
    spots = [spot for spot in (difference.before, difference.after, *around) if spot is not None]
    metrics = list(dict.fromkeys(metric for spot in spots for metric in _list_metrics(spot.value)))
    return compare_accept(test.before.value.get("accept"), test.after.value.get("accept"), metrics or None)


def _list_metrics(value: Any) -> list[str]:
    metric = value.get("metric") if isinstance(value, dict) else None
    return [metric] if isinstance(metric, str) else []


def _judge_bands(difference: Difference) -> Finding:
    decision = _find_decision(difference.around)
    return _CHANGED if decision is None else compare_bands(decision.before.value, decision.after.value)


def _find_decision(pair: Pair | None) -> Pair | None:
    """Find the outermost pair of mappings inside the test: the entry of `decides`."""
    found = None
    while pair is not None and len(pair.after.path) > _TEST_DEPTH:
        if isinstance(pair.before.value, dict) and isinstance(pair.after.value, dict):
            found = pair
        pair = pair.parent
    return found


def _judge_experiment(difference: Difference) -> Finding:
    test = difference.around.find_entry(_TEST_DEPTH)
    sides = (test.before.value, test.after.value) if test is not None else ({}, {})
    was_bound, is_bound = (not is_blank(side.get("falsifier")) for side in sides)
    if was_bound == is_bound:
        return _CHANGED
    return _STRENGTHENED if is_bound else _WEAKENED


def _judge_search(difference: Difference) -> Finding:
    """Judge a number of a search: a larger budget finds more; of any other key nobody can tell.

    Without `seconds` a search may take any time, and without `methods` it has all of them.
    """
    key = str(difference.path[-1])
    if key in {"seconds", "methods"} and difference.form is not Form.CHANGED:
        return _ASSUMED.get(difference.form, _CHANGED)
    if difference.form is Form.CHANGED and not any(word in key for word in _BUDGETS):
        return _CHANGED
    return _judge_size(difference, is_larger_weaker=False)


def _judge_domain(difference: Difference) -> Finding:
    """Judge a part of a domain by the variable or the constraint that it lies in."""
    is_constraint = "constraints" in difference.path[:_VARIABLE_DEPTH]
    pair = difference.around.find_entry(_VARIABLE_DEPTH)
    if difference.form is Form.MOVED and len(difference.path) == _VARIABLE_DEPTH:
        return _REWORDED
    if pair is not None:
        compare = compare_constraints if is_constraint else compare_variables
        return Finding(compare(pair.before.value, pair.after.value))
    if is_constraint:
        return _ASSUMED.get(difference.form, _CHANGED)
    return _judge_variable(difference)


def _judge_variable(difference: Difference) -> Finding:
    """Judge a variable that came or went; where it does not vary it is as `params` says."""
    test = difference.around.find_entry(_TEST_DEPTH)
    spot, side = difference.after or difference.before, test
    if spot is None or side is None or len(spot.path) != _VARIABLE_DEPTH:
        return _judge_parts(difference)
    entry = side.before.value if difference.form is Form.ADDED else side.after.value
    params = entry.get("params") if isinstance(entry, dict) else None
    name = spot.path[-1]
    is_held = isinstance(params, dict) and name in params and lies_in(spot.value, params[name])
    return _judge_parts(difference) if is_held else _CHANGED


def _judge_size(difference: Difference, *, is_larger_weaker: bool) -> Finding:
    """Judge a number of which a larger value is always weaker, or always stronger."""
    before, after = _values(difference)
    if difference.form is not Form.CHANGED:
        return _judge_parts(difference)
    if not is_number(before) or not is_number(after) or min(before, after) < 0:
        return _judge_text(difference)
    return _WEAKENED if (after > before) is is_larger_weaker else _STRENGTHENED


def _judge_tolerance(difference: Difference) -> Finding:
    return _judge_size(difference, is_larger_weaker=True)


def _judge_bound(difference: Difference) -> Finding:
    return _judge_size(difference, is_larger_weaker=False)


def _judge_reproduce(difference: Difference) -> Finding:
    """Judge the tolerance of repeating; where none is written there is a default."""
    old, new = (_read_relative(value) for value in _values(difference))
    if old is None or new is None:
        return _CHANGED
    if old == new:
        return _REWORDED
    if all(is_now >= was for was, is_now in zip(old, new, strict=True)):
        return Finding(ChangeKind.WEAKENED, f"{_say(old)} was allowed, {_say(new)} is")
    if all(is_now <= was for was, is_now in zip(old, new, strict=True)):
        return Finding(ChangeKind.STRENGTHENED, f"{_say(old)} was allowed, {_say(new)} is")
    return _CHANGED


def _read_relative(value: Any) -> tuple[float, float] | None:
    relative = value.get("relative") if isinstance(value, dict) else value
    if relative is None:
        return _EXACT, _ELSEWHERE
    return (relative, relative) if is_number(relative) and relative >= 0 else None


def _say(tolerance: tuple[float, float]) -> str:
    return "the default" if tolerance[0] != tolerance[1] else f"a difference of {tolerance[0]!r}"


def _judge_order(compare: Callable[[Any, Any], ChangeKind]) -> Callable[[Difference], Finding]:
    """Return the rule of a field whose words have an order; no word is below all of them."""

    def judge(difference: Difference) -> Finding:
        if difference.form is not Form.CHANGED:
            return _judge_parts(difference)
        return Finding(compare(*_values(difference)))

    return judge


def _judge_status(difference: Difference) -> Finding:
    """Judge a status: a word that is not there is the first one, so it only ever changes."""
    del difference
    return _CHANGED


_RULES: dict[str, Callable[[Difference], Finding]] = {
    "accept": _judge_accept,
    "bands": _judge_bands,
    "experiment": _judge_experiment,
    "input": _judge_parts,
    "search": _judge_search,
    "search domain": _judge_domain,
    "reproduce": _judge_reproduce,
    "statement": _judge_text,
    "assumption": _judge_assumption,
    "formula": _judge_formula,
    "tolerance": _judge_tolerance,
    "bound": _judge_bound,
    "strategy": _judge_order(compare_strategies),
    "lean": _judge_order(compare_lean),
    "severity": _judge_order(compare_severities),
    "target": _judge_order(compare_targets),
    "check": _judge_parts,
    "criteria": _judge_criteria,
    "dependency": _judge_dependency,
    "wording": _judge_wording,
    "limits": _judge_plain,
    "status": _judge_status,
    "status word": _judge_status,
    "unknown": _judge_unknown,
}
"""The rule of each row that has one of its own; the others tell what the data shows."""
