"""Contracts and tests that get other names, come, or go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import CONTRACT, STAGE
from lab_edits import LOOSER, PROSE, TYPED

if TYPE_CHECKING:
    from lab import Lab

OTHER = "contracts/y-v1.yaml"


def add_contract(lab: Lab, name: str = "C-Y", extra: str = "", head: str = "", tail: str = "") -> None:
    """Write a second contract with one test of its own."""
    lab.write_contract(OTHER, name, lab.scratch.test("FT-101", extra=extra), head=head, tail=tail)


def test_a_contract_that_moves_with_its_evidence(lab: Lab) -> None:
    lab.git("mv", CONTRACT, "contracts/z-v1.yaml")
    lab.git("mv", "contracts/evidence/x-v1", "contracts/evidence/z-v1")
    lab.commit("Move")
    lab.check().says("""\
exit 0
6 files; 1 of 1 contracts: 1 renamed; 0 tests affected
unrun: FT-003
""")


def test_a_contract_that_moves_without_its_evidence(lab: Lab) -> None:
    lab.git("mv", CONTRACT, "contracts/z-v1.yaml")
    lab.commit("Move")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/z-v1.yaml:17 error PV601 FT-001: the record sha256:# of FT-001 is missing
  (contracts/evidence/z-v1/FT-001/#.json)
contracts/z-v1.yaml:26 error PV601 FT-002: the record sha256:# of FT-002 is missing
  (contracts/evidence/z-v1/FT-002/#.json)
2 files; 1 of 1 contracts: 1 renamed; 0 tests affected
unrun: FT-003
""")


def test_a_contract_that_moves_and_is_edited(lab: Lab) -> None:
    lab.git("mv", CONTRACT, "contracts/z-v1.yml")
    lab.git("mv", "contracts/evidence/x-v1", "contracts/evidence/z-v1")
    lab.edit(*LOOSER, "contracts/z-v1.yml")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/z-v1.yml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: FT-003
  accept[0].lt (weakened)
6 files; 1 of 1 contracts: 1 renamed; 1 tests affected
unrun: FT-003
""")


def test_a_contract_that_moves_and_loses_its_history(lab: Lab) -> None:
    text = lab.git("show", f"begin:{CONTRACT}").out
    lab.git("rm", "--quiet", "-r", "contracts")
    lab.scratch.write("contracts/z-v1.yaml", text)
    lab.commit("Begin again")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/evidence/x-v1/FT-001/#.json error PV705 a record of FT-001 was taken away
contracts/evidence/x-v1/FT-002/#.json error PV705 a record of FT-002 was taken away
contracts/z-v1.yaml:1 error PV704 the amendment 1.1.0 of 2026-01-01 is not there any more, or was
  edited
4 files; 1 of 1 contracts: 1 renamed; 2 tests affected
unrun: FT-001 new, FT-002 new, FT-003
""")


def test_a_contract_with_another_id(lab: Lab) -> None:
    lab.edit("  id: C-X\n", "  id: C-Z\n")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: metadata.id
  (changed)
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: the evidence was made for the contract C-X
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: the evidence was made for the contract C-X
1 files; 1 of 1 contracts: 1 changed; 3 tests affected
stale fails: FT-001 new, FT-002 new
unrun: FT-003
""")
    lab.pv("bump", CONTRACT, "--base", "main")
    lab.discharge()
    lab.check("--rerun", "none").says("""\
exit 0
4 files; 1 of 1 contracts: 1 changed; 3 tests affected
""")


def test_a_contract_that_moves_under_another_id(lab: Lab) -> None:
    lab.scratch.edit("  id: C-X\n", "  id: C-Z\n")
    lab.git("mv", CONTRACT, "contracts/z-v1.yaml")
    lab.git("mv", "contracts/evidence/x-v1", "contracts/evidence/z-v1")
    lab.commit("Move")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml error PV708 C-X was taken away, with 3 tests, 2 of them with evidence
contracts/z-v1.yaml:17 error PV606 FT-001 is stale: the evidence was made for the contract C-X
contracts/z-v1.yaml:26 error PV606 FT-002 is stale: the evidence was made for the contract C-X
6 files; 1 of 1 contracts: 1 added, 1 deleted; 3 tests affected
stale fails: FT-001 new, FT-002 new
unrun: FT-003 new
""")


def test_a_test_with_another_name(lab: Lab) -> None:
    lab.edit("- id: FT-003\n", "- id: FT-030\n")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: test FT-003
  (renamed)
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-030 new
""")
    lab.bump()
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-030 new
""")


def test_a_test_with_evidence_and_another_name(lab: Lab) -> None:
    lab.scratch.edit("- id: FT-002\n", "- id: FT-020\n")
    lab.edit("needs: [FT-001, FT-002]", "needs: [FT-001, FT-020]")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: test FT-002
  (renamed), S/a needs[1] (weakened)
contracts/x-v1.yaml:26 error PV603 FT-020: evidence sha256:# is linked, and no amendment records it
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")


def test_a_contract_that_is_added(lab: Lab) -> None:
    add_contract(lab)
    lab.discharge("FT-101", contract=OTHER)
    lab.check().says("""\
exit 0
2 files; 1 of 2 contracts: 1 added; 1 tests affected
FT-101 reproduced
""")


def test_a_contract_that_is_added_by_pv_new(lab: Lab) -> None:
    lab.scratch.edit('"probe.py"', '"probe.py", "falsifiers"', "pv.toml")
    lab.pv("new", "C-MY-SUM")
    lab.commit("Add")
    lab.check("--rerun", "none").says("""\
exit 0
3 files; 1 of 2 contracts: 1 added; 1 tests affected
unrun: FALSIFY-MY-SUM-001 new
""")
    lab.discharge(contract="contracts/my-sum-v1.yaml")
    lab.check().says("""\
exit 0
4 files; 1 of 2 contracts: 1 added; 1 tests affected
FALSIFY-MY-SUM-001 reproduced
""")


def test_a_contract_that_is_added_with_typed_statuses(lab: Lab) -> None:
    tail = STAGE.replace("FT-001, FT-002", "FT-101").replace("NEW", "DISCHARGED")
    add_contract(lab, extra="status: DISCHARGED", tail=tail)
    lab.commit("Add")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/y-v1.yaml:13 error PV501 FT-101: no evidence grounds the status DISCHARGED
contracts/y-v1.yaml:17 error PV501 step S/a is DISCHARGED, and no current evidence gives that
1 files; 1 of 2 contracts: 1 added; 1 tests affected
self-declared fails: FT-101 new
unrun: FT-101 new
""")


def test_a_contract_that_is_added_with_an_id_that_another_has(lab: Lab) -> None:
    add_contract(lab, "C-X")
    lab.commit("Add")
    lab.check("--rerun", "none").says("""\
exit 0
contracts/y-v1.yaml:2 warning PV310 contract id 'C-X' is used in contracts/x-v1.yaml:2:7, too
1 files; 1 of 2 contracts: 1 added; 1 tests affected
unrun: FT-101 new
""")


def test_a_contract_that_is_added_and_cannot_be_read(lab: Lab) -> None:
    lab.scratch.write(OTHER, "metadata: {id: [\n")
    lab.commit("Add")
    lab.check("--rerun", "none").says("""\
exit 1
contracts/y-v1.yaml:2 error PV102 a value was expected here
1 files; 1 of 2 contracts: 1 added; 0 tests affected
""")


def test_a_contract_that_is_broken(lab: Lab) -> None:
    lab.edit("hypotheses:\n", "hypotheses: [\n")
    lab.check("--rerun", "none").says("""\
exit 1
contracts/x-v1.yaml:7 error PV102 a value was expected here
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
""")


def test_a_broken_contract_that_is_mended(lab: Lab) -> None:
    lab.edit("hypotheses:\n", "hypotheses: [\n")
    lab.accept()
    lab.edit("hypotheses: [\n", "hypotheses:\n")
    lab.check("--rerun", "none").says("""\
exit 0
contracts/x-v1.yaml warning PV712 the version of the base cannot be read: #:contracts/x-v1.yaml:7:1:
  a value was expected here
1 files; 1 of 1 contracts: 1 changed; 3 tests affected
unrun: FT-003 new
""")


def test_a_broken_contract_that_is_mended_with_typed_statuses(lab: Lab) -> None:
    lab.edit("hypotheses:\n", "hypotheses: [\n")
    lab.accept()
    lab.scratch.edit("hypotheses: [\n", "hypotheses:\n")
    lab.edit(*TYPED)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml warning PV712 the version of the base cannot be read: #:contracts/x-v1.yaml:7:1:
  a value was expected here
contracts/x-v1.yaml:34 error PV501 FT-003: no evidence grounds the status DISCHARGED
1 files; 1 of 1 contracts: 1 changed; 3 tests affected
self-declared fails: FT-003 new
unrun: FT-003 new
""")


def test_a_contract_that_is_taken_away(lab: Lab) -> None:
    lab.git("rm", "--quiet", "-r", CONTRACT, "contracts/evidence")
    add_contract(lab)
    lab.commit("Remove")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml error PV708 C-X was taken away, with 3 tests, 2 of them with evidence
4 files; 1 of 1 contracts: 1 added, 1 deleted; 1 tests affected
unrun: FT-101 new
""")
    lab.configure('[check]\nremoved_contracts = ["C-X"]\n')
    lab.check("--rerun", "none").says("""\
exit 0
5 files; 1 of 1 contracts: 1 added, 1 deleted; 1 tests affected
unrun: FT-101 new
""")


def test_the_last_contract_that_is_taken_away(lab: Lab) -> None:
    lab.git("rm", "--quiet", "-r", "contracts")
    lab.commit("Remove")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml error PV708 C-X was taken away, with 3 tests, 2 of them with evidence
3 files; 0 of 0 contracts: 1 deleted; 0 tests affected
""")


def test_a_contract_that_others_depend_on_is_taken_away(lab: Lab) -> None:
    add_contract(lab, head="  depends_on: [x-v1]\n")
    lab.commit("Add")
    lab.accept()
    lab.git("rm", "--quiet", "-r", CONTRACT, "contracts/evidence")
    lab.commit("Remove")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml error PV708 C-X was taken away, with 3 tests, 2 of them with evidence
contracts/y-v1.yaml:6 warning PV304 the project has no contract 'x-v1'; did you mean 'y-v1'?
3 files; 1 of 1 contracts: 1 affected, 1 deleted; 1 tests affected
unrun: FT-101
""")


def test_a_contract_that_git_is_told_to_ignore(lab: Lab) -> None:
    add_contract(lab)
    lab.commit("Add")
    lab.accept()
    lab.git("rm", "--quiet", "--cached", OTHER)
    lab.scratch.write(".gitignore", "y-v1.yaml\n")
    lab.commit("Ignore")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/y-v1.yaml error PV708 C-Y was taken away, with 1 tests, 0 of them with evidence
2 files; 0 of 1 contracts: 1 deleted; 0 tests affected
""")


def test_a_contract_that_becomes_a_link(lab: Lab) -> None:
    add_contract(lab)
    lab.commit("Add")
    lab.accept()
    (lab.root / OTHER).unlink()
    (lab.root / OTHER).symlink_to("x-v1.yaml")
    lab.commit("Link")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/y-v1.yaml error PV708 C-Y was taken away, with 1 tests, 0 of them with evidence
1 files; 0 of 1 contracts: 1 deleted; 0 tests affected
""")


def test_a_contract_that_drops_out_of_the_configuration(lab: Lab) -> None:
    lab.write_contract("other/y-v1.yaml", "C-Y")
    lab.commit("Add")
    lab.accept()
    lab.edit('contracts = ["contracts"]', 'contracts = ["other"]', "pv.toml")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml error PV708 C-X was taken away, with 3 tests, 2 of them with evidence
1 files; 1 of 1 contracts: 1 added, 1 deleted; 1 tests affected
unrun: FT-101 new
""")


def test_a_contract_that_comes_in_by_the_configuration(lab: Lab) -> None:
    lab.write_contract("other/y-v1.yaml", "C-Y", lab.scratch.test("FT-101", extra="status: DISCHARGED"))
    lab.commit("Add")
    lab.accept()
    lab.edit('contracts = ["contracts"]', 'contracts = ["contracts", "other"]', "pv.toml")
    lab.check("--rerun", "none").says("""\
exit 11
other/y-v1.yaml:13 error PV501 FT-101: no evidence grounds the status DISCHARGED
1 files; 1 of 2 contracts: 1 added; 1 tests affected
self-declared fails: FT-101 new
unrun: FT-101 new
""")


def test_a_contract_that_is_not_committed_yet(lab: Lab) -> None:
    add_contract(lab, extra="status: DISCHARGED")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/y-v1.yaml:13 error PV501 FT-101: no evidence grounds the status DISCHARGED
1 files; 1 of 2 contracts: 1 added; 1 tests affected
self-declared fails: FT-101 new
unrun: FT-101 new
""")


def test_a_contract_behind_a_link(lab: Lab) -> None:
    lab.checkout("main")
    (lab.root / "real").mkdir()
    assert lab.git("mv", CONTRACT, "real/x-v1.yaml").code == 0
    assert lab.git("mv", "contracts/evidence", "real/evidence").code == 0
    (lab.root / "contracts").mkdir(exist_ok=True)
    (lab.root / CONTRACT).symlink_to("../real/x-v1.yaml")
    lab.commit("Link")
    lab.begin_change()
    lab.edit(*PROSE, "real/x-v1.yaml")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, patch follows:
  metadata.description (reworded)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_folder_of_contracts_behind_a_link(lab: Lab) -> None:
    lab.checkout("main")
    assert lab.git("mv", "contracts", "real").code == 0
    (lab.root / "contracts").symlink_to("real")
    lab.commit("Link")
    lab.begin_change()
    lab.edit(*PROSE, "real/x-v1.yaml")
    lab.check("--rerun", "none").says("""\
exit 11
real/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, patch follows:
  metadata.description (reworded)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_configuration_that_is_gone(lab: Lab) -> None:
    """Without one the contracts are those of the top folder alone."""
    lab.git("rm", "--quiet", "pv.toml")
    lab.write_contract("y-v1.yaml", "C-Y")
    lab.commit("Remove")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml error PV708 C-X was taken away, with 3 tests, 2 of them with evidence
y-v1.yaml:9 warning PV401 falsifier 'probe.value' is not installed
2 files; 1 of 1 contracts: 1 added, 1 deleted; 1 tests affected
blocked: FT-101 new
""")


def test_a_configuration_in_another_file(lab: Lab) -> None:
    lab.git("rm", "--quiet", "pv.toml")
    lab.scratch.write("pyproject.toml", '[tool.pv]\ncontracts = ["other"]\nfalsifiers = ["probe.py"]\n')
    lab.write_contract("other/y-v1.yaml", "C-Y")
    lab.commit("Move")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml error PV708 C-X was taken away, with 3 tests, 2 of them with evidence
3 files; 1 of 1 contracts: 1 added, 1 deleted; 1 tests affected
unrun: FT-101 new
""")


def test_two_contracts_that_change_places(lab: Lab) -> None:
    add_contract(lab)
    lab.discharge("FT-101", contract=OTHER)
    lab.accept()
    for old, new in (("x-v1", "t-v1"), ("y-v1", "x-v1"), ("t-v1", "y-v1")):
        assert lab.git("mv", f"contracts/{old}.yaml", f"contracts/{new}.yaml").code == 0
        assert lab.git("mv", f"contracts/evidence/{old}", f"contracts/evidence/{new}").code == 0
    lab.commit("Change places")
    lab.check("--rerun", "none").says("""\
exit 0
8 files; 2 of 2 contracts: 2 renamed; 0 tests affected
unrun: FT-003
""")
