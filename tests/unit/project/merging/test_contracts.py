"""Two versions of a contract become one: the engine's part by its meaning, people's part line by line."""

from __future__ import annotations

from typing import Any

import pytest

from pvengine.ledger.amendments import make_amendment
from pvengine.project.merging.contracts import ContractMerge, merge_contracts
from pvengine.yamldoc import read_document
from pvengine.yamldoc.applying import apply_edits
from pvengine.yamldoc.edits import AppendItem, set_key

BASE = """\
# Some bounds.
metadata:
  id: C-X
  version: 1.0.0   # bumped by pv
hypotheses:
- {id: H, statement: It is small, status: UNTESTED}
- {id: K, statement: It is smooth, status: UNTESTED}
falsification_tests:
- id: A
  rule: a
  hypothesis: [H, K]
  falsifier: f
  decides:
  - {metric: m, hypothesis: H, CONFIRMED: {lt: 1}, FALSIFIED: {ge: 1}}
  - {metric: m, hypothesis: K, scope: here, CONFIRMED: {lt: 1}, FALSIFIED: {ge: 1}}
  if_fails: It is large.
- id: B
  rule: b
  falsifier: f
  accept: [{metric: m, lt: 1}]
  status: NEW   # by pv
- {id: C, rule: c, falsifier: f, accept: [{metric: m, lt: 1}]}
implementation_stages:
- id: S
  needs: [A, B]
  status: NEW
amendments: []
"""
HEADS = {name: f"sha256:{digit * 64}" for name, digit in (("A", "a"), ("B", "b"), ("C", "c"), ("A2", "2"))}


def discharge(
    text: str, name: str, *, head: str | None = None, to: str = "DISCHARGED", verdict: str | None = None
) -> str:
    """Return the text after a discharge of one test, as the engine writes it, words derived apart."""
    document = read_document(text.encode(), "x.yaml")
    data = document.data
    index = [test["id"] for test in data["falsification_tests"]].index(name)
    test = data["falsification_tests"][index]
    major, minor, _ = data["metadata"]["version"].split(".")
    version = f"{major}.{int(minor) + 1}.0"
    written = head or HEADS[name]
    past = [each for entry in data.get("amendments") or () for each in entry["tests"] if each["id"] == name]
    said = {"id": name, "from": test.get("status") or "NEW", "to": to}
    said |= {"verdict": verdict} if verdict else {}
    said |= {"head": written, "count": len(past) + 1}
    path = ("falsification_tests", index)
    edits: list[Any] = [
        set_key(document, ("metadata", "version"), version),
        set_key(document, (*path, "status"), to),
        *([set_key(document, (*path, "verdict"), verdict, after=("status",))] if verdict else []),
        set_key(document, (*path, "evidence"), written, after=("verdict", "status")),
        AppendItem(
            ("amendments",), make_amendment(version=version, kind="discharge", tests=[said], before=data)
        ),
    ]
    return apply_edits(document, edits).text


def merge(base: str, ours: str, theirs: str) -> ContractMerge:
    return merge_contracts(base.encode(), ours.encode(), theirs.encode(), path="contracts/x.yaml")


def read(merged: ContractMerge) -> Any:
    assert (merged.is_clean, merged.problems) == (True, ()), (merged.problems, merged.content.decode())
    return read_document(merged.content, "x.yaml").data


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")


def test_only_the_lines_that_must_change_change() -> None:
    """Behind ours, the merge adds what a discharge of theirs adds, and its own amendment."""
    ours = discharge(BASE, "A", verdict="CONFIRMED").replace("status: UNTESTED", "status: CONFIRMED")
    merged = merge(BASE, ours, discharge(BASE, "B"))
    data = read(merged)
    before, after = ours.splitlines(), merged.content.decode().splitlines()
    assert [line for line in before if line not in after] == [
        "  version: 1.1.0   # bumped by pv",
        "  status: NEW   # by pv",
        "  status: NEW",
    ]
    assert [line for line in after if line not in before][:3] == [
        "  version: 1.3.0   # bumped by pv",
        "  status: DISCHARGED   # by pv",
        f"  evidence: {HEADS['B']}",
    ]
    assert [entry["version"] for entry in data["amendments"]] == ["1.1.0", "1.2.0", "1.3.0"]
    assert data["implementation_stages"][0]["status"] == "DISCHARGED"
    assert merged.notes == ("wrote 1 amendment of theirs behind those of ours; the version is 1.3.0",)


@pytest.mark.parametrize("edit", ["crlf", "bom", "no amendments", "null amendments", "flow"])
def test_texts_of_other_shapes(edit: str) -> None:
    change = {
        "crlf": lambda text: text.replace("\n", "\r\n"),
        "bom": lambda text: "\ufeff" + text,
        "no amendments": lambda text: text.replace("amendments: []\n", ""),
        "null amendments": lambda text: text.replace("amendments: []", "amendments:  # by pv"),
        "flow": lambda text: text,
    }[edit]
    base = change(BASE)
    tests = ("C", "B") if edit == "flow" else ("A", "B")
    ours, theirs = discharge(base, tests[0]), discharge(base, tests[1])
    if edit == "bom":
        ours, theirs = f"\ufeff{ours}", f"\ufeff{theirs}"
    data = read(merge(base, ours, theirs))
    found = {test["id"]: test.get("evidence") for test in data["falsification_tests"]}
    assert [found[name] for name in tests] == [HEADS[name] for name in tests]
    assert len(data["amendments"]) == 3


def test_edits_of_people_on_both_sides_stay() -> None:
    ours = discharge(BASE, "A").replace("Some bounds", "Bounds").replace("It is large", "It grew")
    theirs = discharge(BASE, "B") + "# The end.\n"
    merged = merge(BASE, ours, theirs)
    read(merged)
    text = merged.content.decode()
    assert [each in text for each in ("# Bounds.", "It grew.", "# The end.")] == [True] * 3


def test_one_side_without_amendments_takes_those_of_the_other() -> None:
    theirs = discharge(BASE, "A")
    ours = BASE.replace("Some bounds", "Bounds")
    for merged in (merge(BASE, ours, theirs), merge(BASE, theirs, ours)):
        assert merged.content.decode() == theirs.replace("Some bounds", "Bounds")
        assert (merged.is_clean, merged.notes) == (True, ())


def test_a_version_that_a_person_raised_stays_and_stays_noticed() -> None:
    """Only amendments of both sides make an amendment of the merge."""
    ours = BASE.replace("version: 1.0.0", "version: 2.0.0")
    data = read(merge(BASE, ours, discharge(BASE, "A")))
    assert (data["metadata"]["version"], data["amendments"][-1]["version"]) == ("2.0.0", "1.1.0")


def test_words_that_no_evidence_decides_any_more_are_taken_back() -> None:
    ours = discharge(BASE, "A", verdict="CONFIRMED").replace("status: UNTESTED", "status: CONFIRMED")
    theirs = discharge(BASE, "A", head=HEADS["A2"], to="FALSIFIED", verdict="CONFIRMED")
    theirs = theirs.replace("needs: [A, B]\n  status: NEW", "needs: [A, B]\n  status: FALSIFIED")
    merged = merge(BASE, ours, theirs)
    data = read(merged)
    assert [entry["status"] for entry in data["hypotheses"]] == ["UNTESTED", "UNTESTED"]
    assert data["implementation_stages"][0]["status"] == "FALSIFIED"
    assert merged.notes[1] == ("A moved on both sides: FALSIFIED, as on theirs, holds, until it is run again")


def test_verdicts_of_several_hypotheses_are_read_back() -> None:
    ours = discharge(BASE, "A", verdict="H CONFIRMED; K FALSIFIED (here)")
    data = read(merge(BASE, ours, discharge(BASE, "B")))
    assert [entry["status"] for entry in data["hypotheses"]] == ["CONFIRMED", "FALSIFIED"]


def test_a_need_that_the_other_side_added_is_heeded() -> None:
    """What follows is derived from the text of the merge, not from that of a side."""
    ours = discharge(discharge(BASE, "A"), "B").replace(
        "needs: [A, B]\n  status: NEW", "needs: [A, B]\n  status: DISCHARGED"
    )
    theirs = BASE.replace("needs: [A, B]", "needs: [A, B, C]")
    for merged in (merge(BASE, ours, theirs), merge(BASE, theirs, ours)):
        assert read(merged)["implementation_stages"][0]["status"] == "NEW"


def test_a_word_of_a_person_is_a_line_like_any_other() -> None:
    ours = discharge(BASE, "A").replace("needs: [A, B]\n  status: NEW", "needs: [A, B]\n  status: SHIPPED")
    assert read(merge(BASE, ours, discharge(BASE, "C")))["implementation_stages"][0]["status"] == "SHIPPED"


def test_the_side_that_edited_the_claim_holds() -> None:
    theirs = discharge(BASE.replace("rule: b", "rule: better"), "B", head="sha256:" + "1" * 64)
    for mine, other, side in (
        (discharge(BASE, "B"), theirs, "theirs"),
        (theirs, discharge(BASE, "B"), "ours"),
    ):
        merged = merge(BASE, mine, other)
        assert read(merged)["falsification_tests"][1]["evidence"] == "sha256:" + "1" * 64
        assert merged.notes[1] == f"B moved on both sides: DISCHARGED, as on {side}, holds"


def test_a_statement_that_both_sides_edited_is_a_claim_that_both_edited() -> None:
    ours, theirs = (BASE.replace("It is small", text) for text in ("It is tiny", "It is short"))
    merged = merge(BASE, ours, theirs)
    assert not merged.is_clean
    (problem,) = merged.problems
    assert problem.what == (
        'the claim of A was edited on both sides: ours at line 9 (statements.H was "It is small", is '
        '"It is tiny"); theirs at line 9 (statements.H was "It is small", is "It is short")'
    )
    assert problem.where == "contracts/x.yaml:9"
    assert merged.content.decode().count("<<<<<<< ours\n- {id: H, statement: It is tiny") == 1


def test_the_same_edit_on_both_sides_is_no_conflict() -> None:
    edited = BASE.replace("lt: 1}]\n  status", "lt: 2}]\n  status")
    assert read(merge(BASE, discharge(edited, "A"), edited))["falsification_tests"][1]["accept"][0]["lt"] == 2


def test_a_test_that_both_sides_added_in_other_places_is_refused() -> None:
    """Each line merges, and the merge has the test twice."""
    new = "- {id: D, rule: d, falsifier: f, accept: [{metric: m, lt: 1}]}\n"
    ours = BASE.replace("- id: B\n", new + "- id: B\n")
    theirs = BASE.replace("implementation_stages:", new + "implementation_stages:")
    merged = merge(BASE, ours, theirs)
    assert [problem.what.split(":")[0] for problem in merged.problems] == [
        "the lines of both sides merge, and together they are wrong"
    ]
    assert merged.content.count(b"<<<<<<< ours\n") == 2


def test_what_is_right_alone_and_wrong_together_is_refused() -> None:
    theirs = BASE.replace("needs: [A, B]", "needs: [A]")
    start, end = theirs.index("- id: B"), theirs.index("- {id: C")
    ours = BASE.replace("amendments: []", "- {id: T, needs: [B]}\namendments: []")
    merged = merge(BASE, ours, theirs[:start] + theirs[end:])
    assert not merged.is_clean
    assert merged.problems[0].what.startswith(
        "the lines of both sides merge, and together they are wrong: PV302: "
    )


def test_a_contract_without_a_history_is_merged_line_by_line() -> None:
    base = BASE.replace("amendments: []\n", "")
    merged = merge(base, base.replace("Some bounds", "Bounds"), base + "# The end.\n")
    assert merged.content.decode() == base.replace("Some bounds", "Bounds") + "# The end.\n"
    assert (merged.is_clean, merged.notes) == (True, ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  kind: discharge", "  kind: deleted", "not every amendment can be read"),
        (
            "  verdict: CONFIRMED",
            "  verdict: FALSIFIED",
            "the verdict of A is FALSIFIED, and the last amendment made it CONFIRMED",
        ),
        ("- {id: C", "- {id: B", "test id 'B' "),
        ("  date: '2026-01-01'", "  date: soon", "'soon' is no date such as 2026-01-31"),
    ],
)
def test_a_side_that_does_not_hold_is_not_merged(old: str, new: str, said: str) -> None:
    theirs = discharge(BASE, "A", verdict="CONFIRMED").replace(old, new, 1)
    merged = merge(BASE, discharge(BASE, "B"), theirs)
    assert not merged.is_clean
    assert merged.problems[0].what.startswith(f"theirs cannot be merged: {said}")
    assert b"\n<<<<<<< ours\n" in merged.content
    for side in (discharge(BASE, "B"), theirs):  # no line that a side wrote is lost
        assert set(side.splitlines()) - set(BASE.splitlines()) <= set(merged.content.decode().splitlines())
