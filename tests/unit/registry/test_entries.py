"""Entries are resolved to modules and import roots; what is missing is said with where it was looked for."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from pvengine.registry import entries
from pvengine.registry.entries import Entry, resolve_entry_points, resolve_project_entries

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "one.py",
        "flat/two.py",
        "pack/__init__.py",
        "pack/three.py",
        "src/lib/four.py",
        "empty/readme.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def resolve(project: Path, *texts: str) -> list[Entry]:
    return list(resolve_project_entries(project, texts))


@pytest.mark.parametrize(
    ("text", "names", "root"),
    [
        ("one.py", ["one"], "."),
        ("flat", ["two"], "flat"),
        ("flat/two.py", ["two"], "flat"),
        ("pack", ["pack", "pack.three"], "."),
        ("pack.three", ["pack.three"], "."),
        ("lib.four", ["lib.four"], "src"),
    ],
)
def test_files_folders_and_module_names(project: Path, text: str, names: list[str], root: str) -> None:
    (entry,) = resolve(project, text)
    assert [module.name for module in entry.modules] == names
    assert entry.first_party.roots == ((project / root).resolve(),)
    assert entry.origin == f"project {text}"
    assert entry.diagnostics == ()


def test_an_installed_module_name_is_closed_over_its_package(project: Path) -> None:
    (entry,) = resolve(project, "pvfalsifiers.cascade")
    assert entry.first_party.package == "pvfalsifiers"


def test_all_roots_are_first_party_its_own_first(project: Path) -> None:
    one, flat = resolve(project, "one.py", "flat")
    assert one.first_party.roots == (project, project / "flat")
    assert flat.first_party.roots == (project / "flat", project)


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("absent.py", "looked for"),
        ("no/such/folder", "looked for the file or folder"),
        ("no_such_module", "and in the installed packages"),
    ],
)
def test_a_missing_entry_is_reported_and_the_others_go_on(project: Path, text: str, looked_for: str) -> None:
    missing, found = resolve(project, text, "one.py")
    (finding,) = missing.diagnostics
    assert finding.code == "PV405"
    assert looked_for in finding.message
    assert text in finding.message
    assert len(found.modules) == 1


def test_an_empty_folder_is_a_project_that_has_no_falsifier_yet(project: Path) -> None:
    (entry,) = resolve(project, "empty")
    assert (entry.modules, entry.diagnostics) == ((), ())


def test_a_file_with_a_taken_name_is_left_out(project: Path) -> None:
    (project / "flat" / "random.py").write_text("", encoding="utf-8")
    (entry,) = resolve(project, "flat")
    assert [module.name for module in entry.modules] == ["two"]
    assert "'random' is taken" in entry.diagnostics[0].message


def test_an_unreadable_entry_is_reported(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(type(project), "read_bytes", refuse)
    (entry,) = resolve(project, "one.py")
    assert "Permission denied" in entry.diagnostics[0].message


@pytest.mark.parametrize("value", ["no_such_module_anywhere", "sys", "pvfalsifiers.absent"])
def test_an_entry_point_without_source_is_reported(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    points = [EntryPoint("broken", value, entries.GROUP), EntryPoint("good", "pvfalsifiers:x", entries.GROUP)]
    monkeypatch.setattr(entries, "entry_points", lambda **_: points)
    broken, good = resolve_entry_points()
    assert f"names the module {value}, which has no source here" in broken.diagnostics[0].message
    assert good.modules


def test_an_unreadable_entry_point_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise PermissionError(13, "Permission denied", name)

    monkeypatch.setattr(entries, "iter_modules", refuse)
    entry = next(resolve_entry_points())
    assert "Permission denied" in entry.diagnostics[0].message


def test_the_entry_point_of_the_shipped_falsifiers() -> None:
    entry = next(entry for entry in resolve_entry_points() if entry.origin == "entry point pvfalsifiers")
    assert "pvfalsifiers.cascade" in [module.name for module in entry.modules]
    assert entry.first_party.package == "pvfalsifiers"
