"""`pv bump`: a person's edit gets the version that follows from it, and an amendment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest
from edits import ALONE, BAR, COUNT, DAY, WORDING, bump, check_enough, list_amendments, start
from repositories import CONTRACT, Repository

from pvengine.models.schemas import find_schema
from pvrecheck import recheck

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch

    Make = Callable[[], Scratch]


@pytest.fixture(scope="module")
def made(make_scratch: Make) -> Repository:
    """Return a repository whose contract was never discharged, to be copied."""
    return start(make_scratch())


@pytest.fixture(scope="module")
def measured(make_scratch: Make) -> Repository:
    """Return a repository with a discharge that is not committed, to be copied."""
    found = start(make_scratch())
    assert found.scratch.discharge("--test", "FT-001").code == 0
    return found


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ALONE.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repository(made: Repository, scratch: Scratch) -> Repository:
    return made.copy(scratch)


@pytest.fixture
def discharged(measured: Repository, scratch: Scratch) -> Repository:
    return measured.copy(scratch)


def test_an_edit_gets_the_version_that_follows_and_the_first_amendment(repository: Repository) -> None:
    scratch = repository.scratch
    for edit in (WORDING, BAR):
        scratch.edit(*edit)
    result = scratch.pv("bump", CONTRACT, "--reason", "The sensor is noisy", env=DAY)
    assert (result.code, result.err) == (0, ""), result.shown
    assert result.out == (
        "changed since HEAD\n"
        "  major  weakened  FT-001 accept[0].lt: 10.0 -> 20.0\n"
        '  patch  reworded  metadata.description: "Some bounds." -> "Some tight bounds."\n'
        "\n"
        "wrote contracts/x-v1.yaml  1.0.0 -> 2.0.0: major follows from 1.0.0 in HEAD\n"
        "\n"
        "--- a/contracts/x-v1.yaml\n"
        "+++ b/contracts/x-v1.yaml\n"
        "@@ -1,6 +1,6 @@\n"
        " metadata:\n"
        "   id: C-X\n"
        "-  version: 1.0.0\n"
        "+  version: 2.0.0\n"
        "   description: Some tight bounds.\n"
        "   references: [none]\n"
        " falsification_tests:\n"
        "@@ -17,3 +17,10 @@\n"
        "   params: {value: 1.0, mode: measure}\n"
        "   accept:\n"
        "   - {metric: value, lt: 10.0}\n"
        "+amendments:\n"
        "+- version: 2.0.0\n"
        "+  date: '2026-01-01'\n"
        "+  kind: edit\n"
        "+  reason: The sensor is noisy\n"
        "+  tests: []\n"
        "+  previous: null\n"
        "\n"
        f"{COUNT}\n"
    )
    assert scratch.verify() == 0
    assert recheck([scratch.root / "contracts"])[1] == 0
    check_enough(repository)


def test_the_document_fits_its_schema_and_a_dry_run_writes_nothing(repository: Repository) -> None:
    repository.scratch.edit(*BAR)
    before = repository.scratch.snapshot()
    document = bump(repository, "--dry-run", "--format", "json").report
    schema = json.loads(find_schema("report-v1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert (document["schema"], document["command"]) == ("pv/report/v1", "bump")
    assert (document["contract"], document["written"]) == (CONTRACT, False)
    assert document["version"] == {"from": "1.0.0", "to": "2.0.0"}
    assert "+  kind: edit\n" in document["diff"]
    assert (document["transitions"], document["diagnostics"]) == ([], [])
    assert repository.scratch.snapshot() == before
    shown = bump(repository, "--dry-run").out
    assert "\nwould write contracts/x-v1.yaml  1.0.0 -> 2.0.0: major follows from 1.0.0 in HEAD\n" in shown
    assert repository.scratch.snapshot() == before


@pytest.mark.parametrize(
    ("edits", "options", "version", "line"),
    [
        ([WORDING], [], "1.0.1", "1.0.0 -> 1.0.1: patch follows from 1.0.0 in HEAD"),
        (
            [("lt: 10.0}\n  status", "lt: 5.0}\n  status")],
            [],
            "1.1.0",
            "1.0.0 -> 1.1.0: minor follows from 1.0.0 in HEAD",
        ),
        (
            [BAR, ("1.0.0", "2.5.0")],
            [],
            "2.5.0",
            "2.5.0, as it was raised by hand: major follows from 1.0.0 in HEAD",
        ),
        ([BAR, ("1.0.0", "1.5.0")], [], "2.0.0", "1.5.0 -> 2.0.0: major follows from 1.0.0 in HEAD"),
        ([WORDING], ["--base", "main"], "1.0.1", "1.0.0 -> 1.0.1: patch follows from 1.0.0 in main"),
    ],
)
def test_the_version_is_the_lowest_or_the_one_that_was_written(
    repository: Repository, edits: list[tuple[str, str]], options: list[str], version: str, line: str
) -> None:
    for edit in edits:
        repository.scratch.edit(*edit)
    result = bump(repository, *options)
    assert (result.code, result.err) == (0, ""), result.shown
    assert f"\nwrote contracts/x-v1.yaml  {line}\n" in result.out
    assert list_amendments(repository) == [(version, "edit")]
    assert repository.data()["metadata"]["version"] == version
    check_enough(repository)


def test_behind_a_discharge_only_what_it_did_not_declare_is_recorded(discharged: Repository) -> None:
    scratch = discharged.scratch
    scratch.edit(*WORDING)
    before = discharged.read()
    result = bump(discharged)
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "changed since HEAD\n"
        '  patch  reworded  metadata.description: "Some bounds." -> "Some tight bounds."\n'
        "  minor  in fields that only pv writes: 2 changes\n"
        "\n"
        "nothing to record: version 1.1.0 is enough, minor is declared and minor follows from 1.0.0 in HEAD; "
        "--reason TEXT records the edit all the same\n"
        "\n" + COUNT.replace("0 discharged", "1 discharged") + "\n"
    )
    assert discharged.read() == before
    assert "1.1.0 -> 1.1.1: minor follows" in bump(discharged, "--reason", "A sharper sentence").out
    assert list_amendments(discharged) == [("1.1.0", "discharge"), ("1.1.1", "edit")]
    scratch.edit("lt: 10.0}\n  status", "lt: 20.0}\n  status")
    assert "1.1.1 -> 2.0.0: major follows from 1.0.0 in HEAD" in bump(discharged).out
    check_enough(discharged)


def test_evidence_that_the_edit_made_stale_is_named_with_the_next_command(discharged: Repository) -> None:
    scratch = discharged.scratch
    scratch.edit("lt: 10.0}\n  status", "lt: 20.0}\n  status")
    scratch.edit("lt: 10.0", "lt: 30.0")
    before = discharged.check()
    result = bump(discharged)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(
        "contracts/x-v1.yaml: note[PV606]: FT-001 is stale: "
        "the evidence speaks of the contract before the edit\n"
        "  why: the evidence speaks of another claim, another code or another input\n"
        "  fix: run `pv discharge contracts/x-v1.yaml`\n"
        "\n"
        "changed since HEAD\n"
    )
    assert discharged.check() == before
    assert before[:2] == (11, 11)
    assert scratch.call("log", CONTRACT).out.startswith(
        "contracts/x-v1.yaml  C-X  2.0.0\n\n2.0.0  2026-01-01  edit\n\n1.1.0  "
    )
    assert scratch.discharge().code == 0
    assert discharged.check()[:2] == (0, 0)
    assert [kind for _, kind in list_amendments(discharged)] == ["discharge", "edit", "discharge"]
    check_enough(discharged)


def test_the_end_of_a_test_is_recorded_also_where_the_version_suffices(discharged: Repository) -> None:
    scratch = discharged.scratch
    scratch.edit(*BAR)
    assert bump(discharged).code == 0
    scratch.edit(scratch.test("FT-002"), "")
    assert scratch.discharge().code == 0
    text = discharged.read()
    start, end = text.index("- id: FT-001\n"), text.index("amendments:\n")
    scratch.path.write_text(text[:start] + scratch.test("FT-003") + text[end:])
    assert discharged.check()[:2] == (11, 11)
    result = bump(discharged)
    assert "2.0.1 -> 2.0.2: major follows from 1.0.0 in HEAD" in result.out, result.shown
    assert discharged.check()[:2] == (0, 0)
    check_enough(discharged)


@pytest.mark.parametrize("has_comment", [False, True])
def test_without_an_edit_there_is_nothing_to_record(discharged: Repository, *, has_comment: bool) -> None:
    if has_comment:
        discharged.scratch.edit("metadata:\n", "# about bounds\nmetadata:\n")
    before = discharged.scratch.snapshot()
    for options in ([], ["--reason", "none"], ["--dry-run"]):
        result = bump(discharged, *options)
        assert (result.code, result.err) == (0, "")
        assert "\nnothing to record: people changed nothing since HEAD\n" in result.out
    document = bump(discharged, "--format", "json").report
    assert document["version"] == {"from": "1.1.0", "to": "1.1.0"}
    assert (document["diff"], document["written"]) == ("", False)
    assert discharged.scratch.snapshot() == before


def test_what_was_typed_is_told_and_not_believed(discharged: Repository) -> None:
    scratch = discharged.scratch
    scratch.edit(*WORDING)
    scratch.edit("status: DISCHARGED", "status: FALSIFIED")
    path = scratch.path
    path.write_text(path.read_text().replace("- id: FT-002\n", "- id: FT-002\n  status: DISCHARGED\n"))
    before = discharged.check()
    result = bump(discharged, "--reason", "A sharper sentence")
    assert result.code == 0, result.shown
    assert result.out.startswith(
        "contracts/x-v1.yaml:13:11: warning[PV603]: FT-001: the status is FALSIFIED, "
        "and the last amendment made it DISCHARGED; `pv verify` does not follow it\n"
        "  13 |   status: FALSIFIED\n"
        "     |           ^^^^^^^^^\n"
        "  why: the status and verdict follow from claim and measurements\n"
        "  fix: leave statuses and verdicts to `pv discharge`\n"
        "\n"
        "contracts/x-v1.yaml:16:11: warning[PV501]: FT-002: no evidence grounds the status DISCHARGED; "
        "`pv verify` does not follow it\n"
    )
    assert result.out.endswith("2 self-declared; 0 errors, 2 warnings\n")
    assert discharged.check() == before
    assert before[:2] == (3, 3)


def test_a_contract_is_found_from_anywhere_and_through_links(
    repository: Repository, scratch: Scratch
) -> None:
    scratch.edit(*WORDING)
    (scratch.root / "links").mkdir()
    (scratch.root / "links" / "z.yaml").symlink_to(scratch.path)
    result = scratch.pv("bump", "links/z.yaml")
    assert (result.code, result.err) == (0, ""), result.shown
    assert "wrote links/z.yaml  1.0.0 -> 1.0.1" in result.out
    assert (scratch.root / "links" / "z.yaml").is_symlink()
    assert list_amendments(repository) == [("1.0.1", "edit")]
    scratch.edit("references: [none]", "references: [some]")
    repository.commit("Edit")
    scratch.edit("references: [some]", "references: [more]")
    assert "1.0.1 -> 1.0.2" in scratch.call("bump", scratch.path).out


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (
            "metadata: {id: C-X, version: 1.0.0, description: A}\nversion: 1.0.0\n",
            "metadata: {id: C-X, version: 1.0.1, description: B}\nversion: 1.0.1\namendments:\n",
        ),
        (
            "metadata:\r\n  id: C-X\r\n  version: '1.0.0' # engine\r\n  description: A\r\n",
            "metadata:\r\n  id: C-X\r\n  version: '1.0.1' # engine\r\n  description: B\r\namendments:\r\n",
        ),
        (
            '{"metadata": {"id": "C-X", "version": "1.0.0", "description": "A"}, "amendments": []}\n',
            '{"metadata": {"id": "C-X", "version": "1.0.1", "description": "B"}, "amendments": [{',
        ),
    ],
)
def test_every_other_byte_stays(scratch: Scratch, text: str, changed: str) -> None:
    repository = start(scratch)
    scratch.write(CONTRACT, text)
    repository.commit("Begin")
    for old, new in (("description: A", "description: B"), ('"A"', '"B"')):
        if old in text:
            scratch.edit(old, new)
    result = bump(repository)
    assert result.code == 0, result.shown
    assert scratch.path.read_bytes().decode().startswith(changed)
    assert list_amendments(repository) == [("1.0.1", "edit")]
    check_enough(repository)


def test_edits_of_two_branches_are_merged(repository: Repository) -> None:
    assert repository.scratch.call("init", "--git").code == 0
    repository.commit("Merge by meaning")
    rule = "  rule: The value is small\n"
    for name, test in (("x", "FT-001"), ("y", "FT-002")):
        repository.branch(name)
        repository.scratch.edit(f"id: {test}\n{rule}", f"id: {test}\n  rule: The value is 1 at most\n")
        assert bump(repository, "--reason", name).code == 0
        repository.commit(name)
    merged = repository.merge("x")
    assert merged.code == 0, merged.out
    assert list_amendments(repository) == [("2.0.0", "edit"), ("3.0.0", "edit"), ("3.0.1", "merge")]
    assert repository.check()[:2] == (0, 0)
    for base in ("main", "x", "y"):
        check_enough(repository, base)
    assert all(f"edit: {name}" in repository.scratch.call("log", CONTRACT).out for name in ("x", "y"))
