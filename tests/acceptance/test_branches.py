"""Branches that discharge one contract: what git alone makes of them is noticed; the driver merges them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from repositories import CONTRACT, Repository, start_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Scratch

    Make = Callable[[], Scratch]


@pytest.fixture(scope="module")
def made(make_scratch: Make) -> Repository:
    """Return the repository that each test takes a copy of."""
    return start_repository(make_scratch(), has_driver=True)


@pytest.fixture
def repository(made: Repository, scratch: Scratch) -> Repository:
    """Return a repository in which contracts have the merge driver."""
    return made.copy(scratch)


@pytest.fixture
def plain(repository: Repository) -> Repository:
    """Return a repository without the driver, as somebody has it who never ran `pv init --git`."""
    repository.git("config", "--remove-section", "merge.pv")
    return repository


def versions(repository: Repository) -> list[tuple[str, str]]:
    return [(entry["version"], entry["kind"]) for entry in repository.data()["amendments"]]


def words(repository: Repository) -> dict[str, str]:
    data = repository.data()
    tests = {test["id"]: test.get("status", "NEW") for test in data["falsification_tests"]}
    (stage,) = data["implementation_stages"]
    return tests | {"H": data["hypotheses"][0]["status"], "a": stage["steps"][0]["status"]}


def count_conflicts(text: str) -> int:
    return len(re.findall("^<<<<<<< ", text, re.MULTILINE))


def test_different_contracts_merge_without_a_driver(plain: Repository, tally: Any) -> None:
    plain.scratch.write("contracts/y-v1.yaml", plain.read().replace("C-X", "C-Y"))
    plain.commit("A second contract")
    plain.branch("x")
    plain.discharge("FT-001")
    plain.branch("y")
    plain.discharge("FT-002", contract="contracts/y-v1.yaml")
    assert plain.merge("x").code == 0
    assert plain.check() == (0, 0, [])
    tally(group="Merged branches", row="different contracts, merged by git alone", cases=1, missed=0)


def test_what_git_alone_makes_of_one_contract_is_noticed(plain: Repository, tally: Any) -> None:
    """Each line: what a person did with git's conflict, the exit codes of both verifiers, the findings."""
    plain.checkout("a")
    assert plain.merge("b").code == 1
    marked = plain.read()
    ours = re.sub(MARKED, r"\1", marked)
    lines = re.sub("^(<<<<<<<|=======|>>>>>>>).*\n", "", marked, flags=re.MULTILINE)
    assert lines.count("version: 1.1.0") == 2  # one bump for two, and one amendment of two: git sees no more
    entries = plain.git("show", f"b:{CONTRACT}").out.partition("amendments:\n")[2]
    before = plain.git("show", f"a:{CONTRACT}").out
    swapped = before.partition("amendments:\n")[0] + "amendments:\n" + entries
    cases = {
        "markers left": (marked, (1, 1), ["PV613"]),
        "one marker left": (ours + ">>>>>>> b\n", (1, 1), ["PV613"]),
        "the amendments of both": (ours + entries, (3, 3), ["PV604", "PV614"]),
        "the lines of both": (lines, (11, 11), ["PV501", "PV501"]),
        "amendments of ours, statuses of both": (ours, (3, 3), ["PV603"]),
        "amendments of theirs, statuses of ours": (swapped, (3, 3), ["PV603", "PV603"]),
        "a version below the amendments": (
            before.replace("  version: 1.1.0", "  version: 1.0.0", 1),
            (11, 11),
            ["PV607"],
        ),
    }
    missed = []
    for name, (text, codes, found) in cases.items():
        plain.scratch.write(CONTRACT, text)
        code, rechecked, findings = plain.check()
        if ((code, rechecked), [each for each in findings if each in found]) != (codes, found):
            missed.append((name, code, rechecked, findings))
    assert missed == []
    tally(group="Merged branches", row="one contract, merged by git alone", cases=7, missed=0, at_least=7)


MARKED = re.compile("<<<<<<< [^\n]*\n(.*?)=======\n(.*?)>>>>>>> [^\n]*\n", re.DOTALL)


def test_the_findings_name_what_happened(plain: Repository) -> None:
    plain.checkout("a")
    entries = plain.git("show", f"b:{CONTRACT}").out.partition("amendments:\n")[2]
    plain.scratch.write(CONTRACT, plain.read() + entries)
    shown = plain.scratch.call("verify")
    assert shown.code == 3
    assert (
        "error[PV614]: amendments '1.1.0' and '1.1.0' are both the first: they were made on two branches\n"
    ) in shown.out
    assert "error[PV604]: '1.1.0' does not follow 1.1.0\n" in shown.out
    assert "fix: run `pv init --git`, then merge the branches again\n" in shown.out


def test_markers_are_told_from_other_mistakes(plain: Repository) -> None:
    plain.checkout("a")
    plain.merge("b")
    for command in ("validate", "verify"):
        shown = plain.scratch.call(command)
        assert shown.code == 1
        assert re.search(
            r"contracts/x-v1\.yaml:\d+:1: error\[PV613\]: a merge left two versions here, down to line \d+\n"
            r"  \d+ \| <<<<<<< HEAD\n",
            shown.out,
        )
        assert "PV102" not in shown.out


def test_markers_in_evidence_are_said(plain: Repository) -> None:
    plain.checkout("a")
    (record,) = plain.scratch.records("FT-001")
    record.write_bytes(b"<<<<<<< ours\n" + record.read_bytes())
    shown = plain.scratch.call("verify")
    assert shown.code == 3
    assert "PV602" in shown.out
    assert " of FT-001 was changed: merge markers stand in it " in shown.out


def test_two_tests_of_one_contract(repository: Repository, tally: Any) -> None:
    """Both directions, and octopus-free: the statuses of both, what follows from them, one chain."""
    missed = 0
    for ours, theirs in (("a", "b"), ("b", "a")):
        repository.git("checkout", "--quiet", "-B", "merged", ours)
        done = repository.merge(theirs)
        assert done.code == 0, done.out
        assert "wrote 1 amendment of theirs behind those of ours; the version is 1.3.0" in done.out
        missed += repository.check() != (0, 0, [])
        assert versions(repository) == [("1.1.0", "discharge"), ("1.2.0", "discharge"), ("1.3.0", "merge")]
        assert words(repository) == {
            "FT-001": "DISCHARGED", "FT-002": "DISCHARGED", "FT-003": "NEW",
            "H": "CONFIRMED", "a": "DISCHARGED",
        }  # fmt: skip
        kept = repository.git("show", f"{ours}:{CONTRACT}").out.partition("amendments:\n")[2]
        assert repository.read().partition("amendments:\n")[2].startswith(kept)
    assert missed == 0
    tally(group="Merged branches", row="other tests of one contract", cases=2, missed=0)


def test_a_merge_can_be_discharged_further(repository: Repository) -> None:
    repository.checkout("a")
    assert repository.merge("b").code == 0
    repository.discharge("FT-003", "FT-001")
    assert versions(repository)[-1] == ("1.4.0", "discharge")
    assert repository.check() == (0, 0, [])


def test_stacked_branches_are_rebased_onto_a_main_that_moved(repository: Repository, tally: Any) -> None:
    """A <- C <- D: main gets B; each commit of the stack is replayed on it, by the driver."""
    repository.branch("d", "c")
    repository.discharge("FT-001")  # again, on top of the record of `a`
    repository.checkout("main")
    assert repository.merge("b").code == 0
    done = repository.git("rebase", "main", "d")
    assert done.code == 0, done.out
    assert repository.check() == (0, 0, [])
    assert repository.count_records("FT-001") == 2
    assert set(words(repository).values()) == {"DISCHARGED", "CONFIRMED"}
    assert [kind for _, kind in versions(repository)] == ["discharge", *["discharge", "merge"] * 3]
    repository.checkout("main")
    assert repository.merge("d").code == 0
    assert repository.check() == (0, 0, [])
    tally(group="Merged branches", row="stacked branches, rebased", cases=2, missed=0)


def test_a_stack_is_merged_branch_by_branch(repository: Repository, tally: Any) -> None:
    """Behind the first merge the numbers of its amendments are others; they are known again."""
    repository.checkout("main")
    for name in ("b", "a", "c"):
        done = repository.merge(name, "--no-ff")
        assert done.code == 0, done.out
        assert repository.check() == (0, 0, [])
    kinds = [kind for _, kind in versions(repository)]
    assert kinds == ["discharge", "discharge", "merge", "discharge", "merge"]
    tally(group="Merged branches", row="stacked branches, merged one by one", cases=3, missed=0)


def test_branches_that_were_merged_across(repository: Repository, tally: Any) -> None:
    """Each of two branches takes the other's first state, then both are merged again."""
    for name, other in (("left", "a"), ("right", "b")):
        repository.git("branch", name, other)
    repository.checkout("left")
    assert repository.merge("b").code == 0
    repository.checkout("right")
    assert repository.merge("a").code == 0
    repository.discharge("FT-003")
    repository.checkout("left")
    repository.discharge("FT-001")
    done = repository.merge("right")
    assert done.code == 0, done.out
    assert repository.check() == (0, 0, [])
    assert repository.count_records("FT-001") == 2
    tally(group="Merged branches", row="a criss-cross merge", cases=3, missed=0)


def test_one_test_discharged_on_both_sides(repository: Repository, tally: Any) -> None:
    """The same record holds in both directions, and those of both sides stay pinned."""
    heads = set()
    for ours, theirs in (("a", "same"), ("same", "a")):
        repository.git("checkout", "--quiet", "-B", "merged", ours)
        done = repository.merge(theirs)
        assert done.code == 0, done.out
        assert "FT-001 moved on both sides: DISCHARGED, as on " in done.out
        assert repository.check() == (0, 0, [])
        pin = repository.data()["amendments"][-1]["tests"][0]
        assert (pin["id"], pin["count"], repository.count_records("FT-001")) == ("FT-001", 2, 2)
        heads.add(pin["head"])
    (head,) = heads
    (other,) = (path for path in repository.scratch.records("FT-001") if path.stem not in head)
    other.unlink()
    assert repository.check() == (3, 3, ["PV501", "PV601"])
    repository.git("checkout", "--quiet", ".")
    repository.discharge("FT-001")
    assert repository.check() == (0, 0, [])
    assert repository.data()["amendments"][-1]["tests"][0]["count"] == 3
    told = repository.scratch.call("why", "FT-001")
    assert "tried 3 times: 3 survived\n" in told.out
    tally(group="Merged branches", row="one test, discharged on both sides", cases=3, missed=0)


def test_falsified_holds_against_discharged(repository: Repository, tally: Any) -> None:
    for ours, theirs in (("a", "falsified"), ("falsified", "a")):
        repository.git("checkout", "--quiet", "-B", "merged", ours)
        done = repository.merge(theirs)
        assert done.code == 0, done.out
        assert "FT-001 moved on both sides: FALSIFIED, as on " in done.out
        assert "holds, until it is run again\n" in done.out
        assert repository.check() == (0, 0, [])
        assert words(repository) == {
            "FT-001": "FALSIFIED", "FT-002": "NEW", "FT-003": "NEW", "H": "UNTESTED", "a": "FALSIFIED",
        }  # fmt: skip
    repository.edit("value + 20.0", "value", "probe.py")
    repository.discharge("FT-001", "FT-002")
    assert repository.check() == (0, 0, [])
    assert words(repository)["FT-001"] == "DISCHARGED"
    tally(group="Merged branches", row="falsified against discharged", cases=2, missed=0)


def test_a_claim_that_both_sides_edited_is_refused(repository: Repository, tally: Any) -> None:
    """The lines are apart and would merge, to a claim that nobody wrote."""
    repository.checkout("main")
    tests = repository.read().split("- id: FT-002")
    for name, old, new in (("left", "lt: 10.0}", "lt: 5.0}"), ("right", "value: 1.0,", "value: 7.0,")):
        repository.branch(name)
        changed = tests[1].replace(old, new, 1)
        repository.scratch.write(CONTRACT, f"{tests[0]}- id: FT-002{changed}")
        repository.commit(name)
        repository.discharge("FT-001" if name == "left" else "FT-003")
        repository.checkout("main")
    repository.checkout("left")
    done = repository.merge("right")
    assert done.code == 1
    assert (
        "pv: contracts/x-v1.yaml:20: the claim of FT-002 was edited on both sides: "
        "ours at line 20 (accept[0].lt was 10.0, is 5.0); theirs at line 17 (params.value was 1.0, is 7.0)\n"
        "  why: a claim that is put together from two edits is one that nobody wrote\n"
    ) in done.out, done.out
    text = repository.read()
    assert count_conflicts(text) == 1
    (conflict,) = MARKED.findall(text)
    assert ["lt: 5.0" in conflict[0], "value: 7.0" in conflict[1]] == [True, True]
    assert "FT-001" not in "".join(conflict)
    assert repository.git("commit", "--all", "--no-edit").code == 0  # git lets it pass, and nothing else does
    assert repository.check() == (1, 1, ["PV613"])
    repository.scratch.write(CONTRACT, MARKED.sub(r"\2", text))
    assert repository.check() == (0, 0, [])
    assert words(repository)["FT-001"] == words(repository)["FT-003"] == "DISCHARGED"
    tally(group="Merged branches", row="one claim, edited on both sides", cases=1, missed=0)


def test_a_claim_that_one_side_edited_and_the_other_discharged_is_stale(
    repository: Repository, tally: Any
) -> None:
    repository.branch("edited")
    repository.edit("lt: 10.0}\n  hyp", "lt: 9.0}\n  hyp")
    done = repository.merge("a")
    assert done.code == 0, done.out
    code, rechecked, findings = repository.check()
    assert (code, rechecked, findings) == (11, 11, ["PV606"])
    assert words(repository)["H"] == "UNTESTED"
    repository.discharge()
    assert repository.check() == (0, 0, [])
    tally(
        group="Merged branches",
        row="a claim, edited on one side and discharged on the other",
        cases=1,
        missed=0,
    )


def test_a_test_that_one_side_deleted_and_the_other_discharged_is_refused(
    repository: Repository, tally: Any
) -> None:
    repository.branch("deleted")
    text = repository.read()
    start, end = text.index("- id: FT-002"), text.index("- id: FT-003")
    repository.scratch.write(CONTRACT, (text[:start] + text[end:]).replace("FT-001, FT-002", "FT-001"))
    repository.commit("Delete")
    done = repository.merge("b")
    assert done.code == 1
    assert "FT-002 was deleted by ours and discharged by theirs\n" in done.out
    assert count_conflicts(repository.read()) == 1
    assert repository.check()[:2] == (1, 1)
    tally(
        group="Merged branches",
        row="a test, deleted on one side and discharged on the other",
        cases=1,
        missed=0,
    )


def test_edits_of_people_conflict_as_ever_and_the_rest_is_merged(repository: Repository) -> None:
    for name, words_of_side in (("a", "Bounds of A."), ("b", "Bounds of B.")):
        repository.checkout(name)
        repository.edit("Some bounds.", words_of_side)
    done = repository.merge("a")
    assert done.code == 1
    assert "pv: contracts/x-v1.yaml: both sides edited the same lines\n" in done.out
    text = repository.read()
    assert MARKED.findall(text) == [("  description: Bounds of B.\n", "  description: Bounds of A.\n")]
    repository.scratch.write(CONTRACT, MARKED.sub(r"\1", text))
    assert repository.check() == (0, 0, [])
    assert versions(repository)[-1] == ("1.3.0", "merge")


def test_histories_that_are_not_sound_are_left_to_a_person(repository: Repository, tally: Any) -> None:
    """What is wrong on one side is not mended in passing, and no side is lost."""
    repository.branch("reverted", "a")
    assert repository.git("revert", "--no-edit", "HEAD").code == 0
    repository.edit("Some bounds.", "Bounds.")
    cases = [("reverted", "c", "ours lacks the amendment 1.1.0 of ")]
    for name, old, new, said in (
        ("flipped", "  status: DISCHARGED\n", "  status: FALSIFIED\n",
         "the status of FT-001 is FALSIFIED, and the last amendment made it DISCHARGED"),
        ("rechained", "  previous: null", "  previous: sha256:" + "0" * 64,
         "amendment '1.1.0' is the first, and pins an entry before it that is not there"),
        ("commented", "  kind: discharge", "  kind: discharge  # by Ada", "stands between the amendments"),
    ):  # fmt: skip
        repository.branch(name, "a")
        repository.edit(old, new)
        cases.append((name, "b", said) if name != "commented" else ("b", name, said))
    for ours, theirs, said in cases:
        repository.git("checkout", "--quiet", "-B", "merged", ours)
        done = repository.merge(theirs)
        assert (done.code, said in done.out) == (1, True), done.out
        assert count_conflicts(repository.read()) > 0
        repository.git("merge", "--abort")
    tally(group="Merged branches", row="a side that is not sound", cases=4, missed=0)


def test_the_driver_works_in_a_worktree(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    beside = tmp_path_factory.mktemp("beside") / "tree"
    assert repository.git("worktree", "add", "--quiet", str(beside), "a").code == 0
    done = repository.git("merge", "--quiet", "--no-edit", "b", cwd=beside)
    assert done.code == 0, done.out
    assert "kind: merge\n" in (beside / CONTRACT).read_text(encoding="utf-8")


def test_without_the_interpreter_git_merges_lines(repository: Repository) -> None:
    driver = repository.git("config", "merge.pv.driver").out.strip()
    gone = re.sub(r"\S+ -P", "/nowhere/python -P", driver)
    repository.git("config", "merge.pv.driver", gone)
    repository.checkout("a")
    assert repository.merge("b").code == 1
    assert count_conflicts(repository.read()) > 0


def test_modules_of_the_repository_are_not_imported(repository: Repository) -> None:
    for name in ("yaml", "pvengine", "json"):
        repository.scratch.write(f"{name}.py", "raise SystemExit('imported')\n")
    repository.checkout("a")
    done = repository.merge("b")
    assert done.code == 0, done.out


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_what_cannot_be_read_is_never_clean(repository: Repository, side: str) -> None:
    names = {"base": "a: 1\n\n\nb: 2\n", "ours": "a: 2\n\n\nb: 2\n", "theirs": "a: 1\n\n\nb: 3\n"}
    for name, text in names.items():
        broken = "c: [\n" if name == side else ""
        repository.scratch.write(name, f"metadata: {{id: C}}\n{text}\n\n{broken}")
    done = repository.scratch.call("merge-driver", "base", "ours", "theirs", "--path", "contracts/y.yaml")
    assert done.code == 1
    assert done.err.startswith(f"pv: contracts/y.yaml:9: {side} cannot be read: ")
    assert repository.read("ours") == "metadata: {id: C}\na: 2\n\n\nb: 3\n\n\nc: [\n"


def test_other_files_are_merged_line_by_line(repository: Repository) -> None:
    for name, text in (
        ("base", "a: 1\n\n\nb: 2\n"),
        ("ours", "a: 2\n\n\nb: 2\n"),
        ("theirs", "a: 1\n\n\nb: 3\n"),
    ):
        repository.scratch.write(name, text)
    done = repository.scratch.call("merge-driver", "base", "ours", "theirs")
    assert (done.code, done.err, repository.read("ours")) == (0, "", "a: 2\n\n\nb: 3\n")
    repository.scratch.write("theirs", "a: 3\n\n\nb: 3\n")
    done = repository.scratch.call("merge-driver", "base", "ours", "theirs", "--marker-size", "9")
    assert done.code == 1
    assert "<<<<<<<<< ours\n" in repository.read("ours")
    done = repository.scratch.call("merge-driver", "base", "ours", "nowhere")
    assert (done.code, done.err.splitlines()[0]) == (2, "pv: cannot read nowhere: no such file or directory")


def test_a_file_that_both_sides_added_is_never_clean(repository: Repository) -> None:
    for name, text in (("base", ""), ("ours", "metadata: {id: C}\n"), ("theirs", "metadata: {id: D}\n")):
        repository.scratch.write(name, text)
    done = repository.scratch.call("merge-driver", "base", "ours", "theirs")
    assert (done.code, done.err.splitlines()[0]) == (1, "pv: ours: both sides added the file")
    assert count_conflicts(repository.read("ours")) == 1


def test_init_sets_git_up_once(scratch: Scratch, pv: Any, tmp_path: Path) -> None:
    repository = Repository(scratch)
    refused = scratch.call("init", "--git")
    assert refused.code == 2
    assert refused.err.startswith("pv: . is in no git repository: ")
    assert not (scratch.root / ".gitattributes").exists()
    repository.git("init", "--quiet")
    first = pv(tmp_path, "init", "--git")
    assert (first.code, first.out) == (0, "wrote contracts\nwrote .gitattributes\nwrote .git/config\n")
    assert (scratch.root / ".gitattributes").read_text() == (
        "**/evidence/** -text\ncontracts/**/*.yaml merge=pv\ncontracts/**/*.yml merge=pv\n"
    )
    second = scratch.call("init", "--git")
    assert second.out == "everything is there already: nothing was written\n"
    repository.git("config", "merge.pv.driver", "old")
    assert scratch.call("init", "--git").out == "wrote .git/config\n"
    assert " merge-driver " in repository.git("config", "merge.pv.driver").out
