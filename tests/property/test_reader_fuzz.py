"""Whatever bytes a file has, it is read or refused with findings: the laws of `tests/fuzz/reader_laws.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_laws import check_reading

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.no_cover  # it takes half the time, and other tests reach what this one does

EXAMPLES = sorted((Path(__file__).parents[1] / "contracts").glob("*/*.yaml"))
TEXTS = [path.read_bytes() for path in EXAMPLES]

KEYS = st.sampled_from(
    ["metadata", "id", "version", "falsification_tests", "hypotheses", "accept", "depends_on", "<<", "a", "é"]
)
SCALARS = st.one_of(
    st.sampled_from(
        ["", "~", "1", "1.5", "1e5", "0o17", "0x1F", "yes", "true", "1:30", ".inf", "-.5", "01", "_1"]
    ),
    st.sampled_from(
        ["'x'", '"\\x1b[31m"', '"\\u0085"', "x\x85y", "x\u2028y", "2024-01-01", "2024-99-99", "=", "[]"]
    ),
    st.sampled_from(
        ["&a 1", "*a", "!!str 1", "!!int '7'", "!!float 1", "!x 1", "!!null", "|", ">-", "*b", "&b"]
    ),
    st.from_regex(r"[-+]?[0-9_.:]{1,6}([eE][-+]?[0-9]{1,3})?", fullmatch=True),
    st.text(max_size=6),
)
BREAKS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\n\n", " # c\n", "\n# c\n"])


@st.composite
def block_texts(draw: st.DrawFn, depth: int = 0) -> str:
    """Draw lines of keys and items, most of them where they belong, some out of their column."""
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        column = " " * max(0, 2 * depth + draw(st.sampled_from([0, 0, 0, 0, 0, 1, -1])))
        head = column + draw(st.sampled_from(["", "", "- ", "? "])) + draw(KEYS) + ":"
        if depth < 3 and draw(st.booleans()):
            lines.append(head + draw(BREAKS) + draw(block_texts(depth=depth + 1)))
        else:
            lines.append(f"{head} {draw(st.one_of(SCALARS, flow_texts()))}{draw(BREAKS)}")
    return "".join(lines)


def flow_texts() -> st.SearchStrategy[str]:
    return st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
            st.lists(st.tuples(KEYS, inner), max_size=3).map(
                lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
            ),
        ),
        max_leaves=6,
    )


@st.composite
def mutated_contracts(draw: st.DrawFn) -> bytes:
    """Draw an example contract with a few bytes cut out, doubled, moved or replaced."""
    raw = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.sampled_from([0, 1, 1, 2, 5, 40, 200])))
        raw = raw[:start] + draw(_replacements(raw, raw[start:end])) + raw[end:]
    return raw


def _replacements(raw: bytes, cut: bytes) -> st.SearchStrategy[bytes]:
    marks: Sequence[bytes] = [
        b"",
        b"\n",
        b" ",
        b"- ",
        b": ",
        b"&a ",
        b"*a",
        b"[",
        b"}",
        b"'",
        b'"',
        b"\t",
        b"\0",
        b"#",
    ]
    return st.one_of(
        st.sampled_from(marks),
        st.just(cut * 2),
        st.integers(0, len(raw)).map(lambda start: raw[start : start + len(cut) + 3]),
        st.binary(max_size=3),
    )


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=80).map(lambda text: f"a: {text}".encode())))
def test_bytes_and_text(raw: bytes) -> None:
    check_reading(raw)


@settings(max_examples=500, deadline=None)
@given(block_texts())
def test_text_of_a_grammar_that_is_like_yaml(text: str) -> None:
    check_reading(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=300, deadline=None)
@given(flow_texts())
def test_flow_collections(text: str) -> None:
    check_reading(f"k: {text}\n".encode())


@settings(max_examples=400, deadline=None)
@given(mutated_contracts())
def test_example_contracts_with_some_bytes_changed(raw: bytes) -> None:
    check_reading(raw)


def test_the_grammar_gives_texts_of_both_kinds() -> None:
    seen = set()

    @settings(max_examples=100, deadline=None, database=None, derandomize=True)
    @given(block_texts())
    def collect(text: str) -> None:
        seen.add(check_reading(text.encode("utf-8", "surrogatepass")) is not None)

    collect()
    assert seen == {True, False}
