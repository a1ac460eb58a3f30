"""Findings are set aside in one order: by comment, by file, by severity, by baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.diagnostics import Diagnostic, SourceRange, get_rule
from pvengine.errors import UsageError
from pvengine.lint.silencing.suppressions import Suppression, find_suppressions
from pvengine.project.configuration import Configuration
from pvengine.project.setting_aside import BaselineUse, Kept, set_aside, use_baseline
from pvengine.project.workspace import Workspace
from pvengine.yamldoc import read_document

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def finding(code: str, line: int = 1, path: str = "a.yaml") -> Diagnostic:
    return get_rule(code).report("odd", SourceRange(path, line, 1, line, 2, f"line {line}"))


def comments(text: str) -> tuple[Suppression, ...]:
    return find_suppressions(read_document(text.encode(), "a.yaml"))


def say(kept: Kept) -> list[str]:
    return [f"{each.path}:{each.line} {each.severity.value} {each.code}" for each in kept.findings]


def test_what_is_left_stands_once_and_in_order(tmp_path: Path) -> None:
    found = [finding("PV204", 3), finding("PV203", 2), finding("PV204", 3), finding("PV204", 1, "A.yaml")]
    kept = set_aside(found, (), Workspace(tmp_path, Configuration()))
    assert say(kept) == ["A.yaml:1 warning PV204", "a.yaml:2 warning PV203", "a.yaml:3 warning PV204"]
    assert (kept.suppressed, kept.baselined) == (0, 0)


def test_every_way_is_counted_once(tmp_path: Path) -> None:
    configuration = Configuration(
        ignore={"b.yaml": ("PV204",)}, severities={"PV204": "error", "PV203": "off"}
    )
    silent = comments("a: 1  # pv: ignore[PV204] why\nb: 1  # pv: ignore[PV203, PV205] why\n")
    found = [finding("PV204", 1), finding("PV204", 9), finding("PV204", 1, "b.yaml"), finding("PV203", 2)]
    kept = set_aside([*found, finding("PV203", 5)], silent, Workspace(tmp_path, configuration))
    assert say(kept) == ["a.yaml:2 warning PV007", "a.yaml:9 error PV204"]
    assert kept.suppressed == 4, "two by comment, one by file, one by severity"


def test_a_comment_for_what_was_not_looked_for_is_not_unused(tmp_path: Path) -> None:
    silent = comments("a: 1  # pv: ignore[PV402] why\n")
    workspace = Workspace(tmp_path, Configuration())
    assert say(set_aside([], silent, workspace)) == ["a.yaml:1 warning PV007"]
    assert say(set_aside([], silent, workspace, unchecked=("PV402",))) == []


def test_no_comment_is_unused_where_findings_were_left_out(tmp_path: Path) -> None:
    silent = comments("a: 1  # pv: ignore[PV204] why\nb: 1  # pv: ignore[PV203]\n")
    cut = get_rule("PV010").report("more", "a.yaml")
    workspace = Workspace(tmp_path, Configuration())
    assert say(set_aside([cut], silent, workspace)) == [
        "a.yaml:None warning PV010",
        "a.yaml:2 warning PV006",
    ]


def test_a_code_that_there_is_not_is_refused_though_nothing_was_found(tmp_path: Path) -> None:
    for configuration in (Configuration(severities={"PV2": "off"}), Configuration(ignore={"*": ("PV2",)})):
        with pytest.raises(UsageError, match="no rule has the code 'PV2'") as caught:
            set_aside([], (), Workspace(tmp_path, configuration, tmp_path / "pv.toml"))
        assert caught.value.where == "pv.toml"
        with pytest.raises(UsageError) as caught:
            set_aside([], (), Workspace(tmp_path, configuration))
        assert caught.value.where == "the configuration"


def test_a_baseline_is_written_read_and_made_smaller(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    first = Kept((finding("PV204", 1), finding("PV203", 2), finding("PV102", 3)), suppressed=5)
    written = use_baseline(first, BaselineUse(file, "write"), tmp_path, checked=None)
    assert say(written) == ["a.yaml:3 error PV102"], "what cannot be read is in no baseline"
    assert (written.suppressed, written.baselined) == (5, 2)

    second = Kept((finding("PV204", 1), finding("PV204", 7)))
    read = use_baseline(second, BaselineUse(file), tmp_path, checked=None)
    assert say(read) == ["a.yaml:7 warning PV204", "known.json:None warning PV009"]
    assert read.baselined == 1
    unasked = use_baseline(second, BaselineUse(file), tmp_path, checked=None, unchecked=("PV203",))
    assert say(unasked) == ["a.yaml:7 warning PV204"]

    before = file.read_bytes()
    updated = use_baseline(second, BaselineUse(file, "update"), tmp_path, checked=None)
    assert say(updated) == ["a.yaml:7 warning PV204"]
    assert len(file.read_bytes()) < len(before)
    smaller, inode = file.read_bytes(), file.stat().st_ino
    use_baseline(second, BaselineUse(file, "update"), tmp_path, checked=None)
    assert (file.read_bytes(), file.stat().st_ino) == (smaller, inode), "nothing to write, nothing written"


def test_a_baseline_that_is_there_is_not_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    file.write_text("anything")
    with pytest.raises(UsageError, match=r"known\.json is there already"):
        use_baseline(Kept(()), BaselineUse(file, "write"), tmp_path, checked=None)
    assert file.read_text() == "anything"
    (tmp_path / "link.json").symlink_to("nowhere.json")
    with pytest.raises(UsageError, match=r"link\.json is there already"):
        use_baseline(Kept(()), BaselineUse(tmp_path / "link.json", "write"), tmp_path, checked=None)


def test_what_nobody_knows_needs_no_ground_unless_the_word_is_not_reported(tmp_path: Path) -> None:
    place = SourceRange("x.yaml", 1, 1, 1, 2)
    found = [get_rule(code).report("m", place) for code in ("PV203", "PV501")]
    kept = set_aside(found, (), Workspace(tmp_path, Configuration()))
    assert [finding.code for finding in kept.findings] == ["PV203"]
    kept = set_aside(found, (), Workspace(tmp_path, Configuration(severities={"PV203": "off"})))
    assert [finding.code for finding in kept.findings] == ["PV501"]
