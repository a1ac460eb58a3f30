"""Params are offered to their models; a contract or a plug-in that is broken stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from pvengine.project.configuration import Configuration
from pvengine.project.contract_bytes import ContractBytes
from pvengine.project.plugin_checks import check_params
from pvengine.project.workspace import Workspace

PLUG = '''
"""A falsifier."""

{imports}
from pvengine.plugin import Params, Trial, falsifier


class Value(Params):
    """What it takes."""

    value: float


def give(value: float) -> float:
    """Give the value."""
    return value


def give_more(value: float) -> float:
    """Give more."""
    return value + 1


@falsifier("{name}", subject=give, planted_faults={{"more": give_more}})
def measure(trial: Trial, p: Value) -> None:
    """Value that the subject gives."""
    trial.measure("value", trial.subject(p.value), population="1 reading")
'''
BROKEN = "the module wrong cannot be parsed: invalid syntax"
CONTRACT = """metadata: {id: C-A, version: 1.0.0}
falsification_tests:
- {id: FT-1, rule: r, falsifier: good.value, params: {value: one}}
- {id: FT-2, rule: r, falsifier: broken.value, params: {value: one}}
- {id: FT-3, rule: r, falsifier: unknown.value, params: {value: one}}
- {id: FT-4, rule: r, params: {value: one}}
- {id: FT-5, rule: r, falsifier: good.value, params: {value: 1}}
- {id: FT-6, rule: r, falsifier: good.value}
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.chdir(tmp_path)
    Path("good.py").write_text(PLUG.format(name="good.value", imports=""))
    Path("broken.py").write_text(PLUG.format(name="broken.value", imports="import wrong"))
    Path("wrong.py").write_text("def wrong(:\n")
    return Workspace(tmp_path, Configuration(falsifiers=("good.py", "broken.py")))


def test_each_refusal_has_its_place(workspace: Workspace) -> None:
    files = [
        ContractBytes(Path("none.yaml"), "none.yaml", b"a: [\n"),
        ContractBytes(Path("a.yaml"), "a.yaml", CONTRACT.encode()),
    ]
    found = [(str(each.place), each.code, each.message) for each in check_params(workspace, files)]
    assert found == [
        ("a.yaml:3:62", "PV402", "FT-1: `value`: input should be a valid number"),
        ("a.yaml:4:34", "PV403", f"falsifier 'broken.value': {BROKEN}"),
        ("a.yaml:8:4", "PV402", "FT-6: `value` is missing"),
    ]


def test_without_contracts_nothing_is_started(workspace: Workspace) -> None:
    assert check_params(workspace, []) == []
