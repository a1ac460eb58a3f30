"""What a run computed is taken from the cache by the next, and only as long as it is still true."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pvengine.project import cache, inspecting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conftest import Scratch

    from pvengine.models.report import Report
    from pvengine.project.contract_bytes import ContractBytes
    from pvengine.project.outcome import FileOutcome
    from pvengine.project.workspace import Workspace

ABOUT = "  description: Readings stay small.\n"
OTHER = "metadata: {id: C-Y, version: 2.0.0, description: Another contract, kind: schema}\n"


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the runs of a test, in this process or another, a cache of their own."""
    path = tmp_path_factory.mktemp("cache") / "pv"
    monkeypatch.setenv("PV_CACHE_DIR", str(path))
    return path


@pytest.fixture
def inspected(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the files that runs in this process inspect: those that the cache did not answer for."""
    assert not folder.exists()
    seen: list[str] = []
    inspect = inspecting.inspect_all

    def spy(workspace: Workspace, files: Sequence[ContractBytes], jobs: int | None) -> list[FileOutcome]:
        seen.extend(file.shown for file in files)
        return inspect(workspace, files, jobs)

    monkeypatch.setattr(inspecting, "inspect_all", spy)
    return seen


def codes(scratch: Scratch, *args: str) -> list[str]:
    """Validate in this process, and the same without a cache: the findings, which must not differ."""
    result = scratch.call("validate", *args, "--format", "json")
    fresh = scratch.call("validate", *args, "--format", "json", "--no-cache")
    assert result.report == fresh.report
    return [f"{found['path']} {found['code']}" for found in result.report["diagnostics"]]


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_a_second_run_says_the_same_byte_for_byte(scratch: Scratch, inspected: list[str], form: str) -> None:
    scratch.contract(scratch.test(), scratch.test("FT-002", extra="status: DISCHARGED\nsurprise: 1"))
    scratch.write("contracts/y.yaml", OTHER)
    scratch.write("contracts/z.yaml", "metadata: [\n")
    first = scratch.call("validate", "--format", form)
    again = scratch.call("validate", "--format", form)
    assert first.code == 1
    assert again == first
    assert inspected == ["contracts/x-v1.yaml", "contracts/y.yaml", "contracts/z.yaml"]


@pytest.mark.usefixtures("folder")
def test_a_run_that_the_cache_answers_imports_no_models_and_no_yaml(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), scratch.test())
    heavy = {"pydantic", "yaml", "jsonschema", "numpy", "pvengine.project.inspection", "pvengine.yamldoc"}

    def run(*args: str) -> tuple[int, bytes, set[str]]:
        done = subprocess.run(  # noqa: S603 - this interpreter and this package
            [sys.executable, "-X", "importtime", "-m", "pvengine", "validate", *args],
            cwd=scratch.root,
            capture_output=True,
            check=False,
        )
        modules = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.decode().splitlines()}
        return done.returncode, done.stdout, modules & heavy

    first, again = run(), run()
    assert first[0] == 1
    assert {"pydantic", "yaml", "pvengine.project.inspection"} <= first[2]
    assert again == (first[0], first[1], set())
    assert run("--format", "sarif")[2] == set()
    assert {"pydantic", "yaml"} <= run("--no-cache")[2]


def test_the_answer_comes_from_the_entry(scratch: Scratch, folder: Path, inspected: list[str]) -> None:
    scratch.contract(scratch.test(), head=ABOUT)
    assert codes(scratch) == []
    with closing(sqlite3.connect(folder / "results.sqlite")) as connection, connection:
        rows = connection.execute("SELECT key, value FROM entry").fetchall()
        (key, data) = next((key, json.loads(text)) for key, text in rows if '"findings"' in text)
        data["entry"]["summary"]["declared"] = 77
        connection.execute("UPDATE entry SET value = ? WHERE key = ?", (json.dumps(data), key))
    inspected.clear()
    assert "77 tests" in scratch.call("validate").out
    assert inspected == []
    assert "\n1 test: " in f"\n{scratch.call('validate', '--no-cache').out}"


@pytest.mark.parametrize(
    "text",
    ["{", "null", "[]", "7", '{"findings": 3}', '{"path": "x", "findings": [{}], "facts": 1, "entry": 2}'],
)
def test_entries_that_are_not_of_the_form_are_made_anew(scratch: Scratch, folder: Path, text: str) -> None:
    scratch.contract(scratch.test(), scratch.test())
    first = scratch.call("validate", "contracts/x-v1.yaml")
    assert first.code == 1
    with closing(sqlite3.connect(folder / "results.sqlite")) as connection, connection:
        done = connection.execute("UPDATE entry SET value = ? WHERE value LIKE '%\"path\"%'", (text,))
        assert done.rowcount == 1
    assert scratch.call("validate", "contracts/x-v1.yaml") == first


def test_only_the_edited_file_is_inspected_again(scratch: Scratch, inspected: list[str]) -> None:
    scratch.contract(scratch.test(), head=ABOUT)
    scratch.write("contracts/y.yaml", OTHER)
    assert scratch.call("validate").code == 0
    inspected.clear()
    scratch.edit("2.0.0", "2.0.x", "contracts/y.yaml")
    result = scratch.call("validate", "--format", "json")
    assert [found["code"] for found in result.report["diagnostics"]] == ["PV205"]
    assert inspected == ["contracts/y.yaml"]
    inspected.clear()
    scratch.edit("2.0.x", "2.0.0", "contracts/y.yaml")
    assert codes(scratch) == []
    assert inspected == ["contracts/x-v1.yaml", "contracts/y.yaml"], "of the run without a cache alone"


@pytest.mark.usefixtures("folder")
def test_another_configuration_voids_what_rests_on_it(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="status: DONE"), head=ABOUT)
    assert codes(scratch) == ["contracts/x-v1.yaml PV203"]
    configuration = (scratch.root / "pv.toml").read_text()
    scratch.write("pv.toml", configuration + '[statuses]\nDONE = "NEW"\n')
    assert codes(scratch) == ["contracts/x-v1.yaml PV501"]
    scratch.write("pv.toml", configuration + '[severities]\nPV203 = "error"\n')
    assert scratch.call("validate").code == 1
    scratch.write("pv.toml", configuration.replace("probe.py", "gone.py"))
    assert codes(scratch) == [
        "contracts/x-v1.yaml PV401",
        "contracts/x-v1.yaml PV203",
        "gone.py PV405",
    ]


@pytest.mark.usefixtures("folder")
def test_edited_falsifiers_are_read_again_at_once(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), head=ABOUT)
    assert codes(scratch) == []
    scratch.edit('@falsifier("probe.value"', '@falsifier("probe.other"', "probe.py")
    assert codes(scratch) == ["contracts/x-v1.yaml PV401"]
    scratch.edit('@falsifier("probe.other"', '@falsifier("probe.value"', "probe.py")
    assert codes(scratch) == []
    scratch.edit('planted_faults={"reads too high": read_too_high}', "planted_faults={}", "probe.py")
    assert [code for code in codes(scratch) if "contracts" in code] == ["contracts/x-v1.yaml PV408"]
    (scratch.root / "probe.py").unlink()
    assert codes(scratch) == ["contracts/x-v1.yaml PV401", "probe.py PV405"]


PLACES = ["checks.py", "src/checks.py", "checks/__init__.py", "checks/inner/deep.py"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("place", PLACES)
def test_a_new_falsifier_file_is_found_at_once(scratch: Scratch, place: str) -> None:
    (scratch.root / "probe.py").rename(scratch.root / "kept.txt")
    scratch.write("pv.toml", 'falsifiers = ["checks"]\n')
    if "deep" in place:
        (scratch.root / "checks" / "inner").mkdir(parents=True)
    scratch.contract(scratch.test(), head=ABOUT)
    assert "contracts/x-v1.yaml PV401" in codes(scratch)
    scratch.write(place, (scratch.root / "kept.txt").read_bytes())
    assert codes(scratch) == []
    scratch.write(place, "")
    assert codes(scratch) == ["contracts/x-v1.yaml PV401"]


def test_other_files_beside_a_falsifier_void_nothing(scratch: Scratch, inspected: list[str]) -> None:
    scratch.contract(scratch.test(), head=ABOUT)
    assert scratch.call("validate").code == 0
    scratch.write("notes.md", "# Notes")
    scratch.write(".git/index", "x")
    scratch.write(".venv/lib/site-packages/other.py", "x = 1\n")
    scratch.write("env/pyvenv.cfg", "")
    scratch.write("env/lib/other.py", "x = 1\n")
    scratch.write("target/debug/out.bin", "x")
    scratch.write("__pycache__/probe.cpython-311.pyc", "x")
    inspected.clear()
    assert scratch.call("validate").code == 0
    assert inspected == []


@pytest.fixture(scope="module")
def discharged(make_scratch: Callable[[], Scratch]) -> Scratch:
    scratch = make_scratch()
    scratch.write("helper.py", "FACTOR = 1.0\n")
    scratch.edit("import ctypes\n", "import ctypes\nimport helper\n", "probe.py")
    scratch.contract(scratch.test(), head=ABOUT)
    result = scratch.discharge()
    assert result.code == 0, result.shown
    return scratch


@pytest.fixture
def proven(discharged: Scratch, tmp_path: Path) -> Scratch:
    """Return a copy of a project whose test is discharged."""
    shutil.copytree(discharged.root, tmp_path, dirs_exist_ok=True)
    return _at(discharged, tmp_path)


def _at(scratch: Scratch, root: Path) -> Any:
    copy = type(scratch).__new__(type(scratch))
    copy.__dict__.update(root=root, path=root / "contracts" / "x-v1.yaml")
    copy.store = root / "contracts" / "evidence" / "x-v1"
    return copy


@pytest.mark.usefixtures("folder")
def test_evidence_that_changes_is_noticed_at_once(proven: Scratch) -> None:
    assert codes(proven) == []
    (record,) = proven.records()
    content, times = record.read_bytes(), record.stat()
    record.write_bytes(content.replace(b'"value"', b'"valuE"', 1))
    os.utime(record, ns=(times.st_atime_ns, times.st_mtime_ns))  # as large and as old as before
    assert codes(proven) == ["contracts/x-v1.yaml PV602"]
    record.write_bytes(content)
    assert codes(proven) == []
    record.rename(record.with_suffix(".bak"))
    assert codes(proven) == ["contracts/x-v1.yaml PV601"]
    record.with_suffix(".bak").rename(record)
    assert codes(proven) == []
    shutil.rmtree(proven.store)
    assert codes(proven) == ["contracts/x-v1.yaml PV601"]


@pytest.mark.usefixtures("folder")
def test_evidence_behind_a_link_is_watched_too(proven: Scratch) -> None:
    proven.store.joinpath("FT-001").rename(proven.root / "elsewhere")
    proven.store.joinpath("FT-001").symlink_to(proven.root / "elsewhere")
    assert codes(proven) == []
    (record,) = (proven.root / "elsewhere").iterdir()
    record.write_bytes(record.read_bytes() + b" ")
    assert codes(proven) == ["contracts/x-v1.yaml PV602"]


@pytest.mark.usefixtures("folder")
def test_a_link_that_leads_to_another_copy_has_other_evidence(proven: Scratch) -> None:
    proven.write("copy/x-v1.yaml", proven.path.read_bytes())
    link = proven.root / "link.yaml"
    link.symlink_to("contracts/x-v1.yaml")
    assert codes(proven, "link.yaml") == []
    link.unlink()
    link.symlink_to("copy/x-v1.yaml")
    assert codes(proven, "link.yaml") == ["link.yaml PV310", "link.yaml PV310", "link.yaml PV601"]


@pytest.mark.usefixtures("folder")
def test_an_edited_module_that_a_falsifier_imports_makes_the_test_stale(proven: Scratch) -> None:
    def count_stale() -> int:
        return int(proven.call("validate", "--format", "json").report["summary"]["stale"])

    assert [count_stale(), count_stale()] == [0, 0]
    proven.write("helper.py", "FACTOR = 2.0\n")
    assert count_stale() == 1
    proven.write("helper.py", "FACTOR = 1.0\n")
    assert count_stale() == 0


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("is_bound", [True, False])
def test_a_model_that_comes_or_goes_is_noticed_at_once(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch, *, is_bound: bool
) -> None:
    scratch.contract(scratch.test(extra="requires:\n- {model: tiny}"), head=ABOUT)
    if not is_bound:
        scratch.write(
            "contracts/x-v1.yaml", OTHER + "falsification_tests:\n- id: FT-1\n  requires: [{model: tiny}]\n"
        )

    def count_blocked() -> int:
        return int(scratch.call("validate", "--format", "json").report["summary"]["blocked"])

    monkeypatch.setenv("PV_MODELS", str(scratch.root / "models"))
    assert [count_blocked(), count_blocked()] == [1, 1]
    scratch.write("models/tiny.gguf", "weights")
    assert count_blocked() == 0
    monkeypatch.setenv("PV_MODELS", str(scratch.root / "none"))
    assert count_blocked() == 1
    monkeypatch.setenv("PV_MODELS", str(scratch.root / "models"))
    assert count_blocked() == 0
    scratch.root.joinpath("models/tiny.gguf").unlink()
    assert count_blocked() == 1


def test_without_a_cache_nothing_is_read_and_nothing_written(
    scratch: Scratch, folder: Path, inspected: list[str]
) -> None:
    scratch.contract(scratch.test(), head=ABOUT)
    assert scratch.call("validate", "--no-cache").code == 0
    assert not folder.exists()
    assert scratch.call("validate").code == 0
    before = (folder / "results.sqlite").read_bytes()
    inspected.clear()
    assert scratch.call("validate", "--no-cache").code == 0
    assert inspected == ["contracts/x-v1.yaml"]
    assert (folder / "results.sqlite").read_bytes() == before


def test_nothing_is_written_beside_the_contracts(scratch: Scratch, folder: Path) -> None:
    scratch.contract(scratch.test(), head=ABOUT)
    before = scratch.snapshot()
    for args in ((), ("--diff",), ("--no-cache",), ("--format", "sarif")):
        assert scratch.call("validate", *args).code == 0
    assert scratch.snapshot() == before
    assert [path.name for path in folder.iterdir()] == ["results.sqlite"]


def test_the_cache_holds_json_alone(scratch: Scratch, folder: Path) -> None:
    scratch.contract(scratch.test(extra='surprise: "!!python/object/apply:os.system [id]"'), head=ABOUT)
    assert "PV204" in scratch.call("validate").out
    with closing(sqlite3.connect(folder / "results.sqlite")) as connection:
        columns = connection.execute("SELECT typeof(key), typeof(value), value FROM entry").fetchall()
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type != 'table'").fetchall()
    assert [name for (name,) in triggers if not name.startswith("sqlite_autoindex")] == []
    assert {(key, value) for key, value, _ in columns} == {("text", "text")}
    assert all(isinstance(json.loads(text), dict) for _, _, text in columns)


def test_a_cache_that_cannot_be_used_is_no_trouble(
    scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch.contract(scratch.test(), head=ABOUT)
    expected = scratch.call("validate", "--no-cache")
    broken = tmp_path / "broken"
    (broken / "folder" / "results.sqlite").mkdir(parents=True)
    (broken / "file").write_text("")
    (broken / "corrupt").mkdir()
    (broken / "corrupt" / "results.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    (broken / "loop").symlink_to("loop")
    (broken / "other").mkdir()
    with closing(sqlite3.connect(broken / "other" / "results.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE entry (something TEXT)")
    places = (
        "folder",
        "file",
        "file/below",
        "corrupt",
        "loop",
        "other",
        "x" * 300,
        "/dev/null",
        "/proc/none",
    )
    for place in places:
        monkeypatch.setenv("PV_CACHE_DIR", str(broken / place))
        assert [scratch.call("validate"), scratch.call("validate")] == [expected] * 2, place


def test_a_cache_of_which_the_folder_cannot_be_entered(
    scratch: Scratch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch.contract(scratch.test(), head=ABOUT)

    def refuse(*_: object, **__: object) -> bool:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(cache.Path, "exists", refuse)
    assert cache.Cache(folder).read(["a"]) == {}


def test_a_read_only_cache_is_read(scratch: Scratch, folder: Path, inspected: list[str]) -> None:
    scratch.contract(scratch.test(), head=ABOUT)
    first = scratch.call("validate")
    os.chmod(folder / "results.sqlite", 0o444)  # noqa: PTH101 - as the next line
    os.chmod(folder, 0o500)  # noqa: PTH101 - of the folder, too
    inspected.clear()
    assert scratch.call("validate") == first
    assert inspected == []
    scratch.edit("Readings", "Values", "contracts/x-v1.yaml")
    assert scratch.call("validate").code == 0


@pytest.mark.usefixtures("folder")
def test_two_runs_at_once(scratch: Scratch) -> None:
    for number in range(20):
        scratch.write(f"contracts/c{number}.yaml", OTHER.replace("C-Y", f"C-{number}"))
    command = [sys.executable, "-m", "pvengine", "validate", "--format", "json"]
    runs = [
        subprocess.Popen(command, cwd=scratch.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
        for _ in range(2)
    ]
    results = [(*run.communicate(), run.returncode) for run in runs]
    assert results[0] == results[1]
    assert results[0][1:] == (b"", 0)
    assert len(json.loads(results[0][0])["contracts"]) == 20


@pytest.mark.usefixtures("folder")
def test_the_same_contract_from_another_folder_shows_its_path_there(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="surprise: 1"), head=ABOUT)
    copy = scratch.write("contracts/deep/x-v1.yaml", scratch.path.read_bytes())

    def paths(folder: str, *args: str) -> list[str]:
        below = _at(scratch, scratch.root / folder)
        report = below.call("validate", *args, "--format", "json").report
        return sorted({found["path"] for found in report["diagnostics"]})

    for _ in range(2):
        assert paths(".") == ["contracts/deep/x-v1.yaml", "contracts/x-v1.yaml"]
        assert paths("contracts") == ["deep/x-v1.yaml", "x-v1.yaml"]
        assert paths("contracts/deep", "x-v1.yaml") == ["x-v1.yaml"]
        assert paths("contracts/deep", "../x-v1.yaml") == ["../x-v1.yaml"]
        assert paths("contracts/deep", str(copy)) == ["x-v1.yaml"]


def test_a_report_of_the_library_is_that_of_the_command(scratch: Scratch, folder: Path) -> None:
    from pvengine import open_project  # noqa: PLC0415 - as a program would

    scratch.contract(scratch.test(), scratch.test(), head=ABOUT)
    report: Report = open_project(scratch.root).validate()
    assert report.exit_code == 1
    assert not folder.exists(), "the library keeps nothing"
    result = scratch.call("validate", "--format", "json")
    assert [each.message for each in report.diagnostics] == [
        each["message"] for each in result.report["diagnostics"]
    ]
