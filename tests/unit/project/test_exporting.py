"""Documents are made before any is written, and what is there is never written over."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from pvengine import open_project
from pvengine.errors import UsageError
from pvengine.project import exporting
from pvengine.project.exporting import Export, write_export
from pvengine.project.exports.account import Document, ExportedContract

if TYPE_CHECKING:
    from pathlib import Path

TESTS = "falsification_tests:\n- {id: T, rule: r, accept: [{metric: m, lt: 1}]}\n"


def make_export(*names: str) -> Export:
    documents = tuple(Document(name, name.encode()) for name in names)
    return Export(contracts=(ExportedContract(path="x.yaml", id="C-X", said="", documents=documents),))


def test_files_are_written_once(tmp_path: Path) -> None:
    export = make_export("a.json", "x/b.json")
    assert write_export(export, tmp_path / "out") == (
        tmp_path / "out" / "a.json",
        tmp_path / "out" / "x" / "b.json",
    )
    (tmp_path / "out" / "a.json").unlink()
    assert write_export(export, tmp_path / "out") == (tmp_path / "out" / "a.json",)
    assert (tmp_path / "out" / "x" / "b.json").read_bytes() == b"x/b.json"


def test_nothing_is_written_where_one_file_differs(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"old")
    with pytest.raises(UsageError, match=r"b\.json is there and differs"):
        write_export(make_export("a.json", "b.json"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["b.json"]


def test_a_folder_in_the_place_of_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(UsageError, match=r"cannot write .*a\.json: is a directory"):
        write_export(make_export("a.json"), tmp_path)


def test_a_disk_that_refuses_is_about_the_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, content: bytes) -> None:
        del content
        raise UsageError(f"cannot write {path.name}: no space left on device", why="a status", fix="x")

    monkeypatch.setattr(exporting, "create_file", refuse)
    with pytest.raises(UsageError) as caught:
        write_export(make_export("a.json"), tmp_path)
    error = caught.value
    assert error.what == "cannot write a.json: no space left on device"
    assert error.why == "each file of an export is written whole or not at all"
    assert error.fix == "check the permissions and the free space of the folder, then export again"


def test_the_evidence_of_an_exported_contract_is_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="cannot export into evidence/sub: it is a folder of evidence"):
        write_export(make_export("a.json"), tmp_path / "evidence" / "sub")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused_by_the_library_too(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("metadata: {id: C-X}\n" + TESTS)
    with pytest.raises(UsageError, match="there is no format 'slsa'") as caught:
        open_project(tmp_path).export(form="slsa")
    assert caught.value.fix == "give one of in-toto-test-result, prml"


def test_a_contract_outside_of_the_root_is_named_by_its_file(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "x.yaml").write_text("metadata: {id: C-X}\n" + TESTS)
    (inside / "pv.toml").write_text("")
    (inside / "x.yaml").symlink_to(outside / "x.yaml")
    (document,) = open_project(inside).export([inside / "x.yaml"], form="in-toto-test-result").documents
    assert json.loads(document.content)["subject"][0]["name"] == "x.yaml"


def test_a_name_that_is_no_utf_8_stays_readable_json(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff-v1.yaml")
    path.write_text("metadata: {version: 1.0.0}\n" + TESTS)
    (document,) = open_project(tmp_path).export(form="in-toto-test-result").documents
    assert b'"name": "\\udcff-v1.yaml"' in document.content
    assert json.loads(document.content)["subject"][0]["name"] == path.name
