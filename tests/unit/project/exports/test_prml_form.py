"""The canonical form of PRML, with the program of its authors as the oracle."""

from __future__ import annotations

import falsify_prml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.project.exports.prml_form import refuse_text, write_canonical

TEXTS = (
    st.text(max_size=12)
    | st.text(st.sampled_from(" #:-?.'\"0123456789eExob_+~=<>yYnNtruefalsON,[]{}&*!|%@`"), max_size=8)
    | st.from_regex(r"\A[-+]?[0-9]{0,3}[:._xob]?[0-9]{0,4}(e[-+]?[0-9]{1,3})?\Z")
).filter(lambda text: refuse_text(text) is None)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 2**64 - 1)
KEYS = st.from_regex(r"\A[a-z_]{1,8}\Z")
MANIFESTS = st.recursive(
    st.dictionaries(KEYS, TEXTS | NUMBERS, min_size=1, max_size=5),
    lambda inner: st.dictionaries(KEYS, TEXTS | NUMBERS | inner, min_size=1, max_size=4),
    max_leaves=8,
)


@given(MANIFESTS)
def test_bytes_are_those_of_the_oracle(manifest: dict[str, object]) -> None:
    assert write_canonical(manifest) == falsify_prml.canonicalize(manifest).encode()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("", "''"),
        ("it's", "it's"),
        ("'", "''''"),
        ("a: b", "'a: b'"),
        ("a:b", "a:b"),
        ("a #b", "'a #b'"),
        ("-", "'-'"),
        ("-x", "-x"),
        ("---x", "'---x'"),
        (">=", "'>='"),
        ("==", "=="),
        ("yes", "'yes'"),
        ("y", "y"),
        ("1e5", "1e5"),
        ("1.0e+5", "'1.0e+5'"),
        ("1:30", "'1:30'"),
        ("2026-11-23T04:44:44Z", "'2026-11-23T04:44:44Z'"),
        ("Maß 你", "Maß 你"),
    ],
)
def test_a_text_is_quoted_where_it_would_read_back_as_something_else(text: str, written: str) -> None:
    assert write_canonical({"a": text}).decode() == f"a: {written}\n"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1.0, "1.0"),
        (0.0001, "0.0001"),
        (1e-05, "1.0e-05"),
        (1.5e-07, "1.5e-07"),
        (5e-324, "5.0e-324"),
        (1e16, "1.0e+16"),
        (1e15, "1000000000000000.0"),
        (2**64 - 1, "18446744073709551615"),
    ],
)
def test_a_float_has_a_point_and_an_integer_all_its_digits(number: float, written: str) -> None:
    assert write_canonical({"a": number}).decode() == f"a: {written}\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\nb", "it has the character U+000A"),
        ("\x85", "it has the character U+0085"),
        ("\u2028", "it has the character U+2028"),
        ("\ufeff", "it has the character U+FEFF"),
        ("\ud800", "it has the character U+D800"),
        ("e\u0301", "it is not in Unicode NFC"),
    ],
)
def test_text_that_no_manifest_can_hold(text: str, reason: str) -> None:
    assert refuse_text(text) == reason
    if text != "\ud800":
        manifest = {"version": "prml/0.1", "notes": text}
        assert [error for error in falsify_prml.validate_manifest(manifest) if error.startswith("notes")]


@pytest.mark.parametrize("text", ["\xa0", "a\u2003", "a\u3000"])
def test_a_space_at_the_end_that_the_oracle_cuts_off(text: str) -> None:
    assert refuse_text(text) == f"it ends with the white space U+{ord(text[-1]):04X}"
    assert falsify_prml.canonicalize({"a": text}) != f"a: {text}\n"


@pytest.mark.parametrize("text", ["\ufffe", "\uffff", "\U0010ffff"])
def test_text_that_the_oracle_would_put_in_double_quotes(text: str) -> None:
    assert refuse_text(text) == f"it has the character U+{ord(text):04X}"
    assert '"' in falsify_prml.canonicalize({"notes": text})
