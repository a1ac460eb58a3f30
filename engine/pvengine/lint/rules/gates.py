"""Rules about enforcement and gates: what they point at must be there."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pvengine.lint.rules.blocks import MAX_COMPARED
from pvengine.lint.rules.vocabularies import Suggestions, iter_severity_issues
from pvengine.loading.complaints import shorten
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pvengine.lint.rules.blocks import Blocks
    from pvengine.yamldoc import Document, Path

__all__ = ["expand_ids", "iter_gate_issues"]

_ID = re.compile(
    r"(?<![\w-])(?P<marker>contract_tests::)?"
    r"(?P<family>[A-Za-z]\w*-(?:\w+-)*)(?P<last>\w+\*?|\*|\{[^{}\n]{0,200}\})"
)
"""An id of several parts; its last part may be a wildcard or several in braces."""
_LIST = re.compile(r"contract_tests::[\w-]+(?:[ \t]*,[ \t]*(?:contract_tests::)?[\w-]+)+")
_NAME = re.compile(r"[\w-]+(?=[ \t]*(?:,|$))")
_CHECKED = 100
"""Checks and names that are compared letter by letter."""
_SHORTEST = 5
"""Shortest name of which a slip is looked for: shorter ones are near too many words."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that may name ids: who says it, where it stands."""

    owner: str
    path: Path
    text: str


class _Ids:
    """The ids that a contract has, and their families: an id without its last part."""

    def __init__(self, ids: Collection[str]) -> None:
        self.names = sorted(ids)
        self.families = frozenset(name[: name.rfind("-") + 1] for name in ids) - {""}
        self._ids = frozenset(ids)

    def __contains__(self, name: str) -> bool:
        """Whether an id is there; of a wildcard, whether there is any that begins so."""
        if not name.endswith("*"):
            return name in self._ids
        at = bisect_left(self.names, name[:-1])
        return at < len(self.names) and self.names[at].startswith(name[:-1])


def expand_ids(family: str, last: str) -> tuple[str, ...]:
    """Return the ids that a reference names; a wildcard stays as it is.

    Examples
    --------
    >>> expand_ids("FALSIFY-SM-", "{001, 002}")
    ('FALSIFY-SM-001', 'FALSIFY-SM-002')
    >>> expand_ids("FALSIFY-SM-", "*")
    ('FALSIFY-SM-*',)
    """
    if last.startswith("{"):
        return tuple(family + part.strip() for part in last[1:-1].split(",") if part.strip())
    return (family + last,)


def iter_gate_issues(blocks: Blocks, document: Document) -> Iterator[Issue]:
    """Iterate over enforcement of tests (PV308) and gates on checks (PV309) that are not there.

    A text names a test where it holds an id in a family of the contract's own ids (the same text up to its
    last part), or anything behind ``contract_tests::``. A check of a gate is otherwise free text; one that is
    a slip away from the name of an equation or of an enforcement rule is taken for a misspelt one. Also
    PV217 (severity) of enforcement.
    """
    yield from iter_severity_issues(blocks.enforcement)
    if not blocks.enforcement and blocks.gate is None:
        return
    ids = {entry.id for entry in (*blocks.harnesses, *blocks.obligations) if entry.id} | blocks.test_ids
    known = _Ids(ids)
    yield from _iter_dangling("PV308", _iter_enforcement(blocks), known, document)
    yield from _iter_lists(blocks, known)
    yield from _iter_dangling("PV309", _iter_gate(blocks), known, document)
    yield from _iter_slips(blocks)


def _iter_enforcement(blocks: Blocks) -> Iterator[_Text]:
    for entry in blocks.enforcement:
        for key in ("check", "reference", "test"):
            yield from _iter_texts(f"enforcement {entry.name}", (*entry.path, key), entry.data.get(key))


def _iter_lists(blocks: Blocks, known: _Ids) -> Iterator[Issue]:
    """Report a check that is written as the path of one test and lists several: no test has that path.

    Where one of them is not there, that is said instead.
    """
    for entry in blocks.enforcement:
        check = entry.data.get("check")
        text = check[: MAX_COMPARED + 1].strip() if isinstance(check, str) else ""
        if _LIST.fullmatch(text) and all(name in known for name in _NAME.findall(text)):
            message = f"enforcement {entry.name} points at {shorten(check)}, and no test has this path"
            fix = "write one rule for each test, each with `check: contract_tests::ID`"
            yield Issue("PV308", (*entry.path, "check"), message, fix)


def _iter_gate(blocks: Blocks) -> Iterator[_Text]:
    if blocks.gate is not None:
        for key, value in blocks.gate.data.items():
            if key in {"checks", "pass_criteria"} or key.startswith("must_pass"):
                yield from _iter_texts(f"qa_gate: `{key}`", ("qa_gate", key), value)


def _iter_texts(owner: str, path: Path, value: Any) -> Iterator[_Text]:
    if isinstance(value, str):
        yield _Text(owner, path, value)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield _Text(owner, (*path, index), item)


def _iter_dangling(code: str, texts: Iterator[_Text], known: _Ids, document: Document) -> Iterator[Issue]:
    """Report the ids that are not there, each once in a text, at its first mention."""
    suggestions = Suggestions()
    long: set[str] = set()
    for each in texts:
        if len(each.text) > MAX_COMPARED:
            if each.text in long:
                continue  # an alias: what it names has been said
            long.add(each.text)
        seen: set[str] = set()
        offset = _find_offset(each, document) if "-" in each.text else None
        for match in _ID.finditer(each.text) if "-" in each.text else ():
            if match["marker"] is None and match["family"] not in known.families:
                continue
            span = None if offset is None else (offset + match.start("family"), offset + match.end())
            for name in expand_ids(match["family"], match["last"]):
                if name not in seen and name not in known:
                    seen.add(name)
                    hint = suggestions.ask(name, known.names) if len(known.names) <= _CHECKED else ""
                    message = f"{each.owner} names {shorten(name)}, and the contract has no such id{hint}"
                    yield Issue(code, each.path, message, span=span)


def _find_offset(each: _Text, document: Document) -> int | None:
    """Return where a text begins in the file; None where it is written in another way than it reads."""
    node = document.node_at(each.path)
    if node is None or node.is_alias:
        return None
    start = document.text.find(each.text, node.start, node.end)
    return None if start < 0 else start


def _iter_slips(blocks: Blocks) -> Iterator[Issue]:
    """Report checks that are one slip away from a name that the contract has."""
    checks = blocks.gate.data.get("checks") if blocks.gate is not None else None
    entries = (*blocks.enforcement, *blocks.equations)
    names = [entry.key for entry in entries if entry.key is not None]
    known = set(names)
    for index, check in enumerate(checks[:_CHECKED] if isinstance(checks, list) else ()):
        if isinstance(check, str) and check not in known and check.isidentifier():
            near = next((name for name in names[:_CHECKED] if _is_slip(check, name)), None)
            if near is not None:
                yield Issue(
                    "PV309",
                    ("qa_gate", "checks", index),
                    f"qa_gate: check {shorten(check)} names nothing of the contract; did you mean {near!r}?",
                )


def _is_slip(word: str, name: str) -> bool:
    """Whether two names differ by one letter added, left out or changed, or by two that change places.

    A plural is another word.
    """
    if abs(len(word) - len(name)) > 1 or min(len(word), len(name)) < _SHORTEST:
        return False
    if word + "s" == name or name + "s" == word:
        return False
    start = 0
    while start < min(len(word), len(name)) and word[start] == name[start]:
        start += 1
    rest, other = word[start:], name[start:]
    is_swapped = rest[:2][::-1] == other[:2] and rest[2:] == other[2:]
    return is_swapped or rest[1:] in (other[1:], other) or rest == other[1:]
