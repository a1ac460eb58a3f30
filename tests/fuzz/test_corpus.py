"""Inputs that once broke a law of the reader, or stand for a kind of hostile text, keep it."""

from __future__ import annotations

from pathlib import Path

import pytest
from reader_laws import check_reading

CORPUS = sorted(path for path in (Path(__file__).parent / "corpus").iterdir() if path.is_file())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_an_input_of_the_corpus_keeps_the_laws(path: Path) -> None:
    raw = path.read_bytes()
    document = check_reading(raw)
    assert (document is not None) == path.name.startswith("read-")


def test_the_laws_can_be_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pvengine.yamldoc.builder.resolve_plain", lambda text: text)
    with pytest.raises(AssertionError):
        check_reading(b"a: 1\n")
