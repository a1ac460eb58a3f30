"""`pv explain` says what a finding means, shows how it is mended, and starts at once."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.diagnostics import RULES

if TYPE_CHECKING:
    from conftest import Scratch

ROOT = Path(__file__).parents[2]
UNKNOWN_STATUS = """\
PV203: unknown status (warning)
  why: a test is NEW until `pv discharge` has recorded evidence
  fix: leave the status to `pv discharge`, or map the word under
       [tool.pv.statuses]

  example:
    pv203-unknown-status.yaml:9:11: warning[PV203]: FT-001 has the unknown status \
'dischraged'; did you mean 'DISCHARGED'?
      9 |   status: dischraged
        |           ^^^^^^^^^^

  mended:
    @@ -8,2 +8 @@
       - {metric: amplification, lt: 1.0}
    -  status: dischraged

  silence: write `# pv: ignore[PV203] REASON` at the end of the line, or give
           the rule another severity under [tool.pv.severities]
  see: docs/reference/diagnostics.md#pv203-unknown-status
"""
NO_EXAMPLE = """\
PV602: evidence was changed (error)
  why: a record is named by the digest of its bytes and never edited
  fix: restore the file from version control
  silence: not possible: evidence that was changed or is missing is always said
  see: docs/reference/diagnostics.md#pv602-evidence-was-changed
"""


def test_a_rule_is_explained_with_its_example(scratch: Scratch) -> None:
    result = scratch.pv("explain", "PV203")
    assert (result.code, result.out, result.err) == (0, UNKNOWN_STATUS, "")


def test_several_codes_in_any_case(scratch: Scratch) -> None:
    result = scratch.pv("explain", "pv602", "Pv203")
    assert (result.code, result.out) == (0, f"{NO_EXAMPLE}\n\n{UNKNOWN_STATUS}")


def test_the_list_has_one_line_for_each_rule(scratch: Scratch) -> None:
    result = scratch.pv("explain", "--list")
    lines = [re.split(r" {2,}", line) for line in result.out.splitlines()]
    assert result.code == 0
    assert lines == [[rule.code, rule.severity.value, rule.title] for rule in RULES.values()]


def test_the_list_of_some_rules(scratch: Scratch) -> None:
    result = scratch.pv("explain", "--list", "schema-009", "PV203")
    assert (result.code, result.out) == (
        0,
        "SCHEMA-009  warning  if_fails is empty\nPV203       warning  unknown status\n",
    )


def test_every_rule_is_explained_where_none_is_named(scratch: Scratch) -> None:
    result = scratch.pv("explain")
    assert re.findall(r"(?m)^([A-Z]+-?\d{3}): ", result.out) == list(RULES)


def test_the_document(scratch: Scratch) -> None:
    document = json.loads(scratch.pv("explain", "pv203", "--format", "json").out)
    (rule,) = document.pop("rules")
    assert document == {"schema": "pv/rules/v1", "summary": {"rules": 1}, "diagnostics": []}
    assert (rule["code"], rule["locked"], rule["fix"]) == ("PV203", None, RULES["PV203"].fix)
    assert rule["example"].splitlines()[1] == "  9 |   status: dischraged"
    assert rule["mended"].splitlines()[-1] == "-  status: dischraged"


def test_the_document_of_all_rules(scratch: Scratch) -> None:
    document = json.loads(scratch.pv("explain", "--list", "--format", "json").out)
    assert [rule["code"] for rule in document["rules"]] == list(RULES)


def test_an_unknown_code_is_refused_with_the_one_that_was_meant(scratch: Scratch) -> None:
    result = scratch.pv("explain", "PV2033")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "pv: no rule has the code 'PV2033'; did you mean PV203?\n"
        "  why: every finding of `pv` has one of the codes that `pv explain --list` lists\n"
        "  fix: run `pv explain PV203`\n"
    )


def test_an_unknown_code_is_a_document_where_one_was_asked_for(scratch: Scratch) -> None:
    result = scratch.pv("explain", "nonsense", "--format", "json")
    (found,) = json.loads(result.out)["diagnostics"]
    assert (result.code, found["code"], found["fix"]) == (2, "PV001", "run `pv explain --list`")


def test_every_section_is_in_the_documentation(scratch: Scratch) -> None:
    rules = json.loads(scratch.pv("explain", "--format", "json").out)["rules"]
    headings = re.findall(r"(?m)^## (.+)$", (ROOT / "docs/reference/diagnostics.md").read_text("utf-8"))
    anchors = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    missing = [rule["code"] for rule in rules if rule["section"].partition("#")[2] not in anchors]
    assert missing == []


def test_an_installed_package_has_the_examples() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    shipped = build["targets"]["wheel"]["force-include"]
    folders = {source: target for source, target in shipped.items() if "examples" in target}
    assert folders == {
        "tests/contracts/invalid": "pvengine/examples/invalid",
        "tests/contracts/valid": "pvengine/examples/valid",
    }
    assert all(any((ROOT / source).glob("pv203-*.yaml")) for source in folders)


def test_explaining_loads_no_library_of_models_or_yaml(scratch: Scratch) -> None:
    names = ("pydantic", "pydantic_core", "yaml", "networkx", "numpy", "rich", "jsonschema")
    report = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print([name for name in {names} if name in sys.modules], file=sys.stderr))"
    )
    for arguments in (["PV203"], ["--list"], ["PV203", "--format", "json"]):
        result = scratch.patched(report, "explain", *arguments)
        assert (result.code, ast.literal_eval(result.err)) == (0, []), result.shown
