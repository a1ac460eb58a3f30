from __future__ import annotations

import pytest

from pvengine.comparing.versions import compare_versions, read_version
from pvengine.ledger.transitions import Bump


@pytest.mark.parametrize(
    ("before", "after", "declared", "problem"),
    [
        ("1.7.0", "1.7.0", "NONE", None),
        ("1.7.0", "1.7.1", "PATCH", None),
        ("1.7.9", "1.8.0", "MINOR", None),
        ("1.7.0", "1.9.5", "MINOR", None),
        ("1.7.0", "2.0.0", "MAJOR", None),
        ("1.7.0", "1.6.9", "NONE", "lower"),
        ("1.7.0", "1.7.0-rc.1", "NONE", "lower"),
        ("1.7.0-rc.1", "1.7.0", "PATCH", None),
        ("1.7.0-rc.1", "1.8.0-rc.1", "MINOR", None),
        ("1.7.0+a", "1.7.0+b", "NONE", None),
        ("1.0", "1.1", "NONE", "not semver"),
        ("1.0", "1.0", "NONE", "not semver"),
        ("1.0.0", "v1.1.0", "NONE", "not semver"),
        (None, "1.0.0", "NONE", "missing"),
        ("1.0.0", None, "NONE", "missing"),
        (None, None, "NONE", "missing"),
    ],
)
def test_what_two_versions_declare(
    before: str | None, after: str | None, declared: str, problem: str | None
) -> None:
    step = compare_versions(before, after)
    assert (step.declared.name, step.problem) == (declared, problem)


@pytest.mark.parametrize(
    ("before", "bump", "suggested"), [("1.7.3", 3, "2.0.0"), ("1.7.3", 0, "1.7.3"), (None, 3, None)]
)
def test_the_lowest_version_that_suffices(before: str | None, bump: int, suggested: str | None) -> None:
    assert compare_versions(before, "9.0.0").suggest(Bump(bump)) == suggested


def test_a_version_is_read_under_metadata_and_else_at_the_top() -> None:
    assert read_version({"metadata": {"version": "1.0.0"}, "version": "2.0.0"}) == "1.0.0"
    assert read_version({"metadata": {}, "version": 2}) == "2"
    assert read_version({"metadata": "x"}) is None
