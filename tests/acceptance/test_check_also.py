"""`pv check --also FORMAT=FILE`: several documents of one measuring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from repositories import Repository

from pvengine.reporters.check_markdown import MARKER

if TYPE_CHECKING:
    from conftest import Scratch


@pytest.fixture
def repository(scratch: Scratch) -> Repository:
    repository = Repository(scratch)
    assert repository.git("init", "--quiet", "--initial-branch=main").code == 0
    scratch.contract(scratch.test(), head="  description: Bounds.\n  references: [none]\n")
    repository.commit("Begin")
    repository.branch("change")
    repository.discharge("FT-001")
    return repository


def test_every_document_is_of_the_same_measuring(repository: Repository) -> None:
    scratch = repository.scratch
    files = [f"--also=json={scratch.root}/out/a.json", f"--also=sarif={scratch.root}/out/b.sarif"]
    report = scratch.json("check", "--base", "main", *files, f"--also=markdown={scratch.root}/out/c.md")
    assert json.loads((scratch.root / "out" / "a.json").read_bytes()) == report
    assert [entry["outcome"] for entry in report["reruns"]] == ["survived"]
    assert (
        json.loads((scratch.root / "out" / "b.sarif").read_bytes())["runs"][0]["invocations"][0]["exitCode"]
        == 0
    )
    text = (scratch.root / "out" / "c.md").read_text(encoding="utf-8")
    assert text.startswith(f"{MARKER}\n")
    assert "reproduced" in text


def test_an_error_is_in_every_document(repository: Repository) -> None:
    scratch = repository.scratch
    files = [f"--also=markdown={scratch.root}/c.md", f"--also=json={scratch.root}/a.json"]
    result = scratch.pv("check", "--base", "nowhere", *files)
    assert (result.code, result.out) == (2, "")
    assert json.loads((scratch.root / "a.json").read_bytes())["exit_code"] == 2
    text = (scratch.root / "c.md").read_text(encoding="utf-8")
    assert text.startswith(f"{MARKER}\n\n### pv check\n")
    assert "there is no base" in text


@pytest.mark.parametrize("text", ["markdown", "markdown=", "text=x.txt", "=x"])
def test_what_is_no_document_is_refused(repository: Repository, text: str) -> None:
    result = repository.scratch.pv("check", "--also", text)
    assert result.code == 2
    assert f"{text!r} is not FORMAT=FILE with a format of json, markdown, sarif, junit" in result.err


def test_a_contract_is_not_written_over(repository: Repository) -> None:
    result = repository.scratch.pv("check", "--base", "main", "--also", "json=contracts/x-v1.yaml")
    assert result.code == 2
    assert "it has the name of a contract" in result.err
    assert "FT-001" in repository.read()
