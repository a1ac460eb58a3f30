"""`pv validate`: what counts, what is set aside, and what the exit code says of it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from conftest import Result, Scratch

ONE = "metadata: {id: C-%s, version: 1.0.0, kind: schema, description: One}\n"
REGISTRY = "version: 1.0.0\nbindings: [{contract: x.yaml}]\n"
TWICE = ONE % "A" + "falsification_tests:\n" + 2 * "- {id: FT-1, rule: r, prediction: p, if_fails: f}\n"
FORMATS = ("text", "json", "sarif", "junit", "github")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PV_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def report(scratch: Scratch, *args: str) -> Any:
    result = scratch.call("validate", *args, "--format", "json")
    assert result.report["exit_code"] == result.code
    return result.report


def found(scratch: Scratch, *args: str) -> list[str]:
    return [
        f"{each['path']}:{each['line']} {each['severity']} {each['code']}"
        for each in report(scratch, *args)["diagnostics"]
    ]


def check_document(result: Result, form: str, code: str) -> None:
    """Check that a result is one document of its format, and has a code in it."""
    assert result.err == "" or form == "text"
    if form == "json":
        assert code in {each["code"] for each in result.report["diagnostics"]}
    elif form == "sarif":
        (run,) = json.loads(result.out)["runs"]
        notes = [
            each
            for invocation in run["invocations"]
            for each in invocation.get("toolExecutionNotifications", ())
        ]
        names = {each.get("ruleId") or each["descriptor"]["id"] for each in (*run["results"], *notes)}
        assert code in names
    elif form == "junit":
        assert code in result.out
        assert ET.fromstring(result.out).tag == "testsuites"  # noqa: S314 - our own document
    else:
        assert code in result.out
        assert "Traceback" not in result.out


CASES = {
    "clean": ({"contracts/a.yaml": ONE % "A"}, 0, None),
    "warning": ({"contracts/a.yaml": ONE % "A" + "odd: 1\n"}, 0, "PV204"),
    "error": ({"contracts/a.yaml": TWICE}, 1, "SCHEMA-007"),
    "no YAML": ({"contracts/a.yaml": "metadata: [\n"}, 1, "PV102"),
    "empty folder": ({"contracts/notes.txt": ""}, 14, "PV003"),
    "no contract": ({"contracts/binding.yaml": REGISTRY}, 14, "PV226"),
    "unreadable": ({"contracts/a.yaml": ONE % "A", "contracts/b.yaml/x": ""}, 2, "PV111"),
    "unreadable and wrong": ({"contracts/a.yaml": TWICE, "contracts/b.yaml/x": ""}, 2, "PV111"),
    "configuration": ({"pv.toml": '[severities]\nPV2044 = "off"\n', "contracts/a.yaml": ONE % "A"}, 2, None),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("form", FORMATS)
def test_every_ending_in_every_format(scratch: Scratch, case: str, form: str) -> None:
    files, exit_code, code = CASES[case]
    for name, text in files.items():
        scratch.write(name, text)
    result = scratch.call("validate", "--format", form)
    assert result.code == exit_code
    if code is not None:
        check_document(result, form, code)
    elif form == "json":
        assert [each["code"] for each in result.report["diagnostics"]] == (["PV001"] if exit_code else [])


def test_nothing_to_check_says_where_it_was_looked_for(scratch: Scratch) -> None:
    (scratch.root / "contracts").mkdir()
    result = scratch.pv("validate")
    assert (result.code, result.err) == (14, "")
    assert result.out.startswith(
        "pv.toml: error[PV003]: no contract was found; those of the project are looked for in contracts\n"
        "  why: zero checked is never green\n"
    )


def test_a_file_that_is_no_contract_is_a_note_beside_contracts(scratch: Scratch) -> None:
    scratch.write("contracts/a.yaml", ONE % "A")
    scratch.write("contracts/binding.yaml", REGISTRY)
    assert found(scratch) == ["contracts/binding.yaml:1 note PV226"]
    done = report(scratch)
    assert (done["exit_code"], [each["path"] for each in done["contracts"]]) == (0, ["contracts/a.yaml"])
    assert found(scratch, "contracts/binding.yaml")[1:] == ["pv.toml:None error PV003"]


def test_very_many_findings_of_one_file_are_counted(scratch: Scratch) -> None:
    keys = "".join(f"odd_key_{number}: 1\n" for number in range(1100))
    scratch.write("contracts/a.yaml", ONE % "A" + keys)
    scratch.write("contracts/b.yaml", ONE % "B" + "odd: 1\n")
    done = report(scratch)
    assert len(done["diagnostics"]) == 1002
    (left,) = (each for each in done["diagnostics"] if each["code"] == "PV010")
    assert (left["path"], left["severity"]) == ("contracts/a.yaml", "warning")
    assert left["message"] == "more findings than are shown: PV204 100 times"
    scratch.edit(
        "odd_key_1099: 1", "falsification_tests:\n" + TWICE.partition("tests:\n")[2], "contracts/a.yaml"
    )
    assert "contracts/a.yaml:1103 error SCHEMA-007" in found(scratch), "the worst are shown"


def test_comments_silence_a_line_or_a_file(scratch: Scratch) -> None:
    scratch.write("contracts/a.yaml", ONE % "A" + "odd: 1  # pv: ignore[PV204] a reader of ours\neven: 2\n")
    assert found(scratch) == ["contracts/a.yaml:3 warning PV204"]
    assert report(scratch)["scope"]["suppressed"] == 1
    scratch.write("contracts/a.yaml", "# pv: ignore-file[PV204] ours\n" + ONE % "A" + "odd: 1\neven: 2\n")
    assert found(scratch) == []
    assert report(scratch)["scope"]["suppressed"] == 2
    assert scratch.pv("validate").out.endswith("; 0 errors, 0 warnings\nleft out: 2 findings silenced\n")
    scratch.write("contracts/a.yaml", "# pv: ignore-file[PV204, PV2044]\n" + ONE % "A")
    assert found(scratch) == [f"contracts/a.yaml:1 warning {code}" for code in ("PV006", "PV007", "PV008")]


SEVERITIES = {"off": (0, []), "note": (0, ["note"]), "warning": (0, ["warning"]), "error": (1, ["error"])}


@pytest.mark.parametrize("file", ["pv.toml", "pyproject.toml"])
@pytest.mark.parametrize("word", SEVERITIES)
def test_the_project_weighs_a_code(scratch: Scratch, file: str, word: str) -> None:
    (scratch.root / "pv.toml").unlink()
    table = "" if file == "pv.toml" else "tool.pv."
    head = "" if file == "pv.toml" else "[tool.pv]\n"
    scratch.write("contracts/a.yaml", ONE % "A" + "odd: 1\n")
    scratch.write(file, f'{head}[{table}severities]\nPV204 = "{word}"\n')
    exit_code, severities = SEVERITIES[word]
    done = report(scratch)
    assert done["exit_code"] == exit_code
    assert [each["severity"] for each in done["diagnostics"]] == severities
    assert done["scope"]["suppressed"] == (word == "off")


def test_an_error_that_is_lowered_fails_no_run(scratch: Scratch) -> None:
    scratch.write("contracts/a.yaml", TWICE)
    assert report(scratch)["exit_code"] == 1
    scratch.write("pv.toml", '[severities]\nSCHEMA-007 = "warning"\n')
    assert report(scratch)["exit_code"] == 0
    assert found(scratch) == ["contracts/a.yaml:4 warning SCHEMA-007"]


def test_codes_are_left_out_by_file(scratch: Scratch) -> None:
    scratch.write("pv.toml", '[ignore]\n"contracts/old/**" = ["PV204", "SCHEMA-007"]\n')
    scratch.write("contracts/a.yaml", ONE % "A" + "odd: 1\n")
    scratch.write("contracts/old/deep/b.yaml", TWICE.replace("C-A", "C-B") + "odd: 1\n")
    assert found(scratch) == ["contracts/a.yaml:2 warning PV204"]
    assert report(scratch)["scope"]["suppressed"] == 2
    assert found(scratch, "contracts/old") == []


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            '[severities]\nPV2044 = "off"\n',
            (
                "pv: pv.toml: severities.PV2044: no rule has the code 'PV2044'\n"
                "  why: a misspelt code would change nothing, and nobody would notice\n"
                "  fix: did you mean PV204?\n"
            ),
        ),
        (
            '[ignore]\n"**" = ["PV102"]\n',
            "pv: pv.toml: ignore.'**': PV102 keeps its severity, and cannot be left out\n",
        ),
    ],
)
def test_a_configuration_that_cannot_mean_anything(scratch: Scratch, table: str, message: str) -> None:
    scratch.write("contracts/a.yaml", ONE % "A")
    scratch.write("pv.toml", table)
    result = scratch.pv("validate")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(message)


def test_what_git_ignores_is_left_out_and_counted(scratch: Scratch) -> None:
    subprocess.run(["git", "init", "-q", str(scratch.root)], check=True)  # noqa: S603, S607 - the git of the machine
    scratch.write(".gitignore", "build/\nscratch-*.yaml\n")
    scratch.write("contracts/a.yaml", ONE % "A")
    scratch.write("contracts/scratch-b.yaml", TWICE)
    scratch.write("contracts/build/c.yaml", TWICE)
    scratch.write("contracts/.hidden/d.yaml", TWICE)
    result = scratch.pv("validate")
    assert result.code == 0
    assert result.out.endswith("; 0 errors, 0 warnings\nleft out: 2 files that git ignores\n")
    assert report(scratch)["scope"]["ignored_files"] == 2
    assert report(scratch, "contracts/scratch-b.yaml")["exit_code"] == 1, "a file that is named is checked"


def test_processes_change_nothing_in_the_report(scratch: Scratch) -> None:
    padding = "# a line of a comment that makes the file long\n" * 850
    for number in range(60):
        scratch.write(f"contracts/c{number:02}.yaml", ONE % number + f"odd_{number}: 1\n" + padding)
    scratch.write("contracts/c30.yaml", "metadata: [\n" + padding)
    runs = [scratch.pv("validate", "--format", "json", "--no-cache", "--jobs", jobs) for jobs in "12"]
    assert runs[0] == runs[1]
    assert (runs[0].code, runs[0].err) == (1, "")
    codes = [each["code"] for each in runs[0].report["diagnostics"]]
    assert codes == ["PV204"] * 30 + ["PV102"] + ["PV204"] * 29
    assert scratch.pv("validate", "--format", "json", "--jobs", "2") == runs[0]
    assert scratch.pv("validate", "--format", "json", "--jobs", "2") == runs[0], "from the cache"


def test_a_falsifier_without_a_planted_fault_is_a_warning_at_its_name(scratch: Scratch) -> None:
    scratch.edit('planted_faults={"reads too high": read_too_high}', "planted_faults={}", "probe.py")
    scratch.contract(scratch.test(), head="  description: Readings stay small.\n")
    assert scratch.pv("validate").out.startswith(
        "contracts/x-v1.yaml:8:14: warning[PV408]: falsifier 'probe.value' has no planted fault,"
        " so it cannot be registered\n"
        "  8 |   falsifier: probe.value\n"
        "    |              ^^^^^^^^^^^\n"
        "  why: a test that cannot fail discharges nothing\n"
        "  fix: add a planted fault to the falsifier\n"
    )


def test_what_the_baseline_knows_too_much_of_is_a_warning(scratch: Scratch) -> None:
    scratch.write("contracts/a.yaml", ONE % "A" + "odd: 1\n")
    assert scratch.call("validate", "--baseline", "known.json", "--write-baseline").code == 0
    scratch.write("contracts/a.yaml", ONE % "A")
    result = scratch.pv("validate", "--baseline", "known.json")
    assert result.code == 0
    assert result.out.startswith(
        "known.json: warning[PV009]: PV204 in contracts/a.yaml, which the baseline knows,"
        " is no longer found (once)\n"
        "  why: a baseline only shrinks: what was mended must not come back unseen\n"
        "  fix: run `pv validate --update-baseline`\n"
    )
