"""Merge markers are told from text, and each conflict is named once."""

from __future__ import annotations

import pytest

from pvengine.diagnostics import ContractError
from pvengine.yamldoc import read_document
from pvengine.yamldoc.markers import find_conflicts

MARKED = "a: 1\n<<<<<<< ours\nb: 1\n=======\nb: 2\n>>>>>>> theirs\nc: 1\n"


def findings(text: str) -> list[str]:
    with pytest.raises(ContractError) as caught:
        read_document(text.encode(), "x.yaml")
    return [f"{each.line}:{each.column} {each.code} {each.message}" for each in caught.value.diagnostics]


@pytest.mark.parametrize("prefix", ["", "\ufeff"])
def test_a_conflict_is_one_finding_in_the_place_of_those_that_follow_from_it(prefix: str) -> None:
    assert findings(prefix + MARKED) == ["2:1 PV613 a merge left two versions here, down to line 6"]


def test_each_conflict_and_each_half_is_named() -> None:
    text = MARKED + ">>>>>>>>> other\n" + MARKED.replace("\n", "\r\n") + "<<<<<<<\n<<<<<<< ours"
    assert findings(text) == [
        "2:1 PV613 a merge left two versions here, down to line 6",
        "8:1 PV613 a merge marker stands here without its other half",
        "10:1 PV613 a merge left two versions here, down to line 14",
        "16:1 PV613 a merge marker stands here without its other half",
        "17:1 PV613 a merge marker stands here without its other half",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  <<<<<<< ours\n  =======\n  >>>>>>> theirs\n",
        "# <<<<<<< ours\na: 1\n",
        "<<<<<<<: 1\n",
        "<<: 1\n",
        '"<<<<<<< ours": 1\n',
        "<<<<<< ours: 1\n",
    ],
)
def test_what_only_looks_like_a_marker(text: str) -> None:
    assert find_conflicts(text) == []
    read_document(text.encode(), "x.yaml")


def test_no_more_than_a_hundred_are_named() -> None:
    assert len(findings(MARKED * 300)) == 100
