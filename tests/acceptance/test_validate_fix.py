"""`--fix` mends what is certain and nothing else; `--diff` shows it first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pvengine.project import validating

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Scratch

SLIPS = (
    "\ufeff# head\r\nmetadata:\r\n  id: C-X   # the id\r\n  version: 1.0.0\r\n"
    "  kind: schema\r\n  descripton: 'Readings stay  small.'\r\nfalsification_test:\r\n"
    "- {id: FT-001,   rule: r, prediction: p, if_fails: f}\r\n"
)
MENDED = SLIPS.replace("descripton", "description").replace("falsification_test:", "falsification_tests:")
DIFF = r"""--- a/contracts/x-v1.yaml
+++ b/contracts/x-v1.yaml
@@ -3,6 +3,6 @@
   id: C-X   # the id\r
   version: 1.0.0\r
   kind: schema\r
-  descripton: 'Readings stay  small.'\r
-falsification_test:\r
+  description: 'Readings stay  small.'\r
+falsification_tests:\r
 - {id: FT-001,   rule: r, prediction: p, if_fails: f}\r
"""
LAST = (
    "0 tests: 0 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, 0 self-declared"
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def codes(scratch: Scratch, *args: str) -> list[str]:
    report = scratch.call("validate", *args, "--format", "json").report
    return [found["code"] for found in report["diagnostics"]]


def test_the_diff_alone_writes_nothing(scratch: Scratch) -> None:
    scratch.write("contracts/x-v1.yaml", SLIPS)
    before = scratch.snapshot()
    result = scratch.pv("validate", "--diff")
    assert result.code == 1
    assert f"\n\n{DIFF}\n{LAST}; 1 error, 2 warnings\ncan be mended: 2 findings\n" in result.out
    assert scratch.snapshot() == before


def test_what_is_mended_keeps_every_other_byte(scratch: Scratch) -> None:
    scratch.write("contracts/x-v1.yaml", SLIPS)
    assert codes(scratch) == ["PV213", "PV204", "PV227"]
    result = scratch.pv("validate", "--fix", "--diff")
    assert result.code == 0
    assert result.out == (
        f"{DIFF}\n{LAST.replace('0 tests', '1 test')}; 0 errors, 0 warnings\n"
        "run elsewhere, as their contracts say: 1 by nothing\nmended: 2 findings\n"
    )
    assert scratch.path.read_bytes().decode() == MENDED
    again = scratch.pv("validate", "--fix", "--diff")
    assert (again.code, "mended" in again.out, "---" in again.out) == (0, False, False)
    assert codes(scratch) == []
    assert scratch.temporary_files() == []


@pytest.mark.parametrize(
    ("args", "fixed", "has_diff"),
    [(["--fix"], 2, False), (["--diff"], 2, True), (["--fix", "--diff"], 2, True)],
)
def test_the_document_says_what_was_mended(
    scratch: Scratch, args: list[str], fixed: int, *, has_diff: bool
) -> None:
    scratch.write("contracts/x-v1.yaml", SLIPS)
    report = scratch.call("validate", *args, "--format", "json").report
    assert report["scope"]["fixed"] == fixed
    assert report["written"] == ("--fix" in args)
    assert (report["diff"] or "").replace("\r\n", "\\r\n") == (DIFF if has_diff else "")


@pytest.mark.parametrize("form", ["sarif", "junit", "github"])
def test_a_document_of_another_format_is_about_what_is_left(scratch: Scratch, form: str) -> None:
    scratch.write("contracts/x-v1.yaml", SLIPS)
    mended = scratch.call("validate", "--fix", "--diff", "--format", form)
    assert mended.out == scratch.call("validate", "--format", form).out


def test_silenced_findings_are_not_mended(scratch: Scratch) -> None:
    text = SLIPS.replace("small.'", "small.'  # pv: ignore[PV204] others read it")
    scratch.write("contracts/x-v1.yaml", text)
    assert scratch.call("validate", "--fix").code == 0
    assert scratch.path.read_bytes().decode() == text.replace("falsification_test:", "falsification_tests:")
    scratch.write("contracts/x-v1.yaml", SLIPS)
    configuration = (scratch.root / "pv.toml").read_text()
    off = '[severities]\nPV204 = "off"\nPV227 = "off"\n'
    for table in (off, '[ignore]\n"contracts/**" = ["PV204", "PV227"]\n'):
        scratch.write("pv.toml", configuration + table)
        assert "mended" not in scratch.call("validate", "--fix").out
        assert scratch.path.read_bytes().decode() == SLIPS


def test_a_contract_behind_a_link_is_mended_and_the_link_stays(scratch: Scratch) -> None:
    real = scratch.write("kept/x-v1.yaml", SLIPS)
    scratch.path.parent.mkdir()
    scratch.path.symlink_to(real)
    assert "mended: 2 findings" in scratch.call("validate", "--fix").out
    assert scratch.path.is_symlink()
    assert real.read_bytes().decode() == MENDED


def test_the_mode_of_a_mended_file_stays(scratch: Scratch) -> None:
    scratch.write("contracts/x-v1.yaml", SLIPS).chmod(0o444)
    assert scratch.call("validate", "--fix").code == 0, "as an editor does that writes a new file"
    assert scratch.path.read_bytes().decode() == MENDED
    assert scratch.path.stat().st_mode & 0o777 == 0o444


def test_a_file_that_cannot_be_written_ends_the_run_and_stays(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch.write("contracts/x-v1.yaml", SLIPS)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "x")

    monkeypatch.setattr("pvengine.ledger.files._write_beside", refuse)
    result = scratch.call("validate", "--fix", "--format", "json")
    assert (result.code, result.report["exit_code"]) == (2, 2)
    (found,) = result.report["diagnostics"]
    assert found["message"] == "cannot write x-v1.yaml: permission denied"
    assert found["why"] == "a file is mended only where it can be written as a whole"
    assert scratch.path.read_bytes().decode() == SLIPS


def test_an_edit_made_meanwhile_is_not_written_over(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch.write("contracts/x-v1.yaml", SLIPS)
    read = validating.read_all

    def edit_behind(files: list[Path], **options: object) -> object:
        found = read(files, **options)  # type: ignore[arg-type]
        scratch.write("contracts/x-v1.yaml", SLIPS + "# edited\r\n")
        return found

    monkeypatch.setattr(validating, "read_all", edit_behind)
    result = scratch.call("validate", "--fix")
    assert result.code == 13
    assert "x-v1.yaml changed since it was read" in result.err
    assert scratch.path.read_bytes().decode() == SLIPS + "# edited\r\n"


def test_broken_files_stop_no_mending(scratch: Scratch) -> None:
    scratch.write("contracts/a.yaml", "metadata: [\n")
    scratch.write("contracts/x-v1.yaml", SLIPS)
    (scratch.root / "contracts" / "z.yaml").mkdir()
    result = scratch.call("validate", "--fix", "--format", "json")
    assert result.code == 2
    assert [found["code"] for found in result.report["diagnostics"]] == ["PV102", "PV111"]
    assert scratch.path.read_bytes().decode() == MENDED


def test_what_evidence_rests_on_is_left_alone(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), head="  description: Readings stay small.\n")
    assert scratch.discharge().code == 0
    scratch.edit("  rule: ", "  rul: ")
    before = scratch.path.read_bytes()
    assert codes(scratch) == ["PV210"]
    assert "mended" not in scratch.call("validate", "--fix").out
    assert scratch.path.read_bytes() == before


def test_standard_input_cannot_be_mended_in_place(scratch: Scratch) -> None:
    result = scratch.call("validate", "--fix", "-", "--format", "json")
    assert result.code == 2
    (found,) = json.loads(result.out)["diagnostics"]
    assert (found["code"], found["message"]) == ("PV001", "--fix cannot write to standard input")


def test_a_link_that_leads_out_of_the_project_is_not_written_through(
    scratch: Scratch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x-v1.yaml"
    text = "metadata: {id: C-X, version: 1.0.0, description: d}\nattributions: {share: 1e-5}\n"
    outside.write_text(text)
    scratch.path.parent.mkdir(exist_ok=True)
    scratch.path.symlink_to(outside)
    result = scratch.pv("validate", "--fix", "contracts/x-v1.yaml")
    assert result.code == 2
    assert "contracts/x-v1.yaml leads out of the project" in result.err
    assert outside.read_text() == text
