"""A slip is told from another word."""

from __future__ import annotations

import pytest

from pvengine.loading.spelling import is_slip


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("predicton", "prediction"),
        ("prediciton", "prediction"),
        ("pedicton", "prediction"),
        ("falsification_test", "falsification_tests"),
        ("acept", "accept"),
        ("limit", "limits"),
        ("IF-FAILS", "if_fails"),
        ("if fails", "if_fails"),
        ("Rule", "rule"),
        ("confirmd", "CONFIRMED"),
    ],
)
def test_a_slip(word: str, known: str) -> None:
    assert is_slip(word, known)


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("lte", "lt"),
        ("gtt", "gt"),
        ("role", "rule"),
        ("aceppt", "except"),
        ("acpet_", "accept"),
        ("if_test_fails", "if_fails"),
        ("type_enforcement", "enforcement"),
        ("implementation", "implementation_stages"),
        ("", "id"),
        ("x" * 100_000, "x" * 99_999),
    ],
)
def test_another_word(word: str, known: str) -> None:
    assert not is_slip(word, known)
