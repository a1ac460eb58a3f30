"""A run over contracts: cache, index and exit code, without a command around it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pvengine.errors import ExitCode
from pvengine.project import inspecting, validating
from pvengine.project.cache import Cache
from pvengine.project.configuration import Configuration
from pvengine.project.validating import Validation, validate_contracts
from pvengine.project.workspace import Workspace

ONE = "metadata: {id: C-%s, version: 1.0.0, kind: schema, description: One}\n"


@pytest.fixture
def validation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Validation:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "pv.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    workspace = Workspace(tmp_path, Configuration(), tmp_path / "pv.toml")
    return Validation(workspace=workspace, cache=Cache(tmp_path / "cache"))


def keys(validation: Validation, files: list[Path]) -> list[str]:
    read, _ = validating.read_all(files)
    return validating._list_keys(validation, read)


def test_a_key_follows_from_all_that_an_outcome_follows_from(
    validation: Validation, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path("contracts/a.yaml")
    file.write_text(ONE % "A")
    (first,) = keys(validation, [file])
    assert keys(validation, [file]) == [first]
    assert keys(validation, [file.absolute()]) == [first], "the same file, shown in the same way"
    configured = replace(validation.workspace, configuration=Configuration(severities={"PV204": "off"}))
    others = [
        keys(replace(validation, workspace=configured), [file]),
        keys(replace(validation, workspace=replace(validation.workspace, root=Path("/"))), [file]),
    ]
    for name in ("PV_MODELS", "PYTHONPATH", "HOME"):
        with monkeypatch.context() as context:
            context.setenv(name, "/elsewhere")
            others.append(keys(validation, [file]))
    validation.cache.stamp = "another engine"
    others.append(keys(validation, [file]))
    with monkeypatch.context() as context:
        context.chdir("contracts")
        others.append(keys(validation, [Path("a.yaml")]))
    file.write_text(ONE % "B")
    others.append(keys(validation, [file]))
    assert len({first, *(key for (key,) in others)}) == len(others) + 1


def test_of_the_index_only_what_is_new_is_read(
    validation: Validation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        Path(f"contracts/{name}.yaml").write_text(ONE % name)
    Path("contracts/binding.yaml").write_text("bindings: [{contract: a.yaml}]\n")
    gathered: list[str] = []
    gather = inspecting.gather_all_facts

    def spy(files: list[validating.ContractBytes], jobs: int | None) -> object:
        gathered.extend(file.shown for file in files)
        return gather(files, jobs)

    monkeypatch.setattr(inspecting, "gather_all_facts", spy)

    def run() -> list[str]:
        gathered.clear()
        found = validation.workspace.find_contracts([Path("contracts/a.yaml")])
        report = validate_contracts(validation, found)
        assert (report.exit_code, report.diagnostics, report.scope.unindexed_files) == (0, (), 1)
        return list(gathered)

    assert run() == ["contracts/b.yaml", "contracts/binding.yaml", "contracts/c.yaml"]
    assert run() == []
    Path("contracts/c.yaml").write_text(ONE % "D")
    assert run() == ["contracts/c.yaml"]


def test_what_several_contracts_rest_on_is_looked_at_once(
    validation: Validation, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("plug.py").write_text("")
    configuration = Configuration(falsifiers=("plug.py",))
    validation = replace(validation, workspace=replace(validation.workspace, configuration=configuration))
    test = "falsification_tests:\n- {id: FT-%s, rule: r, prediction: p, if_fails: f, falsifier: a.b}\n"
    for name in "abcd":
        Path(f"contracts/{name}.yaml").write_text(ONE % name + test % name)
    found = validation.workspace.find_contracts()
    first = validate_contracts(validation, found)
    signed: list[str] = []
    sign = validating.sign_path

    def spy(path: str) -> str:
        signed.append(path)
        return sign(path)

    monkeypatch.setattr(validating, "sign_path", spy)
    assert validate_contracts(validation, found) == first
    assert str(validation.workspace.root / "plug.py") in signed
    assert len(signed) == len(set(signed))


def test_an_entry_of_another_form_is_no_answer() -> None:
    for data in (None, 3, [], {}, {"path": "x"}, json.loads('{"facts": {"id": 1}}')):
        assert validating._restore(data, lambda _: "") is None
    assert validating._restore_facts({"id": None}) is None
    assert validating._restore_facts([1]) is None


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, ExitCode.NOTHING),
        ({"a.yaml": ONE % "A"}, ExitCode.CLEAN),
        ({"a.yaml": "a: ["}, ExitCode.INVALID),
        ({"a.yaml": ONE % "A", "b.yaml": None}, ExitCode.USAGE),
        ({"a.yaml": "a: [", "b.yaml": None}, ExitCode.USAGE),
        ({"a.yaml": "bindings: [{contract: x}]"}, ExitCode.NOTHING),
    ],
)
def test_the_exit_code_is_that_of_the_worst(
    validation: Validation, files: dict[str, str | None], code: ExitCode
) -> None:
    for name, text in files.items():
        path = Path("contracts") / name
        path.mkdir() if text is None else path.write_text(text)
    assert validate_contracts(validation, validation.workspace.find_contracts()).exit_code == code
