"""A text has the tokens that llama.cpp gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prompts import CHATS, LONG, TEXTS

if TYPE_CHECKING:
    from subjects import Subject

pytestmark = pytest.mark.models


@pytest.mark.parametrize("special", [True, False])
def test_tokens_are_those_of_llama_cpp(subject: Subject, *, special: bool) -> None:
    unlike = {}
    for text in (*TEXTS, *CHATS.values(), LONG):
        if "</s>" in text and not special:
            continue  # llama.cpp makes it a control token for its name, whatever the file says of it
        ours = subject.model.tokenize(text, special=special)
        theirs = subject.reference.tokenize(text, special=special)
        if ours != theirs:
            unlike[text] = (ours, theirs)
    assert unlike == {}
