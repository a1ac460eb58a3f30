"""`pv validate -` checks one contract on standard input, as if it stood in the project."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from pvengine.cli.main import root
from pvengine.loading import reading

if TYPE_CHECKING:
    from conftest import Scratch

ONE = "metadata: {id: C-A, version: 1.0.0, kind: schema, description: One}\n"
WITH_TEST = ONE + "falsification_tests:\n- {id: FT-1, rule: r, prediction: p, if_fails: f}\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def check(scratch: Scratch, text: str | bytes, *args: str) -> Any:
    """Pipe a contract into the command, in this process; return its report."""
    with contextlib.chdir(scratch.root):
        done = CliRunner().invoke(root, ["validate", "-", *args, "--format", "json"], input=text)
    report = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (report["exit_code"], "")
    return report


def found(report: Any) -> list[str]:
    return [f"{each['path']}:{each['line']} {each['code']}" for each in report["diagnostics"]]


def test_the_real_command_reads_a_pipe(scratch: Scratch) -> None:
    command = [sys.executable, "-m", "pvengine", "validate", "-"]
    done = subprocess.run(  # noqa: S603 - this interpreter and this package
        command, cwd=scratch.root, input=WITH_TEST.encode(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (
        "1 test: 0 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked,"
        " 0 self-declared; 0 errors, 0 warnings\nrun elsewhere, as their contracts say: 1 by nothing\n"
    )


def test_standard_input_that_is_closed(scratch: Scratch) -> None:
    script = 'exec "$0" -m pvengine validate - <&-'
    done = subprocess.run(  # noqa: S603 - this interpreter and this package
        ["/bin/sh", "-c", script, sys.executable], cwd=scratch.root, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        "pv: cannot read the standard input: it is closed\n"
        "  fix: pipe the contract into the command, or name its file\n"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"", "<stdin>:1 PV108"),
        (b"\xff\xfe", "<stdin>:1 PV101"),
        (b"metadata: {id: \xe9}\n", "<stdin>:1 PV101"),
        (b"metadata: [\n", "<stdin>:2 PV102"),
        (b"- 1\n", "<stdin>:1 PV110"),
    ],
)
def test_what_is_no_contract(scratch: Scratch, text: bytes, place: str) -> None:
    report = check(scratch, text)
    assert (report["exit_code"], found(report)) == (1, [place])


def test_more_than_a_contract_may_have(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.read_stdin_bytes, "__defaults__", ("<stdin>", 2 << 20))
    report = check(scratch, b"#" * (3 << 20))
    assert (report["exit_code"], found(report)) == (1, ["<stdin>:None PV113"])
    assert report["diagnostics"][0]["message"] == (
        "the file has more than 2,097,152 bytes, and at most 2,097,152 are read (2 MiB)"
    )


def test_alone_it_is_no_contract_and_nothing_was_checked(scratch: Scratch) -> None:
    report = check(scratch, "version: 1.0.0\nbindings: [{contract: x.yaml}]\n")
    assert (report["exit_code"], found(report)) == (14, ["<stdin>:1 PV226", "pv.toml:None PV003"])


def test_it_has_the_name_that_is_given(scratch: Scratch) -> None:
    report = check(scratch, ONE + "odd: 1\n", "--stdin-filename", "contracts/new.yaml")
    assert found(report) == ["contracts/new.yaml:2 PV204"]
    assert [entry["path"] for entry in report["contracts"]] == ["contracts/new.yaml"]
    scratch.write("pv.toml", '[ignore]\n"contracts/new.yaml" = ["PV204"]\n')
    assert found(check(scratch, ONE + "odd: 1\n", "--stdin-filename", "contracts/new.yaml")) == []
    assert found(check(scratch, ONE + "odd: 1\n")) == ["<stdin>:2 PV204"]


@pytest.mark.parametrize(
    "name", ["contracts/a.yaml", "./contracts/../contracts/a.yaml", "{root}/contracts/a.yaml"]
)
def test_it_shares_no_ids_with_the_file_that_it_stands_for(scratch: Scratch, name: str) -> None:
    scratch.write("contracts/a.yaml", WITH_TEST)
    name = name.format(root=scratch.root)
    assert found(check(scratch, "# above\n" + WITH_TEST, "--stdin-filename", name)) == []
    scratch.write("contracts/b.yaml", WITH_TEST.replace("C-A", "C-B"))
    report = check(scratch, "# above\n" + WITH_TEST, "--stdin-filename", name)
    assert found(report) == ["contracts/a.yaml:4 PV310"]
    assert report["diagnostics"][0]["message"] == "test id 'FT-1' is used in contracts/b.yaml:3:8, too"


def test_nor_through_a_link_to_the_project(
    scratch: Scratch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch.write("contracts/a.yaml", WITH_TEST)
    link = tmp_path_factory.mktemp("other") / "link"
    link.symlink_to(scratch.root)
    assert found(check(scratch, WITH_TEST, "--stdin-filename", f"{link}/contracts/a.yaml")) == []


def test_it_has_the_evidence_of_the_file_that_it_stands_for(scratch: Scratch) -> None:
    scratch.contract(scratch.test(), head="  description: Readings stay small.\n")
    assert scratch.discharge().code == 0
    text = scratch.path.read_bytes()
    assert found(check(scratch, text, "--stdin-filename", "contracts/x-v1.yaml")) == []
    assert found(check(scratch, text, "--stdin-filename", "contracts/y-v1.yaml")) == [
        "contracts/y-v1.yaml:2 PV310",
        "contracts/y-v1.yaml:6 PV310",
        "contracts/y-v1.yaml:12 PV601",
    ]


def test_the_project_is_that_of_the_name(scratch: Scratch) -> None:
    scratch.write("inner/pv.toml", '[severities]\nPV204 = "error"\n')
    scratch.write("inner/contracts/a.yaml", ONE)
    assert check(scratch, ONE + "odd: 1\n", "--stdin-filename", "inner/contracts/a.yaml")["exit_code"] == 1
    assert check(scratch, ONE + "odd: 1\n", "--stdin-filename", "contracts/a.yaml")["exit_code"] == 0
    assert check(scratch, ONE + "odd: 1\n", "--stdin-filename", "no/such/a.yaml")["exit_code"] == 0


def test_the_diff_of_what_was_piped_in(scratch: Scratch) -> None:
    before = scratch.snapshot()
    report = check(
        scratch, ONE.replace("description", "descripton"), "--diff", "--stdin-filename", "contracts/a.yaml"
    )
    assert report["diff"].startswith("--- a/contracts/a.yaml\n+++ b/contracts/a.yaml\n@@ -1 +1 @@\n-metadata")
    assert report["diff"].endswith("kind: schema, description: One}\n")
    assert (report["scope"]["fixed"], report["written"]) == (1, False)
    assert scratch.snapshot() == before


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["-", "contracts"], "`-` stands beside other paths"),
        (["-", "-"], "`-` stands beside other paths"),
        (["--stdin-filename", "contracts/x.yaml"], "--stdin-filename stands without `-`"),
    ],
)
def test_what_cannot_be_meant(scratch: Scratch, args: list[str], message: str) -> None:
    result = scratch.call("validate", *args)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"pv: {message}\n")
