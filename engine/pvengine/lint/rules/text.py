"""Characters that are not seen, or that change how a terminal or a review shows the text around them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from pvengine.lint.rules.scalars import find_scalars
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.loading.contract_file import LoadedContract

__all__ = ["iter_text_issues", "name_character"]

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_INVISIBLE = (
    "\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
_HIDDEN = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
"""Control characters except tab and line breaks, direction marks, zero-width characters and tags."""
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(\r\n|[\s\S]))")
_SHORT = {"0": 0, "a": 7, "b": 8, "v": 11, "f": 12, "r": 13, "e": 27, "N": 0x85, "L": 0x2028, "P": 0x2029}
_JOINERS = frozenset("\u200c\u200d")
_EMOJI_PARTS = frozenset("\ufe0f\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
"""What may stand between an emoji and its joiner: the emoji presentation, a keycap, a skin tone."""
_FIRST_JOINED = 0x0600
"""First script whose letters are joined by ZWJ and ZWNJ in ordinary words: Arabic."""
_NAMES = {
    0x07: "BELL",
    0x08: "BACKSPACE",
    0x0D: "CARRIAGE RETURN",
    0x1B: "ESCAPE",
    0x7F: "DELETE",
    0x85: "NEXT LINE",
    0x9B: "CONTROL SEQUENCE INTRODUCER",
}
"""Common names of control characters, which have none in Unicode."""


def iter_text_issues(loaded: LoadedContract) -> Iterator[Issue]:
    r"""Iterate over characters that hide or rearrange text (PV116), each at its first place.

    They are found anywhere in the file, comments included, and behind escapes such as ``\x1b`` in double
    quotes. Tabs, line breaks, and joiners inside an emoji or between letters of a script that needs them
    are text like any other.
    """
    text = loaded.document.text
    places: dict[int, list[tuple[int, int]]] = {}
    for match in _HIDDEN.finditer(text):
        if not (match.group() in _JOINERS and _is_joining(text, match.start())):
            places.setdefault(ord(match.group()), []).append(match.span())
    for code, span in _iter_escapes(loaded):
        places.setdefault(code, []).append(span)
    for code, spans in places.items():
        start, end = min(spans)
        more = len(spans) - 1
        count = f", and at {more:,} more place{'s' if more > 1 else ''}" if more else ""
        yield Issue("PV116", (), f"{name_character(code)} stands here{count}", span=(start, end))


def name_character(code: int) -> str:
    """Name a character by its code point.

    Examples
    --------
    >>> name_character(0x202E), name_character(0x1B), name_character(0x01)
    ('U+202E RIGHT-TO-LEFT OVERRIDE', 'U+001B ESCAPE', 'U+0001, a control character,')
    """
    name = unicodedata.name(chr(code), "") or _NAMES.get(code, "")
    return f"U+{code:04X} {name}" if name else f"U+{code:04X}, a control character,"


def _iter_escapes(loaded: LoadedContract) -> Iterator[tuple[int, tuple[int, int]]]:
    r"""Iterate over hidden characters that an escape in double quotes stands for, with the escape's place."""
    text = loaded.document.text
    if "\\" not in text:
        return
    offsets = [match.start() for match in _ESCAPE.finditer(text)]
    seen = -1
    for found in find_scalars(loaded.document.root, offsets):
        node = found.node
        if node.style != '"' or node.start == seen:
            continue
        seen = node.start
        for match in _ESCAPE.finditer(text, node.start + 1, node.end - 1):
            code = _decode(match)
            if code is not None and _is_hidden(text, match, code):
                yield code, match.span()


def _decode(match: re.Match[str]) -> int | None:
    digits = match[1] or match[2] or match[3]
    return int(digits, 16) if digits else _SHORT.get(match[4])


def _is_hidden(text: str, match: re.Match[str], code: int) -> bool:
    """Whether an escape stands for a hidden character; a carriage return before a line feed is none."""
    if code == ord("\r"):
        return not text.startswith(("\\n", "\\x0a", "\\x0A"), match.end())
    return code not in (0x200C, 0x200D) and _HIDDEN.fullmatch(chr(code)) is not None


def _is_joining(text: str, offset: int) -> bool:
    """Whether a joiner stands inside an emoji, or between letters of a script that joins them."""
    before = offset - 1
    while before >= 0 and offset - before <= len(_EMOJI_PARTS) and text[before] in _EMOJI_PARTS:
        before -= 1
    if before < 0 or offset + 1 >= len(text):
        return False
    pair = (text[before], text[offset + 1])
    if text[offset] == "\u200d" and all(unicodedata.category(character) == "So" for character in pair):
        return True
    return all(
        ord(character) >= _FIRST_JOINED and unicodedata.category(character)[0] in "LM" for character in pair
    )
