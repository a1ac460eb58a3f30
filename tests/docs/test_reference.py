from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from doc_pages import REPOSITORY, Page, list_pages, read_page

from pvengine.diagnostics import RULES
from pvengine.errors import ExitCode
from pvengine.project.configuration import Configuration, DefaultLimits

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

REFERENCE = REPOSITORY / "docs" / "reference"
_PAGES = [pytest.param(path, id=read_page(path).name) for path in list_pages()]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", REPOSITORY / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read(name: str) -> Page:
    return read_page(REFERENCE / name)


def test_the_generated_reference_is_current() -> None:
    command = [sys.executable, str(REPOSITORY / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert done.returncode == 0, f"run `python docs/generate.py`:\n{done.stdout}{done.stderr}"


def test_the_check_shows_a_diff_and_fails(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in REFERENCE.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    page = tmp_path / "exit-codes.md"
    page.write_text(page.read_text(encoding="utf-8").replace("| 10 | FALSIFIED |\n", ""), encoding="utf-8")
    monkeypatch.setattr(generate, "REFERENCE", tmp_path)
    assert generate.main(["--check"]) == 1
    assert "+| 10 | FALSIFIED |" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert page.read_bytes() == (REFERENCE / "exit-codes.md").read_bytes()


@pytest.mark.parametrize("code", RULES)
def test_every_diagnostic_has_a_section(code: str) -> None:
    assert [heading for heading in _read("diagnostics.md").headings if heading.startswith(f"{code}:")]


def test_no_section_is_about_a_code_that_is_gone() -> None:
    found = re.findall(r"(?m)^(PV\d{3}|SCHEMA-\d{3}):", "\n".join(_read("diagnostics.md").headings))
    assert found == list(RULES)


def test_every_command_is_documented(generate: ModuleType) -> None:
    commands = [f"pv {' '.join(words)}" for words, _ in generate.iter_commands()]
    headings = [heading for heading in _read("commands.md").headings if heading.startswith("pv ")]
    assert headings == commands
    exit_codes = (REFERENCE / "exit-codes.md").read_text(encoding="utf-8")
    assert [name for name in commands if f"`{name}`" not in exit_codes] == []


def test_every_configuration_key_is_documented() -> None:
    page = _read("configuration.md")
    text = page.path.read_text(encoding="utf-8")
    keys = [each.name for model in (Configuration, DefaultLimits) for each in fields(model)]
    assert [key for key in keys if f"| `{key}` |" not in text] == []


def test_every_exit_code_is_explained() -> None:
    text = (REFERENCE / "exit-codes.md").read_text(encoding="utf-8")
    explained = [int(code) for code in re.findall(r"^\| (\d+) \| [a-z]", text, re.MULTILINE)]
    assert explained == [int(code) for code in ExitCode]


def test_every_key_in_a_table_has_a_meaning() -> None:
    empty = [
        f"{path.name}: {line}"
        for path in sorted(REFERENCE.glob("*.md"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.fullmatch(r"\| `.*\|\s*\|", line)
    ]
    assert not empty, "describe the key in its model, or in docs/reference/fields.toml"


def test_no_meaning_is_left_over(generate: ModuleType) -> None:
    descriptions: dict[str, dict[str, str]] = generate.read_descriptions()
    for model, texts in descriptions.items():
        fields: dict[str, Any] = generate.list_fields(model)
        gone = set(texts) - set(fields)
        assert not gone, f"{model} has no key {gone}: delete it from fields.toml"
        told = {key for key in texts if generate.get_description(fields[key])}
        assert not told, f"{model} describes {told} itself: delete it from fields.toml"


@pytest.mark.parametrize("path", _PAGES)
def test_every_relative_link_resolves(path: Path) -> None:
    page = read_page(path)
    broken = []
    for line, target in page.iter_links():
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        other = (path.parent / name).resolve() if name else path
        if not other.exists() or (anchor and anchor not in read_page(other).anchors):
            broken.append(f"{page.name}:{line}: {target}")
    assert not broken


def test_every_page_can_be_reached_from_the_index() -> None:
    index = REPOSITORY / "docs" / "index.md"
    seen, queue = {index}, [index]
    while queue:
        page = queue.pop()
        for _, target in read_page(page).iter_links():
            other = (page.parent / target.partition("#")[0]).resolve()
            other = other / "README.md" if other.is_dir() else other
            if other.suffix == ".md" and other.exists() and other not in seen:
                seen.add(other)
                queue.append(other)
    missing = {path for path in list_pages() if path.is_relative_to(REPOSITORY / "docs")} - seen
    assert not missing


def test_the_glossary_is_in_order_and_has_each_word_once() -> None:
    text = (REFERENCE / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^- \*\*(.+?)\*\*: ", text, re.MULTILINE)
    assert words == sorted(set(words))
    assert {"claim", "contract", "outcome", "planted fault", "status", "subject", "trial", "verdict"} <= set(
        words
    )
