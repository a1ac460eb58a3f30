from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pvengine.reporters.fingerprints import FINGERPRINT, iter_fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable

    from pvengine.models.report import DiagnosticEntry

    Maker = Callable[..., DiagnosticEntry]


def test_the_recipe_is_kept(make_entry: Maker) -> None:
    """Other values under the same name would make every known finding of every user a new one."""
    assert FINGERPRINT == "pvFindingHash/v1"
    assert list(iter_fingerprints([make_entry(), make_entry(), make_entry(line=None)])) == [
        "f3c3bd2868bac37f3461d6a54e464ca4",
        "ebf45fbbed2d3ac712341ac123db950e",
        "638a96412120804acc43549a20722f93",
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"line": 70},
        {"column": 5},
        {"message": "said in other words"},
        {"severity": "error"},
        {"why": "so", "fix": "do"},
        {"snippet": "\t    - odd: text  "},
    ],
    ids=str,
)
def test_what_does_not_make_it_another_finding(make_entry: Maker, facts: dict[str, Any]) -> None:
    assert list(iter_fingerprints([make_entry(**facts)])) == list(iter_fingerprints([make_entry()]))


@pytest.mark.parametrize(
    "facts",
    [{"code": "PV204"}, {"path": "contracts/y-v1.yaml"}, {"snippet": "- odd: texts"}, {"snippet": None}],
    ids=str,
)
def test_what_makes_it_another_finding(make_entry: Maker, facts: dict[str, Any]) -> None:
    assert list(iter_fingerprints([make_entry(**facts)])) != list(iter_fingerprints([make_entry()]))


def test_a_repeated_finding_is_counted_and_the_rest_stays(make_entry: Maker) -> None:
    first, second = iter_fingerprints([make_entry(), make_entry(line=9)])
    assert first != second
    other = make_entry("PV204")
    assert list(iter_fingerprints([make_entry(line=8), other, make_entry(line=12)]))[::2] == [first, second]


def test_parts_do_not_run_into_each_other(make_entry: Maker) -> None:
    one, two = make_entry("PV2", path="03x"), make_entry("PV20", path="3x")
    assert list(iter_fingerprints([one])) != list(iter_fingerprints([two]))


def test_a_surrogate_is_hashed(make_entry: Maker) -> None:
    (fingerprint,) = iter_fingerprints([make_entry(snippet="\ud800")])
    assert len(fingerprint) == 32
