"""Every finding of the reader, with its exact place."""

from __future__ import annotations

import time

import pytest

from pvengine.diagnostics import ContractError, get_rule
from pvengine.yamldoc import read_document
from pvengine.yamldoc.builder import MAX_DEPTH, MAX_FINDINGS


def find(source: str | bytes) -> list[str]:
    raw = source.encode() if isinstance(source, str) else source
    with pytest.raises(ContractError) as caught:
        read_document(raw, "c.yaml")
    return [
        f"{g.place}-{g.place.end_line}:{g.place.end_column} {g.code} {g.message}"
        for g in caught.value.diagnostics
        if g.place is not None
    ]


ONE_FINDING = {
    "bad byte": (
        b"a: x\r\nb: caf\xe9\n",
        "2:7-2:8 PV101 the byte 0xe9 at offset 12 is not part of UTF-8 text",
    ),
    "bad byte behind a mark": (
        b"\xef\xbb\xbfa: \xff\n",
        "1:4-1:5 PV101 the byte 0xff at offset 6 is not part",
    ),
    "cut character": (b"a: caf\xc3", "1:7-1:8 PV101 the byte 0xc3 at offset 6 is not part of UTF-8 text"),
    "bad byte behind wide characters": (
        "a: é😀".encode() + b"\xff\n",
        "1:6-1:7 PV101 the byte 0xff at offset 9",
    ),
    "surrogate": (b"a: \xed\xa0\x80\n", "1:4-1:5 PV101 the byte 0xed at offset 3"),
    "UTF-16": ("a: 1\n".encode("utf-16"), "1:1-1:1 PV101 the file looks like UTF-16 or UTF-32, not UTF-8"),
    "UTF-16 without mark": ("a: 1\n".encode("utf-16-be"), "1:1-1:1 PV101 the file looks like UTF-16"),
    "NUL": ("é: x\x00y\n", "1:5-1:6 PV102 the character U+0000 cannot stand in YAML"),
    "escape": ("a: 1\nb: x\x1by\n", "2:5-2:6 PV102 the character U+001B cannot stand in YAML"),
    "U+FFFE": ("a: x\ufffey\n", "1:5-1:6 PV102 the character U+FFFE cannot stand in YAML"),
    "open bracket": (
        "a: [1, 'x'\nb: 2\n",
        "2:1-2:2 PV102 a list in brackets is not closed (in the brackets that open at 1:4)",
    ),
    "open brace": ("a: {b: 1\nc: 2\n", "2:2-2:3 PV102 a mapping in braces is not closed"),
    "open quote": (
        "a: 1\nb: 'x\nc: 1\n",
        "2:4-2:5 PV102 this quoted text is not closed before the file ends",
    ),
    "marker in quotes": ("a: 'x\n---\n", "1:4-1:5 PV102 this quoted text is not closed before a line '---'"),
    "two colons": ("a: b: c\n", "1:5-1:6 PV102 a ':' stands where no mapping can begin"),
    "no colon": (
        "a: 1\nword\nb: 2\n",
        "3:1-3:2 PV102 a key without ':', or text that is not indented far enough",
    ),
    "indentation": (
        "a:\n  b: 1\n c: 2\n",
        "3:2-3:3 PV102 this is neither a key nor part of the value before it (in the mapping",
    ),
    "item outside": ("a:\n  - b\n  c: 2\n", "3:3-3:4 PV102 a list item '- ' was expected here"),
    "item on the line": ("a: - b\n", "1:4-1:5 PV102 a list item '- ' stands where no list can begin"),
    "tab": ("a:\n\tb: 1\n", "2:1-2:2 PV102 a tab stands where a value or key begins"),
    "tab in text": ("a: x\n\tb: 1\n", "2:1-2:2 PV102 a tab is used for indentation"),
    "reserved character": ("a: @b\n", "1:4-1:5 PV102 no value can begin with '@'"),
    "bad escape": ('a: "\\q"\n', "1:5-1:6 PV102 a backslash sequence that YAML does not have"),
    "tag handle": ("a: !x!y 1\n", "1:4-1:5 PV102 a tag uses a handle that no %TAG line defines"),
    "lone colon": ("{a:}\n", "1:3-1:4 PV102 a ':' that is neither text nor the end of a key"),
    "duplicate key": (
        "a: 1\nb:\n  c: 1\n  'c': 2\n",
        "4:3-4:6 PV103 the key 'c' stands twice in one mapping: first at 3:3, again here",
    ),
    "duplicate key in braces": (
        "{a: 1, a: 2}\n",
        "1:8-1:9 PV103 the key 'a' stands twice in one mapping: first at 1:2",
    ),
    "duplicate by an alias": ("&k a: 1\n*k : 2\n", "2:1-2:3 PV103 the key 'a' stands twice"),
    "number and its text": ("1: a\n'1': b\n", "2:1-2:4 PV103 the key '1' stands twice"),
    "depth": (
        "a: " + "[" * 200,
        f"1:{MAX_DEPTH + 3}-1:{MAX_DEPTH + 4} PV104 more than {MAX_DEPTH} levels of nesting",
    ),
    "alias to nothing": ("a: *x\nb: &x 1\n", "1:4-1:6 PV106 the alias *x names nothing: no anchor before it"),
    "alias to itself": (
        "a: &x [*x]\n",
        "1:8-1:10 PV106 the alias *x names nothing: it stands inside its own value",
    ),
    "foreign tag": (
        "a: !!python/name:x y\n",
        "1:20-1:21 PV107 the tag !!python/name:x is not one of the core schema",
    ),
    "local tag": ("a: !x {b: 1}\n", "1:7-1:8 PV107 the tag !x does not fit a mapping"),
    "tag of a key": ("!x a: 1\n", "1:4-1:5 PV107 the tag !x is not one of the core schema"),
    "wrong tag": ("a: !!int x\n", "1:10-1:11 PV107 'x' cannot be read under the tag !!int"),
    "wrong collection": ("a: !!seq {}\n", "1:10-1:11 PV107 the tag !!seq does not fit a mapping"),
    "empty file": ("", "1:1-1:1 PV108 the file holds no document"),
    "only comments": ("# a\n", "1:1-1:1 PV108 the file holds no document"),
    "two documents": ("a: 1\n---\nb: 1\n", "2:1-2:4 PV108 a second document begins here"),
    "list as key": ("[a, b]: 1\n", "1:1-1:2 PV109 a sequence is used as a key"),
    "mapping as key": ("? a: 1\n: 2\n", "1:3-1:4 PV109 a mapping is used as a key"),
    "aliased list as key": ("a: &x [1]\n*x : 1\n", "2:1-2:3 PV109 a sequence is used as a key"),
    "list": ("# c\n- a\n", "2:1-2:4 PV110 the document is a sequence, not a mapping"),
    "text": ("hello\n", "1:1-1:6 PV110 the document is a scalar, not a mapping"),
    "marker only": ("---\n", "2:1-2:1 PV110 the document is a scalar, not a mapping"),
    "overflow": ("a: 1e999\n", "1:4-1:9 PV112 the number 1e999 is larger than any double"),
    "underflow": (
        "a: -1e-999\n",
        "1:4-1:11 PV112 the number -1e-999 is not zero and smaller than any double",
    ),
    "digits": (
        "a: " + "9" * 5000,
        "1:4-1:5004 PV112 the integer " + "9" * 30 + "...9999999 has more than 4300 digits",
    ),
}


@pytest.mark.parametrize(("source", "expected"), ONE_FINDING.values(), ids=ONE_FINDING.keys())
def test_a_finding_has_its_place(source: str | bytes, expected: str) -> None:
    findings = find(source)
    assert len(findings) == 1, findings
    assert findings[0].startswith("c.yaml:" + expected)


def test_all_findings_are_reported_at_once() -> None:
    source = "a: 1\na: 2\nb: 1e999\nc: *no\nd: !x y\n? [k]\n: z\nb: 3\ne: [\n"
    assert [finding.split(" ")[:2] for finding in find(source)] == [
        ["c.yaml:2:1-2:2", "PV103"],
        ["c.yaml:3:4-3:9", "PV112"],
        ["c.yaml:4:4-4:7", "PV106"],
        ["c.yaml:5:7-5:8", "PV107"],
        ["c.yaml:6:3-6:4", "PV109"],
        ["c.yaml:8:1-8:2", "PV103"],
        ["c.yaml:10:1-10:1", "PV102"],
    ]


def test_a_third_key_is_reported_against_the_first() -> None:
    findings = find("a: 1\na: 2\na: 3\n")
    assert [finding[:17] for finding in findings] == ["c.yaml:2:1-2:2 PV", "c.yaml:3:1-3:2 PV"]
    assert all(finding.endswith("first at 1:1, again here") for finding in findings)


def test_every_unprintable_character_is_reported_up_to_a_limit() -> None:
    assert len(find("a: \x01\nb: \x02\n")) == 2
    assert len(find("a: " + "\x01" * 100)) == 20


def test_findings_carry_the_rule() -> None:
    with pytest.raises(ContractError) as caught:
        read_document(b"a: 1\na: 2\n", "dir/c.yaml")
    (finding,) = caught.value.diagnostics
    assert (finding.why, finding.fix, finding.path) == (
        get_rule("PV103").why,
        get_rule("PV103").fix,
        "dir/c.yaml",
    )
    assert finding.place is not None
    assert finding.place.snippet == "a: 2"
    assert str(caught.value) == "dir/c.yaml: 1 error in the YAML text"


def test_lines_and_columns_do_not_count_yaml_11_breaks() -> None:
    assert find("# x\x85y\u2028z\nb: '\u2029'\nc: 1\nc: 2\n")[0].startswith("c.yaml:4:1-4:2 PV103")


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_places_do_not_depend_on_line_breaks_or_a_mark(line_break: str, bom: str) -> None:
    source = bom + "é: 😀\nb: 1\n\nb: 2\n".replace("\n", line_break)
    assert find(source)[0].startswith(
        "c.yaml:4:1-4:2 PV103 the key 'b' stands twice in one mapping: first at 2:1"
    )


def test_aliases_that_multiply_are_counted_not_expanded() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for old, new in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{new}: &{new} [{', '.join(['*' + old] * 10)}]")
    assert find("\n".join(lines))[0].startswith(
        "c.yaml:6:44-6:46 PV105 with aliases expanded there are more than 1,000"
    )


def test_aliases_that_add_up_over_many_lists_are_counted() -> None:
    row = "- [" + ", ".join(["*a"] * 100) + "]\n"
    source = "a: &a [" + ", ".join("x" * 99) + "]\nb:\n" + row * 101
    (finding,) = find(source)
    assert "PV105" in finding


def test_aliases_that_nest_deeper_than_the_limit_are_refused() -> None:
    source = f"a: &a {'[' * 60}{']' * 60}\nb: {'[' * 60}*a{']' * 60}\n"
    (finding,) = find(source)
    assert finding.startswith("c.yaml:2:64-2:66 PV104 with aliases expanded there are more than 100 levels")


def test_depth_at_the_limit_is_read() -> None:
    levels = MAX_DEPTH - 1
    data = read_document(f"a: {'[' * levels}{']' * levels}\n".encode(), "c.yaml").data["a"]
    for _ in range(levels - 1):
        (data,) = data
    assert data == []


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("a: [" + "*x , " * 5000 + "]\n", "the alias *x names nothing: no anchor before it has this name"),
        ("a: 1\n" * 5000, "the key 'a' stands twice in one mapping: first at 1:1, again here"),
        ("a:\n" + "- !x 1\n" * 5000, "the tag !x is not one of the core schema"),
    ],
)
def test_the_reading_stops_when_there_are_too_many_findings(source: str, last: str) -> None:
    found = find(source)
    assert len(found) == MAX_FINDINGS == 1000
    assert found[-1].endswith(f"{last} (finding 1,000: the reading stops here)")
    assert "stops here" not in found[-2]


def test_one_finding_less_than_the_limit_changes_nothing() -> None:
    found = find("a: [" + "*x , " * (MAX_FINDINGS - 1) + "]\n")
    assert len(found) == MAX_FINDINGS - 1
    assert "stops here" not in "".join(found)


def test_the_reading_stops_when_there_are_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pvengine.yamldoc.builder.MAX_NODES", 5)
    assert read_document(b"a: [1, 2]\n", "c.yaml").data == {"a": [1, 2]}
    assert find("a: [1, 2, 3]\n") == ["c.yaml:1:11-1:12 PV113 there are more than 5 values"]


LONG = "k" * 1_000_000


@pytest.mark.parametrize(
    "source",
    [
        f"? {LONG}\n: 1\n? {LONG}\n: 2\n",
        f"a: *{LONG}\n",
        f"a: !{LONG} 1\n",
        f"a: !<{LONG}> 1\n",
        f"a: !<tag:yaml.org,2002:{LONG}> [1]\n",
        f"a: {'9' * 1_000_000}\n",
        f"a: 1e{'9' * 1_000_000}\n",
        f"a: !!int '{LONG}'\n",
        f"a: {LONG}: {LONG}\n",
    ],
)
def test_a_message_is_short_whatever_the_text_is(source: str) -> None:
    with pytest.raises(ContractError) as caught:
        read_document(source.encode(), "c.yaml")
    assert all(len(finding.message) < 300 for finding in caught.value.diagnostics)
    assert all(len(finding.place.snippet) <= 1000 for finding in caught.value.diagnostics if finding.place)


def test_a_text_that_uses_every_private_character_is_read_at_once() -> None:
    private = "".join(map(chr, range(0xE000, 0xF8FF)))
    source = f"a: '{'é' * 2_000_000}{private}\u2028'\n"
    start = time.perf_counter()
    assert read_document(source.encode(), "c.yaml").data["a"].endswith(private + "\u2028")
    assert time.perf_counter() - start < 2  # tenths of a second; one search for each takes many seconds


def test_millions_of_characters_that_cannot_stand_in_yaml_give_twenty_findings() -> None:
    assert len(find("a: " + "\x01" * 3_000_000)) == 20
