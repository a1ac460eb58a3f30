"""Tests that are new and not settled, contracts that were typed before, and what the project asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import CONTRACT
from lab_edits import PROSE, SUBJECT, TYPED

if TYPE_CHECKING:
    from lab import Lab

UNBOUND = """\
- id: FT-004
  rule: The value is read twice
  prediction: Both readings are the same.
  if_fails: One is lost.
"""
"""A test that names no falsifier."""
LEGACY = "contracts/legacy-v1.yaml"
LEGACY_STAGE = """\
implementation_stages:
- id: M
  steps:
  - {id: a, needs: [OLD-0], status: DISCHARGED}
  status: SHIPPED
"""
TOOTHLESS = '''\
"""A falsifier without teeth."""

from pvengine.plugin import Params, Trial, falsifier


class Nothing(Params):
    """No params."""


@falsifier("probe.nothing", subject=abs, planted_faults={})
def measure_nothing(trial: Trial, p: Nothing) -> None:
    """Measure nothing."""
'''


def add_test(lab: Lab, text: str) -> None:
    lab.scratch.edit("implementation_stages:\n", f"{text}implementation_stages:\n")
    lab.bump()


def configure(lab: Lab, text: str) -> None:
    """Give the project a policy, on both branches."""
    lab.checkout("main")
    lab.configure(text)
    lab.commit("Configure")
    lab.begin_change()


def test_a_new_test_that_is_bound_to_nothing(lab: Lab) -> None:
    add_test(lab, UNBOUND)
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unbound: FT-004 new
unrun: FT-003
""")


def test_a_new_test_that_is_bound_to_nothing_where_the_policy_asks(lab: Lab) -> None:
    configure(lab, '[check]\nunbound = "new"\n')
    add_test(lab, UNBOUND)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:34 error PV709 FT-004 is unbound
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unbound fails: FT-004 new
unrun: FT-003
""")


def test_an_old_test_that_is_bound_to_nothing_where_the_policy_asks_for_new_ones(lab: Lab) -> None:
    configure(lab, '[check]\nunbound = "new"\n')
    add_test(lab, UNBOUND)
    lab.accept()
    lab.edit(*PROSE)
    lab.pv("bump", CONTRACT, "--base", "main")
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
unbound: FT-004
unrun: FT-003
""")
    lab.scratch.edit('"new"', '"all"', "pv.toml")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:34 error PV709 FT-004 is unbound
2 files; 1 of 1 contracts: 1 changed; 0 tests affected
unbound fails: FT-004
unrun: FT-003
""")


def test_a_new_test_that_was_not_run(lab: Lab) -> None:
    add_test(lab, lab.scratch.test("FT-004"))
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-004 new, FT-003
""")


def test_a_new_test_that_was_not_run_where_the_policy_asks(lab: Lab) -> None:
    configure(lab, '[check]\nunrun = "new"\n')
    add_test(lab, lab.scratch.test("FT-004"))
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:34 error PV709 FT-004 is unrun
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun fails: FT-004 new, FT-003
""")
    lab.discharge("FT-004")
    lab.check("--rerun", "none").says("""\
exit 0
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
""")


def test_every_test_has_to_be_run_where_the_policy_asks(lab: Lab) -> None:
    configure(lab, '[check]\nunrun = "all"\n')
    lab.discharge("FT-002")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:28 error PV709 FT-003 is unrun
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun fails: FT-003
""")


def test_a_new_test_that_cannot_run_here(lab: Lab) -> None:
    add_test(lab, lab.scratch.test("FT-004", extra="requires: [{model: huge}]"))
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
blocked: FT-004 new
""")
    lab.configure('[check]\nblocked = "new"\n')
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:34 error PV709 FT-004 is blocked: needs the model huge: put huge.gguf into a
  folder named by PV_MODELS, or give its path under [tool.pv.models]
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
unrun: FT-003
blocked fails: FT-004 new
""")


def test_a_new_test_whose_falsifier_cannot_notice(lab: Lab) -> None:
    lab.scratch.write("toothless.py", TOOTHLESS)
    lab.scratch.edit('"probe.py"', '"probe.py", "toothless.py"', "pv.toml")
    add_test(lab, lab.scratch.test("FT-004").replace("probe.value", "probe.nothing"))
    lab.check("--rerun", "none").says("""\
exit 1
contracts/x-v1.yaml:36 warning PV408 falsifier 'probe.nothing' has no planted fault, so it cannot be
  registered
toothless.py:10 error PV403 falsifier 'probe.nothing' has no planted fault
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
toothless fails: FT-004 new
unrun: FT-003
""")


def start_legacy(lab: Lab, text: str = "") -> None:
    """Put a contract on the base that was typed before the project had `pv`."""
    tests = (lab.scratch.test(f"OLD-{number}", extra="status: DISCHARGED") for number in range(3))
    lab.write_contract(LEGACY, "C-LEGACY", *tests, text, tail=LEGACY_STAGE)
    lab.commit("Legacy")
    lab.accept()


def test_an_edit_of_a_contract_that_was_typed(lab: Lab) -> None:
    start_legacy(lab)
    lab.edit("description: More.", "description: Even more.", LEGACY)
    lab.bump(LEGACY)
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 2 contracts: 1 changed; 0 tests affected
self-declared: OLD-0, OLD-1, OLD-2
unrun: OLD-0, OLD-1, OLD-2
""")


def test_an_edit_of_a_contract_that_was_typed_where_the_policy_asks_for_all(lab: Lab) -> None:
    configure(lab, '[check]\nself_declared = "all"\n')
    start_legacy(lab)
    lab.edit("description: More.", "description: Even more.", LEGACY)
    lab.bump(LEGACY)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/legacy-v1.yaml:13 error PV501 OLD-0: no evidence grounds the status DISCHARGED
contracts/legacy-v1.yaml:20 error PV501 OLD-1: no evidence grounds the status DISCHARGED
contracts/legacy-v1.yaml:27 error PV501 OLD-2: no evidence grounds the status DISCHARGED
contracts/legacy-v1.yaml:31 error PV501 step M/a is DISCHARGED, and no current evidence gives that
1 files; 1 of 2 contracts: 1 changed; 0 tests affected
self-declared fails: OLD-0, OLD-1, OLD-2
unrun: OLD-0, OLD-1, OLD-2
""")


def test_one_more_typed_status_in_a_contract_that_was_typed(lab: Lab) -> None:
    start_legacy(lab, lab.scratch.test("OLD-3"))
    lab.edit(*TYPED, LEGACY)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/legacy-v1.yaml:34 error PV501 OLD-3: no evidence grounds the status DISCHARGED
1 files; 1 of 2 contracts: 1 changed; 0 tests affected
self-declared fails: OLD-3 new, OLD-0, OLD-1, OLD-2
unrun: OLD-3 new, OLD-0, OLD-1, OLD-2
""")


def test_a_foreign_word_that_is_exchanged_for_another(lab: Lab) -> None:
    start_legacy(lab)
    lab.edit("status: SHIPPED", "status: FUNCTIONAL", LEGACY)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/legacy-v1.yaml:32 error PV703 edited by hand: M status was SHIPPED, is FUNCTIONAL
1 files; 1 of 2 contracts: 1 changed; 0 tests affected
self-declared: OLD-0, OLD-1, OLD-2
unrun: OLD-0, OLD-1, OLD-2
""")


def test_a_foreign_word_that_is_taken_back_to_new(lab: Lab) -> None:
    """What nobody measured is called what it is: no evidence is lost by that."""
    start_legacy(lab)
    text = lab.read(LEGACY)
    lab.scratch.write(LEGACY, text.replace("DISCHARGED", "NEW").replace("SHIPPED", "NEW"))
    lab.commit("Be honest")
    lab.check("--rerun", "none").says("""\
exit 11
contracts/legacy-v1.yaml:13 error PV703 edited by hand: OLD-0 status was DISCHARGED, is NEW
contracts/legacy-v1.yaml:20 error PV703 edited by hand: OLD-1 status was DISCHARGED, is NEW
contracts/legacy-v1.yaml:27 error PV703 edited by hand: OLD-2 status was DISCHARGED, is NEW
contracts/legacy-v1.yaml:31 error PV703 edited by hand: M/a status was DISCHARGED, is NEW
contracts/legacy-v1.yaml:32 error PV703 edited by hand: M status was SHIPPED, is NEW
1 files; 1 of 2 contracts: 1 changed; 0 tests affected
unrun: OLD-0 new, OLD-1 new, OLD-2 new
""")


def test_a_typed_status_that_is_reopened(lab: Lab) -> None:
    start_legacy(lab)
    for number in range(3):
        lab.pv("reopen", LEGACY, "--test", f"OLD-{number}", "--reason", "Nobody measured it")
    lab.commit("Reopen")
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 2 contracts: 1 changed; 0 tests affected
unrun: OLD-0 new, OLD-1 new, OLD-2 new
""")


def test_a_discharge_of_a_contract_that_was_typed(lab: Lab) -> None:
    start_legacy(lab)
    lab.discharge("OLD-0", contract=LEGACY)
    lab.check().says("""\
exit 0
2 files; 1 of 2 contracts: 1 changed; 1 tests affected
self-declared: OLD-1, OLD-2
unrun: OLD-1, OLD-2
OLD-0 reproduced
""")


def test_a_contract_that_was_stale_before(lab: Lab) -> None:
    lab.edit(*SUBJECT, "probe.py")
    lab.accept()
    lab.edit(*PROSE)
    lab.bump()
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 1 of 1 contracts: 1 changed; 0 tests affected
stale: FT-001, FT-002
unrun: FT-003
""")


def test_a_change_that_touches_no_contract(lab: Lab) -> None:
    lab.scratch.write("README.md", "# Probes\n")
    lab.commit("Readme")
    lab.check("--rerun", "none").says("""\
exit 14
pv.toml error PV003 the change does not touch the only contract, nor anything that it rests on
1 files; 0 of 1 contracts; 0 tests affected
""")


def test_a_change_that_touches_no_contract_where_the_policy_lets_it_pass(lab: Lab) -> None:
    configure(lab, '[check]\nnothing = "pass"\n')
    lab.scratch.write("README.md", "# Probes\n")
    lab.commit("Readme")
    lab.check("--rerun", "none").says("""\
exit 0
1 files; 0 of 1 contracts; 0 tests affected
""")


def test_no_contract_at_all_even_where_the_policy_lets_nothing_pass(lab: Lab) -> None:
    configure(lab, '[check]\nnothing = "pass"\n')
    lab.git("rm", "--quiet", "-r", "contracts")
    lab.commit("Empty")
    lab.accept()
    lab.scratch.write("contracts/README.md", "Nothing yet.\n")
    lab.commit("Readme")
    lab.check("--rerun", "none").says("""\
exit 14
pv.toml error PV003 no contract was found; those of the project are looked for in contracts
1 files; 0 of 0 contracts; 0 tests affected
""")


def test_a_policy_that_is_loosened(lab: Lab) -> None:
    lab.scratch.write(
        "pv.toml", lab.read("pv.toml") + '[check]\nself_declared = "report"\nnothing = "pass"\n'
    )
    lab.edit(*TYPED)
    lab.check("--rerun", "none").says("""\
exit 0
pv.toml warning PV711 check.nothing was 'fail', is 'pass'
pv.toml warning PV711 check.self_declared was 'new', is 'report'
2 files; 1 of 1 contracts: 1 changed; 0 tests affected
self-declared: FT-003 new
unrun: FT-003 new
""")


def test_a_policy_that_is_tightened(lab: Lab) -> None:
    lab.configure('[check]\nself_declared = "all"\nunrun = "all"\n')
    lab.discharge("FT-003")
    lab.check("--rerun", "none").says("""\
exit 0
3 files; 1 of 1 contracts: 1 changed; 1 tests affected
""")


def test_a_rule_that_is_switched_off(lab: Lab) -> None:
    """Findings of `pv check` cannot be silenced by the change that they are about."""
    lab.scratch.write(
        "pv.toml", lab.read("pv.toml") + '[severities]\nPV501 = "off"\n[ignore]\n"*" = ["PV501"]\n'
    )
    lab.scratch.edit("lt: 10.0}\n  hyp", "lt: 20.0}\n  hyp")
    lab.edit(*TYPED)
    lab.check("--rerun", "none").says("""\
exit 11
contracts/x-v1.yaml:3 error PV701 1.1.0 -> 1.1.0: nothing is declared, major follows: FT-001
  accept[0].lt (weakened)
contracts/x-v1.yaml:17 error PV606 FT-001 is stale: the claim changed: accept[0].lt was 10.0, is
  20.0
contracts/x-v1.yaml:34 error PV501 FT-003: no evidence grounds the status DISCHARGED
pv.toml warning PV711 ignore has PV501 for '*'
pv.toml warning PV711 severities.PV501 was 'warning', is 'off'
2 files; 1 of 1 contracts: 1 changed; 1 tests affected
self-declared fails: FT-003 new
stale fails: FT-001 new
unrun: FT-003 new
""")


def test_a_configuration_that_cannot_be_read(lab: Lab) -> None:
    lab.edit('contracts = ["contracts"]', 'contract = ["contracts"]', "pv.toml")
    lab.check().says("""\
exit 2
pv.toml error PV001 unknown configuration key 'contract'
""")
