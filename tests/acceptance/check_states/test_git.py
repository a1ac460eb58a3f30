"""Where a change is checked: bases, clones, submodules, worktrees, folders, and names with signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lab import CONTRACT, Lab
from lab_edits import PROSE, SUBJECT

if TYPE_CHECKING:
    from conftest import Scratch


def test_a_base_that_is_not_there(lab: Lab) -> None:
    lab.check(base="nowhere").says("""\
exit 2
- error PV001 there is no base 'nowhere'
""")


def test_a_base_of_a_remote_that_was_not_fetched(lab: Lab) -> None:
    lab.git("remote", "add", "origin", "../elsewhere")
    lab.check(base="origin/main").says("""\
exit 2
- error PV001 there is no base 'origin/main'
""")


def test_no_base_is_named_and_none_is_known(lab: Lab) -> None:
    lab.git("branch", "--move", "main", "trunk")
    lab.check(base=None).says("""\
exit 2
- error PV001 there is no base: the repository has none of origin/HEAD, origin/main, origin/master,
  main, master
""")


def test_the_base_of_the_configuration(lab: Lab) -> None:
    lab.git("branch", "--move", "main", "trunk")
    lab.configure('[check]\nbase = "trunk"\n')
    lab.discharge("FT-003")
    lab.check("--rerun", "none", base=None).says("""\
exit 0
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_the_base_that_is_found(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    checked = lab.check("--rerun", "none", base=None)
    assert (checked.document["exit_code"], checked.document["base"]["ref"]) == (0, "main")


def test_a_base_that_looks_like_an_option(lab: Lab) -> None:
    lab.check(base="--upload-pack=touch x").says("""\
exit 2
- error PV001 there is no base '--upload-pack=touch x'
""")
    assert not (lab.root / "x").exists()


def test_a_base_that_is_a_tree(lab: Lab) -> None:
    lab.edit(*PROSE)
    lab.check("--rerun", "none", base="main^{tree}").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, patch follows:
  metadata.description (reworded)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_base_that_is_a_tag(lab: Lab) -> None:
    assert lab.git("tag", "--annotate", "v1", "--message", "One", "main").code == 0
    lab.discharge("FT-003")
    lab.check("--rerun", "none", base="v1").says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_a_base_that_is_a_file(lab: Lab) -> None:
    lab.check(base=f"main:{CONTRACT}").says("""\
exit 2
- error PV001 there is no base 'main:contracts/x-v1.yaml'
""")


def test_a_base_without_a_common_commit(lab: Lab) -> None:
    assert lab.git("checkout", "--quiet", "--orphan", "alone").code == 0
    lab.commit("Alone")
    lab.check().says("""\
exit 2
- error PV001 'main' and HEAD have no commit in common
""")


def clone(lab: Lab, *options: str) -> Lab:
    """Clone the repository by its URL, as CI does."""
    folder = lab.beside("clone")
    done = lab.git("clone", "--quiet", *options, f"file://{lab.root}", str(folder))
    assert done.code == 0, done.out
    return lab.at(folder)


def test_a_shallow_clone_without_the_base(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    clone(lab, "--depth", "1", "--branch", "change").check(base="origin/main").says("""\
exit 2
- error PV001 there is no base 'origin/main': this is a shallow clone, which has only the newest
  commits
""")


def test_a_shallow_clone_without_the_fork(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    shallow = clone(lab, "--depth", "1", "--branch", "change", "--no-single-branch")
    shallow.check(base="origin/main").says("""\
exit 2
- error PV001 the clone is shallow: where the change left 'origin/main' was not fetched
""")


def test_a_clone_with_the_whole_history(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    lab.checkout("main")
    clone(lab, "--branch", "change").check("--rerun", "none", base=None).says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_no_repository_at_all(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    Lab(scratch).check().says("""\
exit 2
- error PV001 <top> is in no git repository
""")


@pytest.fixture
def unborn(scratch: Scratch) -> Lab:
    """Return a repository in which nothing was committed."""
    lab = Lab(scratch)
    lab.git("init", "--quiet", "--initial-branch=main")
    head = "  description: Some bounds.\n  references: [none]\n"
    scratch.contract(scratch.test(extra="status: DISCHARGED"), head=head)
    return lab


@pytest.mark.parametrize("base", ["HEAD", "main", None])
def test_nothing_was_committed_yet(unborn: Lab, base: str | None) -> None:
    unborn.check("--rerun", "none", base=base).says("""\
exit 11
contracts/x-v1.yaml:13 error PV501 FT-001: no evidence grounds the status DISCHARGED
3 files; 1 of 1 contracts: 1 added; 1 tests affected
self-declared fails: FT-001 new
unrun: FT-001 new
""")


def test_the_first_commit(unborn: Lab) -> None:
    unborn.commit("Begin")
    unborn.check("--rerun", "none").says("""\
exit 14
pv.toml error PV003 the change does not touch the only contract, nor anything that it rests on
0 files; 0 of 1 contracts; 0 tests affected
""")


def test_the_first_commit_against_nothing(unborn: Lab) -> None:
    unborn.commit("Begin")
    empty = unborn.git("hash-object", "-t", "tree", "/dev/null").out.strip()
    unborn.check("--rerun", "none", base=empty).says("""\
exit 11
contracts/x-v1.yaml:13 error PV501 FT-001: no evidence grounds the status DISCHARGED
3 files; 1 of 1 contracts: 1 added; 1 tests affected
self-declared fails: FT-001 new
unrun: FT-001 new
""")


def test_merge_markers_in_a_contract(lab: Lab) -> None:
    lab.edit(
        "  description: Some bounds.\n",
        "<<<<<<< ours\n  description: Some.\n=======\n  description: Few.\n>>>>>>> theirs\n",
    )
    lab.check().says("""\
exit 1
contracts/x-v1.yaml:4 error PV613 a merge left two versions here, down to line 8
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
""")


def test_a_detached_head(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    assert lab.git("checkout", "--quiet", "--detach").code == 0
    lab.check("--rerun", "none").says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_a_worktree(lab: Lab) -> None:
    lab.edit(*PROSE)
    lab.checkout("main")
    beside = lab.beside("beside")
    assert lab.git("worktree", "add", "--quiet", str(beside), "change").code == 0
    lab.at(beside).check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, patch follows:
  metadata.description (reworded)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_folder_below_the_project(lab: Lab) -> None:
    lab.edit(*PROSE)
    lab.check("--rerun", "none", cwd=lab.root / "contracts" / "evidence").says("""\
exit 11
<top>/contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, patch follows:
  metadata.description (reworded)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_project_below_the_top(lab: Lab) -> None:
    lab.checkout("main")
    (lab.root / "part").mkdir()
    assert lab.git("mv", "pv.toml", "probe.py", "contracts", "part").code == 0
    lab.commit("Move down")
    lab.begin_change()
    part = lab.root / "part"
    lab.edit(*PROSE, f"part/{CONTRACT}")
    lab.edit(*SUBJECT, "part/probe.py")
    lab.check("--rerun", "none", cwd=part).says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, patch follows:
  metadata.description (reworded)
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: the code of falsifier 'probe.value' changed: its
  digest was sha256:#, is sha256:#
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: the code of falsifier 'probe.value' changed: its
  digest was sha256:#, is sha256:#
2 files; 1 of 1 contracts: 1 changed; 3 tests affected
stale fails: FT-001 new, FT-002 new
unrun: FT-003
""")


def test_two_projects_in_one_repository(lab: Lab) -> None:
    """What the change did to the other project is the business of a check there."""
    lab.scratch.write("other/pv.toml", 'contracts = ["contracts"]\n')
    lab.write_contract("other/contracts/y-v1.yaml", "C-Y")
    lab.commit("Other")
    lab.check("--rerun", "none").says("""\
exit 14
pv.toml error PV003 the change does not touch the only contract, nor anything that it rests on
2 files; 0 of 1 contracts; 0 tests affected
""")
    lab.check("--rerun", "none", cwd=lab.root / "other").says("""\
exit 0
contracts/y-v1.yaml:9 warning PV401 falsifier 'probe.value' is not installed
2 files; 1 of 1 contracts: 1 added; 1 tests affected
blocked: FT-101 new
""")


def test_names_with_spaces_and_signs(lab: Lab) -> None:
    lab.checkout("main")
    name = "contracts/über alle\tBänder [1]*.yaml"
    test = lab.scratch.test("FT-Ü 1").replace("id: FT-Ü 1", "id: 'FT-Ü 1'")
    lab.write_contract(name, "C-Ü", test)
    lab.commit("Add")
    lab.begin_change()
    lab.discharge("FT-Ü 1", contract=name)
    lab.check().says("""\
exit 0
2 files; 1 of 2 contracts: 1 changed; 1 tests affected
FT-Ü 1 reproduced
""")
    lab.edit("lt: 10.0", "lt: 20.0", name)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/über alle     Bänder [1]*.yaml:3 error PV701 0.1.0 -> 0.2.0: minor is declared, major
  follows: FT-Ü 1 accept[0].lt (weakened)
contracts/über alle     Bänder [1]*.yaml:13 error PV606 FT-Ü 1 is stale: the claim changed:
  accept[0].lt was 10.0, is 20.0
2 files; 1 of 2 contracts: 1 changed; 1 tests affected
stale fails: FT-Ü 1 new
""")
    (lab.root / name).unlink()
    lab.check("--rerun", "none").says("""\
exit 11
contracts/über alle     Bänder [1]*.yaml error PV708 C-Ü was taken away, with 1 tests, 0 of them
  with evidence
2 files; 0 of 1 contracts: 1 deleted; 0 tests affected
""")


@pytest.fixture
def outer(lab: Lab) -> Lab:
    """Return a repository whose contracts are those of a submodule, on `main`."""
    lab.checkout("main")
    inner = lab.beside("inner")
    assert lab.git("clone", "--quiet", str(lab.root), str(inner)).code == 0
    lab.git("rm", "--quiet", "-r", "contracts")
    done = lab.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "inner")
    assert done.code == 0, done.out
    lab.scratch.write("pv.toml", lab.read("pv.toml").replace('"contracts"', '"inner/contracts"'))
    lab.commit("Submodule")
    lab.begin_change()
    return lab


def test_contracts_of_a_submodule_that_moves(outer: Lab) -> None:
    """What its contracts were is not in this repository, so nothing is checked, whatever the policy says."""
    inner = outer.at(outer.root / "inner")
    inner.edit(*PROSE)
    outer.configure('[check]\nnothing = "pass"\n')
    outer.commit("Move")
    outer.check("--rerun", "none").says("""\
exit 2
- error PV001 inner is a repository of its own: what changed in its contracts is in no commit of
  this one
""")


def test_contracts_of_a_submodule_that_stays(outer: Lab) -> None:
    outer.scratch.write("README.md", "# Probes\n")
    outer.commit("Readme")
    outer.check("--rerun", "none").says("""\
exit 2
- error PV001 inner is a repository of its own: what changed in its contracts is in no commit of
  this one
""")


def test_a_change_that_is_not_committed(lab: Lab) -> None:
    lab.scratch.edit(*PROSE)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, patch follows:
  metadata.description (reworded)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")
    lab.check("--rerun", "none", base="HEAD").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, patch follows:
  metadata.description (reworded)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_nothing_is_written(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    before = lab.scratch.snapshot()
    lab.check()
    assert lab.scratch.snapshot() == before


def test_the_command_in_a_process_of_its_own(lab: Lab) -> None:
    lab.edit(*PROSE)
    done = lab.scratch.pv("check", "--base", "main")
    assert done.code == 11
    assert (
        "error[PV701]: 1.1.0 -> 1.1.0: nothing is declared, patch follows: metadata.description (reworded)\n"
        in done.out
    )
    document = lab.scratch.json("check", "--base", "main")
    assert [(found["code"], found["path"], found["line"]) for found in document["diagnostics"]] == [
        ("PV701", CONTRACT, 3)
    ]
    lab.pv("bump", CONTRACT, "--base", "main")
    assert lab.scratch.pv("check", "--base", "main").code == 0
