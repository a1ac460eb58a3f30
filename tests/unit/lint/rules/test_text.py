from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.lint.rules.text import iter_text_issues, name_character
from pvengine.loading.contract_file import load_contract

HEAD = "metadata: {id: C, version: 1.0.0}\n"


def find(text: str) -> list[str]:
    loaded = load_contract(Path("x.yaml"), "x.yaml", (HEAD + text).encode())
    return [
        f"{one.line}:{one.column}-{one.place.end_column if one.place else 0} {one.code} {one.message}"
        for one in loaded.locate(iter_text_issues(loaded))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('k: "a\\x1b[31mb"\n', "2:6-10 PV116 U+001B ESCAPE stands here"),
        ('k: "a\\e[0m"\n', "2:6-8 PV116 U+001B ESCAPE stands here"),
        ('k: "\\u202e"\n', "2:5-11 PV116 U+202E RIGHT-TO-LEFT OVERRIDE stands here"),
        ('k: "\\U0000200b"\n', "2:5-15 PV116 U+200B ZERO WIDTH SPACE stands here"),
        ('"a\\0b": 1\n', "2:3-5 PV116 U+0000, a control character, stands here"),
        ('k: "a\\rb"\n', "2:6-8 PV116 U+000D CARRIAGE RETURN stands here"),
        ("k: a\u202eb\n", "2:5-6 PV116 U+202E RIGHT-TO-LEFT OVERRIDE stands here"),
        ("k: a\u2066b\n", "2:5-6 PV116 U+2066 LEFT-TO-RIGHT ISOLATE stands here"),
        ("a\u200bb: 1\n", "2:2-3 PV116 U+200B ZERO WIDTH SPACE stands here"),
        ("k: 1  # a\u202eb\n", "2:10-11 PV116 U+202E RIGHT-TO-LEFT OVERRIDE stands here"),
        ("k: |\n  a\ufeffb\n", "3:4-5 PV116 U+FEFF ZERO WIDTH NO-BREAK SPACE stands here"),
        ("k: a\u200db\n", "2:5-6 PV116 U+200D ZERO WIDTH JOINER stands here"),
        ("k: a\x85b\n", "2:5-6 PV116 U+0085 NEXT LINE stands here"),
    ],
)
def test_a_hidden_character_is_reported_at_its_place(text: str, expected: str) -> None:
    assert find(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        'k: "a\\tb\\nc\\r\\nd"\n',
        'k: "\\\\x1b \\u00e9 \\x41"\n',
        "k: '\\x1b \\u202e'\n",
        "k: \\x1b\n",
        "k: |\n  \\e[0m\n\n  b\n",
        '# "\\x1b"\nk: a\tb\n',
        "k: \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308\n",
        "k: \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0915\u094d\u200d\u0937\n",
        "k: Σ ε é 漢字 \u00a0\n",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert find(text) == []


def test_one_character_is_reported_once_with_its_count() -> None:
    assert find('k: "\\x1b[1m\\x1b[0m"\nl: "\\e\\x07"\n') == [
        "2:5-9 PV116 U+001B ESCAPE stands here, and at 2 more places",
        "3:7-11 PV116 U+0007 BELL stands here",
    ]
    assert find("k: \u200ba\u200b\n") == [
        "2:4-5 PV116 U+200B ZERO WIDTH SPACE stands here, and at 1 more place"
    ]


def test_a_tag_character_has_its_name() -> None:
    assert name_character(0xE0041) == "U+E0041 TAG LATIN CAPITAL LETTER A"
