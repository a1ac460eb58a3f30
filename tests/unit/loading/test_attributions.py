"""Attributions are read where they are ours; what others put there is kept, and never an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvengine.diagnostics import get_rule
from pvengine.loading.attributions import read_attributions

GOOD = {
    "id": "A",
    "target": {"value": 2, "kind": "ratio", "source": "s"},
    "factors": [{"test": "T", "metric": "m", "kind": "ratio"}],
}


def read(attributions: Any) -> Any:
    return read_attributions({"attributions": attributions})


def test_an_entry_is_read_at_its_position() -> None:
    found = read(["a note", GOOD, {"share": 0.5}])
    assert {index: entry.id for index, entry in found.entries.items()} == {1: "A"}
    assert (found.issues, found.unread) == ((), 2)


@pytest.mark.parametrize(
    ("written", "unread"),
    [
        (None, 0),
        ("all of it", 1),
        ([], 0),
        ({"share": 1e-5}, 1),
        (["x", ["y"]], 2),
        ([{"id": "A"}], 1),
        (3, 1),
    ],
)
def test_the_shapes_of_others_are_kept_without_a_word(written: Any, unread: int) -> None:
    found = read(written)
    assert (found.entries, found.issues, found.unread) == ({}, (), unread)


def test_no_key_is_nothing() -> None:
    assert read_attributions({}).unread == 0


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"id": None}, ("id",), "`attributions[0].id`: text is wanted, got None"),
        ({"factors": {}}, ("factors",), "`attributions[0].factors`: a list is wanted"),
        (
            {"fators": 1},
            ("fators",),
            "`attributions[0].fators` is no key that pv reads; did you mean `factors`?",
        ),
        (
            {"target": {"value": 2, "kinds": "ratio", "source": "s", "kind": "ratio"}},
            ("target", "kinds"),
            "`attributions[0].target.kinds` is no key that pv reads; did you mean `kind`?",
        ),
        (
            {"factors": [{"test": "T", "metrik": "m", "kind": "ratio", "metric": "m"}]},
            ("factors", 0, "metrik"),
            "`attributions[0].factors[0].metrik` is no key that pv reads; did you mean `metric`?",
        ),
        (
            {"factors": [{"kind": "ratio", "value": 1}]},
            ("factors", 0),
            "`attributions[0].factors[0]`: a typed `value` says its `source`, or that it is a `residual`",
        ),
        ({"target": {"kind": "ratio"}}, ("target",), "`attributions[0].target`: a figure has a `value`"),
        ({"factors": []}, ("factors",), "`attributions[0].factors`: the list must not be empty"),
    ],
)
def test_what_does_not_fit_is_a_warning_at_its_place(
    change: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    found = read([{**GOOD, **change}])
    issue = found.issues[0]
    assert (issue.code, issue.path) == ("PV507", ("attributions", 0, *path))
    assert issue.message.startswith(message)
    assert (found.entries, found.unread) == ({}, 1)
    assert get_rule("PV507").severity == "warning"


def test_a_missing_key_is_told_at_the_entry() -> None:
    (issue,) = read([{key: value for key, value in GOOD.items() if key != "target"}]).issues
    assert (issue.path, issue.message) == (("attributions", 0), "`target` is missing in `attributions[0]`")


def test_an_id_stands_once() -> None:
    found = read([GOOD, GOOD])
    assert list(found.entries) == [0]
    assert [issue.message for issue in found.issues] == ["attribution 'A' stands twice"]


def test_a_mapping_in_place_of_the_list_is_told() -> None:
    found = read(GOOD)
    assert [issue.message for issue in found.issues] == ["`attributions` is one mapping: a list is wanted"]
    assert found.unread == 1


def test_complaints_are_bounded() -> None:
    bad = {**GOOD, **{f"targe{number}": 1 for number in range(100)}}
    assert len(read([bad]).issues) == 20
    found = read([bad] * 100 + [{**GOOD, "id": "B"}])
    assert (len(found.issues), found.unread, list(found.entries)) == (1000, 100, [100])
    assert "did you mean" in found.issues[0].message
    assert "did you mean" not in found.issues[-1].message


def test_a_number_beyond_every_double_is_a_warning() -> None:
    (issue,) = read([{**GOOD, "stated": 10**400}]).issues
    assert issue.message.startswith("`attributions[0].stated`: a number that a double can hold is wanted")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("id", "target", "factors", "kind", "value", "test", "metric", "x")),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(ANY)
def test_nothing_raises(data: Any) -> None:
    found = read(data)
    assert all(issue.code == "PV507" and issue.path[0] == "attributions" for issue in found.issues)
