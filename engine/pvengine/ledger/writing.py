"""The one edit of a discharge: statuses, verdicts, evidence links, amendment and version, in one splice."""

from __future__ import annotations

import difflib
import io
from typing import TYPE_CHECKING, Any

from pvengine.graph.edges import Kind
from pvengine.ledger.amendments import make_amendment
from pvengine.ledger.transitions import Bump, Transition, bump_version
from pvengine.models.vocabulary import Status
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.edits import AppendItem, Edit, set_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.yamldoc import Document

__all__ = ["compose_edits", "diff_documents", "write_transitions"]


def write_transitions(
    document: Document,
    version: str,
    transitions: Sequence[Transition],
    *,
    kind: str,
    reason: str | None = None,
) -> tuple[Document, str]:
    """Splice transitions, an amendment and the new version into a document.

    Returns
    -------
    document
        The contract after the edit, read again and compared; nothing is written to a file here.
    version
        The version after the bump.
    """
    bump = max((transition.bump for transition in transitions), default=Bump.NONE)
    bumped = bump_version(version, bump)
    edits = compose_edits(document, bumped, transitions, kind=kind, reason=reason)
    return apply_edits(document, edits), bumped


def compose_edits(
    document: Document,
    version: str,
    transitions: Sequence[Transition],
    *,
    kind: str,
    reason: str | None = None,
) -> list[Edit]:
    """Compose the edits of one amendment, in the order of the text."""
    edits: list[Edit] = [set_key(document, ("metadata", "version"), version)]
    if "version" in document.data:
        edits.append(set_key(document, ("version",), version))
    tests: list[dict[str, Any]] = []
    for transition in transitions:
        edits += _edits_of(document, transition)
        if transition.kind is Kind.TEST:
            tests.append(_entry_of(transition))
    amendment = make_amendment(version=version, kind=kind, tests=tests, before=document.data, reason=reason)
    edits.append(AppendItem(("amendments",), amendment))
    return edits


def _edits_of(document: Document, transition: Transition) -> list[Edit]:
    status = set_key(document, (*transition.path, "status"), transition.to)
    if transition.kind is not Kind.TEST:
        return [status]
    edits = [status]
    if transition.verdict is not None or document.node_at((*transition.path, "verdict")) is not None:
        edits.append(set_key(document, (*transition.path, "verdict"), transition.verdict, after=("status",)))
    link = None if transition.to == Status.NEW.value else transition.head  # what is NEW rests on nothing
    if link is not None or document.node_at((*transition.path, "evidence")) is not None:
        edits.append(set_key(document, (*transition.path, "evidence"), link, after=("verdict", "status")))
    return edits


def _entry_of(transition: Transition) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": transition.id, "from": transition.from_, "to": transition.to}
    if transition.verdict is not None:
        entry["verdict"] = transition.verdict
    entry |= {"head": transition.head, "count": transition.count}
    if transition.grounded:
        entry["grounded"] = True
    return entry


def diff_documents(before: Document, after: Document) -> str:
    """Return the unified diff of two versions of one file; empty where they are equal."""
    lines = difflib.unified_diff(
        io.StringIO(before.text, newline="").readlines(),
        io.StringIO(after.text, newline="").readlines(),
        f"a/{before.path}",
        f"b/{after.path}",
        n=3,
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
