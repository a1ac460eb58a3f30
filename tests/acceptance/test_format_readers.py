"""What other tools read in the documents of `pv validate`."""

from __future__ import annotations

import json
import subprocess
import venv
from typing import TYPE_CHECKING, Any

import junitparser
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Scratch

READER = ("sarif-tools==3.0.5", "jsonpath-ng==1.16.0", "PyYAML==6.0.3")
"""An independent reader of SARIF, without the plotting and word processing that it also brings."""
UNREACHABLE = (
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "No route to host",
    "Network is unreachable",
    "Connection refused",
    "timed out",
)
SCRIPT = """
import json, sys
from sarif.loader import load_sarif_files
files = load_sarif_files(sys.argv[1])
(tool,) = files.get_distinct_tool_names()
rules = [files.get_rules_by_id(each["ruleId"])[0]["id"] for each in files.get_results()]
print(json.dumps({
    "tool": tool,
    "count": files.get_result_count(),
    "severities": files.get_severities(),
    "records": files.get_records(),
    "rules": rules,
}))
"""


@pytest.fixture(scope="module")
def broken(make_scratch: Callable[[], Scratch]) -> Scratch:
    """Return a project with a clean contract, one with findings, and one that cannot be read."""
    scratch = make_scratch()
    scratch.contract(scratch.test("FT-001", extra="status: BANANA"), *[scratch.test("FT-002")] * 2)
    scratch.path.rename(scratch.path.with_name("größe 5%-v1.yaml"))
    scratch.contract(scratch.test())
    scratch.write("contracts/z-v1.yaml", "metadata: [")
    return scratch


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of a throw-away environment with the reader; skip where no registry answers."""
    folder = tmp_path_factory.mktemp("reader")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done = subprocess.run(  # noqa: S603 - the environment that was just made
        [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--retries=1",
            "--no-deps",
            *READER,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode != 0 and any(reason in done.stderr for reason in UNREACHABLE):
        pytest.skip(f"no registry can be reached to install {READER[0]}")
    assert done.returncode == 0, done.stderr
    return python


@pytest.mark.slow
def test_an_independent_reader_reads_the_sarif(broken: Scratch, reader: Path) -> None:
    assert broken.pv("validate", "--format", "sarif", "--output", "out.sarif").code == 1
    done = subprocess.run(  # noqa: S603 - the environment that was just made
        [reader, "-c", SCRIPT, "out.sarif"], cwd=broken.root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    read = json.loads(done.stdout)
    wanted = broken.json("validate")["diagnostics"]
    assert (read["tool"], read["count"]) == ("pv", len(wanted))
    assert set(read["severities"]) >= {"error", "warning"}
    assert read["rules"] == [found["code"] for found in wanted]
    seen = {tuple(describe(each)) for each in read["records"]}
    assert seen == {
        (
            found["path"].replace("größe 5%", "gr%C3%B6%C3%9Fe%205%25"),
            found["line"] or 1,
            found["severity"],
            found["code"],
        )
        for found in wanted
    }


def describe(record: dict[str, Any]) -> tuple[str, int, str, str]:
    """Return what a record of the reader says: where, how bad, and by which rule."""
    return record["Location"], int(record["Line"]), record["Severity"], record["Code"]


def test_an_independent_reader_reads_the_junit(broken: Scratch) -> None:
    assert broken.pv("validate", "--format", "junit", "--output", "out.xml").code == 1
    document: Any = junitparser.JUnitXml.fromfile(str(broken.root / "out.xml"))
    findings = broken.json("validate")["diagnostics"]
    errors = sum(found["severity"] == "error" for found in findings)
    assert (document.failures, document.errors) == (errors, 0)
    assert document.tests == sum(len(list(suite)) for suite in document)
    suites = {suite.name: suite for suite in document}
    assert set(suites) >= {f"contracts/{name}-v1.yaml" for name in ("größe 5%", "x", "z")}
    assert all(case.is_passed for case in suites["contracts/x-v1.yaml"])
    facts = {each.name: each.value for each in suites["contracts/größe 5%-v1.yaml"].properties()}
    assert (facts["declared"], facts["bound"], facts["id"]) == ("3", "3", "C-X")
    assert list(suites["contracts/z-v1.yaml"].properties()) == []
    document.update_statistics()
    assert (document.failures, document.errors) == (errors, 0), "the counts are those of the cases"
