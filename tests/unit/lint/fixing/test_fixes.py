"""Replacements are made where they come out as intended, and every other byte stays."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.diagnostics import ContractError, Diagnostic, get_rule
from pvengine.errors import ChangedFileError, UsageError
from pvengine.lint.fixing import fixes
from pvengine.lint.fixing.fixes import Fixed, plan_fixes, settle_fixes, write_fixes
from pvengine.loading.contract_file import load_contract
from pvengine.yamldoc import read_document

if TYPE_CHECKING:
    from pvengine.yamldoc import Document

HEAD = "metadata: {id: C, version: 1.0.0}\n"


def read(text: str | bytes) -> Document:
    return read_document(text if isinstance(text, bytes) else text.encode(), "x.yaml")


def report(document: Document, code: str, old: str, new: str, *, occurrence: int = 0) -> Diagnostic:
    """Report a piece of the text that a replacement mends."""
    start = -1
    for _ in range(occurrence + 1):
        start = document.text.index(old, start + 1)
    return get_rule(code).report("m", document.lines.place(start, start + len(old)), replacement=new)


def fix(text: str | bytes, *wishes: tuple[str, str, str]) -> Fixed:
    document = read(text)
    return plan_fixes(document, [report(document, *wish) for wish in wishes])


def check(document: Document) -> list[Diagnostic]:
    """Find what loading finds: unknown keys and numbers that should be text among it."""
    return list(load_contract(Path("x.yaml"), document.path, document.raw).diagnostics)


def reasons(fixed: Fixed) -> list[str]:
    return [each.reason for each in fixed.refused]


@pytest.mark.parametrize(
    ("text", "wish", "expected"),
    [
        ("a: 1e-5\n", ("PV114", "1e-5", "1.0e-5"), "a: 1.0e-5\n"),
        ("a: {b: [1e5]} # c\n", ("PV114", "1e5", "1.0e+5"), "a: {b: [1.0e+5]} # c\n"),
        ("a: yes\n", ("PV115", "yes", "'yes'"), "a: 'yes'\n"),
        ("on: 1\n", ("PV115", "on", "'on'"), "'on': 1\n"),
        ("a: &x 1e-5\nb: *x\n", ("PV114", "1e-5", "1.0e-5"), "a: &x 1.0e-5\nb: *x\n"),
        ("a: 1.10\n", ("PV202", "1.10", "'1.10'"), "a: '1.10'\n"),
        ("a: [007, 8]\n", ("PV202", "007", '"007"'), 'a: ["007", 8]\n'),
        ("a: 1\nacept: 2 # x\n", ("PV204", "acept", "accept"), "a: 1\naccept: 2 # x\n"),
        ("a: {'b': 1, \"acept\":2}\n", ("PV210", '"acept"', "accept"), "a: {'b': 1, \"accept\":2}\n"),
        ("? acept\n: 1\n", ("PV204", "acept", "accept"), "? accept\n: 1\n"),
        ("&k Rule: 1\n", ("PV204", "Rule", "rule"), "&k rule: 1\n"),
    ],
)
def test_a_replacement_is_made(text: str, wish: tuple[str, str, str], expected: str) -> None:
    fixed = fix(text, wish)
    assert fixed.content.decode() == expected
    assert [one.code for one in fixed.applied] == [wish[0]]
    assert fixed.refused == ()


def test_byte_order_mark_line_breaks_and_everything_else_stay() -> None:
    raw = "\ufeff# c\r\na:  1e-5   # d\r\n\r\nb: 'é' \racept: |+\n  x\n\n".encode()
    fixed = fix(raw, ("PV114", "1e-5", "1.0e-5"), ("PV204", "acept", "accept"))
    assert fixed.content == raw.replace(b"1e-5", b"1.0e-5").replace(b"acept", b"accept")
    assert [one.code for one in fixed.applied] == ["PV114", "PV204"]
    assert fixed.refused == ()


def test_the_diff() -> None:
    assert fix("a: 1e-5\nb: 1\n", ("PV114", "1e-5", "1.0e-5")).diff == (
        "--- a/x.yaml\n+++ b/x.yaml\n@@ -1,2 +1,2 @@\n-a: 1e-5\n+a: 1.0e-5\n b: 1\n"
    )
    assert fix("a: 1\n").diff == ""


@pytest.mark.parametrize(
    ("text", "wish", "reason"),
    [
        ("a: 1e-5\n", ("PV114", "1e-5", "1.0e-6"), "the file would not read as intended"),
        ("a: 1e-5\n", ("PV114", "1e-5", "'1e-5'"), "the file would not read as intended"),
        ("a: yes\n", ("PV115", "yes", "true"), "the file would not read as intended"),
        ("a: yes\n", ("PV115", "yes", "[yes"), "the file would not read as intended"),
        ("a: yes\n", ("PV115", "yes", "yes # x"), None),
        ("a: x\n", ("PV215", "x", "y"), "the file would not read as intended"),
        ("a: 1.10\n", ("PV202", "1.10", "'1.1'"), "the file would not read as intended"),
        ("a: 'x'\n", ("PV202", "'x'", "x"), "only a plain value that people write is put in quotes"),
        ("a: !!int 5\n", ("PV202", "5", "'5'"), "only a plain value that people write is put in quotes"),
        (
            "version: 1.10\n",
            ("PV202", "1.10", "'1.10'"),
            "only a plain value that people write is put in quotes",
        ),
        ("a: &x 5\nb: *x\n", ("PV202", "5", "'5'"), "an alias uses it too, and would change with it"),
        ("a: &x {k: 5}\nb: *x\n", ("PV202", "5", "'5'"), "an alias uses it too, and would change with it"),
        ("a: &x {K: 5}\nb: *x\n", ("PV204", "K", "k"), "an alias uses it too, and would change with it"),
        ("a: some text\n", ("PV502", "text", "word"), "it is about no key and no value as a whole"),
        ("a: {b: 1}\n", ("PV204", "{b: 1}", "c"), "it is about no key and no value as a whole"),
        ("a: 1\n", ("PV204", "1", "c"), "only a key gets another name"),
        ("a: 1\n", ("PV204", "a", "b: 2"), "only a key gets another name"),
        ("a: 1\n", ("PV204", "a", "b\nc"), "the replacement is not on one line"),
        ("a: 1\n", ("PV204", "a", ""), "the replacement is not on one line"),
        ("A: 1\na: 2\n", ("PV204", "A", "a"), "there is a key `a` already"),
        ("stats: 1\n", ("PV204", "stats", "status"), "`status` is written by the engine alone"),
        ("l: [{verdict: 1}]\n", ("PV204", "verdict", "Verdict"), "`verdict` is written by the engine alone"),
        ("vesrion: 1\n", ("PV204", "vesrion", "version"), "`version` is written by the engine alone"),
        ("? |-\n  A\n: 1\n", ("PV204", "|-\n  A", "a"), "the file would not read as intended"),
        ('{"a":1}\n', ("PV115", '"a"', "a"), "the file would not read as intended"),
        (
            "type_enforcement: 1\n",
            ("PV204", "type_enforcement", "enforcement"),
            "the two are so far apart that only a person can say whether `enforcement` is meant",
        ),
        (
            "l: [{lte: 1}]\n",
            ("PV210", "lte", "lt"),
            "the two are so far apart that only a person can say whether `lt` is meant",
        ),
        (
            "falsification_tests: [{id: T, prediciton: p, evidence: x}]\n",
            ("PV204", "prediciton", "prediction"),
            "evidence is stored of T: change it by hand, and discharge again",
        ),
        (
            "amendments: [{kind: 5}]\n",
            ("PV202", "5", "'5'"),
            "amendments are written by the engine alone",
        ),
    ],
)
def test_a_replacement_that_is_refused(text: str, wish: tuple[str, str, str], reason: str | None) -> None:
    fixed = fix(text, wish)
    assert reasons(fixed) == ([reason] if reason else [])
    assert fixed.content.decode() == (text if reason else text.replace(*wish[1:]))


def test_a_number_gets_another_spelling_also_where_evidence_is_stored() -> None:
    text = "falsification_tests:\n- {id: T, evidence: x, accept: [{metric: m, lt: 1e-5}]}\n"
    assert fix(text, ("PV114", "1e-5", "1.0e-5")).content.decode() == text.replace("1e-5", "1.0e-5")


def test_the_others_are_made_when_some_are_refused() -> None:
    text = "".join(f"Key{number}: 1e-5\n" for number in range(9))
    document = read(text)
    findings = [
        report(document, "PV114", "1e-5", "1.0e-6" if number in (2, 5, 6) else "1.0e-5", occurrence=number)
        for number in range(9)
    ]
    findings.append(report(document, "PV204", "Key2", "key2"))
    fixed = plan_fixes(document, findings)
    assert [one.line for one in fixed.applied] == [1, 2, 3, 4, 5, 8, 9]
    assert [(each.finding.line, each.reason) for each in fixed.refused] == [
        (line, "the file would not read as intended") for line in (3, 6, 7)
    ]
    assert fixed.content.decode().count("1.0e-5") == 6
    assert "key2: 1e-5" in fixed.content.decode()


def test_no_document_is_read_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    def read_and_count(raw: bytes, path: str) -> Document:
        nonlocal count
        count += 1
        return read_document(raw, path)

    monkeypatch.setattr(fixes, "read_document", read_and_count)
    document = read("".join(f"a{number}: 1e-5\n" for number in range(500)))
    findings = [
        get_rule("PV114").report("m", document.place((f"a{number}",)), replacement="2.0e-5")
        for number in range(500)
    ]
    fixed = plan_fixes(document, findings)
    assert fixed.after is document
    assert set(reasons(fixed)) == {"the file would not read as intended", "too many others cannot be made"}
    assert len(fixed.refused) == 500
    assert count <= 32


def test_findings_of_one_place() -> None:
    document = read("a: 1e-5\n")
    same = [report(document, "PV114", "1e-5", "1.0e-5"), report(document, "PV115", "1e-5", "1.0e-5")]
    fixed = plan_fixes(document, [*same, report(document, "PV202", "1e-5", "'1e-5'")])
    assert list(fixed.applied) == same
    assert reasons(fixed) == ["another one mends this place"]
    assert fixed.content == b"a: 1.0e-5\n"


def test_two_keys_do_not_become_one() -> None:
    fixed = fix("AB: 1\nAb: 2\n", ("PV204", "AB", "ab"), ("PV204", "Ab", "ab"))
    assert fixed.content == b"ab: 1\nAb: 2\n"
    assert reasons(fixed) == ["another key becomes `ab`"]


def test_a_key_and_what_lies_below_it() -> None:
    fixed = fix(
        "AB: {CD: [1.50]}\n", ("PV204", "AB", "ab"), ("PV210", "CD", "cd"), ("PV202", "1.50", "'1.50'")
    )
    assert fixed.content == b"ab: {cd: ['1.50']}\n"


def test_what_carries_no_replacement_or_another_path_is_left_alone() -> None:
    document = read("a: 1e-5\n")
    other = read_document(b"a: 1e-5\n", "y.yaml")
    findings = [
        get_rule("PV114").report("m", document.place(("a",))),
        report(other, "PV114", "1e-5", "1.0e-5"),
    ]
    fixed = plan_fixes(document, findings)
    assert fixed.after is document
    assert (fixed.applied, fixed.refused) == ((), ())


def test_a_whole_file_is_no_place() -> None:
    document = read("a: 1\n")
    fixed = plan_fixes(document, [get_rule("PV204").report("m", "x.yaml", replacement="b")])
    assert reasons(fixed) == ["it is about no key and no value as a whole"]


MISSPELT = (
    HEAD
    + """\
falsification_test:
- id: 1.10
  prediciton: p
  falsifier: f
  accept: [{metrc: m, lt: 1}]
"""
)


def test_what_shows_only_after_a_fix_is_mended_too() -> None:
    fixed = settle_fixes(read(MISSPELT), check)
    assert fixed.content.decode() == HEAD + (
        "falsification_tests:\n- id: '1.10'\n  prediction: p\n  falsifier: f\n"
        "  accept: [{metric: m, lt: 1}]\n"
    )
    assert [one.code for one in fixed.applied] == ["PV227", "PV202", "PV210", "PV210"]
    assert fixed.before.text == MISSPELT
    assert fixed.refused == ()
    assert fixed.diff.count("\n-") == len(fixed.applied)


def test_it_ends_also_where_every_round_finds_more() -> None:
    names = itertools.cycle(["Key", "KEY", "key"])

    def find(document: Document) -> list[Diagnostic]:
        place = document.lines.place(0, document.text.index(":"))
        return [get_rule("PV204").report("m", place, replacement=next(names))]

    assert len(settle_fixes(read("keY: 1\n"), find).applied) == 8


def test_writing(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1e-5\n")
    write_fixes(path, b"a: 1e-5\n", b"a: 1.0e-5\n")
    assert path.read_bytes() == b"a: 1.0e-5\n"
    with pytest.raises(ChangedFileError) as caught:
        write_fixes(path, b"a: 1e-5\n", b"a: 2\n")
    assert str(caught.value) == (
        f"{path}: x.yaml changed since it was read\n"
        "  why: an edit that is not known may not be written over\n"
        "  fix: run the command again"
    )
    assert path.read_bytes() == b"a: 1.0e-5\n"


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError) as caught:
        write_fixes(tmp_path / "loop", b"", b"")
    assert caught.value.why == "a file is mended only where it can be written as a whole"


_KEYS = st.sampled_from(
    [
        "id",
        "prediction",
        "predicton",
        "falsifier",
        "falsifer",
        "accept",
        "acept",
        "if_fails",
        "if_fials",
        "statu",
        "evidence",
        "limits",
        "rule",
        '"limit"',
    ]
)
_VALUES = st.sampled_from(
    ["x", "5", "1.10", "[{metrc: m, lt: 1e-5}]", "{second: 5}", "'5'", "&a 7", "*a", "[1, 2]", "{}", ""]
)
_TESTS = st.lists(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=5), min_size=1, max_size=3)


def write(tests: list[dict[str, str]], section: str) -> str:
    lines = [HEAD + section + ":\n"]
    for test in tests:
        for number, (key, value) in enumerate(test.items()):
            lines.append(f"{'  ' if number else '- '}{key}: {value}\n")
    return "".join(lines)


@given(_TESTS, st.sampled_from(["falsification_tests", "falsification_test", "falsificaton_tests"]))
def test_mending_twice_is_mending_once(tests: list[dict[str, str]], section: str) -> None:
    try:
        document = read(write(tests, section))
    except ContractError:  # an alias without its anchor, a key twice
        return
    fixed = settle_fixes(document, check)
    again = settle_fixes(fixed.after, check)
    assert again.after is fixed.after
    assert again.applied == ()
    left = [one for one in check(fixed.after) if one.replacement is not None]
    assert sorted(each.finding.sort_key for each in again.refused) == [one.sort_key for one in left]
    assert fixed.content.count(b"\n") == document.raw.count(b"\n")


@given(
    st.text("ab: \n-'[]{}&*#5.e|", max_size=40),
    st.lists(
        st.tuples(st.sampled_from(["PV114", "PV202", "PV204"]), st.integers(0, 40), st.integers(0, 9)),
        max_size=5,
    ),
    st.sampled_from(["b", "'5'", "5.0", "a: b", "]", ""]),
)
def test_whatever_is_wanted_nothing_else_changes(
    text: str, wishes: list[tuple[str, int, int]], replacement: str
) -> None:
    try:
        document = read(text)
    except ContractError:
        return
    findings = [
        get_rule(code).report("m", document.lines.place(start, start + size), replacement=replacement)
        for code, start, size in wishes
    ]
    fixed = plan_fixes(document, findings)
    assert len(fixed.applied) + len(fixed.refused) == len(findings)
    if all(one.code == "PV114" for one in fixed.applied):
        assert fixed.after.data == document.data
    assert not fixed.applied or fixed.after is not document
