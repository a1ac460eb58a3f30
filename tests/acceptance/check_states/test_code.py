"""What evidence rests on changes: falsifiers, the modules that they import, inputs, other contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lab import CONTRACT
from lab_edits import BROKEN, LOOSER, PROSE, SUBJECT

if TYPE_CHECKING:
    from lab import Lab

LEVEL = '''
import pathlib


def read_level(p: ProbeParams) -> float:
    """Give what stands in a file beside this one."""
    return float(pathlib.Path(__file__).with_name("level.txt").read_text())


def read_high_level(p: ProbeParams) -> float:
    """Give far too much: a fault planted on purpose."""
    return 1000.0


@falsifier("probe.level", subject=read_level, planted_faults={"reads too high": read_high_level})
def measure_level(trial: Trial, p: ProbeParams) -> None:
    """Level that stands in a file, which no digest covers."""
    trial.measure("value", trial.subject(p), population="1 reading")
'''
Y = "contracts/y-v1.yaml"


def test_code_that_changed(lab: Lab) -> None:
    lab.edit(*SUBJECT, "probe.py")
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: the code of falsifier 'probe.value' changed: its
  digest was sha256:#, is sha256:#
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: the code of falsifier 'probe.value' changed: its
  digest was sha256:#, is sha256:#
1 files; 1 of 1 contracts: 1 affected; 3 tests affected
stale fails: FT-001 new, FT-002 new
unrun: FT-003
FT-001 differs: not reproduced: value
FT-002 differs: not reproduced: value
""")
    lab.discharge("FT-001", "FT-002")
    lab.check().says("""\
exit 0
4 files; 1 of 1 contracts: 1 changed; 3 tests affected
unrun: FT-003
FT-001 reproduced
FT-002 reproduced
""")


def test_code_that_changed_and_falsifies(lab: Lab) -> None:
    lab.edit(*BROKEN, "probe.py")
    lab.check().says("""\
exit 10
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: the code of falsifier 'probe.value' changed: its
  digest was sha256:#, is sha256:#
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: the code of falsifier 'probe.value' changed: its
  digest was sha256:#, is sha256:#
1 files; 1 of 1 contracts: 1 affected; 3 tests affected
stale fails: FT-001 new, FT-002 new
unrun: FT-003
FT-001 differs: it is falsified now (value 21.0, allowed < 10.0 (it would hold at 21.1)), and
  survives in its record; the verdict is FALSIFIED now, and CONFIRMED in its record; not reproduced:
  value
FT-002 differs: it is falsified now (value 21.0, allowed < 10.0 (it would hold at 21.1)), and
  survives in its record; not reproduced: value
""")


def test_only_a_docstring_and_comments_of_the_code(lab: Lab) -> None:
    lab.edit('"""Give the value: the subject."""', '"""Give the value."""  # as it is', "probe.py")
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 affected; 3 tests affected
unrun: FT-003
FT-001 reproduced
FT-002 reproduced
""")


def test_a_module_that_the_falsifier_imports(helped: Lab) -> None:
    helped.edit("return 0.0", "return 0.5", "levels.py")
    helped.check().says("""\
exit 11
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: the code of falsifier 'probe.value' changed: its
  digest was sha256:#, is sha256:#
1 files; 1 of 1 contracts: 1 affected; 3 tests affected
stale fails: FT-001 new
unrun: FT-002, FT-003
FT-001 differs: not reproduced: value
""")


def test_a_comment_in_a_module_that_the_falsifier_imports(helped: Lab) -> None:
    helped.edit("return 0.0", "return 0.0  # none", "levels.py")
    helped.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 affected; 3 tests affected
unrun: FT-002, FT-003
FT-001 reproduced
""")


def test_a_module_that_nothing_imports(helped: Lab) -> None:
    helped.scratch.write("unused.py", "LEVEL = 1.0\n")
    helped.commit("Add")
    helped.check("--rerun", "none").says("""\
exit 14
pv.toml error PV003 the change does not touch the only contract, nor anything that it rests on
1 files; 0 of 1 contracts; 0 tests affected
""")


def test_a_falsifier_that_is_gone(lab: Lab) -> None:
    lab.edit('@falsifier("probe.value"', '@falsifier("probe.renamed"', "probe.py")
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:11 warning PV401 falsifier 'probe.value' is not installed
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: falsifier 'probe.value' is not installed, so its
  code cannot be compared
contracts/x-v1.yaml:22 warning PV401 falsifier 'probe.value' is not installed
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: falsifier 'probe.value' is not installed, so its
  code cannot be compared
contracts/x-v1.yaml:30 warning PV401 falsifier 'probe.value' is not installed
1 files; 1 of 1 contracts: 1 affected; 3 tests affected
stale fails: FT-001 new, FT-002 new
blocked: FT-001 new, FT-002 new, FT-003 new
FT-001 not run: needs the falsifier 'probe.value', which is not installed
FT-002 not run: needs the falsifier 'probe.value', which is not installed
""")


def test_a_file_of_falsifiers_that_is_gone(lab: Lab) -> None:
    (lab.root / "probe.py").unlink()
    lab.scratch.write("pv.toml", 'contracts = ["contracts"]\n')
    lab.commit("Remove")
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:11 warning PV401 falsifier 'probe.value' is not installed
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: falsifier 'probe.value' is not installed, so its
  code cannot be compared
contracts/x-v1.yaml:22 warning PV401 falsifier 'probe.value' is not installed
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: falsifier 'probe.value' is not installed, so its
  code cannot be compared
contracts/x-v1.yaml:30 warning PV401 falsifier 'probe.value' is not installed
2 files; 1 of 1 contracts: 1 affected; 3 tests affected
stale fails: FT-001 new, FT-002 new
blocked: FT-001 new, FT-002 new, FT-003 new
FT-001 not run: needs the falsifier 'probe.value', which is not installed
FT-002 not run: needs the falsifier 'probe.value', which is not installed
""")


def test_code_that_cannot_be_read(lab: Lab) -> None:
    lab.edit("import os\n", "?\n", "probe.py")
    lab.check("--rerun", "none").says("""\
exit 1
contracts/x-v1.yaml:11 warning PV401 falsifier 'probe.value' is not installed
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: falsifier 'probe.value' is not installed, so its
  code cannot be compared
contracts/x-v1.yaml:22 warning PV401 falsifier 'probe.value' is not installed
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: falsifier 'probe.value' is not installed, so its
  code cannot be compared
contracts/x-v1.yaml:30 warning PV401 falsifier 'probe.value' is not installed
probe.py:4 error PV405 cannot be parsed: invalid syntax
1 files; 1 of 1 contracts: 1 affected; 3 tests affected
stale fails: FT-001 new, FT-002 new
blocked: FT-001 new, FT-002 new, FT-003 new
""")


def test_a_planted_fault_that_is_gone(lab: Lab) -> None:
    """The evidence is renewed, and the version says nothing of the lost tooth."""
    lab.edit(
        'planted_faults={"reads too high": read_too_high}',
        'planted_faults={"reads too high": read_too_high, "reads nothing": read_nothing}',
        "probe.py",
    )
    lab.edit(
        "def misbehave",
        'def read_nothing(value: float) -> float:\n    """Give nothing."""\n'
        '    return float("inf")\n\n\ndef misbehave',
        "probe.py",
    )
    lab.discharge("FT-001", "FT-002")
    lab.accept()
    lab.edit(', "reads nothing": read_nothing}', "}", "probe.py")
    lab.discharge("FT-001", "FT-002")
    lab.check().says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.1 -> 1.1.2: patch is declared, major follows: FT-001 planted
  fault 'reads nothing' (removed), FT-002 planted fault 'reads nothing' (removed)
4 files; 1 of 1 contracts: 1 changed; 3 tests affected
unrun: FT-003
FT-001 reproduced
FT-002 reproduced
""")


def test_no_planted_fault_any_more(lab: Lab) -> None:
    lab.edit(', planted_faults={"reads too high": read_too_high}', "", "probe.py")
    lab.check().says("""\
exit 1
contracts/x-v1.yaml:11 warning PV408 falsifier 'probe.value' has no planted fault, so it cannot be
  registered
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: falsifier 'probe.value' is not installed, so its
  code cannot be compared
contracts/x-v1.yaml:22 warning PV408 falsifier 'probe.value' has no planted fault, so it cannot be
  registered
contracts/x-v1.yaml:26 error PV606 FT-002 is stale: falsifier 'probe.value' is not installed, so its
  code cannot be compared
contracts/x-v1.yaml:30 warning PV408 falsifier 'probe.value' has no planted fault, so it cannot be
  registered
probe.py:54 error PV403 falsifier 'probe.value' has no planted fault
1 files; 1 of 1 contracts: 1 affected; 3 tests affected
stale fails: FT-001 new, FT-002 new
toothless fails: FT-001 new, FT-002 new, FT-003 new
FT-001 not run: needs the falsifier 'probe.value', which has no planted fault, so it cannot be
  registered
FT-002 not run: needs the falsifier 'probe.value', which has no planted fault, so it cannot be
  registered
""")


@pytest.fixture
def helped(fresh: Lab) -> Lab:
    """Return a repository whose falsifier imports a module beside it."""
    fresh.scratch.write(
        "levels.py", '"""Levels."""\n\n\ndef find_level() -> float:\n    """Give none."""\n    return 0.0\n'
    )
    fresh.scratch.edit(
        "from pvengine.plugin import", "import levels\nfrom pvengine.plugin import", "probe.py"
    )
    fresh.scratch.edit(
        "    return value\n\n\ndef read_too",
        "    return value + levels.find_level()\n\n\ndef read_too",
        "probe.py",
    )
    fresh.commit("Levels")
    fresh.discharge("FT-001")
    fresh.accept()
    return fresh


@pytest.fixture
def levelled(fresh: Lab) -> Lab:
    """Return a repository whose change has discharged a test that reads a file which no digest covers."""
    fresh.scratch.write("probe.py", fresh.read("probe.py") + LEVEL)
    fresh.scratch.write("level.txt", "1.0\n")
    start = fresh.read().index("- id: FT-003")
    text = fresh.read()
    fresh.scratch.write(CONTRACT, text[:start] + text[start:].replace("probe.value", "probe.level"))
    fresh.commit("Level")
    fresh.accept()
    fresh.discharge("FT-003")
    return fresh


def test_a_rerun_that_falsifies(levelled: Lab) -> None:
    levelled.scratch.write("level.txt", "20.0\n")
    levelled.check().says("""\
exit 10
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002
FT-003 differs: it is falsified now (value 20.0, allowed < 10.0 (it would hold at 20.1)), and
  survives in its record; not reproduced: value
""")
    levelled.check("--rerun", "none").says("""\
exit 0
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002
""")


def test_a_rerun_that_is_inconclusive(levelled: Lab) -> None:
    levelled.scratch.write("level.txt", "nan\n")
    levelled.check().says("""\
exit 12
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002
FT-003 inconclusive: metric 'value' is nan, not a finite number
""")


def test_a_rerun_with_other_numbers(levelled: Lab) -> None:
    levelled.scratch.write("level.txt", "1.5\n")
    levelled.check().says("""\
exit 12
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-001, FT-002
FT-003 differs: not reproduced: value
""")


def test_a_rerun_of_everything(levelled: Lab) -> None:
    levelled.accept()
    levelled.edit(*PROSE)
    levelled.pv("bump", CONTRACT, "--base", "main")
    levelled.scratch.write("level.txt", "20.0\n")
    levelled.commit("Edit")
    levelled.check().says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002
""")
    levelled.check("--rerun", "all").says("""\
exit 10
2 files; 1 of 1 contracts: 1 changed; 0 tests affected
unrun: FT-001, FT-002
FT-001 not run: it has no record that could be reproduced
FT-002 not run: it has no record that could be reproduced
FT-003 differs: it is falsified now (value 20.0, allowed < 10.0 (it would hold at 20.1)), and
  survives in its record; not reproduced: value
""")


def test_a_rerun_of_everything_reaches_contracts_that_are_as_they_were(levelled: Lab) -> None:
    levelled.accept()
    levelled.scratch.write("level.txt", "20.0\n")
    levelled.commit("Level")
    levelled.check("--rerun", "all").says("""\
exit 10
1 files; 0 of 1 contracts; 0 tests affected
FT-001 not run: it has no record that could be reproduced
FT-002 not run: it has no record that could be reproduced
FT-003 differs: it is falsified now (value 20.0, allowed < 10.0 (it would hold at 20.1)), and
  survives in its record; not reproduced: value
""")


def test_a_falsified_result_is_a_result(fresh: Lab) -> None:
    """What was found is on record, and the record is what a merge brings in."""
    fresh.edit(*BROKEN, "probe.py")
    fresh.discharge("FT-001", code=10)
    fresh.check().says("""\
exit 0
3 files; 1 of 1 contracts: 1 changed; 3 tests affected
unrun: FT-002, FT-003
FT-001 reproduced
""")


def test_a_regression_that_is_on_record(lab: Lab) -> None:
    lab.edit(*BROKEN, "probe.py")
    lab.discharge("FT-001", "FT-002", code=10)
    lab.check().says("""\
exit 0
4 files; 1 of 1 contracts: 1 changed; 3 tests affected
unrun: FT-003
FT-001 reproduced
FT-002 reproduced
""")


def test_an_inconclusive_run_leaves_nothing(lab: Lab) -> None:
    lab.edit("lt: 10.0}\nimpl", "lt: 10.0}\n  limits: {seconds: 20}\nimpl")
    lab.pv("bump", CONTRACT, "--base", "main")
    lab.edit(
        "params: {value: 1.0, mode: measure}\n  accept:\n  - {metric: value, lt: 10.0}\n  limits",
        "params: {value: 1.0, mode: nan}\n  accept:\n  - {metric: value, lt: 10.0}\n  limits",
    )
    lab.pv("bump", CONTRACT, "--base", "main")
    lab.discharge("FT-003", code=12)
    lab.check().says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")


def test_a_test_that_follows_one_that_was_measured_again(fresh: Lab) -> None:
    fresh.edit("lt: 10.0}\nimpl", "lt: 10.0}\n  depends_on: [FT-002]\nimpl")
    fresh.pv("bump", CONTRACT, "--base", "begin")
    fresh.discharge("FT-002", "FT-003")
    fresh.accept()
    fresh.discharge("FT-002")
    checked = fresh.check()
    checked.says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 2 tests affected
unrun: FT-001
FT-002 reproduced
FT-003 reproduced
""")
    assert checked.affected == {
        "FT-002": ["it has new evidence"],
        "FT-003": ["it depends on FT-002"],
    }


@pytest.fixture
def paired(lab: Lab) -> Lab:
    """Return a repository with a second contract, which depends on the first, and is discharged."""
    lab.write_contract(Y, "C-Y", head="  depends_on: [x-v1]\n")
    lab.discharge("FT-101", contract=Y)
    lab.accept()
    return lab


def test_a_contract_whose_dependency_changed_its_claims(paired: Lab) -> None:
    paired.edit(*LOOSER)
    paired.bump()
    checked = paired.check()
    checked.says("""\
exit 0
1 files; 2 of 2 contracts: 1 changed, 1 affected; 2 tests affected
unrun: FT-003
FT-101 reproduced
""")
    assert checked.affected == {
        "FT-003": ["its claim changed"],
        "FT-101": ["its contract depends on x-v1, which changed (major)"],
    }


def test_a_contract_whose_dependency_was_reworded(paired: Lab) -> None:
    paired.edit(
        "id: C-X\n  version: 1.1.0\n  description: Some", "id: C-X\n  version: 1.1.0\n  description: Few"
    )
    paired.bump()
    paired.check().says("""\
exit 0
1 files; 1 of 2 contracts: 1 changed; 0 tests affected
unrun: FT-003
""")


def test_a_contract_whose_dependency_was_falsified(paired: Lab) -> None:
    """The claim is as it was, and what it says is known to be wrong."""
    paired.edit(*BROKEN, "probe.py")
    paired.discharge("FT-001", "FT-002", code=10)
    checked = paired.check()
    checked.says("""\
exit 10
contracts/y-v1.yaml:14 error PV606 FT-101 is stale: the code of falsifier 'probe.value' changed: its
  digest was sha256:#, is sha256:#
4 files; 2 of 2 contracts: 1 changed, 1 affected; 4 tests affected
stale fails: FT-101 new
unrun: FT-003
FT-001 reproduced
FT-002 reproduced
FT-101 differs: it is falsified now (value 21.0, allowed < 10.0 (it would hold at 21.1)), and
  survives in its record; not reproduced: value
""")


def test_a_model_in_the_repository_that_is_exchanged(fresh: Lab) -> None:
    fresh.scratch.write("weights.gguf", b"one")
    fresh.scratch.edit("\n[limits]", '\nmodels = {tiny = "weights.gguf"}\n[limits]', "pv.toml")
    fresh.edit("lt: 10.0}\nimpl", "lt: 10.0}\n  requires: [{model: tiny}]\nimpl")
    fresh.pv("bump", CONTRACT, "--base", "begin")
    fresh.discharge("FT-003")
    fresh.accept()
    fresh.scratch.write("weights.gguf", b"two")
    fresh.commit("Exchange")
    checked = fresh.check()
    checked.says("""\
exit 11
contracts/x-v1.yaml:30 error PV606 FT-003 is stale: the model tiny has SHA-256 #, its evidence #
1 files; 1 of 1 contracts: 1 affected; 1 tests affected
stale fails: FT-003 new
unrun: FT-001, FT-002
FT-003 reproduced
""")
    assert checked.affected == {"FT-003": ["its input weights.gguf changed"]}
