"""Edits of claims and of prose: the version that follows, and who may write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import CONTRACT
from lab_edits import DISCHARGED_LOOSER, DISCHARGED_TIGHTER, LOOSER, PROSE, VERSION

if TYPE_CHECKING:
    from lab import Lab


def test_a_looser_bar_without_a_bump(lab: Lab) -> None:
    lab.edit(*LOOSER)
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: FT-003
  accept[0].lt (weakened)
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")


def test_a_looser_bar_with_a_bump(lab: Lab) -> None:
    lab.scratch.edit(*LOOSER)
    lab.pv("bump", CONTRACT)
    lab.commit("Edit")
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")


def test_a_looser_bar_with_a_bump_that_is_too_small(lab: Lab) -> None:
    lab.scratch.edit(*PROSE)
    lab.pv("bump", CONTRACT)
    lab.commit("Edit")
    lab.edit(*LOOSER)
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.1: patch is declared, major follows: FT-003
  accept[0].lt (weakened)
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")
    lab.bump()
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")


def test_a_looser_bar_with_a_version_that_was_typed(lab: Lab) -> None:
    lab.scratch.edit(*LOOSER)
    lab.edit(*VERSION)
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV607 the version is 2.0.0, and the last amendment gave 1.1.0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")
    lab.bump()
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")


def test_a_typed_version_where_no_amendment_stands_yet(fresh: Lab) -> None:
    fresh.scratch.edit(*LOOSER)
    fresh.edit("  version: 1.0.0\n", "  version: 2.0.0\n")
    fresh.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV703 edited by hand: metadata.version was 1.0.0, is 2.0.0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002, FT-003
""")
    fresh.bump()
    fresh.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002, FT-003
""")


def test_a_version_alone(lab: Lab) -> None:
    lab.edit("  version: 1.1.0\n", "  version: 1.2.0\n")
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV607 the version is 1.2.0, and the last amendment gave 1.1.0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_version_that_goes_down(lab: Lab) -> None:
    lab.edit("  version: 1.1.0\n", "  version: 1.0.9\n")
    lab.check().says("""\
exit 1
contracts/x-v1.yaml:3 error PV702 the version goes down, from 1.1.0 to 1.0.9
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_version_that_goes_down_where_no_amendment_stands_yet(fresh: Lab) -> None:
    fresh.edit("  version: 1.0.0\n", "  version: 0.9.0\n")
    fresh.check().says("""\
exit 1
contracts/x-v1.yaml:3 error PV702 the version goes down, from 1.0.0 to 0.9.0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002, FT-003
""")


def test_a_looser_bar_makes_the_evidence_stale(lab: Lab) -> None:
    lab.edit(*DISCHARGED_LOOSER)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: FT-002
  accept[0].lt (weakened)
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: the claim changed: accept[0].lt was 10.0, is
  20.0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
stale fails: FT-002 new
unrun: FT-003
""")
    lab.bump()
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: the claim changed: accept[0].lt was 10.0, is
  20.0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
stale fails: FT-002 new
unrun: FT-003
""")
    lab.discharge()
    lab.check("--rerun", "none").says("""\
exit 0
3 files; 1 of 1 contracts: 1 changed; 2 tests affected
""")


def test_a_tighter_bar_with_a_bump_and_new_evidence(lab: Lab) -> None:
    lab.scratch.edit(*DISCHARGED_TIGHTER)
    lab.pv("bump", CONTRACT)
    lab.discharge()
    lab.check().says("""\
exit 0
3 files; 1 of 1 contracts: 1 changed; 2 tests affected
FT-002 reproduced
FT-003 reproduced
""")


def test_a_tighter_bar_with_new_evidence_and_no_bump(lab: Lab) -> None:
    """A renewal declares a patch, and the edit is minor."""
    lab.scratch.edit(*DISCHARGED_TIGHTER)
    lab.pv("discharge", CONTRACT, "--test", "FT-002")
    lab.commit("Tighten")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.1: patch is declared, minor follows: FT-002
  accept[0].lt (strengthened)
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")


def test_a_bar_that_is_loosened_after_it_was_missed(fresh: Lab) -> None:
    fresh.edit("lt: 10.0}\nimpl", "lt: 0.5}\nimpl")
    fresh.bump()
    fresh.discharge("FT-003", code=10)
    fresh.accept()
    fresh.edit("lt: 0.5}\n", "lt: 20.0}\n")
    fresh.pv("bump", CONTRACT, "--base", "main")
    fresh.discharge("FT-003")
    fresh.check().says("""\
exit 0
contracts/x-v1.yaml:28 warning PV706 FT-003 accept[0].lt was weakened after 1 trial had falsified it
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002
FT-003 reproduced
""")
    fresh.configure('[check]\nloosened = "fail"\n')
    fresh.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:28 error PV706 FT-003 accept[0].lt was weakened after 1 trial had falsified it
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002
""")


def test_a_test_that_is_removed(lab: Lab) -> None:
    text = lab.read()
    lab.scratch.edit(text[text.index("- id: FT-003") : text.index("implementation_stages")], "")
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: test FT-003
  (removed)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
""")
    lab.pv("bump", CONTRACT)
    lab.commit("Remove")
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
""")


def test_a_test_with_evidence_that_is_removed(lab: Lab) -> None:
    text = lab.read()
    lab.scratch.edit(text[text.index("- id: FT-002") : text.index("- id: FT-003")], "")
    lab.scratch.edit("needs: [FT-001, FT-002]", "needs: [FT-001]")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: test FT-002
  (removed), S/a needs[1] (weakened)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")
    lab.pv("bump", CONTRACT, "--reason", "It asks what FT-001 asks")
    lab.commit("Remove")
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_removed_test_that_is_still_needed(lab: Lab) -> None:
    text = lab.read()
    lab.scratch.edit(text[text.index("- id: FT-002") : text.index("- id: FT-003")], "")
    lab.check("--rerun", "none").says("""\
exit 1
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: test FT-002
  (removed)
contracts/x-v1.yaml:29 error PV302 needs of S/a names 'FT-002', and the contract has no such test;
  did you mean 'FT-003'?
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_prose(lab: Lab) -> None:
    lab.edit(*PROSE)
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, patch follows:
  metadata.description (reworded)
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")
    lab.bump()
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_comments_quotes_and_the_order_of_keys(lab: Lab) -> None:
    lab.scratch.edit("metadata:\n", "# What the probe gives.\nmetadata:\n")
    lab.scratch.edit("description: Some bounds.", 'description: "Some bounds."')
    lab.edit("  id: C-X\n  version: 1.1.0\n", "  version: 1.1.0\n\n  id: 'C-X'  # as ever\n")
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_line_breaks_and_the_mode_of_the_file(lab: Lab) -> None:
    lab.scratch.write(CONTRACT, lab.read().replace("\n", "\r\n"))
    lab.scratch.path.chmod(0o755)
    lab.commit("Windows")
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_change_that_is_taken_back(lab: Lab) -> None:
    lab.edit(*PROSE)
    lab.edit(*reversed(PROSE))
    lab.check().says("""\
exit 14
pv.toml error PV003 the change does not touch the only contract, nor anything that it rests on
0 files; 0 of 1 contracts; 0 tests affected
""")


def test_no_version_that_can_be_compared(fresh: Lab) -> None:
    fresh.edit("  version: 1.0.0\n", "  version: soon\n")
    fresh.check().says("""\
exit 11
contracts/x-v1.yaml:3 warning PV205 version 'soon' is not MAJOR.MINOR.PATCH
contracts/x-v1.yaml:3 error PV703 edited by hand: metadata.version was 1.0.0, is soon
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002, FT-003
""")


def test_a_second_version_that_says_another(fresh: Lab) -> None:
    fresh.edit("metadata:\n", "version: 1.0.0\nmetadata:\n")
    fresh.accept()
    fresh.edit("version: 1.0.0\nmetadata", "version: 7.0.0\nmetadata")
    fresh.check().says("""\
exit 1
contracts/x-v1.yaml:1 error PV206 `version` is '7.0.0' and `metadata.version` is '1.0.0'
contracts/x-v1.yaml:1 error PV703 edited by hand: version was 1.0.0, is 7.0.0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002, FT-003
""")
