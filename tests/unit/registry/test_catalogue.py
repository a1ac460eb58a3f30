"""The catalogue lists what can be named, and says what is wrong with the rest."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pvengine.errors import RegistrationError
from pvengine.registry import catalogue
from pvengine.registry.catalogue import Catalogue, discover

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = '''from pvengine.plugin import falsifier
import helper
@falsifier("{name}", subject=print, planted_faults={{"f": len}})
def measure(trial, p):
    """Measure {name}."""
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogue, "resolve_entry_points", lambda: iter(()))
    folder = tmp_path / "falsifiers"
    folder.mkdir()
    for name in ("beta", "alpha"):
        (folder / f"{name}.py").write_text(TEMPLATE.format(name=f"test.{name}"), encoding="utf-8")
    (folder / "helper.py").write_text("VALUE = 1\n", encoding="utf-8")
    return tmp_path


def show(found: Catalogue) -> list[str]:
    return [f"{item.place or item.path}: {item.code} {item.message}" for item in found.diagnostics]


def test_falsifiers_are_listed_by_name(project: Path) -> None:
    found = discover(project, ["falsifiers"])
    assert list(found.falsifiers) == ["test.alpha", "test.beta"]
    alpha = found.find("test.alpha")
    assert alpha is not None
    assert (alpha.module, alpha.line, alpha.column) == ("alpha", 3, 12)
    assert alpha.path == project / "falsifiers" / "alpha.py"
    assert alpha.summary == "Measure test.alpha."
    assert alpha.planted_faults == ("f",)
    assert alpha.origin == "project falsifiers"
    assert show(found) == []


def test_the_closure_is_read_when_asked_for_and_follows_edits(project: Path) -> None:
    first = discover(project, ["falsifiers"]).falsifiers["test.alpha"].closure
    assert [module.name for module in first.modules] == ["alpha", "helper"]
    assert first.first_party == ("alpha", "beta", "helper")
    (project / "falsifiers" / "helper.py").write_text("VALUE = 2\n", encoding="utf-8")
    source = discover(project, ["falsifiers"]).falsifiers["test.alpha"]
    assert source.closure.digest != first.digest
    assert source.closure is source.closure


def test_a_broken_module_in_a_closure_is_an_error_when_asked_for(project: Path) -> None:
    (project / "falsifiers" / "helper.py").write_text("VALUE = (\n", encoding="utf-8")
    found = discover(project, ["falsifiers"])
    assert show(found) == ["falsifiers/helper.py:1:9: PV405 cannot be parsed: '(' was never closed"]
    with pytest.raises(RegistrationError, match="helper cannot be parsed"):
        _ = found.falsifiers["test.alpha"].closure


def test_broken_files_do_not_stop_the_others(project: Path) -> None:
    (project / "falsifiers" / "latin.py").write_bytes(b"x = 'caf\xe9'\n")
    (project / "falsifiers" / "codec.py").write_bytes(b"# coding: no-such-codec\n")
    found = discover(project, ["falsifiers", "absent"])
    assert list(found.falsifiers) == ["test.alpha", "test.beta"]
    findings = "\n".join(show(found))
    assert "falsifiers/latin.py" in findings
    assert "falsifiers/codec.py" in findings
    assert "'absent' of [tool.pv] falsifiers does not exist" in findings
    assert {finding.code for finding in found.diagnostics} == {"PV405"}


def test_a_declared_encoding_is_respected(project: Path) -> None:
    text = "# coding: latin-1\n" + TEMPLATE.format(name="test.latin").replace("Measure", "Größe")
    (project / "falsifiers" / "latin.py").write_bytes(text.encode("latin-1"))
    assert discover(project, ["falsifiers"]).falsifiers["test.latin"].summary == "Größe test.latin."


def test_a_name_that_two_have_belongs_to_neither(project: Path) -> None:
    (project / "again.py").write_text(TEMPLATE.format(name="test.alpha"), encoding="utf-8")
    found = discover(project, ["falsifiers", "again.py"])
    assert list(found.falsifiers) == ["test.beta"]
    assert found.duplicates == {"test.alpha"}
    assert show(found) == [
        "again.py:3:12: PV404 falsifier 'test.alpha' is also defined at falsifiers/alpha.py:3:12",
        "falsifiers/alpha.py:3:12: PV404 falsifier 'test.alpha' is also defined at again.py:3:12",
    ]


def test_one_file_through_two_entries_is_one(project: Path) -> None:
    found = discover(project, ["falsifiers", "falsifiers/alpha.py", "falsifiers"])
    assert found.diagnostics == ()
    assert len(found.falsifiers) == 2


def test_a_near_name_is_suggested(project: Path) -> None:
    found = discover(project, ["falsifiers"])
    assert found.suggest("test.alpa") == "test.alpha"
    assert found.suggest("zzz") is None
    assert found.find("zzz") is None


def test_discovery_imports_no_plug_in_and_nothing_heavy() -> None:
    program = (
        "import sys; from pathlib import Path; from pvengine.registry.catalogue import discover\n"
        "found = discover(Path('.'))\n"
        "heavy = {'numpy', 'networkx', 'yaml', 'click', 'jsonschema', 'pvfalsifiers'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - fixed program
    assert answer.stdout.strip() == "[]"
