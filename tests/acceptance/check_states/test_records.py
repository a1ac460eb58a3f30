"""Records that are edited or gone, and amendments that no command makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import CONTRACT, seal
from lab_edits import BROKEN, PROSE, TYPED

if TYPE_CHECKING:
    from lab import Lab

EDIT = "  kind: edit\n  tests: []\n"


def test_a_record_that_was_deleted(lab: Lab) -> None:
    (record,) = lab.scratch.records("FT-002")
    record.unlink()
    lab.commit("Delete")
    lab.check().says("""\
exit 3
contracts/x-v1.yaml:26 error PV601 FT-002: the record sha256:# of FT-002 is missing
  (contracts/evidence/x-v1/FT-002/#.json)
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-003
""")


def test_a_record_that_was_deleted_with_its_status(lab: Lab) -> None:
    lab.pv("reopen", CONTRACT, "--test", "FT-002", "--reason", "The probe was borrowed")
    (record,) = lab.scratch.records("FT-002")
    record.unlink()
    lab.commit("Delete")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/evidence/x-v1/FT-002/#.json error PV705 a record of FT-002 was taken away
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-002 new, FT-003
""")


def test_a_record_that_no_amendment_pins_was_deleted(lab: Lab) -> None:
    lab.pv("discharge", CONTRACT)
    lab.git("checkout", "--quiet", CONTRACT)
    lab.commit("A record that a crash left")
    lab.accept()
    (record,) = lab.scratch.records("FT-003")
    record.unlink()
    lab.commit("Delete")
    lab.check().says("""\
exit 3
contracts/evidence/x-v1/FT-003/#.json error PV705 a record of FT-003 was taken away
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-003
""")


def test_a_record_that_no_amendment_pins_was_edited(lab: Lab) -> None:
    lab.pv("discharge", CONTRACT)
    lab.git("checkout", "--quiet", CONTRACT)
    lab.commit("A record that a crash left")
    lab.accept()
    (record,) = lab.scratch.records("FT-003")
    record.write_bytes(record.read_bytes().replace(b'"duration_s": ', b'"duration_s": 1'))
    lab.commit("Edit")
    lab.check().says("""\
exit 3
contracts/evidence/x-v1/FT-003/#.json error PV705 a record of FT-003 was edited
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-003
""")


def test_an_older_record_was_deleted(lab: Lab) -> None:
    (old,) = lab.scratch.records("FT-002")
    lab.take_discharge("FT-002")
    lab.accept()
    old.unlink()
    lab.commit("Delete")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:26 error PV601 FT-002: the record sha256:# of FT-002 is missing
  (contracts/evidence/x-v1/FT-002/#.json)
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-003
""")


def test_a_record_with_merge_markers(lab: Lab) -> None:
    (record,) = lab.scratch.records("FT-002")
    record.write_bytes(b"<<<<<<< ours\n" + record.read_bytes())
    lab.commit("Merge")
    lab.check().says("""\
exit 3
contracts/x-v1.yaml:26 error PV602 FT-002: the record sha256:# of FT-002 was changed: merge markers
  stand in it (contracts/evidence/x-v1/FT-002/#.json)
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-003
""")


def test_a_record_that_is_torn(lab: Lab) -> None:
    (record,) = lab.scratch.records("FT-002")
    record.write_bytes(record.read_bytes()[:100])
    lab.commit("Tear")
    lab.check().says("""\
exit 3
contracts/x-v1.yaml:26 error PV602 FT-002: the record sha256:# of FT-002 was changed: its digest is
  now sha256:# (contracts/evidence/x-v1/FT-002/#.json)
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-003
""")


def test_a_signature_that_was_deleted(signed: Lab) -> None:
    (envelope,) = (signed.scratch.store / "FT-001").glob("*.dsse")
    envelope.unlink()
    signed.commit("Delete")
    signed.check("--rerun", "none").says("""\
exit 3
contracts/evidence/x-v1/FT-001/#.#.dsse error PV705 an envelope of FT-001 was taken away
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-002, FT-003
""")


def test_a_signature_that_was_edited(signed: Lab) -> None:
    (envelope,) = (signed.scratch.store / "FT-001").glob("*.dsse")
    envelope.write_bytes(envelope.read_bytes().replace(b'"sig"', b' "sig"'))
    signed.commit("Edit")
    signed.check("--rerun", "none").says("""\
exit 3
contracts/evidence/x-v1/FT-001/#.#.dsse error PV705 an envelope of FT-001 was edited
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-002, FT-003
""")


def test_an_amendment_that_was_edited(lab: Lab) -> None:
    lab.edit("- version: 1.1.0\n  date: '2026-01-01'\n", "- version: 1.1.0\n  date: '2025-01-01'\n")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:39 error PV704 the amendment 1.1.0 of 2026-01-01 is not there any more, or was
  edited
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_an_amendment_that_was_edited_and_the_next_one_sealed_anew(lab: Lab) -> None:
    lab.take_discharge("FT-003")
    lab.accept()
    before = lab.data()["amendments"][0]
    text = lab.read().replace("date: '2026-01-01'", "date: '2025-01-01'", 1)
    text = text.replace(seal(before), seal({**before, "date": "2025-01-01"}))
    lab.scratch.write(CONTRACT, text)
    lab.commit("Edit")
    assert lab.scratch.verify() == 0
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:41 error PV704 the amendment 1.1.0 of 2026-01-01 is not there any more, or was
  edited
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
""")


def test_a_reason_that_was_removed(lab: Lab) -> None:
    lab.pv("reopen", CONTRACT, "--test", "FT-002", "--reason", "The probe was borrowed")
    lab.commit("Reopen")
    lab.accept()
    lab.edit("The probe was borrowed", "The probe was never borrowed")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:39 error PV704 the amendment 1.2.0 of 2026-01-01 is not there any more, or was
  edited
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-002, FT-003
""")


def test_an_amendment_that_was_removed(lab: Lab) -> None:
    """With everything that it wrote: the contract is as it was before the discharge, and verifies."""
    lab.git("checkout", "--quiet", "begin", CONTRACT)
    lab.commit("Take back")
    assert lab.scratch.verify() == 0
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:1 error PV704 the amendment 1.1.0 of 2026-01-01 is not there any more, or was
  edited
1 files; 1 of 1 contracts: 1 changed; 2 tests affected
unrun: FT-001 new, FT-002 new, FT-003
""")


def test_all_amendments_were_removed(lab: Lab) -> None:
    lab.scratch.write(CONTRACT, lab.read().partition("amendments:")[0])
    lab.commit("Forget")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:1 error PV704 the amendment 1.1.0 of 2026-01-01 is not there any more, or was
  edited
contracts/x-v1.yaml:17 error PV603 FT-001: evidence sha256:# is linked, and no amendment records it
contracts/x-v1.yaml:26 error PV603 FT-002: evidence sha256:# is linked, and no amendment records it
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_typed_edit(lab: Lab) -> None:
    lab.add_amendment(EDIT)
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:47 error PV704 amendment 1.2.0: it records an edit, and nothing that people
  write was edited
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_typed_edit_that_says_what_was_edited(lab: Lab) -> None:
    """Whoever types what `pv bump` writes, byte for byte, has done what it does."""
    lab.edit(*PROSE)
    lab.add_amendment(EDIT, "1.1.1")
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_typed_reopening(lab: Lab) -> None:
    pins = lab.data()["amendments"][0]["tests"]
    pin = f"{{id: FT-002, from: DISCHARGED, to: NEW, head: '{pins[1]['head']}', count: 1}}"
    text = lab.read()
    start = text.index("  status: DISCHARGED\n  evidence")
    lab.scratch.write(CONTRACT, text.replace(text[start : text.index("- id: FT-003")], ""))
    lab.add_amendment(f"  kind: reopen\n  tests:\n  - {pin}\n")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:45 error PV704 amendment 1.2.0: a test is reopened for a reason, and none is
  given
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-002 new, FT-003
""")


def test_a_typed_merge_that_discharges(lab: Lab) -> None:
    pin = "{id: FT-003, from: NEW, to: DISCHARGED, count: 0}"
    lab.edit(*TYPED)
    lab.add_amendment(f"  kind: merge\n  tests:\n  - {pin}\n")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:34 error PV501 FT-003: no evidence grounds the status DISCHARGED
contracts/x-v1.yaml:48 error PV704 amendment 1.2.0: a merge joins two histories, and the change has
  none of its own
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
self-declared fails: FT-003 new
unrun: FT-003 new
""")


def test_a_typed_merge_of_nothing(lab: Lab) -> None:
    lab.add_amendment("  kind: merge\n  tests: []\n")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:47 error PV704 amendment 1.2.0: a merge joins two histories, and the change has
  none of its own
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_typed_merge_that_goes_back_to_an_older_record(lab: Lab) -> None:
    """Each record is there and each is counted; no merge turns a test green."""
    lab.take_discharge("FT-003")
    first = lab.scratch.records("FT-003")[0].stem
    lab.edit(*BROKEN, "probe.py")
    lab.discharge("FT-003", code=10)
    lab.edit("    return value + 20.0\n", "    return value\n", "probe.py")
    lab.accept()
    second = next(path.stem for path in lab.scratch.records("FT-003") if path.stem != first)
    pin = f"{{id: FT-003, from: FALSIFIED, to: DISCHARGED, head: 'sha256:{first}', count: 2}}"
    lab.edit(
        f"  status: FALSIFIED\n  evidence: sha256:{second}\n",
        f"  status: DISCHARGED\n  evidence: sha256:{first}\n",
    )
    lab.add_amendment(f"  kind: merge\n  tests:\n  - {pin}\n", "1.4.0")
    assert lab.scratch.verify() == 0
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:61 error PV704 amendment 1.4.0: a merge joins two histories, and the change has
  none of its own
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_a_typed_merge_with_a_record_of_its_own(lab: Lab) -> None:
    lab.pv("discharge", CONTRACT)
    lab.edit("  kind: discharge\n  tests:\n  - {id: FT-003", "  kind: merge\n  tests:\n  - {id: FT-003")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:49 error PV704 amendment 1.2.0: a merge joins two histories, and the change has
  none of its own
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_a_typed_discharge_without_a_record(lab: Lab) -> None:
    digest = "sha256:" + "5" * 64
    lab.edit("lt: 10.0}\nimpl", f"lt: 10.0}}\n  status: DISCHARGED\n  evidence: {digest}\nimpl")
    pin = f"{{id: FT-003, from: NEW, to: DISCHARGED, head: '{digest}', count: 1}}"
    lab.add_amendment(f"  kind: discharge\n  tests:\n  - {pin}\n")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:34 error PV601 FT-003: the record sha256:# of FT-003 is missing
  (contracts/evidence/x-v1/FT-003/#.json)
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_a_typed_discharge_with_no_tests(lab: Lab) -> None:
    lab.add_amendment("  kind: discharge\n  tests: []\n")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:47 error PV704 amendment 1.2.0: a discharge that measured no test is not
  recorded
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_typed_discharge_that_names_no_record(lab: Lab) -> None:
    lab.edit(*TYPED)
    pin = "{id: FT-003, from: NEW, to: DISCHARGED, count: 0}"
    lab.add_amendment(f"  kind: discharge\n  tests:\n  - {pin}\n")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:34 error PV501 FT-003: no evidence grounds the status DISCHARGED
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
self-declared fails: FT-003 new
unrun: FT-003 new
""")


def test_a_typed_discharge_with_the_record_that_was_there(lab: Lab) -> None:
    pins = lab.data()["amendments"][0]["tests"]
    pin = f"{{id: FT-002, from: DISCHARGED, to: DISCHARGED, head: '{pins[1]['head']}', count: 1}}"
    lab.add_amendment(f"  kind: discharge\n  tests:\n  - {pin}\n")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:47 error PV704 amendment 1.2.0: FT-002 has the record of an earlier amendment,
  and no new one
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_an_amendment_that_pins_nothing_before_it(lab: Lab) -> None:
    lab.edit(*PROSE)
    text = lab.read().replace("  version: 1.1.0\n", "  version: 1.1.1\n", 1)
    entry = "- version: 1.1.1\n  date: '2026-01-01'\n  kind: edit\n  tests: []\n  previous: null\n"
    lab.scratch.write(CONTRACT, text + entry)
    lab.commit("Type")
    lab.check("--rerun", "none").says("""\
exit 3
contracts/x-v1.yaml:51 error PV614 amendments '1.1.0' and '1.1.1' are both the first: they were made
  on two branches
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_record_that_a_crash_left(lab: Lab) -> None:
    lab.pv("discharge", CONTRACT)
    lab.git("checkout", "--quiet", CONTRACT)
    lab.commit("A record that a crash left")
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 affected; 0 tests affected
unrun: FT-003
""")
