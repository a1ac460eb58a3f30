"""Setting a value changes its own characters and nothing else: exact results."""

from __future__ import annotations

import pytest

from pvengine.yamldoc import read_document
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.edits import SetScalar

STATUS = ("tests", 0, "status")


def set_status(source: str, value: str = "DISCHARGED", path: tuple[str | int, ...] = STATUS) -> str:
    document = read_document(source.encode(), "c.yaml")
    return apply_edits(document, [SetScalar(path, value)]).raw.decode()


IN_A_TEST = {
    "plain": "    status: <NEW>\n",
    "trailing comment": "    status: <NEW>  # typed by hand\n",
    "single quotes": "    status: '<NEW>'\n",
    "double quotes": '    status: "<NEW>" # x\n',
    "wide gap": "    status:     <NEW>\n",
    "on its own line": "    status:\n      <NEW>\n",
    "quoted key": "    'status': <NEW>\n",
    "spaces before the colon": "    status   : <NEW>\n",
    "anchor": "    status: &word <NEW> # kept\n",
    "string tag": "    status: !!str <NEW>\n",
    "tag and anchor": "    status: &a !!str <NEW>\n",
    "anchor on the line above": "    status: &a # why\n      <NEW>\n",
    "explicit key": "    ? status\n    : <NEW>\n",
    "last without final newline": "    status: <NEW>",
    "comment without final newline": "    status: <NEW> # end",
    "blank lines behind": "    status: <NEW>\n\n\n# end\n",
}


@pytest.mark.parametrize("template", IN_A_TEST.values(), ids=IN_A_TEST.keys())
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "BOM"])
def test_only_the_value_changes(template: str, line_break: str, bom: str) -> None:
    source = bom + f"# café 😀\ntests:\n  - id: T1\n{template}".replace("\n", line_break)
    marked = source.replace("<NEW>", "{}")
    assert set_status(marked.format("NEW")) == marked.format("DISCHARGED")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("status:\n", "status: X\n"),
        ("status:", "status: X"),
        ("status: \n", "status: X \n"),
        ("status:   # soon\n", "status: X   # soon\n"),
        ("status: &a\n", "status: &a X\n"),
        ("status: ~\n", "status: X\n"),
        ("status: null # none\n", "status: X # none\n"),
        ("a: &s NEW\nstatus: *s # was shared\n", "a: &s NEW\nstatus: X # was shared\n"),
        ("status: |\n  NEW\nz: 1\n", "status: X\nz: 1\n"),
        ("status: >-  # folded\n  NEW\n  WORDS\n\n# end\nz: 1\n", "status: X  # folded\n\n# end\nz: 1\n"),
        ("status: |+\n  NEW\n\n", "status: X\n\n"),
        ("status: |\n  NEW", "status: X"),
        ("status: |\n\nz: 1\n", "status: X\n\nz: 1\n"),
        ("status: some\n  more words\nz: 1\n", "status: X\nz: 1\n"),
        ("status: 'some\n\n  more'\nz: 1\n", "status: 'X'\nz: 1\n"),
        ("{status: NEW, z: 1}\n", "{status: X, z: 1}\n"),
        ("{status: , z: 1}\n", "{status: X, z: 1}\n"),
        ("{status, z: 1}\n", "{status: X, z: 1}\n"),
        ("{z: 1, status}\n", "{z: 1, status: X}\n"),
        ('{"status":"NEW"}\n', '{"status":"X"}\n'),
        ('{"status":null}\n', '{"status":"X"}\n'),
        ('{\n  "status": "NEW" # c\n}\n', '{\n  "status": "X" # c\n}\n'),
        ("--- # head\nstatus: NEW\n...\n# tail\n", "--- # head\nstatus: X\n...\n# tail\n"),
        ("status:\tNEW\t# tab\n", "status:\tX\t# tab\n"),
    ],
)
def test_shapes_of_values(before: str, after: str) -> None:
    assert set_status(before, "X", ("status",)) == after


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("1.2.0", "1.2.0"),
        ("1.10", "'1.10'"),
        ("2", "'2'"),
        ("2026-11-23", "'2026-11-23'"),
        ("1e-5", "'1e-5'"),
        ("1:30", "'1:30'"),
        ("0x1F", "'0x1F'"),
        ("1_000", "'1_000'"),
        ("yes", "'yes'"),
        ("N", "'N'"),
        ("null", "'null'"),
        ("", "''"),
        ("<<", "'<<'"),
        ("=", "'='"),
        (" x", "' x'"),
        ("a: b", "'a: b'"),
        ("a #b", "'a #b'"),
        ("a:", "'a:'"),
        ("it's", "it's"),
        ("'it's", "'''it''s'"),
        ("- x", "'- x'"),
        ("-x", "-x"),
        ("---", "'---'"),
        ("...", "'...'"),
        ("*x", "'*x'"),
        ("@x", "'@x'"),
        ("sha256:0a1b", "sha256:0a1b"),
        ("β é 😀", "β é 😀"),
        ("two\nlines", '"two\\nlines"'),
        ("tab\there", '"tab\\there"'),
        ("nel\x85ls\u2028", '"nel\\Nls\\L"'),
        ("\ufeffbom \u200b", '"\\ufeffbom \\u200b"'),
        ("[x]", "'[x]'"),
        ("a, [b]", "a, [b]"),
    ],
)
def test_values_are_quoted_where_a_reader_could_take_them_for_something_else(
    value: str, written: str
) -> None:
    assert set_status("status: NEW # c\n", value, ("status",)) == f"status: {written} # c\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [("a, b", "'a, b'"), ("sha256:0a", "'sha256:0a'"), ("a]", "'a]'"), ("1.2.0", "1.2.0"), ("a?", "'a?'")],
)
def test_values_in_flow_are_quoted_more_often(value: str, written: str) -> None:
    assert set_status("{status: NEW, z: [1]}\n", value, ("status",)) == f"{{status: {written}, z: [1]}}\n"


def test_single_quotes_give_way_where_they_cannot_hold_the_value() -> None:
    assert set_status("status: 'NEW'\n", "a\nb", ("status",)) == 'status: "a\\nb"\n'


def test_a_quote_is_doubled_inside_single_quotes() -> None:
    assert set_status("status: 'NEW'\n", "it's", ("status",)) == "status: 'it''s'\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (7, "7"),
        (1e-5, "1.0e-05"),
        (0.5, "0.5"),
        (True, "true"),
        (None, "null"),
        (-0.0, "-0.0"),
        (1e300, "1.0e+300"),
    ],
)
def test_other_scalars(value: float | None, written: str) -> None:
    document = read_document(b"a: 'x' # c\n", "c.yaml")
    assert apply_edits(document, [SetScalar(("a",), value)]).text == f"a: {written} # c\n"


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\xa0", "\ufeff", "\U0001f600", "\ue000"])
def test_odd_characters_elsewhere_stay(character: str) -> None:
    source = f'a: x{character}y\nb: "p{character}q" # c{character}c\nstatus: NEW\nz: z{character}z\n'
    assert set_status(source, "X", ("status",)) == source.replace("NEW", "X")


def test_a_value_that_is_there_already_changes_nothing() -> None:
    document = read_document(b"status: 'X'\n", "c.yaml")
    assert apply_edits(document, [SetScalar(("status",), "X")]) is document


def test_a_number_is_not_the_string_of_its_digits() -> None:
    assert set_status("version: 1.0\n", "1.0", ("version",)) == "version: '1.0'\n"
