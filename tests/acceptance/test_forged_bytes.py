"""A thousand random edits of single bytes of records and contract: none is missed.

Whether an edit of the contract means anything is told by the independent reader: it compares the data before
and after. An edit that changes no data, and one of prose that no claim and no status depends on, must not be
called tampering; they are counted apart. So are words of the newest amendment that nothing contradicts,
because nothing pins it yet.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from forgery import CLAIM_KEYS, walk, write

import pvrecheck

if TYPE_CHECKING:
    from collections.abc import Callable

    from forgery import Bench

BYTES = b"0123456789abcdefnsxzFT-001 :-{}[]'\"\n\t#&*!|,.\xc3\x00~"
BINDING = re.compile(
    r"metadata\.(id|version)$|amendments\."
    r"|hypotheses\.[01]\.(id|statement|status)$"  # the third is one that no test names
    r"|falsification_tests\.\d+\.(status|verdict|evidence|" + "|".join(CLAIM_KEYS) + r")(\.|$)"
    r"|(?P<milestone>implementation_stages\.\d+\.(steps\.\d+\.)?)status$"
)
"""What claims consist of, and what the engine writes; all else is prose and plan."""
UNPINNED = re.compile(r"amendments\.2\.(date|kind|tests\.0\.from)$")
"""Words of the newest amendment, which the next one will pin."""


class Meaning(StrEnum):
    """What an edit of the contract does, as the independent reader has it."""

    UNREADABLE = "it is no contract any more"
    BINDING = "another claim, or another word of the engine"
    UNPINNED = "another word of the newest amendment"
    PROSE = "other prose"
    NOTHING = "the same data"


EXPECTED = {
    Meaning.UNREADABLE: {1},
    Meaning.BINDING: {1, 3, 11},
    Meaning.UNPINNED: {0, 3},
    Meaning.PROSE: {
        0,
        1,
        11,
    },  # a reference to nothing is an error, a milestone with another need another word
    Meaning.NOTHING: {0},
}


def edit_byte(content: bytes, rng: random.Random) -> bytes:
    """Replace, insert or delete one byte; the result differs."""
    while True:
        place, byte = rng.randrange(len(content)), bytes([rng.choice(BYTES)])
        kept = rng.choice([content[place + 1 :], content[place:]])
        edited = content[:place] + rng.choice([byte, b""]) + kept
        if edited != content:
            return edited


def list_leaves(content: bytes) -> dict[str, Any]:
    """List the leaves of a contract by path; 1 and 1.0 are one number, and 1 and True are none."""
    leaves = walk(pvrecheck.read_yaml(content))
    return {
        ".".join(map(str, path)): float(leaf) if type(leaf) in (int, float) else (type(leaf).__name__, leaf)
        for path, leaf in leaves
    }


def classify(before: dict[str, Any], content: bytes) -> Meaning:
    """Say what an edit of the contract means."""
    try:
        after = list_leaves(content)
    except (pvrecheck.EvidenceError, ValueError, RecursionError, OverflowError):
        return Meaning.UNREADABLE
    missing = object()
    changed = [key for key in {**before, **after} if before.get(key, missing) != after.get(key, missing)]
    if not changed:
        return Meaning.NOTHING
    if all(UNPINNED.match(key) for key in changed):
        return Meaning.UNPINNED
    return Meaning.BINDING if any(is_binding(key, after) for key in changed) else Meaning.PROSE


def is_binding(key: str, after: dict[str, Any]) -> bool:
    """Whether claims and statuses are made of a leaf; the status of a step that is gone is nobody's."""
    found = BINDING.match(key)
    if found and found["milestone"]:
        return f"{found['milestone']}id" in after
    return found is not None


def test_edits_of_records(rich: Bench, tally: Callable[..., None]) -> None:
    rng, missed = random.Random(5), []  # noqa: S311 - edits, no secrets
    names = rng.choices(rich.records, k=500)
    for name in names:
        report = rich.verify({name: edit_byte(rich.files[name], rng)})
        said = f"of {name.split('/')[-2]} was changed: its digest is now sha256:"
        if report.exit_code != 3 or not any(said in found.message for found in report.diagnostics):
            missed.append((name, report.exit_code, report.diagnostics))
    assert not missed, missed
    tally(
        group="Random bytes",
        row="a byte of a record is replaced, inserted or deleted",
        cases=len(names),
        missed=len(missed),
        at_least=500,
    )


def test_edits_of_the_contract(rich: Bench, tally: Callable[..., None]) -> None:
    rng, missed = random.Random(6), []  # noqa: S311 - edits, no secrets
    before = list_leaves(rich.files[rich.contract])
    counts: Counter[Meaning] = Counter()
    while counts[Meaning.UNREADABLE] + counts[Meaning.BINDING] < 500:
        content = edit_byte(rich.files[rich.contract], rng)
        meaning = classify(before, content)
        report = rich.verify({rich.contract: content})
        counts[meaning] += 1
        if report.exit_code not in EXPECTED[meaning]:
            missed.append((meaning, report.exit_code, report.diagnostics, content.decode("utf-8", "replace")))
    assert not missed, missed
    tally(
        group="Random bytes",
        row="a byte of the contract is replaced, inserted or deleted, and it says something else",
        cases=counts[Meaning.UNREADABLE] + counts[Meaning.BINDING],
        missed=len(missed),
        at_least=500,
    )
    tally(
        group="Harmless edits",
        row="a byte of the contract is edited in prose, plan or layout, not taken for tampering",
        cases=counts[Meaning.NOTHING] + counts[Meaning.PROSE],
        missed=len(missed),
        at_least=10,
    )


def test_words_of_the_newest_amendment_are_out_of_reach(rich: Bench, tally: Callable[..., None]) -> None:
    """The next amendment pins them; until then nothing contradicts another date or another kind."""
    codes = []
    for key, word in [*(("date", f"2027-01-{day:02}") for day in range(1, 10)), ("kind", "edit")]:
        data = rich.data
        data["amendments"][-1][key] = word
        codes.append(rich.verify({rich.contract: write(data)}).exit_code)
        older = rich.data
        older["amendments"][-2][key] = word
        assert rich.verify({rich.contract: write(older)}).exit_code == 3
    tally(
        group="Out of reach",
        row="the date or the kind of the newest amendment is edited",
        cases=len(codes),
        missed=codes.count(0),
    )
