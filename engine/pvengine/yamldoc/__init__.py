"""Read YAML with places; `edits` and `applying` change single values of it without touching another byte."""

from pvengine.yamldoc.document import Document
from pvengine.yamldoc.nodes import Node, NodeKind, Path, format_path
from pvengine.yamldoc.reader import read_document

__all__ = ["Document", "Node", "NodeKind", "Path", "format_path", "read_document"]
