from __future__ import annotations

import pytest

from pvengine.reporters.markdown import cut_text, escape_markdown, make_row, show_code, show_text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b *c* [d](e)", "a&#95;b &#42;c&#42; &#91;d&#93;(e)"),
        ("@ada, ada@x.org, @ada/b", "&#64;&#8203;ada, ada&#64;&#8203;x.org, &#64;&#8203;ada/b"),
        ("# 1 @ 2", "&#35; 1 &#64; 2"),
        ("x/y#7 !8 gh-9", "x/y&#35;&#8203;7 &#33;&#8203;8 gh&#8203;-9"),
        ("https://x.org WWW.x.org", "https:&#8203;//x.org WWW&#8203;.x.org"),
        ("&commat;ada", "&#38;&#8203;commat;ada"),
        ("a\n\n- b\x1b", "a - b&#92;x1b"),
        ("", ""),
    ],
)
def test_nothing_in_a_text_is_active(text: str, written: str) -> None:
    assert escape_markdown(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x[0].lt -> 1 & <b>", "`x[0].lt -> 1 & <b>`"),
        (" a\nb ", "`a b`"),
        ("a`b", "a&#96;b"),
        ("a|b", "a&#124;b"),
        ("@ada", "&#64;&#8203;ada"),
        (" ", ""),
        ("\u202e", "`\\u202e`"),
    ],
)
def test_a_code_span_ends_where_it_should(text: str, written: str) -> None:
    assert show_code(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("run `pv bump --base x`, then `git add .`", "run `pv bump --base x`, then `git add .`"),
        ("`a|b` <c>", "a&#124;b &#60;c&#62;"),
        ("one ` alone", "one &#96; alone"),
        ("``a``", "&#96;`a`&#96;"),
        ("x" * 399 + "``", "x" * 399 + "&#96;..."),
    ],
)
def test_a_text_keeps_its_commands(text: str, written: str) -> None:
    assert show_text(text) == written


def test_a_long_text_is_cut() -> None:
    assert cut_text("x" * 400) == "x" * 400
    assert cut_text("x" * 401) == "x" * 400 + "..."


def test_a_row_has_as_many_cells_as_texts() -> None:
    assert make_row(("a|b", "", "\n|")) == "| a&#124;b |  | &#124; |"
