"""Two branches of one contract: races of versions, merges by git and by the driver, stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import CONTRACT
from lab_edits import FIELD, PROSE, REFERENCE

if TYPE_CHECKING:
    from lab import Lab


def go_on(lab: Lab, test: str) -> None:
    """Let the base go on by a discharge."""
    lab.checkout("main")
    lab.take_discharge(test)
    lab.checkout("change")


def test_a_race_of_two_discharges(lab: Lab) -> None:
    lab.take_discharge("FT-002")
    go_on(lab, "FT-003")
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV707 since the change left it at #, main has given the contract the
  version 1.2.0; the change gives it 1.1.1
2 files; 1 of 1 contracts: 1 changed; 2 tests affected
unrun: FT-003 new
FT-002 reproduced
""")
    done = lab.merge("main")
    assert done.code == 0, done.out
    lab.check().says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
FT-002 reproduced
""")


def test_a_race_whose_texts_do_not_merge(lab: Lab) -> None:
    lab.git("config", "--remove-section", "merge.pv")
    lab.take_discharge("FT-002")
    go_on(lab, "FT-003")
    assert lab.merge("main").code == 1
    lab.check("--rerun", "none").says("""\
exit 1
contracts/x-v1.yaml:3 error PV613 a merge left two versions here, down to line 7
contracts/x-v1.yaml:53 error PV613 a merge left two versions here, down to line 65
3 files; 1 of 1 contracts: 1 changed; 0 tests affected
""")


def test_a_race_of_two_edits_that_were_bumped_alike(lab: Lab) -> None:
    """Git merges the texts without a word, because both wrote the same amendment."""
    lab.git("config", "--remove-section", "merge.pv")
    lab.scratch.edit(*REFERENCE)
    lab.pv("bump", CONTRACT)
    lab.commit("References")
    lab.checkout("main")
    lab.scratch.edit(*FIELD)
    lab.pv("bump", CONTRACT)
    lab.commit("Description")
    lab.checkout("change")
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV707 since the change left it at #, main has given the version 1.1.1 to
  another content
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")
    done = lab.merge("main")
    assert done.code == 0, done.out
    assert lab.read().count("1.1.1") == 2, lab.read()
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.1 -> 1.1.1: nothing is declared, patch follows:
  metadata.references[0] (added), metadata.references[0] (removed)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")
    lab.bump()
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_race_of_two_edits_that_the_driver_merges(lab: Lab) -> None:
    lab.scratch.edit(*REFERENCE)
    lab.pv("bump", CONTRACT)
    lab.commit("References")
    lab.checkout("main")
    lab.scratch.edit(*FIELD)
    lab.pv("bump", CONTRACT)
    lab.commit("Description")
    lab.checkout("change")
    done = lab.merge("main")
    assert done.code == 0, done.out
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_race_before_any_amendment(fresh: Lab) -> None:
    """Both branches wrote the same version by hand; the texts merge."""
    fresh.git("config", "--remove-section", "merge.pv")
    fresh.checkout("main")
    fresh.scratch.edit(*REFERENCE)
    fresh.edit("  version: 1.0.0\n", "  version: 1.0.1\n")
    fresh.checkout("change")
    fresh.scratch.edit(*FIELD)
    fresh.edit("  version: 1.0.0\n", "  version: 1.0.1\n")
    fresh.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV707 since the change left it at #, main has given the version 1.0.1 to
  another content
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002, FT-003
""")
    done = fresh.merge("main")
    assert done.code == 0, done.out
    fresh.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.0.1 -> 1.0.1: nothing is declared, patch follows: S description
  (added)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002, FT-003
""")


def test_a_base_that_went_on_elsewhere(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    lab.checkout("main")
    lab.scratch.write("README.md", "# Probes\n")
    lab.scratch.write("contracts/y-v1.yaml", lab.read().partition("amendments")[0].replace("C-X", "C-Y"))
    lab.commit("Elsewhere")
    lab.checkout("change")
    lab.check().says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
FT-003 reproduced
""")


def test_a_base_that_has_the_same_already(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    lab.checkout("main")
    lab.scratch.write("README.md", "# Probes\n")
    lab.commit("Elsewhere")
    done = lab.git("cherry-pick", "change")
    assert done.code == 0, done.out
    lab.checkout("change")
    lab.check("--rerun", "none").says("""\
exit 0
2 files; 1 of 1 contracts: 1 affected; 0 tests affected
""")


def test_a_base_that_took_the_contract_away(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    lab.checkout("main")
    lab.git("rm", "--quiet", "-r", "contracts")
    lab.commit("Remove")
    lab.checkout("change")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV707 since the change left it at #, main has taken the contract away
2 files; 1 of 1 contracts: 1 added; 3 tests affected
""")


def test_two_branches_that_add_one_contract(lab: Lab) -> None:
    text = lab.read().partition("implementation")[0].replace("C-X", "C-Y")
    text = "".join(
        line
        for line in text.splitlines(keepends=True)
        if line.split(":")[0].strip() not in ("status", "verdict", "evidence")
    )
    text = text.replace("status: CONFIRMED", "status: UNTESTED")
    lab.scratch.write("contracts/y-v1.yaml", text)
    lab.commit("Add")
    lab.checkout("main")
    lab.scratch.write("contracts/y-v1.yaml", text.replace("Some bounds.", "Other bounds."))
    lab.commit("Add")
    lab.checkout("change")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/y-v1.yaml:3 error PV707 since the change left it at #, main has given the version 1.1.0 to
  another content
1 files; 1 of 2 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002, FT-003
""")


def test_a_stack_whose_lower_branch_was_squashed(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    lab.branch("upper", "change")
    lab.discharge("FT-002")
    lab.checkout("main")
    assert lab.git("merge", "--quiet", "--squash", "change").code == 0
    lab.commit("Squash")
    lab.checkout("upper")
    lab.check().says("""\
exit 0
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
FT-002 reproduced
""")


def test_a_stack_whose_lower_branch_was_squashed_with_more(lab: Lab) -> None:
    """What reached the base is not what the upper branch was built on."""
    lab.take_discharge("FT-003")
    lab.branch("upper", "change")
    lab.discharge("FT-002")
    lab.checkout("main")
    assert lab.git("merge", "--quiet", "--squash", "change").code == 0
    lab.scratch.edit(*PROSE)
    lab.pv("bump", CONTRACT, "--base", "change")
    lab.commit("Squash")
    lab.checkout("upper")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV707 since the change left it at #, main has given the version 1.2.1 to
  another content
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_a_stack_of_edits_without_amendments_whose_lower_branch_was_squashed(fresh: Lab) -> None:
    fresh.edit(*PROSE)
    fresh.bump()
    fresh.branch("upper", "change")
    fresh.discharge("FT-003")
    fresh.checkout("main")
    assert fresh.git("merge", "--quiet", "--squash", "change").code == 0
    fresh.commit("Squash")
    fresh.checkout("upper")
    fresh.check("--rerun", "none").says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002
""")


def test_a_rebase_through_the_driver(lab: Lab) -> None:
    lab.take_discharge("FT-002")
    go_on(lab, "FT-003")
    done = lab.git("rebase", "--quiet", "main")
    assert done.code == 0, done.out
    lab.check().says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
FT-002 reproduced
""")


def test_a_merge_that_took_the_side_of_the_change_whole(lab: Lab) -> None:
    """`git checkout --ours`: the discharge of the base is gone, with its amendment."""
    lab.take_discharge("FT-002")
    go_on(lab, "FT-003")
    mine = lab.read()
    lab.merge("main")
    lab.scratch.write(CONTRACT, mine)
    lab.commit("Ours")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:39 error PV704 the amendment 1.2.0 of 2026-01-01 is not there any more, or was
  edited
2 files; 1 of 1 contracts: 1 changed; 2 tests affected
unrun: FT-003 new
""")


def test_a_branch_that_is_behind(lab: Lab) -> None:
    go_on(lab, "FT-003")
    lab.check("--rerun", "none").says("""\
exit 14
pv.toml error PV003 the change does not touch the only contract, nor anything that it rests on
0 files; 0 of 1 contracts; 0 tests affected
""")
