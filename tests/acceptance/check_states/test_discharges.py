"""A discharge, a status that was typed instead of one, and evidence that was forged for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import CONTRACT
from lab_edits import PROSE, TYPED

if TYPE_CHECKING:
    from lab import Lab


def test_a_discharge_is_clean(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    lab.check().says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
FT-003 reproduced
""")


def test_a_first_discharge_is_clean(fresh: Lab) -> None:
    fresh.discharge()
    fresh.check().says("""\
exit 0
4 files; 1 of 1 contracts: 1 changed; 3 tests affected
FT-001 reproduced
FT-002 reproduced
FT-003 reproduced
""")


def test_a_renewal_is_clean(lab: Lab) -> None:
    lab.take_discharge("FT-002")
    lab.check().says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
FT-002 reproduced
""")


def test_evidence_that_is_not_committed_is_told(lab: Lab) -> None:
    lab.pv("discharge", CONTRACT)
    lab.check("--rerun", "none").says("""\
exit 0
contracts/x-v1.yaml warning PV710 git does not have 1 of 3 records
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")
    lab.git("add", "contracts/evidence")
    lab.check("--rerun", "none").says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_evidence_that_git_ignores_is_told(lab: Lab) -> None:
    lab.scratch.write(".gitignore", "evidence\n")
    lab.discharge("FT-003")
    lab.check("--rerun", "none").says("""\
exit 0
contracts/x-v1.yaml warning PV710 git does not have 1 of 3 records
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_a_typed_status(lab: Lab) -> None:
    lab.edit(*TYPED)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:34 error PV501 FT-003: no evidence grounds the status DISCHARGED
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
self-declared fails: FT-003 new
unrun: FT-003 new
""")


def test_a_typed_status_with_the_version_that_a_discharge_gives(lab: Lab) -> None:
    lab.scratch.edit(*TYPED)
    lab.edit("  version: 1.1.0\n", "  version: 1.2.0\n")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV607 the version is 1.2.0, and the last amendment gave 1.1.0
contracts/x-v1.yaml:34 error PV501 FT-003: no evidence grounds the status DISCHARGED
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
self-declared fails: FT-003 new
unrun: FT-003 new
""")


def test_a_typed_status_is_not_blessed_by_a_bump(lab: Lab) -> None:
    lab.scratch.edit(*TYPED)
    lab.scratch.edit(*PROSE)
    lab.pv("bump", CONTRACT)
    lab.commit("Edit")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:34 error PV501 FT-003: no evidence grounds the status DISCHARGED
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
self-declared fails: FT-003 new
unrun: FT-003 new
""")


def test_a_typed_status_beside_a_discharge_of_another_test(lab: Lab) -> None:
    lab.edit(*TYPED)
    lab.discharge("FT-002")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:34 error PV501 FT-003: no evidence grounds the status DISCHARGED
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
self-declared fails: FT-003 new
unrun: FT-003 new
""")


def test_a_typed_status_and_verdict(fresh: Lab) -> None:
    fresh.edit(
        "FALSIFIED: {ge: 10.0}}\n", "FALSIFIED: {ge: 10.0}}\n  status: DISCHARGED\n  verdict: CONFIRMED\n"
    )
    fresh.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:17 error PV501 FT-001: no evidence grounds the status DISCHARGED; no evidence
  grounds the verdict CONFIRMED
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
self-declared fails: FT-001 new
unrun: FT-001 new, FT-002, FT-003
""")


def test_a_typed_verdict_on_a_discharged_test(lab: Lab) -> None:
    lab.edit("  verdict: CONFIRMED\n", "  verdict: FALSIFIED\n")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:17 error PV602 FT-001: the verdict is FALSIFIED, its evidence says CONFIRMED
  (contracts/evidence/x-v1/FT-001/#.json)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_typed_step(fresh: Lab) -> None:
    fresh.edit("status: NEW}", "status: DISCHARGED}")
    fresh.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:32 error PV501 step S/a is DISCHARGED, and no current evidence gives that
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002, FT-003
""")


def test_a_typed_step_beside_a_discharge(fresh: Lab) -> None:
    fresh.edit("status: NEW}", "status: DISCHARGED}")
    fresh.discharge("FT-003")
    fresh.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:34 error PV501 step S/a is DISCHARGED, and no current evidence gives that
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002
""")


def test_a_typed_hypothesis(fresh: Lab) -> None:
    fresh.edit("status: UNTESTED}", "status: CONFIRMED}")
    fresh.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:7 error PV501 hypothesis H is CONFIRMED, and current evidence gives UNTESTED
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002, FT-003
""")


def test_a_hypothesis_that_is_typed_against_its_evidence(lab: Lab) -> None:
    lab.edit("status: CONFIRMED}", "status: FALSIFIED}")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:7 error PV501 hypothesis H is FALSIFIED, and current evidence gives CONFIRMED
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_status_that_is_taken_back_by_hand(lab: Lab) -> None:
    text = lab.read()
    start = text.index("  status: DISCHARGED\n  evidence")
    lab.edit(text[start : text.index("- id: FT-003")], "")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:20 error PV603 FT-002: the status is NEW, and the last amendment made it
  DISCHARGED
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")


def test_a_status_that_is_taken_back_by_its_word_alone(lab: Lab) -> None:
    lab.edit("  status: DISCHARGED\n  evidence", "  status: NEW\n  evidence")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:26 error PV603 FT-002: the status is NEW, and the last amendment made it
  DISCHARGED
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_status_that_is_taken_back_by_the_command(lab: Lab) -> None:
    lab.pv("reopen", CONTRACT, "--test", "FT-002", "--reason", "The probe was borrowed")
    lab.commit("Reopen")
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-002 new, FT-003
""")


def test_a_record_that_was_edited(lab: Lab) -> None:
    (record,) = lab.scratch.records("FT-002")
    record.write_bytes(record.read_bytes().replace(b'"duration_s": ', b'"duration_s": 1'))
    lab.commit("Edit")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:26 error PV602 FT-002: the record sha256:# of FT-002 was changed: its digest is
  now sha256:# (contracts/evidence/x-v1/FT-002/#.json)
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-003
""")


def test_a_record_that_was_edited_and_pinned_anew(lab: Lab) -> None:
    lab.forge("FT-002")
    lab.check().says("""\
exit 3
contracts/evidence/x-v1/FT-002/#.json error PV705 a record of FT-002 was taken away
contracts/x-v1.yaml:39 error PV704 the amendment 1.1.0 of 2026-01-01 is not there any more, or was
  edited
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
FT-002 differs: not reproduced: value
""")


def test_a_record_of_the_change_that_was_made_up_is_not_reproduced(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    lab.forge("FT-003")
    lab.check().says("""\
exit 12
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
FT-003 differs: not reproduced: value
""")


def test_the_record_of_another_test_is_none(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    (own,), (other,) = lab.scratch.records("FT-003"), lab.scratch.records("FT-002")
    own.unlink()
    lab.scratch.write(f"contracts/evidence/x-v1/FT-003/{other.name}", other.read_bytes())
    lab.scratch.write(CONTRACT, lab.read().replace(own.stem, other.stem))
    lab.commit("Copy")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:34 error PV602 FT-003: the record sha256:# belongs to FT-002, not to FT-003
  (contracts/evidence/x-v1/FT-003/#.json)
contracts/x-v1.yaml:49 error PV704 amendment 1.2.0: FT-003 has the record of an earlier amendment,
  and no new one
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_an_older_record_that_is_linked_again(lab: Lab) -> None:
    (old,) = lab.scratch.records("FT-002")
    lab.take_discharge("FT-002")
    (new,) = (path for path in lab.scratch.records("FT-002") if path != old)
    lab.edit(f"  evidence: sha256:{new.stem}\n", f"  evidence: sha256:{old.stem}\n")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:26 error PV603 FT-002: the linked evidence is sha256:#, and the last amendment
  pins sha256:#
2 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")
