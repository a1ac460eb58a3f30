"""A package of another version is said, changes no exit code, and makes stale where the project says so."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

import pvrecheck
from pvengine import open_project
from pvengine.project import recording
from pvengine.registry.third_party import InstalledPackages

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Result, Scratch

IMPORTS = '"""A falsifier'
USES = (
    "try:\n    import gaugelib\nexcept ImportError:\n    gaugelib = None\n"
    "\n\ndef plot():\n    from loose_notes import page\n    return page\n"
)
CONTRACT = "contracts/x-v1.yaml"


def install(place: Path, version: str) -> None:
    """Install the only version of a package that there is."""
    for old in place.glob("Gauge_Lib-*"):
        shutil.rmtree(old)
    about = place / f"Gauge_Lib-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: Gauge-Lib\nVersion: {version}\n")
    (about / "RECORD").write_text("gaugelib.py,,\n")
    (place / "gaugelib.py").write_text(f"VERSION = {version!r}\n")


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of packages that commands in this process and their workers import from."""
    folder = tmp_path_factory.mktemp("packages")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.fixture
def measured(scratch: Scratch, place: Path) -> Scratch:
    """Return a project with a record that was made with version 1.0."""
    install(place, "1.0")
    scratch.edit("import time\n", f"import time\n\n{USES}", "probe.py")
    scratch.contract(scratch.test())
    assert scratch.call("discharge", CONTRACT).code == 0
    return scratch


def configure(scratch: Scratch, choice: str) -> None:
    scratch.edit("[limits]\n", f'third_party = "{choice}"\n[limits]\n', "pv.toml")


def read(scratch: Scratch) -> Any:
    (record,) = scratch.records()
    return json.loads(record.read_bytes())["predicate"]


def notes(result: Result) -> list[str]:
    return [line for line in result.out.splitlines() if "PV612" in line]


def test_a_record_has_the_versions_of_what_the_code_imports(measured: Scratch) -> None:
    assert read(measured)["packages"] == {"Gauge-Lib": "1.0", "loose_notes": None}
    result = measured.call("verify")
    assert (result.code, notes(result)) == (0, [])


def test_another_version_is_noted_once_and_fails_nothing(measured: Scratch, place: Path) -> None:
    others = "".join(measured.test(f"FT-00{number}") for number in range(2, 6))
    measured.edit("amendments:", f"{others}amendments:")
    assert measured.call("discharge", CONTRACT).code == 0
    install(place, "2.0")
    result = measured.call("verify")
    assert result.code == 0
    assert notes(result) == [
        f"{CONTRACT}:11:11: note[PV612]: FT-001, FT-002, FT-003 and 2 more: Gauge-Lib was 1.0, is 2.0"
    ]
    report = measured.call("verify", "--format", "json").report
    (contract,) = report["contracts"]
    change = {"name": "Gauge-Lib", "was": "1.0", "now": "2.0"}
    assert [test["packages"] for test in contract["tests"]] == [[change]] * 5
    assert {test["standing"] for test in contract["tests"]} == {"verified"}
    assert measured.call("discharge", CONTRACT).code == 0
    assert len(measured.records()) == 1
    assert pvrecheck.recheck([measured.path])[1] == 0


def test_a_package_that_is_gone_is_noted(measured: Scratch, place: Path) -> None:
    shutil.rmtree(next(place.glob("*.dist-info")))
    assert notes(measured.call("verify"))[0].endswith(": Gauge-Lib was 1.0, is not installed")


def test_a_module_that_a_package_has_now_is_noted(measured: Scratch, place: Path) -> None:
    about = place / "Notes-3.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: Notes\nVersion: 3\n")
    (about / "top_level.txt").write_text("loose_notes\n")
    assert notes(measured.call("verify"))[0].endswith(": loose_notes was of no distribution, is of Notes 3")


def test_why_says_what_differs(measured: Scratch, place: Path) -> None:
    install(place, "2.0")
    lines = measured.call("why", "FT-001").out.splitlines()
    assert lines[-2:] == [
        "differs: Gauge-Lib was 1.0, is 2.0",
        f"next: pv verify {CONTRACT} --rerun --test FT-001",
    ]
    story = measured.call("why", "FT-001", "--format", "json").report
    assert story["packages"] == [{"name": "Gauge-Lib", "was": "1.0", "now": "2.0"}]
    assert story["trials"][0]["packages"] == {"Gauge-Lib": "1.0", "loose_notes": None}


def test_a_rerun_with_other_versions_is_another_environment(measured: Scratch, place: Path) -> None:
    install(place, "2.0")
    result = measured.call("verify", "--rerun", "--test", "FT-001", "--format", "json")
    (entry,) = (each for each in result.report["reruns"] if each["id"] == "FT-001")
    assert entry["environment"] == ["Gauge-Lib was 1.0, is 2.0"]
    assert entry["measurements"]["value"]["tolerance"] == 1.0e-6


def test_where_the_project_says_so_it_is_stale_and_measured_again(measured: Scratch, place: Path) -> None:
    install(place, "2.0")
    configure(measured, "stale")
    result = measured.call("verify")
    assert (result.code, notes(result)) == (11, [])
    assert f"{CONTRACT}:11:11: warning[PV606]: FT-001 is stale: Gauge-Lib was 1.0, is 2.0\n" in result.out, (
        result.shown
    )
    assert measured.call("status", "--gate").code == 11
    assert measured.call("discharge", CONTRACT).code == 0
    assert len(measured.records()) == 2
    assert measured.call("verify").code == 0
    assert measured.call("discharge", CONTRACT).code == 0
    assert len(measured.records()) == 2


def test_where_the_project_ignores_it_nothing_is_said(measured: Scratch, place: Path) -> None:
    install(place, "2.0")
    configure(measured, "ignore")
    report = measured.call("verify", "--format", "json").report
    assert (report["exit_code"], report["diagnostics"]) == (0, [])
    assert {tuple(test["packages"]) for contract in report["contracts"] for test in contract["tests"]} == {()}


def test_a_choice_that_there_is_not_is_refused(measured: Scratch) -> None:
    configure(measured, "stael")
    result = measured.call("verify")
    assert result.code == 2
    assert "configuration key 'third_party': input should be 'report', 'stale' or 'ignore'" in result.err


@pytest.mark.parametrize("choice", ["report", "stale"])
def test_a_record_without_the_key_knows_numpy(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    scratch.edit("import time\n", "import time\n\nimport numpy as np\nimport yaml\n", "probe.py")
    scratch.contract(scratch.test())
    configure(scratch, choice)
    with monkeypatch.context() as older:
        older.setattr(recording, "find_packages", lambda *_: None)
        assert scratch.call("discharge", CONTRACT).code == 0
    assert "packages" not in read(scratch)
    assert pvrecheck.recheck([scratch.path])[1] == scratch.verify() == 0
    monkeypatch.setattr(InstalledPackages, "find_version", lambda _self, _name: "99.0")
    report = open_project(scratch.root).verify()
    was = read(scratch)["environment"]["numpy"]
    assert report.exit_code == (0 if choice == "report" else 11)
    said = "FT-001" if choice == "report" else "FT-001 is stale"
    assert [found.message for found in report.diagnostics] == [f"{said}: numpy was {was}, is 99.0"]


def test_a_record_without_the_key_says_nothing_of_numpy_that_the_code_does_not_import(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch.contract(scratch.test())
    with monkeypatch.context() as older:
        older.setattr(recording, "find_packages", lambda *_: None)
        assert scratch.call("discharge", CONTRACT).code == 0
    monkeypatch.setattr(InstalledPackages, "find_version", lambda _self, _name: "99.0")
    assert open_project(scratch.root).verify().diagnostics == ()


def test_code_that_imports_nothing_has_no_packages(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    assert scratch.call("discharge", CONTRACT).code == 0
    assert read(scratch)["packages"] == {}
