"""The inspection of one file: every finding of its own, bounded, with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.project.configuration import Configuration
from pvengine.project.inspection import Inspector, inspect_facts
from pvengine.project.limiting import MAX_FINDINGS
from pvengine.project.outcome import SOURCES, FileOutcome
from pvengine.project.workspace import Workspace
from pvengine.registry.model_source import ModelSource

if TYPE_CHECKING:
    from pathlib import Path

ONE = "metadata: {id: C-A, version: 1.0.0, kind: schema, description: One}\n"
BOUND = ONE + "falsification_tests:\n- {id: FT-1, rule: r, falsifier: a.b, requires: [{model: tiny}]}\n"


def inspect(root: Path, text: str, name: str = "contracts/a.yaml", **options: object) -> FileOutcome:
    configuration = Configuration(**options)  # type: ignore[arg-type]
    return Inspector(Workspace(root, configuration)).inspect(root / name, name, text.encode())


def test_a_clean_contract(tmp_path: Path) -> None:
    outcome = inspect(tmp_path, ONE)
    assert (outcome.path, outcome.findings, outcome.suppressions) == ("contracts/a.yaml", (), ())
    assert outcome.facts is not None
    assert outcome.entry is not None
    assert (outcome.entry.id, outcome.facts.version) == ("C-A", "1.0.0")
    assert outcome.watched == ((str(tmp_path / "contracts" / "evidence" / "a"), "absent"),)


def test_what_cannot_be_read_has_no_entry(tmp_path: Path) -> None:
    outcome = inspect(tmp_path, "a: [\n")
    assert [found.code for found in outcome.findings] == ["PV102"]
    assert (outcome.entry, outcome.facts, outcome.is_unreadable) == (None, None, False)


def test_what_is_no_contract_is_a_note(tmp_path: Path) -> None:
    outcome = inspect(tmp_path, "bindings: [{contract: a.yaml}]\n")
    (found,) = outcome.findings
    assert (found.code, found.severity.value, str(found.place)) == ("PV226", "note", "contracts/a.yaml:1:1")
    assert found.message == "this is a binding registry, not a contract"
    assert (outcome.entry, outcome.facts) == (None, None)


def test_the_worst_of_very_many_findings_are_kept(tmp_path: Path) -> None:
    keys = "".join(f"odd_{number}: 1\n" for number in range(MAX_FINDINGS))
    assert len(inspect(tmp_path, ONE + keys).findings) == MAX_FINDINGS
    tests = "falsification_tests:\n" + 2 * "- {id: FT-1, rule: r, prediction: p, if_fails: f}\n"
    findings = inspect(tmp_path, ONE + keys + tests).findings
    assert (findings[0].code, findings[-1].code) == ("SCHEMA-007", "PV010")
    assert findings[-1].message == "more findings than are shown: PV204 1 times"
    assert len(findings) == MAX_FINDINGS + 1


def test_what_a_bound_test_rests_on_is_watched(tmp_path: Path) -> None:
    (tmp_path / "plug.py").write_text("import other\n")
    (tmp_path / "folder").mkdir()
    names = ("plug.py", "folder", "checks.deep", ".", "../x")
    outcome = inspect(tmp_path, BOUND, falsifiers=names, models={"tiny": ModelSource(path="m/tiny.gguf")})
    watched = {path: signature for path, signature in outcome.watched if path.startswith(str(tmp_path))}
    below = {
        path.removeprefix(str(tmp_path)).replace(SOURCES, "/**"): signature == "absent"
        for path, signature in watched.items()
    }
    assert below == {
        "/contracts/evidence/a": True,
        "/m/tiny.gguf": True,
        "/**": False,
        "/../x": True,
        "/folder/**": False,
        "/plug.py": False,
        "/plug/py": True,
        "/src/plug/py": True,
        "/plug/py.py": True,
        "/src/plug/py.py": True,
        "/folder.py": True,
        "/src/folder": True,
        "/src/folder.py": True,
        "/checks.deep": True,
        "/checks/deep": True,
        "/checks/deep.py": True,
        "/src/checks/deep": True,
        "/src/checks/deep.py": True,
    }
    assert len(outcome.watched) == len(dict(outcome.watched))
    assert f"/{SOURCES}" not in dict(outcome.watched), "never the whole file system"


def test_a_link_is_watched_with_its_target(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "b.yaml").write_text(ONE)
    (tmp_path / "a.yaml").symlink_to("real/b.yaml")
    outcome = inspect(tmp_path, ONE, "a.yaml")
    assert [path for path, _ in outcome.watched] == [
        str(tmp_path / "real" / "evidence" / "b"),
        str(tmp_path / "a.yaml"),
    ]


def test_unknown_statuses_name_what_has_them(tmp_path: Path) -> None:
    text = ONE.replace("kind", "status: BANANA, kind") + (
        "falsification_tests:\n- {id: FT-1, rule: r, prediction: p, if_fails: f, status: discharge}\n"
    )
    messages = [found.message for found in inspect(tmp_path, text).findings if found.code == "PV203"]
    assert messages == [
        "the contract has the unknown status 'BANANA'",
        "FT-1 has the unknown status 'discharge'; did you mean 'DISCHARGED'?",
    ]
    known = inspect(tmp_path, text, statuses={"BANANA": "NEW", "discharge": "NEW"})
    assert "PV203" not in {found.code for found in known.findings}


def test_facts_of_what_is_only_looked_up() -> None:
    facts = inspect_facts("a.yaml", ONE.encode())
    assert facts is not None
    assert facts.id == "C-A"
    assert inspect_facts("a.yaml", b"a: [\n") is None
    assert inspect_facts("a.yaml", b"bindings: [{contract: a.yaml}]\n") is None
