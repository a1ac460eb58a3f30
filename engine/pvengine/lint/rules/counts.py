"""Numbers in prose that count the tests, obligations, equations, harnesses and stages of the contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pvengine.lint.rules.prose import History, find_prose
from pvengine.models.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.loading.contract_file import LoadedContract

__all__ = ["count_entries", "iter_count_issues"]

_MAX_FINDINGS = 100
"""Findings in one contract: whoever has so many reads no more."""
_REACH = 80
"""Characters before a noun in which its number is looked for."""
_MAX_DIGITS = 6
_SEPARATORS = frozenset(" \n_")
_NUMBERS = dict(
    zip(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        range(2, 13),
        strict=True,
    )
)
_TESTS = ("falsification_tests", "falsification", "falsification_conditions")
_OBLIGATIONS = ("proof_obligations", "obligations")
_NOUNS: dict[str, tuple[frozenset[str], str, tuple[str, ...]]] = {
    "tests": (frozenset({"falsification", "falsify"}), "falsification test", _TESTS),
    "falsifiers": (frozenset({""}), "falsification test", _TESTS),
    "gates": (frozenset({"falsification"}), "falsification test", _TESTS),
    "conditions": (frozenset({"falsification"}), "falsification test", _TESTS),
    "obligations": (frozenset({"proof"}), "proof obligation", _OBLIGATIONS),
    "equations": (frozenset(), "equation", ("equations",)),
    "harnesses": (frozenset({"kani"}), "Kani harness", ("kani_harnesses",)),
    "stages": (frozenset({"implementation"}), "implementation stage", ("implementation_stages",)),
    "hypotheses": (frozenset(), "hypothesis", ("hypotheses",)),
}
"""Nouns: the words before them that leave no doubt, what they count, and the sections that hold it."""
_DOUBTFUL = frozenset({"gates", "conditions", "stages"})
"""Nouns that mean something else without such a word."""
_PARTS = frozenset(
    {
        "add",
        "added",
        "additional",
        "adding",
        "adds",
        "another",
        "exactly",
        "first",
        "following",
        "last",
        "least",
        "more",
        "most",
        "new",
        "next",
        "only",
        "or",
        "other",
        "over",
        "remaining",
        "than",
        "these",
        "those",
        "to",
        "up",
        "with",
    }
)
"""Words before a number that make it count a part of them, or something not yet there."""
_OF_SECTION = {"gates": 1, "conditions": 1, "equations": 0, "stages": 0, "hypotheses": 0}
"""Nouns that are not looked for without their section, and the first of the sections that counts for that."""
_LEFT_OUT = re.compile(r"[^.;\n0-9+]{1,60}\+\s{0,9}([0-9]{1,6})\b[^.;\n0-9]{0,40}?\b(?:ignored|skipped)\b")
"""As in `6 falsification tests pass + 1 ignored`: seven in all."""
_PLURALS = {"hypothesis": "hypotheses", "Kani harness": "Kani harnesses"}


class _Claim(NamedTuple):
    noun: str
    number: int
    span: tuple[int, int]
    end: int
    is_sure: bool
    left_out: int


def iter_count_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over numbers in prose that count something of the contract, and wrongly (PV504).

    A noun of the contract (`5 falsification tests`) counts anywhere, one that can mean something else
    (`5 tests`, `3 equations`) only behind `all`. Numbers of a part (`the first 3 ...`), and what stands below
    an older version in the same text, are left alone.
    """
    claims = {claim.span[0]: claim for claim in _iter_claims(loaded.document.text, loaded.data)}
    if not claims:
        return
    history = History(loaded)
    count = 0
    for found in find_prose(loaded, claims):
        claim = claims[found.offset]
        if claim.end <= found.node.end and not history.is_past(found) and count < _MAX_FINDINGS:
            count += 1
            _, name, sections = _NOUNS[claim.noun]
            there = max(count_entries(loaded.data, sections))
            plural = _PLURALS.get(name, f"{name}s")
            noun = name if there == 1 else plural
            yield Issue(
                "PV504",
                (),
                f"the text counts {claim.number} {plural}, the contract has {there} {noun}",
                f"write {there}, or no number",
                span=claim.span,
            )


def count_entries(data: Mapping[str, Any], sections: tuple[str, ...]) -> set[int]:
    """Count the entries of sections of one meaning: each that is there, and all of them together.

    Examples
    --------
    >>> sorted(count_entries({"obligations": [1, 2], "proof_obligations": {"a": 1}}, _OBLIGATIONS))
    [1, 2, 3]
    >>> count_entries({}, _OBLIGATIONS)
    {0}
    """
    sizes = [len(data[name]) for name in sections if isinstance(data.get(name), list | dict)]
    return {*sizes, sum(sizes)}


def _iter_claims(text: str, data: Mapping[str, Any]) -> Iterator[_Claim]:
    """Iterate over numbers before a noun that the structure does not bear out, wherever they stand."""
    for noun, (_, _, sections) in _NOUNS.items():
        if noun in _OF_SECTION and data.keys().isdisjoint(sections[_OF_SECTION[noun] :]):
            continue
        counts: set[int] | None = None
        at = text.find(noun)
        while at >= 0:
            end = at + len(noun)
            if not text[end : end + 1].isalnum() and text[at - 1 : at] in _SEPARATORS:
                claim = _read_claim(text, noun, at)
                if claim is not None:
                    counts = count_entries(data, sections) if counts is None else counts
                    is_right = not counts.isdisjoint((claim.number, claim.number + claim.left_out))
                    if not is_right and (claim.is_sure or max(counts)):
                        yield claim
            at = text.find(noun, end)


def _read_claim(text: str, noun: str, at: int) -> _Claim | None:
    """Read the number before a noun; None where there is none, or where it counts something else."""
    start = max(at - _REACH, 0)
    words = text[start:at].replace("_", " ").split()
    certain = _NOUNS[noun][0]
    is_certain = "" in certain
    if words and words[-1].lower() in certain:
        words.pop()
        is_certain = True
    if not words or (noun in _DOUBTFUL and not is_certain):
        return None
    written = words.pop().lstrip("('\"*")
    number = _NUMBERS.get(written.lower())
    if number is None:
        if not (written.isascii() and written.isdigit() and len(written) <= _MAX_DIGITS):
            return None
        number = int(written)
    if words and words[-1].lower() in {"the", "these"}:
        words.pop()
    if words and words[-1].lower() == "of":
        words.pop()
    before = words[-1].lower().strip("('\"*") if words else ""
    of_all = before == "all"
    if before in _PARTS or not (of_all or is_certain):
        return None
    offset = text.rfind(written, start, at)
    rest = _LEFT_OUT.match(text, at)
    left_out = int(rest[1]) if rest else 0
    span = (offset, offset + len(written))
    return _Claim(noun, number, span, at + len(noun), of_all and is_certain, left_out)
