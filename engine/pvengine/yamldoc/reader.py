"""Read a YAML file into a document, or say everything that is wrong with it."""

from __future__ import annotations

from pvengine.diagnostics import ContractError, Diagnostic, get_rule
from pvengine.yamldoc.builder import TreeBuilder
from pvengine.yamldoc.decoding import BOM, decode
from pvengine.yamldoc.document import Document
from pvengine.yamldoc.lines import LineTable
from pvengine.yamldoc.markers import Conflict, find_conflicts
from pvengine.yamldoc.nodes import NodeKind

__all__ = ["read_document"]


def read_document(raw: bytes, path: str) -> Document:
    """Read the bytes of a contract; ``path`` is what findings show.

    Raises
    ------
    ContractError
        With every finding (PV101 to PV110, PV112) that the text gives; with merge markers (PV613) alone
        where there are some, because nothing else that is found then says anything.
    """
    text = decode(raw, path)
    if isinstance(text, Diagnostic):
        raise _refuse(path, [text])
    lines = LineTable(text.removeprefix(BOM), path)
    conflicts = find_conflicts(lines.text)
    if conflicts:
        raise _refuse(path, [_report_conflict(conflict, lines) for conflict in conflicts])
    builder = TreeBuilder(lines)
    builder.build()
    findings = builder.diagnostics
    root = builder.root
    if root is None:
        if not findings:
            findings.append(get_rule("PV108").report("the file holds no document", lines.place(0, 0)))
    elif root.kind is not NodeKind.MAPPING:
        message = f"the document is a {root.kind}, not a mapping"
        end = lines.line_end(root.start)
        findings.append(get_rule("PV110").report(message, lines.place(root.start, end)))
    if findings or root is None:
        raise _refuse(path, findings)
    return Document(path, raw, lines, root)


def _report_conflict(conflict: Conflict, lines: LineTable) -> Diagnostic:
    if conflict.end is None:
        message = "a merge marker stands here without its other half"
    else:
        message = f"a merge left two versions here, down to line {lines.locate(conflict.end)[0]}"
    return get_rule("PV613").report(message, lines.place(conflict.start, conflict.stop))


def _refuse(path: str, findings: list[Diagnostic]) -> ContractError:
    count = len(findings)
    return ContractError(f"{count} error{'s' if count != 1 else ''} in the YAML text", findings, where=path)
