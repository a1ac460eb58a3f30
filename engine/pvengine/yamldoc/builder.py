"""Build the node tree from the parser's events, in one pass and without recursion.

The tree has data and places at once. Findings that do not hide the rest (a duplicate key, a bad number, an
unknown alias) are collected, so that a file shows all of them together; the reading goes on with a stand-in.
Broken syntax ends it, a second document, and a limit: nesting beyond ``MAX_DEPTH``, more values than
``MAX_NODES``, more findings than ``MAX_FINDINGS``. The depth is checked at every opening event: the parser's
own tree builder recurses, and a file of brackets would end the process.

``libyaml`` follows YAML 1.1 where it counts NEL, LS and PS as line breaks. In such a text they are replaced
by unused private characters before the parsing and put back into every scalar: it is read as YAML 1.2 is.

Events are typed ``Any`` here: the stubs give every event optional marks, and the C parser always sets them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml._yaml import CParser

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.yamldoc.blocks import find_content_end
from pvengine.yamldoc.frames import MAX_NODES, Frame
from pvengine.yamldoc.nodes import NO_ENTRIES, Node, NodeKind
from pvengine.yamldoc.scalars import (
    ScalarError,
    is_core_tag,
    resolve_plain,
    resolve_tagged,
    shorten,
    show_tag,
)
from pvengine.yamldoc.syntax import describe_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.yamldoc.lines import LineTable

__all__ = ["MAX_DEPTH", "MAX_FINDINGS", "MAX_NODES", "TreeBuilder"]

MAX_DEPTH = 100
"""Most levels of nesting, as written and with the aliases expanded."""
MAX_FINDINGS = 1000
"""Findings after which the reading stops: a file of nothing but mistakes must not fill the memory."""

_SCALAR = NodeKind.SCALAR  # a global: looking it up in its class takes a tenth of reading a scalar
_OPEN = -1
_PROPERTIES = re.compile(
    r"(?:(?:&[\w-]+|!<[^>\s]*>|![^\s,\[\]{}]*)(?:[ \t\r\n]|(?<=[ \t\r\n])#[^\r\n]*)*)*", re.ASCII
)
_YAML11_BREAKS = "\x85\u2028\u2029"
_BLOCK_STYLES = frozenset("|>")
_COLLECTION_TAGS = {
    NodeKind.MAPPING: ("!", "tag:yaml.org,2002:map"),
    NodeKind.SEQUENCE: ("!", "tag:yaml.org,2002:seq"),
}


class _StopReadingError(Exception):
    """Nothing after this place can be read."""


class TreeBuilder:
    """One reading of one text; ``root`` and ``diagnostics`` hold what came of it."""

    def __init__(self, lines: LineTable) -> None:
        self.text = lines.text
        self.root: Node | None = None
        self.diagnostics: list[Diagnostic] = []
        self._lines = lines
        self._stack: list[Frame] = []
        self._frame: Frame | None = None
        self._anchors: dict[str, Node] = {}
        self._anchored_text: dict[int, str] = {}
        self._count = 0
        self._documents = 0
        self._is_bomb = False
        self._has_aliases = False
        self._restore: dict[int, str] | None = None

    def build(self) -> None:
        """Read the whole text."""
        handlers: dict[type[Any], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._on_scalar,
            yaml.MappingStartEvent: self._on_mapping,
            yaml.SequenceStartEvent: self._on_sequence,
            yaml.MappingEndEvent: self._on_end,
            yaml.SequenceEndEvent: self._on_end,
            yaml.AliasEvent: self._on_alias,
            yaml.DocumentStartEvent: self._on_document,
        }
        try:
            next_event = CParser(self._prepare()).get_event
            while (event := next_event()) is not None:
                handler = handlers.get(event.__class__)
                if handler is not None:
                    handler(event)
        except yaml.YAMLError as error:
            self.diagnostics.extend(describe_error(error, self._lines))
        except _StopReadingError:
            pass

    def _prepare(self) -> str:
        text = self.text
        present = [character for character in _YAML11_BREAKS if character in text]
        if present:
            used = set(text)
            unused = (chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in used)
            pairs = list(zip(present, unused, strict=False))
            self._restore = {ord(stand_in): character for character, stand_in in pairs}
            text = text.translate({ord(character): stand_in for character, stand_in in pairs})
        # libyaml drops one byte order mark and leaves it out of its offsets; a second one is part of ours.
        return "\ufeff" + text if text.startswith("\ufeff") else text

    def _report(self, code: str, message: str, start: int, end: int, fix: str | None = None) -> None:
        is_last = len(self.diagnostics) + 1 >= MAX_FINDINGS
        if is_last:
            message += f" (finding {MAX_FINDINGS:,}: the reading stops here)"
        self.diagnostics.append(get_rule(code).report(message, self._lines.place(start, end), fix=fix))
        if is_last:
            raise _StopReadingError

    def _on_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            start = event.start_mark.index
            self._report("PV108", "a second document begins here", start, start + 3)
            raise _StopReadingError

    def _on_scalar(self, event: Any) -> None:
        start: int = event.start_mark.index
        end: int = event.end_mark.index
        text: str = event.value
        style: str = event.style
        tag: str | None = event.tag
        anchor: str | None = event.anchor
        if self._restore is not None:
            text = text.translate(self._restore)
        if tag is not None or anchor is not None:
            start = self._skip_properties(start, end)
        if style in _BLOCK_STYLES:
            end = find_content_end(self.text, start, end)
        frame = self._frame
        data: Any = text
        if frame is not None and frame.key is None and frame.is_mapping:
            if tag is not None and not is_core_tag(tag):
                self._report("PV107", f"the tag {show_tag(tag)} is not one of the core schema", start, end)
        elif tag is not None or not style:
            if not text and start == end and frame is not None and frame.key is not None:
                start = end = self._place_empty(frame.key.end, start)
            try:
                data = resolve_plain(text) if tag is None else resolve_tagged(tag, text)
            except ScalarError as error:
                self._report(error.code, error.message, start, end)
        node = Node(_SCALAR, start, end, style, data, NO_ENTRIES, (), tag, anchor)
        if anchor is not None:
            self._anchors[anchor] = node
            self._anchored_text[id(node)] = text
        self._attach(node)

    def _on_mapping(self, event: Any) -> None:
        self._open(event, Node(NodeKind.MAPPING, 0, _OPEN, "block", {}, {}, ()))

    def _on_sequence(self, event: Any) -> None:
        self._open(event, Node(NodeKind.SEQUENCE, 0, _OPEN, "block", [], NO_ENTRIES, []))

    def _open(self, event: Any, node: Node) -> None:
        start: int = event.start_mark.index
        tag: str | None = event.tag
        anchor: str | None = event.anchor
        if tag is not None or anchor is not None:
            start = self._skip_properties(start, event.end_mark.index)
        node.start, node.tag, node.anchor = start, tag, anchor
        if event.flow_style:
            node.style = "flow"
        if len(self._stack) >= MAX_DEPTH:
            self._report("PV104", f"more than {MAX_DEPTH} levels of nesting", start, start + 1)
            raise _StopReadingError
        if tag is not None and tag not in _COLLECTION_TAGS[node.kind]:
            self._report("PV107", f"the tag {show_tag(tag)} does not fit a {node.kind}", start, start + 1)
        if anchor is not None:
            self._anchors[anchor] = node
        self._attach(node)
        self._frame = Frame(node)
        self._stack.append(self._frame)

    def _on_end(self, event: Any) -> None:
        frame = self._stack.pop()
        node = frame.node
        node.end = event.end_mark.index if node.is_flow else max(frame.end, node.start)
        node.size = frame.size
        node.height = frame.height + 1
        parent = self._frame = self._stack[-1] if self._stack else None
        if parent is not None:
            parent.add(node)
            if self._has_aliases:
                self._check_expansion(parent.size, 0, node.start, node.end)

    def _on_alias(self, event: Any) -> None:
        start: int = event.start_mark.index
        end: int = event.end_mark.index
        target = self._anchors.get(event.anchor)
        if target is None or target.end == _OPEN:
            words = (
                "no anchor before it has this name" if target is None else "it stands inside its own value"
            )
            self._report("PV106", f"the alias *{shorten(event.anchor)} names nothing: {words}", start, end)
            self._attach(Node(NodeKind.SCALAR, start, end, "*", None, NO_ENTRIES, ()))
            return
        if target.alias_offset is None:
            target.alias_offset = start
        data = target.data
        frame = self._frame
        if frame is not None and frame.key is None and frame.is_mapping:
            data = self._anchored_text.get(id(target), data)
        node = Node(
            target.kind, start, end, "*", data, target.entries, target.items, target.tag, None, target
        )
        node.size, node.height = target.size, target.height
        self._has_aliases = True
        self._attach(node)
        if frame is not None:
            self._check_expansion(frame.size, len(self._stack) + node.height, start, end)

    def _attach(self, node: Node) -> None:
        """Give a scalar, an alias or a collection that opens its place in the current collection."""
        self._count += 1
        if self._count > MAX_NODES:
            self._report("PV113", f"there are more than {MAX_NODES:,} values", node.start, node.start + 1)
            raise _StopReadingError
        frame = self._frame
        if frame is None:
            self.root = node
            return
        if node.end != _OPEN:
            frame.add(node)
        if not frame.is_mapping:
            frame.items.append(node)
            frame.data.append(node.data)
        elif frame.key is None:
            frame.key, frame.key_is_bad = node, not self._accept_key(frame, node)
        else:
            if not frame.key_is_bad:
                name = frame.key.data
                frame.entries[name] = (frame.key, node)
                frame.data[name] = node.data
            frame.key = None

    def _accept_key(self, frame: Frame, key: Node) -> bool:
        if key.kind is not _SCALAR:
            self._report("PV109", f"a {key.kind} is used as a key", key.start, max(key.end, key.start + 1))
            return False
        if not isinstance(key.data, str):  # the stand-in of a bad alias
            return False
        first = frame.entries.get(key.data)
        if first is not None:
            line, column = self._lines.locate(first[0].start)
            message = (
                f"the key {shorten(key.data)!r} stands twice in one mapping: "
                f"first at {line}:{column}, again here"
            )
            self._report("PV103", message, key.start, key.end)
        return first is None

    def _check_expansion(self, size: int, depth: int, start: int, end: int) -> None:
        """Report the first place from which on the aliases, were they expanded, pass a limit."""
        if self._is_bomb or not (size > MAX_NODES or depth > MAX_DEPTH):
            return
        self._is_bomb = True
        if size > MAX_NODES:
            self._report(
                "PV105", f"with aliases expanded there are more than {MAX_NODES:,} values", start, end
            )
        else:
            self._report("PV104", f"with aliases expanded there are more than {MAX_DEPTH} levels", start, end)

    def _skip_properties(self, start: int, end: int) -> int:
        """Return where the value itself begins behind its anchor and tag."""
        match = _PROPERTIES.match(self.text, start)
        return min(match.end(), end) if match else start

    def _place_empty(self, key_end: int, offset: int) -> int:
        """Return the place of an empty value: the parser puts that of a lone ``? key`` on the next line."""
        between = self.text[key_end:offset]
        return offset if ":" in between or not between.strip(" ") else key_end
