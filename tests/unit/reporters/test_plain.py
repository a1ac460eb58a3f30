from __future__ import annotations

import json

import pytest

from pvengine.reporters.plain import align, clean, clean_line, count_noun, escape_json, measure_width

DANGEROUS = [
    *map(chr, range(9)), *map(chr, range(11, 32)), *map(chr, range(127, 160)),
    "\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\u202e", "\u2066", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("character", DANGEROUS, ids=ascii)
def test_what_a_terminal_would_obey_is_escaped(character: str) -> None:
    assert clean(f"a{character}b") == f"a{character.encode('unicode_escape', 'surrogatepass').decode()}b"
    assert character not in clean_line(character)
    text = json.dumps(f"a{character}b", ensure_ascii=False)
    assert character not in escape_json(text)
    assert json.loads(escape_json(text)) == f"a{character}b"
    escape_json(text).encode()


def test_text_that_is_harmless_stays() -> None:
    text = "Größe ≤ 10⁻⁵ 你好 é\tx\ny"
    assert clean(text) == text
    assert escape_json(text) == text


def test_a_line_stays_one_line() -> None:
    assert clean_line("  a \n\n  FT-001 survived\n\tb ") == "a FT-001 survived b"
    assert clean_line("a\rb") == "a\\rb"
    assert clean_line("a\n  b\n") == "a b"


def test_columns_count_what_a_terminal_shows() -> None:
    assert measure_width("Größe") == 5
    assert measure_width("你好") == 4
    assert measure_width("e\u0301") == 1
    assert align([("你好", "x"), ("abc", "y")]) == ["  你好  x", "  abc   y"]
    assert align([]) == []


def test_counts() -> None:
    assert [count_noun(count, "test") for count in (0, 1, 2)] == ["0 tests", "1 test", "2 tests"]
