"""Laws of the version that follows from an edit: it suffices, it is past the last one, none is lower."""

from __future__ import annotations

from itertools import product

import semver
from hypothesis import given
from hypothesis import strategies as st

from pvengine.comparing.change import Change, ChangeKind, Comparison
from pvengine.comparing.next_version import Decision, choose_version
from pvengine.comparing.versions import compare_versions
from pvengine.ledger.transitions import Bump

TOP = 3
VERSIONS = st.tuples(*[st.integers(0, TOP)] * 3).map(lambda parts: ".".join(map(str, parts)))
CHANGES = st.builds(
    lambda bump, is_engine_owned: Change(
        ChangeKind.CHANGED, "statement", "x", None, None, bump, "", is_engine_owned=is_engine_owned
    ),
    st.sampled_from(Bump),
    st.booleans(),
)
EVERY = [semver.Version(*parts) for parts in product(range(TOP + 2), repeat=3)]


@given(
    changes=st.lists(CHANGES, max_size=3),
    base=VERSIONS,
    present=VERSIONS,
    last=st.one_of(st.none(), VERSIONS),
    insists=st.booleans(),
)
def test_the_version_suffices_and_is_the_lowest(
    *, changes: list[Change], base: str, present: str, last: str | None, insists: bool
) -> None:
    found = Comparison(tuple(changes), compare_versions(base, present))
    chosen = choose_version(found, present, last, insists=insists)
    floors = [semver.Version.parse(each) for each in (base, last) if each is not None]
    is_low = semver.Version.parse(present) < max(floors)
    assert (chosen.decision is Decision.TOO_LOW) == is_low
    if chosen.decision is not Decision.RECORDED:
        return
    version = semver.Version.parse(chosen.version)
    needed = found.bump if any(change.bump for change in found.of_people) else Bump.NONE
    assert found.of_people
    assert version >= max(floors)
    assert last is None or version > last
    assert compare_versions(base, chosen.version).declared >= needed
    if chosen.version == present:  # raised by hand, and kept
        return
    lower = [each for each in EVERY if semver.Version.parse(present) < each < version]
    assert not any(
        compare_versions(base, str(each)).declared >= needed for each in lower if each > (last or "0.0.0")
    )


@given(st.lists(CHANGES, max_size=3), VERSIONS, VERSIONS, st.one_of(st.none(), VERSIONS))
def test_what_was_recorded_or_written_as_told_leaves_nothing_to_do(
    changes: list[Change], base: str, present: str, last: str | None
) -> None:
    chosen = choose_version(Comparison(tuple(changes), compare_versions(base, present)), present, last)
    if chosen.decision in (Decision.TOO_LOW, Decision.UNEARNED):
        written = Comparison(tuple(changes), compare_versions(base, chosen.version))
        chosen = choose_version(written, chosen.version, last)
        assert chosen.decision is not Decision.TOO_LOW
        is_raised_in_the_base = last is not None and base == chosen.version
        assert chosen.decision is not Decision.UNEARNED or is_raised_in_the_base
    recorded = chosen.version if chosen.decision is Decision.RECORDED else last
    again = Comparison(tuple(changes), compare_versions(base, chosen.version))
    if chosen.decision is not Decision.UNEARNED:
        assert choose_version(again, chosen.version, recorded).decision is Decision.NOTHING
