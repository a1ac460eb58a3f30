"""Say in plain words what the YAML parser could not read."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

import yaml

from pvengine.diagnostics import Diagnostic, get_rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pvengine.yamldoc.lines import LineTable

__all__ = ["describe_error"]

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPORTED_CHARACTERS = 20

_WORDS: dict[str, tuple[str, str | None]] = {
    "mapping values are not allowed in this context": (
        "a ':' stands where no mapping can begin",
        "put the text in quotes if the colon belongs to it, or correct the indentation",
    ),
    "could not find expected ':'": (
        "a key without ':', or text that is not indented far enough",
        "write `key: value`, or indent the text under its key",
    ),
    "did not find expected key": (
        "this is neither a key nor part of the value before it",
        "check the indentation, and whether a quote or bracket before it is closed",
    ),
    "did not find expected '-' indicator": (
        "a list item '- ' was expected here",
        "give all items of the list, and nothing else, the same indentation",
    ),
    "did not find expected ',' or ']'": ("a list in brackets is not closed", "write ',' or ']' here"),
    "did not find expected ',' or '}'": ("a mapping in braces is not closed", "write ',' or '}' here"),
    "did not find expected node content": ("a value was expected here", None),
    "did not find expected <document start>": (
        "text stands after the end of the document",
        "check the indentation: a contract is one mapping",
    ),
    "found unexpected end of stream": (
        "this quoted text is not closed before the file ends",
        "close the quote",
    ),
    "found unexpected document indicator": (
        "this quoted text is not closed before a line '---' or '...'",
        "close the quote",
    ),
    "found unknown escape character": (
        "a backslash sequence that YAML does not have",
        "double the backslash, or use single quotes",
    ),
    "block sequence entries are not allowed in this context": (
        "a list item '- ' stands where no list can begin",
        "start the list on its own line",
    ),
    "mapping keys are not allowed in this context": (
        "a '?' stands where no key can begin",
        "put the text in quotes",
    ),
    "found a tab character that violates indentation": (
        "a tab is used for indentation",
        "indent with spaces",
    ),
    "found a tab character where an indentation space is expected": (
        "a tab is used for indentation",
        "indent with spaces",
    ),
    "found unexpected ':'": (
        "a ':' that is neither text nor the end of a key",
        "write a space behind it, or put the text in quotes",
    ),
    "found undefined tag handle": ("a tag uses a handle that no %TAG line defines", "delete the tag"),
}
_CONTEXTS = {
    "while parsing a block mapping": "in the mapping that begins",
    "while parsing a block collection": "in the list that begins",
    "while parsing a flow mapping": "in the braces that open",
    "while parsing a flow sequence": "in the brackets that open",
    "while parsing a quoted scalar": "in the quoted text that begins",
    "while scanning a quoted scalar": "in the quoted text that begins",
    "while scanning a block scalar": "in the text block that begins",
    "while scanning a plain scalar": "in the text that begins",
    "while scanning a simple key": "in the text that begins",
    "while scanning an anchor": "in the anchor",
    "while scanning an alias": "in the alias",
    "while scanning a tag": "in the tag",
}
_UNCLOSED = frozenset({"found unexpected end of stream", "found unexpected document indicator"})
_CANNOT_START = "found character that cannot start any token"


def describe_error(error: yaml.YAMLError, lines: LineTable) -> Iterable[Diagnostic]:
    """Make findings PV102 of what the parser raised."""
    if isinstance(error, yaml.reader.ReaderError):
        return _describe_characters(error, lines)
    if isinstance(error, yaml.MarkedYAMLError):
        return [_describe_marked(error, lines)]
    return [get_rule("PV102").report(str(error), lines.place(0, 0))]


def _describe_characters(error: yaml.reader.ReaderError, lines: LineTable) -> list[Diagnostic]:
    rule = get_rule("PV102")
    reports = [
        rule.report(
            f"the character U+{ord(match.group()):04X} cannot stand in YAML",
            lines.place(match.start(), match.end()),
            fix=f'write it as "{_escape(match.group())}" in double quotes, or delete it',
        )
        for match in islice(_UNPRINTABLE.finditer(lines.text), _REPORTED_CHARACTERS)
    ]
    return reports or [rule.report(str(error.reason), lines.place(0, 0))]


def _escape(character: str) -> str:
    return f"\\x{ord(character):02x}" if ord(character) <= 0xFF else f"\\u{ord(character):04x}"  # noqa: PLR2004 - the two-digit escape ends there


def _describe_marked(error: yaml.MarkedYAMLError, lines: LineTable) -> Diagnostic:
    problem = error.problem or "the text is not YAML"
    mark = error.problem_mark or error.context_mark
    offset = mark.index if mark else 0
    if problem == _CANNOT_START:
        words, fix = _describe_start(lines.text[offset : offset + 1])
    else:
        words, fix = _WORDS.get(problem) or (problem, None)
    context = error.context_mark
    if problem in _UNCLOSED and context:
        return get_rule("PV102").report(words, lines.place(context.index, context.index + 1), fix=fix)
    if error.context and context and context.index != offset:
        line, column = lines.locate(context.index)
        words = f"{words} ({_CONTEXTS.get(error.context, error.context)} at {line}:{column})"
    return get_rule("PV102").report(words, lines.place(offset, offset + 1), fix=fix)


def _describe_start(character: str) -> tuple[str, str | None]:
    if character == "\t":
        return "a tab stands where a value or key begins", "use spaces"
    return f"no value can begin with {character!r}", "put the text in quotes"
