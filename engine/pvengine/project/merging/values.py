"""Write what the engine owns alike into all versions of a contract, so that only people's edits differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import ContractError
from pvengine.models.vocabulary import Status
from pvengine.yamldoc import NodeKind, read_document
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.compare import find_difference
from pvengine.yamldoc.edits import AppendItem, Edit, EditError, set_key
from pvengine.yamldoc.splices import Splice, splice_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pvengine.graph.edges import Key
    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.contract import AmendmentTest
    from pvengine.yamldoc import Document, Node, Path

__all__ = ["EngineValues", "compose_word_edits", "extend_amendments", "find_comments"]

_AMENDMENTS = ("amendments",)
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)


@dataclass(frozen=True)
class EngineValues:
    """What the engine writes into a contract, after a merge.

    Attributes
    ----------
    version
        That of the contract; None leaves the versions to the text.
    pins
        The last word on each test.
    words
        Those of hypotheses, steps and stages; one that is not among them is a person's.
    amendments
        The document whose amendments these are, placed and written as they shall stand.
    """

    version: str | None
    pins: Mapping[str, AmendmentTest]
    words: Mapping[Key, str]
    amendments: Document | None = None

    def write(self, loaded: LoadedContract, places: Mapping[Key, Path]) -> Document:
        """Write them into one version of the contract, whose words stand at ``places``.

        Raises
        ------
        EditError
            A value cannot be written there without changing another.
        """
        document = apply_edits(loaded.document, list(self._iter_edits(loaded, places)))
        return document if self.amendments is None else _place_amendments(document, self.amendments)

    def _iter_edits(self, loaded: LoadedContract, places: Mapping[Key, Path]) -> Iterator[Edit]:
        document = loaded.document
        if self.version is not None:
            yield set_key(document, ("metadata", "version"), self.version)
            if "version" in loaded.data:
                yield set_key(document, ("version",), self.version)
        for name, pin in self.pins.items():
            if name in loaded.test_paths:
                yield from _iter_test_edits(document, loaded.test_paths[name], pin)
        yield from compose_word_edits(document, places, self.words)


def _iter_test_edits(document: Document, path: Path, pin: AmendmentTest) -> Iterator[Edit]:
    yield set_key(document, (*path, "status"), pin.to)
    if pin.verdict is not None or document.node_at((*path, "verdict")) is not None:
        yield set_key(document, (*path, "verdict"), pin.verdict, after=("status",))
    head = None if pin.to == Status.NEW.value else pin.head
    if head is not None or document.node_at((*path, "evidence")) is not None:
        yield set_key(document, (*path, "evidence"), head, after=("verdict", "status"))


def compose_word_edits(
    document: Document, places: Mapping[Key, Path], words: Mapping[Key, str]
) -> list[Edit]:
    """Compose the edits that give hypotheses, steps and stages their words."""
    return [set_key(document, (*places[key], "status"), word) for key, word in words.items() if key in places]


def extend_amendments(document: Document, entries: Sequence[Any]) -> Document:
    """Append to the amendments of a document those of ``entries`` that it does not have yet; EditError."""
    written = document.data.get("amendments") or []
    for entry in entries[len(written) :]:
        document = apply_edits(document, [AppendItem(_AMENDMENTS, entry)])
    return document


def _place_amendments(document: Document, source: Document) -> Document:
    """Return the document with the amendments of another one, in its words and its layout."""
    key, value = _find_block(source)
    text = source.text[key.start : value.end]
    if document.key_at(_AMENDMENTS) is None:
        document = apply_edits(document, [AppendItem(_AMENDMENTS, source.data["amendments"][0])])
    key, value = _find_block(document)
    spliced = splice_text(document.text, [Splice(key.start, value.end, text)])
    expected = document.data | {"amendments": source.data["amendments"]}
    try:
        changed = read_document(document.encode(spliced), document.path)
    except ContractError as error:
        raise _refuse_place(document) from error
    if find_difference(expected, changed.data) is not None:
        raise _refuse_place(document)
    return changed


def _find_block(document: Document) -> tuple[Node, Node]:
    key, value = document.key_at(_AMENDMENTS), document.node_at(_AMENDMENTS)
    if key is None or value is None or value.is_alias or value.anchor is not None:
        raise _refuse_place(document)
    return key, value


def _refuse_place(document: Document) -> EditError:
    return EditError(
        "the amendments of the merge cannot be written here",
        where=str(document.place(_AMENDMENTS, key=True)),
        why="an edit changes the intended values and nothing else",
        fix="write `amendments:` at the left margin, as a list in lines, on both sides",
    )


def find_comments(document: Document) -> dict[str, int]:
    """Find the comments between the amendments of a document, each with the number of its line."""
    key, value = document.key_at(_AMENDMENTS), document.node_at(_AMENDMENTS)
    if key is None or value is None:
        return {}
    scalars = [(node.start, node.end) for node in _iter_scalars(value)]
    return {
        match.group().strip(): document.lines.locate(match.start())[0]
        for match in _COMMENT.finditer(document.text, key.end, value.end)
        if not any(start <= match.start() < end for start, end in scalars)
    }


def _iter_scalars(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.kind is NodeKind.SCALAR:
            yield current
        waiting += current.items
        for key, value in current.entries.values():
            waiting += (key, value)
