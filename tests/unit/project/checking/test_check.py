from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.errors import UsageError
from pvengine.project.checking.check import check_change
from pvengine.project.progress import SilentProgress

if TYPE_CHECKING:
    from conftest import Branch

X = "contracts/x-v1.yaml"


def test_a_discharge_is_clean(branch: Branch) -> None:
    branch.contract(branch.bench.test())
    branch.begin()
    branch.bench.record()
    branch.commit()
    report = branch.check()
    assert (report.exit_code, report.diagnostics) == (0, ())
    assert report.base is not None
    assert (report.base.ref, report.base.commit) == ("main", report.base.fork)
    counts = report.counts
    assert (counts.files, counts.contracts, counts.checked, counts.changed) == (2, 1, 1, 1)
    [test] = report.tests
    assert (test.id, test.new, test.new_evidence, test.trials, test.falsified) == ("T", False, True, 1, 0)
    assert test.affected == ("it has new evidence",)
    assert test.measurements["m"].value == 0.5
    [changed] = report.changed
    assert changed.version is not None
    assert (changed.state, changed.version.needed, changed.version.suffices) == ("changed", "minor", True)
    assert [(each.id, each.from_, each.to) for each in report.transitions] == [("T", "NEW", "DISCHARGED")]
    assert report.summary.discharged == 1
    assert report.concerns == ()


def test_a_typed_status_is_told_once(branch: Branch) -> None:
    branch.contract(branch.bench.test())
    branch.begin()
    branch.contract(branch.bench.test("T", "status: DISCHARGED", "verdict: CONFIRMED"))
    report = branch.check()
    assert report.exit_code == 11
    assert branch.codes() == [("PV501", X, 6)]
    assert [(each.word, each.new, each.fails) for each in report.concerns] == [
        ("self-declared", 1, True),
        ("unrun", 1, False),
    ]


def test_a_looser_bar_needs_its_version_and_new_evidence(branch: Branch) -> None:
    branch.contract(branch.bench.test())
    branch.begin()
    branch.bench.record()
    branch.commit()
    branch.git(branch.root, "branch", "--force", "main")
    branch.bench.edit("lt: 1.0", "lt: 2.0")
    assert branch.codes() == [("PV701", X, 1), ("PV606", X, 6)]
    assert branch.check().exit_code == 11


def test_a_bar_that_was_falsified_before_is_named(branch: Branch) -> None:
    branch.contract(branch.bench.test())
    branch.bench.record(value=3.0)
    branch.begin()
    branch.bench.edit("lt: 1.0", "lt: 9.0")
    assert [code for code, _, _ in branch.codes()] == ["PV701", "PV706", "PV606"]
    found = next(each for each in branch.check().diagnostics if each.code == "PV706")
    assert found.message == "T accept[0].lt was weakened after 1 trial had falsified it"
    branch.bench.write(
        "pv.toml", 'contracts = ["contracts"]\nfalsifiers = ["probe.py"]\n[check]\nloosened = "fail"\n'
    )
    assert branch.check().exit_code == 11


def test_what_the_base_has_already_fails_nothing(branch: Branch) -> None:
    branch.contract(branch.bench.test("T", "status: DISCHARGED"), "- {id: U, rule: R}\n")
    branch.begin()
    branch.bench.edit("[none]}", "[none]}  # more")
    report = branch.check()
    assert (report.exit_code, report.diagnostics) == (0, ())
    assert [(each.word, len(each.tests), each.new, each.fails) for each in report.concerns] == [
        ("self-declared", 1, 0, False),
        ("unbound", 1, 0, False),
        ("unrun", 1, 0, False),
    ]


def test_the_policy_asks_for_more(branch: Branch) -> None:
    branch.contract(branch.bench.test("T", "status: DISCHARGED"), "- {id: U, rule: R}\n")
    head = 'contracts = ["contracts"]\nfalsifiers = ["probe.py"]\n[check]\n'
    branch.bench.write("pv.toml", f'{head}self_declared = "all"\nunbound = "all"\nunrun = "new"\n')
    branch.begin()
    branch.bench.edit("[none]}", "[none]}  # more")
    assert branch.codes() == [("PV501", X, 6), ("PV709", X, 7)]
    branch.bench.write("pv.toml", f'{head}unbound = "new"\n')
    assert branch.codes() == [
        ("PV711", "pv.toml", None),
        ("PV711", "pv.toml", None),
        ("PV711", "pv.toml", None),
    ]


def test_a_change_that_touches_nothing_is_not_green(branch: Branch) -> None:
    branch.contract(branch.bench.test())
    branch.begin()
    branch.bench.write("README.md", "x")
    report = branch.check()
    assert report.exit_code == 14
    assert [each.message for each in report.diagnostics] == [
        "the change does not touch the only contract, nor anything that it rests on"
    ]
    branch.bench.write("pv.toml", 'contracts = ["contracts"]\n[check]\nnothing = "pass"\n')
    assert branch.check().exit_code == 0


def test_a_project_without_contracts_is_not_green(branch: Branch) -> None:
    branch.bench.write("contracts/README.md", "x")
    branch.begin()
    branch.bench.write("pv.toml", 'contracts = ["contracts"]\n[check]\nnothing = "pass"\n')
    assert branch.check().exit_code == 14


def test_changed_code_makes_its_tests_stale(branch: Branch) -> None:
    branch.contract(branch.bench.test(), branch.bench.test("U"))
    branch.bench.record()
    branch.bench.write("contracts/y-v1.yaml", "metadata: {id: C-Y, version: 1.0.0}\n")
    branch.begin()
    branch.bench.edit("trial.subject(0.5)", "trial.subject(0.25)", "probe.py")
    report = branch.check()
    assert (report.exit_code, branch.codes()) == (11, [("PV606", X, 6)])
    assert [(each.path, each.state) for each in report.changed] == [(X, "affected")]
    assert {test.id: test.affected for test in report.tests} == dict.fromkeys(
        "TU", ("its falsifier runs probe.py, which changed",)
    )
    assert (report.counts.contracts, report.counts.checked, report.counts.affected) == (2, 1, 1)


def test_a_base_that_is_not_there_is_no_change(branch: Branch) -> None:
    branch.contract(branch.bench.test())
    branch.begin()
    with pytest.raises(UsageError, match="there is no base 'next'"):
        check_change(branch.bench.project, base="next", rerun="none", progress=SilentProgress())


def test_a_contract_that_cannot_be_read_is_told_once(branch: Branch) -> None:
    branch.contract(branch.bench.test())
    branch.begin()
    branch.bench.write(X, "metadata: {id: C-X\n")
    report = branch.check()
    assert report.exit_code == 1
    assert len(report.diagnostics) == 1


def test_a_broken_base_is_mended(branch: Branch) -> None:
    branch.bench.write(X, "metadata: {id: C-X\n")
    branch.begin()
    branch.contract(branch.bench.test())
    report = branch.check()
    assert report.exit_code == 0
    assert [each.code for each in report.diagnostics] == ["PV712"]
