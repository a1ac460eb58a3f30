"""Comments set findings aside on their lines and nowhere else, and what is wrong with them is said."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.diagnostics import ContractError, get_rule
from pvengine.lint.silencing.suppressions import Suppression, apply_suppressions, find_suppressions
from pvengine.yamldoc import read_document

if TYPE_CHECKING:
    from pvengine.diagnostics import Diagnostic
    from pvengine.lint.silencing.suppressions import Applied
    from pvengine.yamldoc import Document


def read(text: str) -> Document:
    return read_document(text.encode(), "x.yaml")


def find(text: str) -> list[str]:
    """Show each suppression as ``place lines codes reason``."""
    return [
        f"{one.place.line}:{one.place.column}-{one.place.end_column} {one.first_line}-{one.last_line} "
        f"{','.join(one.codes)} {one.reason}"
        for one in find_suppressions(read(text))
    ]


def report(document: Document, code: str, line: int) -> Diagnostic:
    start = sum(len(each) for each in document.text.splitlines(keepends=True)[: line - 1])
    return get_rule(code).report("m", document.lines.place(start, start + 1))


def apply(text: str, *findings: tuple[str, int], unchecked: tuple[str, ...] = ()) -> Applied:
    document = read(text)
    made = [report(document, code, line) for code, line in findings]
    return apply_suppressions(made, find_suppressions(document), unchecked=unchecked)


def show(findings: tuple[Diagnostic, ...]) -> list[str]:
    return [f"{one.line}:{one.column} {one.code} {one.message} -> {one.fix}" for one in findings]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1  # pv: ignore[PV204] why\n", ["1:7-30 1-1 PV204 why"]),
        ("a: 1  #pv: ignore[PV204]why  \n", ["1:7-28 1-1 PV204 why"]),
        ("a: 1 # pv: ignore [ PV204 , SCHEMA-009,PV204,] a b\n", ["1:6-51 1-1 PV204,SCHEMA-009 a b"]),
        ("# pv: ignore[PV204] why\na: 1\n", ["1:1-24 2-2 PV204 why"]),
        ("# pv: ignore[PV204] why\n\n  # more\n---\na: 1\nb: 2\n", ["1:1-24 5-5 PV204 why"]),
        ("# pv: ignore[PV1] v\n# pv: ignore[PV2] w\na: 1\n", ["1:1-20 3-3 PV1 v", "2:1-20 3-3 PV2 w"]),
        ("a: 1\n# pv: ignore[PV204] why\n", ["2:1-24 2-2 PV204 why"]),
        ("a: 1 # see below # pv: ignore[PV204] why\n", ["1:18-41 1-1 PV204 why"]),
        ("a: 1 # pv: ignore[PV1] v # pv: ignore[PV2] w\n", ["1:6-25 1-1 PV1 v", "1:26-45 1-1 PV2 w"]),
        ("a: 1 # pv: ignore why\n", ["1:6-22 1-1  why"]),
        ("a: 1 # pv: ignore[PV204 why\n", ["1:6-28 1-1  [PV204 why"]),
        ("a: 1 # pv: ignored[PV204] why\n", []),
        ("a: 1 # pv: ignore-line[PV204] why\n", []),
        ("a: 1\r\nb: 1 # pv: ignore[PV204] why\r\n", ["2:6-29 2-2 PV204 why"]),
        ("\ufeffa: 1 # pv: ignore[PV204] why", ["1:6-29 1-1 PV204 why"]),
        ("a: [1, # pv: ignore[PV204] why\n  2]\n", ["1:8-31 1-1 PV204 why"]),
    ],
)
def test_a_comment_and_the_lines_that_it_covers(text: str, found: list[str]) -> None:
    assert find(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "a: '# pv: ignore[PV204] why'\n",
        'a: "x\n  # pv: ignore[PV204] why\n  y"\n',
        "a: |\n  # pv: ignore[PV204] why\n",
        "a: |\n  x\n\n  # pv: ignore[PV204] why\n\nb: 1\n",
        "a: >-\n  x\n   # pv: ignore[PV204] why\n",
        '? "# pv: ignore[PV204] why"\n: 1\n',
        "a: x#pv\nb: ['# pv: ignore[PV204] why']\n",
    ],
)
def test_text_is_no_comment(text: str) -> None:
    assert find(f"m: 0\n{text}") == []


def test_a_comment_behind_a_text_that_looks_like_one() -> None:
    assert find("a: '# pv: ignore[PV1] v' # pv: ignore[PV2] w\n") == ["1:26-45 1-1 PV2 w"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# pv: ignore[PV502] w\na: |\n  x\n\n  y\n\nb: 1\n", (2, 5)),
        ("a: > # pv: ignore[PV502] w\n  x\n  y\nb: 1\n", (1, 3)),
        ("# pv: ignore[PV502] w\na: x\n  y\nb: 1\n", (2, 3)),
        ("# pv: ignore[PV502] w\na:\n  x\nb: 1\n", (2, 3)),
        ("# pv: ignore[PV502] w\na: 'x\n\n  y'\nb: 1\n", (2, 4)),
        ("a:\n  # pv: ignore[PV502] w\n  x\n  y\nb: 1\n", (3, 4)),
        ("a: # pv: ignore[PV502] w\n  # other\n  x\n  y\nb: 1\n", (1, 4)),
        ("a: {b: 'x\n y', c: # pv: ignore[PV502] w\n 'x\n y'}\n", (2, 4)),
        ("l:\n# pv: ignore[PV502] w\n- |\n  x\n  y\n- z\n", (3, 5)),
        ("l:\n# pv: ignore[PV502] w\n- a: |\n    x\n    y\n  b: |\n    z\n", (3, 5)),
        ("# pv: ignore[PV502] w\na:\n  b: |\n    x\nc: 1\n", (2, 2)),
        ("# pv: ignore[PV502] w\na:\n- x\n- y\n", (2, 2)),
        ("# pv: ignore[PV502] w\na: [x,\n  y]\n", (2, 2)),
        ("b: &n |\n  x\n# pv: ignore[PV502] w\na: *n\n", (4, 4)),
    ],
)
def test_a_text_of_several_lines_is_covered_and_no_section(text: str, lines: tuple[int, int]) -> None:
    (one,) = find_suppressions(read(text))
    assert (one.first_line, one.last_line) == lines


def test_a_finding_is_silenced_by_its_line_and_code() -> None:
    applied = apply(
        "a: 1 # pv: ignore[PV204] why\nb: 2\n", ("PV204", 1), ("PV204", 2), ("PV203", 1), ("PV204", 1)
    )
    assert [(one.code, one.line) for one in applied.suppressed] == [("PV204", 1), ("PV204", 1)]
    assert [(one.code, one.line) for one in applied.kept] == [("PV204", 2), ("PV203", 1)]
    assert applied.problems == ()


def test_prose_is_silenced_where_it_begins_and_further_down() -> None:
    text = "# pv: ignore[PV502] why\nd: |\n  x\n  y\ne: z\n"
    applied = apply(text, ("PV502", 2), ("PV502", 4), ("PV502", 5))
    assert [one.line for one in applied.kept] == [5]


def test_comments_that_cover_the_same_lines() -> None:
    text = "a: # pv: ignore[PV502] key\n  # pv: ignore[PV502] value\n  x\n  y\nb: 1\n"
    applied = apply(text, ("PV502", 1), ("PV502", 3), ("PV502", 4), ("PV502", 5))
    assert [one.line for one in applied.kept] == [5]
    assert applied.problems == ()


def test_texts_that_share_a_line() -> None:
    text = "{a: # pv: ignore[PV502] v\n 'x\n y', b: # pv: ignore[PV502] w\n 'x\n y', c: 1}\n"
    applied = apply(text, *(("PV502", line) for line in range(1, 6)))
    assert applied.kept == ()
    assert applied.problems == ()


def test_a_whole_file_and_findings_without_a_line() -> None:
    document = read("a: 1\n# pv: ignore-file[PV204] why\nb: 1\n")
    findings = [report(document, "PV204", 3), get_rule("PV204").report("m", "x.yaml")]
    applied = apply_suppressions([*findings, report(document, "PV203", 1)], find_suppressions(document))
    assert applied.suppressed == tuple(findings)
    assert [one.code for one in applied.kept] == ["PV203"]


def test_another_file_is_not_touched() -> None:
    other = get_rule("PV204").report("m", "y.yaml")
    assert apply_suppressions(
        [other], find_suppressions(read("# pv: ignore-file[PV204] w\na: 1\n"))
    ).kept == (other,)


@pytest.mark.parametrize(
    ("text", "findings", "problem"),
    [
        (
            "a: 1 # pv: ignore[PV204]\n",
            [("PV204", 1)],
            (
                "1:6 PV006 no reason is given to ignore PV204 "
                "-> write the reason behind the bracket: `# pv: ignore[CODE] reason`"
            ),
        ),
        ("a: 1 # pv: ignore[PV204] w\n", [], "1:6 PV007 no PV204 is found on line 1 -> delete the comment"),
        (
            "a: 1 # pv: ignore[PV204, PV203] w\n",
            [("PV203", 1)],
            "1:6 PV007 no PV204 is found on line 1 -> delete PV204 from the comment",
        ),
        (
            "# pv: ignore[PV502] w\na: |\n  x\n",
            [],
            "1:1 PV007 no PV502 is found on the lines 2 to 3 -> delete the comment",
        ),
        (
            "# pv: ignore-file[PV204] w\na: 1\n",
            [],
            "1:1 PV007 no PV204 is found in this file -> delete the comment",
        ),
        (
            "a: 1 # pv: ignore[PV2044] w\n",
            [],
            "1:6 PV008 no rule has the code 'PV2044'; did you mean PV204? -> write PV204",
        ),
        (
            "a: 1 # pv: ignore[E501] w\n",
            [],
            "1:6 PV008 no rule has the code 'E501' -> correct the code; `pv explain --list` lists them",
        ),
        (
            "a: 1 # pv: ignore because\n",
            [("PV204", 1)],
            (
                "1:6 PV008 the comment names no code, and silences nothing "
                "-> write the codes in brackets: `# pv: ignore[CODE] reason`"
            ),
        ),
        (
            "a: 1 # pv: ignore-file[PV204] w\n",
            [("PV204", 1)],
            (
                "1:6 PV008 `pv: ignore-file` stands behind a value, where it silences nothing "
                "-> write it alone on a line, best at the top of the file"
            ),
        ),
        (
            "a: 1 # pv: ignore[PV601] w\n",
            [("PV601", 1)],
            (
                "1:6 PV008 PV601 cannot be ignored: evidence that was changed or is missing is always said "
                "-> delete PV601 from the comment"
            ),
        ),
        (
            "a: 1 # pv: ignore[PV007] w\n",
            [],
            (
                "1:6 PV008 PV007 cannot be ignored: it speaks about the command, not about a contract "
                "-> delete PV007 from the comment"
            ),
        ),
    ],
)
def test_a_problem_of_a_comment(text: str, findings: list[tuple[str, int]], problem: str) -> None:
    assert show(apply(text, *findings).problems) == [problem]


@pytest.mark.parametrize("code", ["PV001", "PV007", "PV102", "PV113", "PV601"])
def test_what_is_always_said_is_kept(code: str) -> None:
    applied = apply(f"# pv: ignore-file[{code}] w\na: 1 # pv: ignore[{code}] w\n", (code, 2))
    assert [one.code for one in applied.kept] == [code]


def test_a_comment_of_the_line_comes_before_one_of_the_file() -> None:
    applied = apply("# pv: ignore-file[PV204] w\na: 1 # pv: ignore[PV204] v\n", ("PV204", 2))
    assert show(applied.problems) == ["1:1 PV007 no PV204 is found in this file -> delete the comment"]


def test_of_two_equal_comments_one_is_unused() -> None:
    applied = apply("# pv: ignore[PV204] w\na: 1 # pv: ignore[PV204] v\n", ("PV204", 2))
    assert show(applied.problems) == ["2:6 PV007 no PV204 is found on line 2 -> delete the comment"]


def test_what_the_run_left_out_is_not_unused() -> None:
    applied = apply("a: 1 # pv: ignore[PV204, PV403] w\n", ("PV204", 1), unchecked=("PV403",))
    assert applied.problems == ()


def test_near_codes_are_looked_for_a_limited_number_of_times() -> None:
    many = "a: 1\n" + "# pv: ignore[PV2044] w\n" * 50
    messages = [one.message for one in apply(many).problems]
    assert sum("did you mean" in message for message in messages) == 20
    assert len(messages) == 50


def test_a_long_code_is_cut() -> None:
    (problem,) = apply(f"a: 1 # pv: ignore[{'x' * 100_000}] w\n").problems
    assert problem.message == f"no rule has the code '{'x' * 37}...'"


def test_suppressions_come_back_from_json() -> None:
    found = find_suppressions(read("# pv: ignore-file[PV204, PV9] w\na: |  # pv: ignore[PV502]\n  x\n"))
    assert found == tuple(Suppression.restore(json.loads(json.dumps(asdict(one)))) for one in found)
    assert found[0].unknown_codes == ("PV9",)


_LINES = st.sampled_from(
    [
        "# pv: ignore[PV204] w",
        "k: v # pv: ignore[PV204] w",
        "k: 'a # pv: ignore[PV204] w",
        "  b' # pv: ignore[PV204] w",
        "k: |  # pv: ignore[PV204] w",
        "  # pv: ignore[PV204] w",
        "",
        "---",
        "  x # pv: ignore-file[PV204] w",
    ]
)


@given(st.lists(_LINES, max_size=12))
def test_what_is_found_is_what_a_reader_drops(lines: list[str]) -> None:
    """Without its suppressions a document reads the same: each is a comment, and none is missed."""
    text = "".join(
        line.replace("k:", f"k{number}:", 1) + "\n" for number, line in enumerate([*lines, "last: 1"])
    )
    try:
        document = read(text)
    except ContractError:
        return
    found = find_suppressions(document)
    without = text
    for one in reversed(found):
        rows = without.split("\n")
        row = rows[one.place.line - 1]
        rows[one.place.line - 1] = row[: one.place.column - 1] + row[one.place.end_column - 1 :]
        without = "\n".join(rows)
        assert one.place.line <= one.first_line <= one.last_line
    assert read(without).data == document.data
    kept_in_text = str(document.data).count("pv: ignore")
    assert len(found) + kept_in_text == text.count("pv: ignore")
