"""Every format of `pv validate`: one document alone on standard output or in a file, whatever the exit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import junitparser
import pytest

from pvengine.cli.output import DOCUMENT_FORMATS

if TYPE_CHECKING:
    from conftest import Result, Scratch

UNKNOWN = "status: BANANA"
GITHUB = {"GITHUB_STEP_SUMMARY": "", "GITHUB_WORKSPACE": ""}


def read_annotations(text: str) -> dict[str, Any]:
    """Read workflow commands and the counts; a line that is neither is an error."""
    *commands, counts = text.splitlines()
    assert all(line.startswith("::") for line in commands)
    return {"errors": sum(line.startswith("::error ") for line in commands), "counts": counts}


def read_sarif(text: str) -> dict[str, Any]:
    (run,) = json.loads(text)["runs"]
    (invocation,) = run["invocations"]
    told = [*run["results"], *invocation.get("toolExecutionNotifications", ())]
    return {"errors": sum(each["level"] == "error" for each in told), "exit_code": invocation["exitCode"]}


def read_junit(text: str) -> dict[str, Any]:
    found = junitparser.JUnitXml.fromstring(text.encode())
    return {"errors": found.errors + found.failures}


def read_json(text: str) -> dict[str, Any]:
    report = json.loads(text)
    return {
        "errors": sum(each["severity"] == "error" for each in report["diagnostics"]),
        "exit_code": report["exit_code"],
    }


READERS = {"json": read_json, "sarif": read_sarif, "junit": read_junit, "github": read_annotations}
assert tuple(READERS) == DOCUMENT_FORMATS

STATES: dict[str, tuple[str | None, list[str], int, int]] = {
    "clean": ("", [], 0, 0),
    "warnings": (UNKNOWN, [], 0, 0),
    "a repeated id": ("id: FT-001", [], 1, 1),
    "no contract": (None, [], 14, 1),
    "a path that is not there": ("", ["nowhere.yaml"], 2, 1),
    "an option that is not there": ("", ["--nope"], 2, 1),
}


def prepare(scratch: Scratch, extra: str | None) -> None:
    if extra is not None:
        scratch.contract(scratch.test(extra=extra))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("form", READERS)
def test_one_document_on_standard_output(scratch: Scratch, form: str, state: str) -> None:
    extra, arguments, code, errors = STATES[state]
    prepare(scratch, extra)
    result = scratch.pv("validate", *arguments, "--format", form, env=GITHUB)
    assert (result.code, result.err) == (code, ""), result.shown
    assert READERS[form](result.out).items() >= {"errors": errors}.items(), result.shown
    if form in ("json", "sarif"):
        assert READERS[form](result.out)["exit_code"] == code
    assert result.out.endswith("\n")


@pytest.mark.parametrize("state", ["warnings", "a repeated id", "no contract", "a path that is not there"])
@pytest.mark.parametrize("form", ["text", *READERS])
def test_the_same_document_in_a_file(scratch: Scratch, form: str, state: str) -> None:
    extra, arguments, code, _ = STATES[state]
    prepare(scratch, extra)
    printed = scratch.call("validate", *arguments, "--format", form)
    result = scratch.pv("validate", *arguments, "--format", form, "--output", "a b/out.txt", env=GITHUB)
    assert (result.code, result.out) == (code, ""), result.shown
    written = (scratch.root / "a b" / "out.txt").read_bytes().decode()
    *before, line = result.err.splitlines()
    assert line.startswith("pv: wrote a b/out.txt: "), result.shown
    if code == 2:  # the command ended early: the log says so, too
        assert before[0].startswith("pv: there is no nowhere.yaml"), result.shown
    else:
        assert before == []
        counts = scratch.call("validate").out.splitlines()[-1]
        assert line == f"pv: wrote a b/out.txt: {counts}"
    if form != "text" or code != 2:
        assert written == printed.out
    else:
        assert "error[PV001]: there is no nowhere.yaml\n" in written
    assert scratch.temporary_files() == []


def test_a_file_that_cannot_be_written(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    before = scratch.snapshot()
    cases = {
        "contracts": "cannot write contracts: it is a folder",
        "": "cannot write .: it is a folder",
        "contracts/x-v1.yaml": "cannot write contracts/x-v1.yaml: it has the name of a contract",
        "pv.toml/out": "cannot write pv.toml/out: pv.toml is no folder",
        "/dev/null": "cannot write /dev/null: it is no regular file",
        "x" * 256: f"{'x' * 256}: cannot write {'x' * 256}: file name too long",
    }
    for name, message in cases.items():
        result = scratch.call("validate", "--format", "sarif", "--output", name)
        assert (result.code, result.out) == (2, ""), result.shown
        assert result.err.startswith(f"pv: {message}\n  why: "), result.shown
        assert "\n  fix: " in result.err
    assert scratch.snapshot() == before
    assert Path("/dev/null").is_char_device()


def test_a_disk_that_is_full(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    scratch.write("out.sarif", "what was there")
    patch = "import os\ndef refuse(_):\n    raise OSError(28, 'No space left on device')\nos.fsync = refuse"
    result = scratch.patched(patch, "validate", "--format", "sarif", "--output", "out.sarif")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("pv: out.sarif: cannot write out.sarif: no space left on device\n")
    assert (scratch.root / "out.sarif").read_text() == "what was there"
    assert scratch.temporary_files() == []


@pytest.mark.parametrize("form", ["text", *READERS])
@pytest.mark.parametrize("arguments", [[], ["nowhere.yaml"]])
def test_standard_output_that_cannot_be_written(scratch: Scratch, form: str, arguments: list[str]) -> None:
    scratch.contract(scratch.test())
    patch = "import os\nos.dup2(os.open('/dev/full', os.O_WRONLY), 1)"
    result = scratch.patched(patch, "validate", *arguments, "--format", form)
    assert (result.code, result.out) == (2, ""), result.shown
    if form != "text" or not arguments:
        assert result.err == "pv: cannot write the report: no space left on device\n"


def test_the_summary_of_a_step(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="status: 'A|B'"), *[scratch.test("FT-002")] * 15)
    summary = scratch.write("summary.md", "before\n")
    env = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(scratch.root.parent)}
    result = scratch.pv("validate", "--format", "github", env=env)
    assert (result.code, result.err) == (1, ""), result.shown
    findings = scratch.json("validate")["diagnostics"]
    errors = sum(found["severity"] == "error" for found in findings)
    assert errors > 10
    *commands, more, counts = result.out.splitlines()
    assert [line.split(" ")[0] for line in commands[:11]] == ["::error"] * 10 + ["::warning"]
    assert commands[0].startswith(f"::error file={scratch.root.name}/contracts/x-v1.yaml,line=")
    left = len(findings) - len(commands)
    assert more.startswith(f"{left} more findings without an annotation ({errors - 10} errors, ")
    assert more.endswith(": a step shows 10 of each")
    assert counts == scratch.call("validate").out.splitlines()[-1]
    text = summary.read_text()
    assert text.startswith(f"before\n\n### pv validate\n\n{counts}\n\n| finding |")
    assert text.count("\n| error ") == errors
    assert text.count(" | contracts/x-v1.yaml:") == len(findings)
    assert "FT-001 has the unknown status 'A&#124;B' |" in text

    summary.write_bytes(b"x" * ((1 << 20) - 1000))
    result = scratch.pv("validate", "--format", "github", env=env)
    assert result.code == 1
    left = len(findings) - summary.read_text().count("| contracts/x-v1.yaml:")
    assert result.err == f"pv: the step summary is cut, it holds 1 MiB: {left} findings are left out of it\n"
    assert f"\n{left} more findings left out: the summary of a step holds 1 MiB.\n" in summary.read_text()
    assert 0 < left < len(findings)
    assert (1 << 20) - 1000 < summary.stat().st_size <= 1 << 20


def test_a_summary_that_cannot_be_written_changes_no_result(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    env = {"GITHUB_STEP_SUMMARY": str(scratch.root)}
    result = scratch.pv("validate", "--format", "github", env=env)
    assert result.code == 0
    assert result.out == scratch.call("validate", "--format", "github").out
    assert result.err == "pv: cannot write the step summary: is a directory\n"


def test_no_other_format_touches_the_summary_of_a_step(scratch: Scratch) -> None:
    scratch.contract(scratch.test())
    summary = scratch.write("summary.md", "before\n")
    result = scratch.pv("validate", "--format", "junit", env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert (result.code, summary.read_text()) == (0, "before\n")


HOSTILE = (
    'status: "a\\0\\e[31m\\r\\n::error::pwned\\n##[error]pwned ]]> <b>&amp; 100% a,b \\u202e|`\\uFFFE z"'
)


@pytest.mark.parametrize("form", READERS)
def test_the_text_of_a_contract_stays_text(scratch: Scratch, form: str) -> None:
    scratch.contract(scratch.test(extra=HOSTILE))
    scratch.path.rename(scratch.path.with_name("a,b::c 5%\n::error::x-v1.yaml"))
    result = scratch.pv("validate", "--format", form, env=GITHUB)
    assert result.code == 0, result.shown
    assert READERS[form](result.out)["errors"] == 0
    forbidden = "\x00\x1b\r\u202e\ufffe" if form == "junit" else "\x00\x1b\r\u202e"
    assert not [character for character in forbidden if character in result.out]
    if form == "github":
        assert all(line.startswith("::warning ") for line in result.out.splitlines()[:-1])
        assert "file=contracts/a%2Cb%3A%3Ac 5%25%0A%3A%3Aerror%3A%3Ax-v1.yaml," in result.out


def list_fingerprints(result: Result) -> list[tuple[str, str]]:
    (run,) = json.loads(result.out)["runs"]
    return [(each["ruleId"], each["partialFingerprints"]["pvFindingHash/v1"]) for each in run["results"]]


def test_fingerprints_stay_when_the_contract_grows(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra=UNKNOWN), scratch.test("FT-002", extra=UNKNOWN))
    before = list_fingerprints(scratch.pv("validate", "--format", "sarif"))
    scratch.edit("falsification_tests:\n", "# a comment\n\nfalsification_tests:\n" + scratch.test("FT-000"))
    assert list_fingerprints(scratch.pv("validate", "--format", "sarif")) == before
    assert len(before) >= 3
    assert len(dict(before)) < len(before) == len({fingerprint for _, fingerprint in before})


def test_the_source_root_is_the_working_folder(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra=UNKNOWN))
    (run,) = json.loads(scratch.pv("validate", "--format", "sarif").out)["runs"]
    base = run["originalUriBaseIds"]["%SRCROOT%"]["uri"]
    assert base == f"{Path(os.path.realpath(scratch.root)).as_uri()}/"
    (artifact,) = run["artifacts"]
    assert artifact["location"] == {"uri": "contracts/x-v1.yaml", "uriBaseId": "%SRCROOT%"}


MODULES = {
    "text": "pvengine.reporters.text",
    "json": "pvengine.reporters.machine",
    "sarif": "pvengine.reporters.sarif",
    "junit": "pvengine.reporters.junit",
    "github": "pvengine.reporters.github",
}


@pytest.mark.parametrize("form", MODULES)
def test_only_the_reporter_that_is_asked_for_is_imported(scratch: Scratch, form: str) -> None:
    scratch.contract(scratch.test())
    patch = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sorted(sys.modules), sep='\\n', file=sys.stderr, flush=True))"
    )
    loaded = set(scratch.patched(patch, "validate", "--format", form, env=GITHUB).err.splitlines())
    allowed = {MODULES[form], MODULES["text"]} if form in ("text", "github") else {MODULES[form]}
    assert loaded & {*MODULES.values(), "pvengine.reporters.step_summary"} == allowed
