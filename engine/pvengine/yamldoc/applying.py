"""Make edits on a document: splice, read again, compare.

Every edit is planned on the text as it is, so edits that cannot touch each other are made together; one that
lies in, around or beside an earlier one waits for the next round. Behind each round the new text is read
again, and its data must be the old data with the intended changes and nothing else. Nothing is written
anywhere: an error leaves the caller with the document that it has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import ContractError
from pvengine.yamldoc.compare import find_difference, replace_value, to_plain
from pvengine.yamldoc.edits import AppendItem, Edit, EditError, InsertKey, SetScalar
from pvengine.yamldoc.inserting import plan_append, plan_insert
from pvengine.yamldoc.nodes import Path, format_path
from pvengine.yamldoc.reader import read_document
from pvengine.yamldoc.setting import plan_scalar
from pvengine.yamldoc.splices import Plan, splice_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.yamldoc.document import Document

__all__ = ["apply_edits"]

_KnownEdit = SetScalar | InsertKey | AppendItem
_Successors = dict[tuple[Path, str], str]


def apply_edits(document: Document, edits: Sequence[Edit]) -> Document:
    """Return the document with the edits made, in the order given; the same one where nothing changes.

    Raises
    ------
    EditError
        Where an edit cannot be made, or would change anything else. The document that was given stays valid.
    """
    successors: _Successors = {}
    for edits_of_round in _arrange(document, [_normalise(document, edit) for edit in edits]):
        document = _apply_round(document, edits_of_round, successors)
    return document


def _normalise(document: Document, edit: Edit) -> _KnownEdit:
    """Return the edit with a value of the plain types that reading gives."""
    if not isinstance(edit, _KnownEdit):
        raise TypeError(f"{type(edit).__name__} is not an edit that can be made")
    try:
        return replace(edit, value=to_plain(edit.value))
    except TypeError as error:
        raise _refuse(document, [edit], f"{format_path(edit.path)} cannot be written: {error}") from error


def _arrange(document: Document, edits: Sequence[_KnownEdit]) -> list[list[_KnownEdit]]:
    """Deal the edits out to rounds, each behind every earlier edit whose range may touch its own."""
    rounds: list[list[_KnownEdit]] = []
    placed: list[tuple[Path, int]] = []
    for edit in edits:
        scope = _scope(document, edit)
        number = max((other + 1 for path, other in placed if _is_related(path, scope)), default=0)
        placed.append((scope, number))
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(edit)
    return rounds


def _scope(document: Document, edit: _KnownEdit) -> Path:
    """Return the path of the value whose range an edit may change."""
    if isinstance(edit, InsertKey) or (isinstance(edit, AppendItem) and document.node_at(edit.path) is None):
        return edit.path[:-1]
    return edit.path


def _is_related(one: Path, other: Path) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _apply_round(document: Document, edits: Sequence[_KnownEdit], successors: _Successors) -> Document:
    before = dict(successors)
    plans = [_plan(document, edit, successors) for edit in edits]
    splices = [splice for plan in plans for splice in plan.splices]
    if not splices:
        return document
    data: Any = document.data
    for plan in plans:
        data = replace_value(data, plan.path, plan.data)
    try:
        changed = read_document(document.encode(splice_text(document.text, splices)), document.path)
        difference = find_difference(data, changed.data)
    except (ContractError, ValueError) as error:
        problem = f"would break the file: {_explain(error)}"
    else:
        if difference is None:
            return changed
        problem = f"would also change {format_path(difference)}"
    if len(edits) == 1:
        raise _refuse(document, edits, f"the edit of {format_path(edits[0].path)} {problem}")
    for edit in edits:  # one by one, so that the message names the edit that cannot be made
        document = _apply_round(document, [edit], dict(before))
    return document


def _plan(document: Document, edit: _KnownEdit, successors: _Successors) -> Plan:
    if isinstance(edit, SetScalar):
        return plan_scalar(document, edit)
    if isinstance(edit, AppendItem):
        return plan_append(document, edit)
    return plan_insert(document, edit, _choose_anchor(document, edit, successors))


def _choose_anchor(document: Document, edit: InsertKey, successors: _Successors) -> str | None:
    """Return the key behind which a new one goes: behind those that were inserted there before it."""
    path = edit.path[:-1]
    mapping = document.node_at(path)
    wanted = next((key for key in edit.after if mapping is not None and key in mapping.entries), None)
    if wanted is None:
        return None
    anchor = wanted
    while (path, anchor) in successors:
        anchor = successors[path, anchor]
    successors[path, anchor] = str(edit.path[-1])
    return anchor


def _explain(error: ContractError | ValueError) -> str:
    if isinstance(error, ContractError) and error.diagnostics:
        first = error.diagnostics[0]
        return f"{first.message} at {first.line}:{first.column}"
    return str(error)


def _refuse(document: Document, edits: Sequence[Edit], what: str) -> EditError:
    return EditError(
        what,
        where=str(document.place(edits[0].path)),
        why="an edit changes the intended values and nothing else",
        fix="make this change by hand",
    )
