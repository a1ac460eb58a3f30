"""What an inspection gave survives a cache; what it rests on is signed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from pvengine.diagnostics import SourceRange, get_rule
from pvengine.lint.facts import FileFacts, Mention
from pvengine.lint.silencing.suppressions import find_suppressions
from pvengine.models.report import (
    ContractEntry,
    HypothesisEntry,
    MilestoneEntry,
    References,
    ScopedVerdictEntry,
    Summary,
    TestEntry,
)
from pvengine.project.outcome import SOURCES, FileOutcome, restore_outcome, sign_path
from pvengine.yamldoc import read_document

if TYPE_CHECKING:
    from pathlib import Path

PLACE = SourceRange("x.yaml", 2, 1, 2, 4, "odd: \U0001f600 é")
VERDICTS = (ScopedVerdictEntry(test="FT-1", scope=None, verdict="SUPPORTS", counts=True),)


def make_outcome() -> FileOutcome:
    test = TestEntry(
        id="FT-1",
        status="NEW",
        standing="open",
        reasons=("one", "two"),
        verdict=None,
        falsifier="probe.value",
        evidence=None,
        blocked="needs a model",
    )
    document = read_document(b"a: 1  # pv: ignore[PV204] why\n# pv: ignore-file[PV203, ODD]\n", "x.yaml")
    return FileOutcome(
        path="x.yaml",
        findings=(
            get_rule("PV204").report("odd", PLACE, replacement="even"),
            get_rule("PV010").report("many", "x.yaml"),
        ),
        entry=ContractEntry(
            path="x.yaml",
            id="C-X",
            version=None,
            summary=Summary(declared=1, bound=1),
            tests=(test,),
            hypotheses=(
                HypothesisEntry(id="H", statement="s", status="NEW", derived="open", verdicts=VERDICTS),
            ),
            milestones=(MilestoneEntry(id="1", kind="step", title=None, status="NEW", derived=None),),
            references=References(falsifiers=1),
        ),
        facts=FileFacts(id="C-X", version=None, ids=(Mention("FT-1", "test", 1, 1, 1, 5, "x"),)),
        suppressions=find_suppressions(document),
        watched=(("/nowhere", "absent"),),
    )


def test_an_outcome_comes_back_from_json() -> None:
    outcome = make_outcome()
    assert len(outcome.suppressions) == 2
    assert restore_outcome(json.loads(json.dumps(outcome.list_data()))) == outcome


def test_an_outcome_without_an_entry_comes_back() -> None:
    outcome = FileOutcome(
        path="x.yaml", findings=(get_rule("PV102").report("no", PLACE),), is_unreadable=True
    )
    assert restore_outcome(json.loads(json.dumps(outcome.list_data()))) == outcome


@pytest.mark.parametrize(
    "key", ["path", "findings", "entry", "facts", "suppressions", "watched", "is_unreadable"]
)
def test_data_without_a_part_is_refused(key: str) -> None:
    data = make_outcome().list_data()
    del data[key]
    with pytest.raises(LookupError):
        restore_outcome(data)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("findings", [{"severity": "dreadful", "place": None}]),
        ("findings", [{"severity": "error", "place": None, "other": 1}]),
        ("entry", "text"),
        ("facts", {"id": None}),
        ("watched", [["one"]]),
        ("suppressions", [{}]),
    ],
)
def test_data_of_another_form_are_refused(key: str, value: object) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        restore_outcome({**make_outcome().list_data(), key: value})


def test_an_outcome_is_current_while_nothing_it_rests_on_changes(tmp_path: Path) -> None:
    file = tmp_path / "file"
    outcome = FileOutcome(path="x", watched=((str(file), sign_path(str(file))),))
    assert outcome.is_current(sign_path)
    file.write_text("a")
    assert not outcome.is_current(sign_path)
    assert FileOutcome(path="x").is_current(sign_path)


def test_a_file_of_the_same_size_and_time_has_another_signature(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("a")
    before, found = sign_path(str(file)), file.stat()
    assert sign_path(str(file)) == before
    file.write_text("b")
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert sign_path(str(file)) != before


def test_what_is_not_there_is_absent(tmp_path: Path) -> None:
    assert sign_path(str(tmp_path / "none")) == "absent"
    (tmp_path / "loop").symlink_to("loop")
    assert sign_path(str(tmp_path / "loop")) == "absent"


def test_a_folder_is_signed_with_the_files_of_its_folders(tmp_path: Path) -> None:
    seen = {sign_path(str(tmp_path))}

    def changes() -> bool:
        size = len(seen)
        seen.add(sign_path(str(tmp_path)))
        return len(seen) > size

    assert not changes()
    (tmp_path / ".FT-1").mkdir()
    assert changes()
    (tmp_path / ".FT-1" / "one.json").write_text("1")
    assert changes()
    (tmp_path / ".FT-1" / "one.json").write_text("22")
    assert changes()
    (tmp_path / ".FT-1" / "one.json").rename(tmp_path / ".FT-1" / "two.json")
    assert changes()
    (tmp_path / ".FT-1" / "deep" / "deeper").mkdir(parents=True)
    assert changes()
    (tmp_path / ".FT-1" / "deep" / "deeper" / "file").touch()
    assert not changes(), "an evidence store has two levels"
    (tmp_path / "loop").symlink_to(tmp_path)
    assert changes()


def test_the_sources_below_a_folder_are_its_modules(tmp_path: Path) -> None:
    def sign() -> str:
        return sign_path(f"{tmp_path}{SOURCES}")

    (tmp_path / "one.py").write_text("1")
    before = sign()
    for name in (
        "notes.md",
        ".git/x.py",
        "__pycache__/one.py",
        "not-a-package/x.py",
        "env/pyvenv.cfg",
        "env/x.py",
        "target/x.o",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert sign() == before
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "deep.py").write_text("1")
    assert sign() != before
    after = sign()
    (tmp_path / "package" / "deep.py").write_text("22")
    assert sign() != after
    (tmp_path / "package" / "deep.py").rename(tmp_path / "deep.py")
    assert sign() != after
    assert sign_path(f"{tmp_path}/none{SOURCES}") != sign()
