"""`pv diff`: files and git objects, every format, every exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from repositories import CONTRACT, Repository

from pvengine.models.schemas import find_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Result, Scratch

BEFORE = """\
metadata:
  id: C-X
  version: 1.0.0
  description: Some bounds.
hypotheses:
- {id: H, statement: The value is small, status: UNTESTED}
falsification_tests:
- id: FT-001
  rule: The value is small
  falsifier: probe.value
  params: {value: 1.0}
  accept:
  - {metric: value, lt: 10.0}
  status: NEW
- id: FT-002
  rule: The value is not negative
proof_obligations:
- {property: Rows sum to one, tolerance: 1.0e-6}
qa_gate: {id: Q, checks: [rows]}
"""
EDITS = (
    ("lt: 10.0", "lt: 20.0"),
    ("tolerance: 1.0e-6", "tolerance: 1.0e+6"),
    ("qa_gate: {id: Q, checks: [rows]}\n", ""),
    ("Some bounds", "Some tight bounds"),
    ("- id: FT-002\n", "- id: FT-003\n  rule: The value is finite\n- id: FT-002\n"),
    (
        "{id: H, statement: The value is small, status: UNTESTED}",
        "{id: H, statement: A value is small, status: CONFIRMED}",
    ),
)


def edit(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def diff(scratch: Scratch, after: str, *options: str, before: str = BEFORE) -> Result:
    scratch.write("a.yaml", before)
    scratch.write("b.yaml", after)
    return scratch.call("diff", "a.yaml", "b.yaml", *options)


def test_every_change_is_told_with_its_class_and_the_reason(scratch: Scratch) -> None:
    result = diff(scratch, edit(BEFORE, *EDITS))
    assert (result.code, result.err) == (11, ""), result.shown
    assert result.out == (
        "a.yaml  1.0.0  ->  b.yaml  1.0.0\n"
        "\n"
        "major\n"
        "  weakened  FT-001 accept[0].lt: 10.0 -> 20.0\n"
        "    b.yaml:13:25, was a.yaml:13:25\n"
        "    why: value may now be [10.0, 20.0); values are accepted that were not: a looser bar is a weaker"
        " claim\n"
        "  weakened  proof_obligations[0].tolerance: 1e-06 -> 1000000.0\n"
        "    b.yaml:20:42, was a.yaml:18:42\n"
        "    why: a larger tolerance, or none, is a weaker bar\n"
        '  removed  qa_gate: was {"id": "Q", "checks": ["rows"]}\n'
        "    was a.yaml:19:10\n"
        "    why: who relied on it relies on nothing\n"
        "\n"
        "minor\n"
        '  reworded  H statement: "The value is small" -> "A value is small"\n'
        "    b.yaml:6:22, was a.yaml:6:22\n"
        "    why: wording, with the same figures; the claim digest changes with it, so evidence for the claim"
        " is stale\n"
        '  added  test FT-003: {"id": "FT-003", "rule": "The value is finite"}\n'
        "    b.yaml:15:3\n"
        "    why: a claim or an obligation more\n"
        "\n"
        "patch\n"
        '  reworded  metadata.description: "Some bounds." -> "Some tight bounds."\n'
        "    b.yaml:4:16, was a.yaml:4:16\n"
        "    why: no claim depends on it\n"
        "\n"
        "written by pv\n"
        '  changed  H status (minor): "UNTESTED" -> "CONFIRMED"\n'
        "    b.yaml:6:48, was a.yaml:6:50\n"
        "    why: a status change\n"
        "\n"
        "7 changes: 2 weakened, 1 changed, 2 reworded, 1 added, 1 removed; 3 major, 3 minor, 1 patch\n"
        "version 1.0.0 -> 1.0.0: nothing declared, major follows: too little; 2.0.0 says enough\n"
    )


def test_the_document_fits_its_schema(scratch: Scratch) -> None:
    result = diff(scratch, edit(BEFORE, ("lt: 10.0", "lt: 20.0"), ("1.0.0", "2.0.0")), "--format", "json")
    assert (result.code, result.err) == (0, ""), result.shown
    document: dict[str, Any] = result.report
    schema = json.loads(find_schema("comparison-v1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    digests = [document[side].pop("digest") for side in ("before", "after")]
    assert all(digest.startswith("sha256:") for digest in digests)
    assert document == {
        "schema": "pv/comparison/v1",
        "before": {"path": "a.yaml", "id": "C-X", "version": "1.0.0"},
        "after": {"path": "b.yaml", "id": "C-X", "version": "2.0.0"},
        "changes": [
            {
                "kind": "weakened",
                "class": "major",
                "row": "accept",
                "what": "FT-001 accept[0].lt",
                "engine": False,
                "before": {
                    "path": "falsification_tests[0].accept[0].lt",
                    "line": 13,
                    "column": 25,
                    "value": 10.0,
                },
                "after": {
                    "path": "falsification_tests[0].accept[0].lt",
                    "line": 13,
                    "column": 25,
                    "value": 20.0,
                },
                "why": "value may now be [10.0, 20.0); values are accepted that were not: a looser bar is a"
                " weaker claim",
            },
            {
                "kind": "changed",
                "class": "none",
                "row": "version",
                "what": "metadata.version",
                "engine": True,
                "before": {"path": "metadata.version", "line": 3, "column": 12, "value": "1.0.0"},
                "after": {"path": "metadata.version", "line": 3, "column": 12, "value": "2.0.0"},
                "why": "the version follows from the other changes",
            },
        ],
        "version": {
            "from": "1.0.0",
            "to": "2.0.0",
            "declared": "major",
            "needed": "major",
            "suffices": True,
            "problem": None,
            "suggested": "2.0.0",
        },
        "summary": {
            "changes": 2,
            "engine": 1,
            "weakened": 1,
            "strengthened": 0,
            "changed": 1,
            "reworded": 0,
            "added": 0,
            "removed": 0,
            "renamed": 0,
            "moved": 0,
            "major": 1,
            "minor": 0,
            "patch": 0,
            "none": 1,
        },
        "diagnostics": [],
        "exit_code": 0,
    }


def test_markdown_is_for_a_pull_request(scratch: Scratch) -> None:
    result = diff(scratch, edit(BEFORE, ("lt: 10.0", "lt: 20.0")), "--format", "markdown")
    assert (result.code, result.err) == (11, ""), result.shown
    assert result.out == (
        "### pv diff: C-X\n"
        "\n"
        "1 change: 1 weakened; 1 major.\n"
        "\n"
        "version 1.0.0 -&#62; 1.0.0: nothing declared, major follows: too little; 2.0.0"
        " says enough.\n"
        "\n"
        "| class | change | field | was | is | why |\n"
        "|---|---|---|---|---|---|\n"
        "| major | weakened | FT-001 accept&#91;0&#93;.lt | 10.0 | 20.0 | value may now be &#91;10.0, 20.0);"
        " values are accepted that were not: a looser bar is a weaker claim |\n"
    )


@pytest.mark.parametrize(
    ("edits", "code", "last"),
    [
        ([], 0, "version 1.0.0 -> 1.0.0: nothing declared, no bump follows: enough"),
        ([("- id: FT-002\n", "# why\n- id: 'FT-002'\n")], 0, "nothing declared, no bump follows: enough"),
        ([("Some", "All")], 11, "nothing declared, patch follows: too little; 1.0.1 says enough"),
        ([("Some", "All"), ("1.0.0", "1.0.1")], 0, "patch declared, patch follows: enough"),
        (
            [("lt: 10.0", "lt: 5.0"), ("1.0.0", "1.0.1")],
            11,
            "patch declared, minor follows: too little; 1.1.0 says enough",
        ),
        ([("lt: 10.0", "lt: 5.0"), ("1.0.0", "1.1.0")], 0, "minor declared, minor follows: enough"),
        ([("1.0.0", "1.0.1")], 0, "patch declared, no bump follows: enough"),
        ([("1.0.0", "0.9.0")], 1, "a version only ever rises; no bump follows; 1.0.0 says enough"),
        ([("Some", "All"), ("1.0.0", "0.9.0")], 1, "patch follows; 1.0.1 says enough"),
        (
            [("Some", "All"), ("1.0.0", "two")],
            11,
            "so what was declared cannot be told; patch follows; 1.0.1 says enough",
        ),
        ([("lt: 10.0", "below: 5.0"), ("1.0.0", "2.0.0")], 1, "major declared, major follows: enough"),
    ],
)
def test_the_exit_code_says_whether_the_version_suffices(
    scratch: Scratch, edits: list[tuple[str, str]], code: int, last: str
) -> None:
    result = diff(scratch, edit(BEFORE, *edits))
    assert result.code == code, result.shown
    assert result.out.endswith(f"{last}\n")
    assert diff(scratch, edit(BEFORE, *edits), "--format", "json").report["exit_code"] == code


def test_what_makes_a_version_no_valid_contract_is_named(scratch: Scratch) -> None:
    result = diff(scratch, edit(BEFORE, ("lt: 10.0", "below: 10.0"), ("1.0.0", "2.0.0")))
    assert result.code == 1, result.shown
    assert (
        "b.yaml:13:21: error[PV210]: `below` is no key of `falsification_tests[0].accept[0]`\n" in result.out
    )
    assert "  changed  FT-001 accept[0].below: is new: 10.0\n" in result.out
    assert "why: a condition cannot be read; values may be accepted" in result.out


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("metadata: {id: C-X, id: C-Y}\n", 1, "b.yaml:1:21: error[PV103]: the key 'id' stands twice"),
        ("<<<<<<< ours\n" + BEFORE, 1, "b.yaml:1:1: error[PV613]:"),
        ("- a list\n", 1, "b.yaml:1:1: error["),
    ],
)
def test_what_is_no_contract_is_not_compared(scratch: Scratch, text: str, code: int, message: str) -> None:
    result = diff(scratch, text)
    assert (result.code, result.out) == (code, ""), result.shown
    assert result.err.startswith(message)
    document = diff(scratch, text, "--format", "json").report
    assert (document["schema"], document["command"], document["exit_code"]) == ("pv/report/v1", "diff", code)


@pytest.fixture
def repository(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    found = Repository(scratch)
    assert found.git("init", "--quiet", "--initial-branch=main").code == 0
    scratch.write(CONTRACT, BEFORE)
    found.commit("Begin")
    return found


def test_a_revision_is_read_from_the_objects_of_git(repository: Repository) -> None:
    scratch = repository.scratch
    repository.edit("lt: 10.0", "lt: 20.0")
    scratch.edit("lt: 20.0", "lt: 30.0")
    before = repository.git("status", "--porcelain").out
    result = scratch.pv("diff", f"HEAD~1:{CONTRACT}", CONTRACT)
    assert (result.code, result.err) == (11, ""), result.shown
    assert result.out.startswith(f"HEAD~1:{CONTRACT}  1.0.0  ->  {CONTRACT}  1.0.0\n")
    assert f"    {CONTRACT}:13:25, was HEAD~1:{CONTRACT}:13:25\n" in result.out
    assert "FT-001 accept[0].lt: 10.0 -> 30.0" in result.out
    assert "10.0 -> 20.0" in scratch.call("diff", f"main~1:{CONTRACT}", f"main:./{CONTRACT}").out
    assert "20.0 -> 30.0" in scratch.call("diff", f":{CONTRACT}", CONTRACT).out
    assert repository.git("status", "--porcelain").out == before


def test_a_file_that_was_renamed_is_compared_by_its_two_names(repository: Repository) -> None:
    repository.git("mv", CONTRACT, "contracts/y-v1.yaml")
    repository.commit("Rename")
    result = repository.scratch.call("diff", f"HEAD~1:{CONTRACT}", "HEAD:contracts/y-v1.yaml")
    assert (result.code, "no change: both say the same\n" in result.out) == (0, True), result.shown


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "nope:contracts/x-v1.yaml",
            "pv: cannot read nope:contracts/x-v1.yaml: git knows no revision 'nope'\n",
        ),
        ("HEAD:nope.yaml", "pv: cannot read HEAD:nope.yaml: there is no 'nope.yaml' in 'HEAD'\n"),
        ("HEAD:contracts", "pv: cannot read HEAD:contracts: it is a folder there, and no file\n"),
        ("nope.yaml", "pv: cannot read nope.yaml: no such file or directory\n"),
        ("contracts", "pv: contracts is a folder\n"),
    ],
)
def test_what_cannot_be_read_is_a_mistake_of_the_command_line(
    repository: Repository, name: str, message: str
) -> None:
    for arguments in ((name, CONTRACT), (CONTRACT, name)):
        result = repository.scratch.call("diff", *arguments)
        assert (result.code, result.out) == (2, ""), result.shown
        assert result.err.startswith(message)
        assert "  fix: " in result.err


def test_a_shallow_clone_says_how_to_fetch_the_base(
    repository: Repository, scratch: Scratch, pv: Callable[..., Result]
) -> None:
    repository.edit("lt: 10.0", "lt: 20.0")
    clone = scratch.root / "clone"
    assert repository.git("clone", "--quiet", "--depth=1", f"file://{scratch.root}", str(clone)).code == 0
    result = pv(clone, "diff", f"HEAD~1:{CONTRACT}", CONTRACT)
    assert result.code == 2, result.shown
    assert "`git fetch --unshallow`" in result.err


def test_a_discharge_and_a_reopening_declare_exactly_what_follows(scratch: Scratch) -> None:
    head = "  references: [none]\nhypotheses:\n- {id: H, statement: The value is small, status: UNTESTED}\n"
    decides = "hypothesis: H\ndecides: {metric: value, CONFIRMED: {lt: 10.0}, FALSIFIED: {ge: 10.0}}"
    tail = "implementation_stages:\n- id: S\n  needs: [FT-001]\n  status: NEW\n"
    scratch.contract(scratch.test(extra=decides), head=head, tail=tail)
    for arguments in (
        ("discharge", CONTRACT),
        ("discharge", CONTRACT, "--test", "FT-001"),
        ("reopen", CONTRACT, "--test", "FT-001", "--reason", "a doubt"),
    ):
        scratch.write("before.yaml", scratch.path.read_bytes())
        assert scratch.call(*arguments).code == 0
        document = scratch.call("diff", "before.yaml", CONTRACT, "--format", "json").report
        assert document["changes"]
        assert all(change["engine"] for change in document["changes"])
        version = document["version"]
        assert (version["declared"], version["suffices"]) == (version["needed"], True), arguments
    assert version["needed"] == "minor"
