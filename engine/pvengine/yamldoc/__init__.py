"""Read YAML with places, and change single values of it without touching another byte."""

from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.document import Document
from pvengine.yamldoc.edits import AppendItem, Edit, EditError, InsertKey, SetScalar, set_key
from pvengine.yamldoc.nodes import Node, NodeKind, Path, format_path
from pvengine.yamldoc.reader import read_document

__all__ = [
    "AppendItem",
    "Document",
    "Edit",
    "EditError",
    "InsertKey",
    "Node",
    "NodeKind",
    "Path",
    "SetScalar",
    "apply_edits",
    "format_path",
    "read_document",
    "set_key",
]
