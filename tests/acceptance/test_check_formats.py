"""Every format of `pv check`, over a real repository: a discharge that passes, and a change that fails."""

from __future__ import annotations

import copy
import json
import os
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import junitparser
import pytest
from repositories import CONTRACT, DECIDES, HEAD, TAIL, Repository

from pvengine.models.schemas import find_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Result, Scratch

HOSTILE = "@ada closes #7 ``x`` | </td> <!-- x --> https://x.org"
_DIGEST = re.compile(r"\b[0-9a-f]{12,64}\b")
_COUNTS = """\
2 files differ from main at #
1 of 1 contract checked: 0 added, 1 changed, 0 renamed, 0 affected; 0 taken away
2 tests: 2 bound, 1 run, 1 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, 0 self-declared; 1 touched by the change
missing: 0 self-declared, 0 stale, 0 toothless, 0 unbound, 1 unrun, 0 blocked
1 of 1 record measured again: 1 reproduced (1 to the bit), 0 differing, 0 inconclusive; 0 not run
"""  # noqa: E501 - lines of the report
GOOD_TEXT = f"""\
contracts/x-v1.yaml  C-X  changed
  version 1.0.0 -> 1.1.0: minor declared, minor follows: enough
  changes
    6 changes in fields that only pv writes
  statuses
    FT-001: NEW -> DISCHARGED (verdict CONFIRMED)
    hypothesis H: UNTESTED -> CONFIRMED
  touched tests
    FT-001  DISCHARGED  verified, survived: it has new evidence
  measured again
    FT-001  reproduced  to the bit: 1 metric

missing
  unrun  1 test  policy report  FT-002

{_COUNTS}check passes
"""
GOOD_MARKDOWN = f"""\
<!-- pv check -->

## pv check passes

### Status changes

- `C-X` changed: `v1.0.0 -> v1.1.0` (minor declared, minor follows: enough)
  - `FT-001: NEW -> DISCHARGED`, verdict CONFIRMED
  - hypothesis `H: UNTESTED -> CONFIRMED`

### Results

**`FT-001`** survived, verdict CONFIRMED, status DISCHARGED: The value is small

| metric | value | unit | taken over | arithmetic |
|---|---|---|---|---|
| `value` | 1.0 |  | 1 reading |  |

- 1 trial so far, 0 falsified before; 1 of 1 planted fault noticed again; evidence `sha256:#` is new
- touched: it has new evidence

### Hypotheses

| hypothesis | verdict | in every scope |
|---|---|---|
| `H` The value is small | CONFIRMED | CONFIRMED without a scope, by `FT-001` |

### Changes

6 changes in fields that only pv writes.

### Measured again

- `FT-001` reproduced to the bit: 1 metric

### What remains

| what | how many | which | policy |
|---|---|---|---|
| tests NEW | 1 test | `FT-002` |  |
| unrun | 1 test | `FT-002` | report |
| steps open | 1 step | `S/a` |  |
| stages open | 1 stage | `S` |  |

### Denominators

{"".join(f"- {line}{chr(10)}" for line in _COUNTS.splitlines())}
To run it locally: `pv check --base main`
"""


@pytest.fixture(autouse=True, scope="module")
def _alone() -> Iterator[None]:
    """Leave out what this machine says about git and GitHub."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("GIT_", "GITHUB_"))]:
            patch.delenv(name)
        for name, value in {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def repository(make_scratch: Callable[[], Scratch]) -> Repository:
    """Make a repository: `good` discharges a test, `bad` loosens its bar as well and adds a hostile one."""
    scratch = make_scratch()
    made = Repository(scratch)
    assert made.git("init", "--quiet", "--initial-branch=main").code == 0
    tests = [scratch.test("FT-001", extra=DECIDES), scratch.test("FT-002")]
    scratch.contract(*tests, head=HEAD, tail=TAIL)
    made.commit("Begin")
    made.branch("good")
    made.discharge("FT-001")
    made.branch("bad", "good")
    scratch.edit("lt: 10.0}\n  hypothesis", "lt: 20.0}\n  hypothesis")
    scratch.edit("implementation_stages", f"- id: FT-003\n  rule: '{HOSTILE}'\nimplementation_stages")
    made.commit("Loosen")
    return made


@pytest.fixture
def good(repository: Repository) -> Scratch:
    """Return the project with the change that passes."""
    repository.checkout("good")
    return repository.scratch  # type: ignore[no-any-return]  # typed as any project


@pytest.fixture
def bad(repository: Repository) -> Scratch:
    """Return the project with the change that fails."""
    repository.checkout("bad")
    return repository.scratch  # type: ignore[no-any-return]  # as above


def check(scratch: Scratch, form: str, *options: str, code: int = 0) -> str:
    """Check the change, and return the document, which is alone on standard output, without digests."""
    result: Result = scratch.call("check", "--base", "main", "--format", form, *options)
    assert result.code == code, result.shown
    return result.out


def test_text(good: Scratch) -> None:
    assert _DIGEST.sub("#", check(good, "text")) == GOOD_TEXT


def test_markdown(good: Scratch) -> None:
    assert _DIGEST.sub("#", check(good, "markdown")) == GOOD_MARKDOWN


def test_markdown_is_the_same_in_two_runs_and_in_a_clone(bad: Scratch, tmp_path: Path) -> None:
    shown = [check(bad, "markdown", code=11) for _ in range(2)]
    assert shown[0] == shown[1]
    clone = copy.copy(bad)
    clone.root = tmp_path / "clone"
    git = Repository(bad).git
    assert git("clone", "--quiet", "--branch", "bad", str(bad.root), str(clone.root)).code == 0
    assert git("branch", "main", "origin/main", cwd=clone.root).code == 0
    assert check(clone, "markdown", code=11) == shown[0]
    assert str(bad.root) not in shown[0]


def test_json(bad: Scratch) -> None:
    schema = json.loads(find_schema("check-v1.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    document: dict[str, Any] = json.loads(check(bad, "json", code=11))
    validator.validate(document)
    assert (document["schema"], document["command"], document["exit_code"]) == ("pv/check/v1", "check", 11)
    (test, _) = document["tests"]
    assert (test["misses"], test["planted_faults"], test["noticed"]) == ([], 1, 1)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**document, "tests": [{**test, "noticed": None}]})


def test_a_change_that_fails_says_why_in_every_format(bad: Scratch, tmp_path: Path) -> None:
    fails = "check fails: 2 errors (PV606, PV701), 1 new stale test; exit 11"
    assert check(bad, "text", code=11).endswith(f"\n{fails}\n")
    shown = check(bad, "markdown", code=11)
    assert shown.startswith(f"<!-- pv check -->\n\n## pv {fails}\n\n### Findings\n\n| finding |")
    assert "\n| major | weakened | `FT-001 accept[0].lt` | 10.0 | 20.0 | value may now be " in shown
    assert "\n| unbound | 1 test, 1 new | `FT-003` | report |\n" in shown
    assert "@" not in shown
    assert "<!-- x" not in shown

    (run,) = json.loads(check(bad, "sarif", code=11))["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["PV701", "PV606"]
    assert run["invocations"][0]["exitCode"] == 11

    read = junitparser.JUnitXml.fromstring(check(bad, "junit", code=11).encode())
    (suite,) = read
    assert (suite.name, read.tests, read.failures, read.errors, read.skipped) == (CONTRACT, 5, 3, 0, 2)
    assert [case.name for case in suite][2:] == ["FT-001", "FT-002", "FT-003"]

    summary = tmp_path / "summary.md"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_STEP_SUMMARY", str(summary))
        annotations = check(bad, "github", code=11).splitlines()
    assert annotations[0].startswith(f"::error file={CONTRACT},line=3,")
    assert annotations[1].startswith(f"::error file={CONTRACT},line=")
    assert annotations[-1] == fails
    assert summary.read_text(encoding="utf-8") == shown


@pytest.mark.parametrize("form", ["text", "json", "markdown", "github", "sarif", "junit"])
def test_the_same_document_in_a_file(good: Scratch, form: str, tmp_path: Path) -> None:
    printed = check(good, form, "--rerun", "none")
    result = good.call(
        "check", "--base", "main", "--rerun", "none", "--format", form, "--output", tmp_path / "x"
    )
    assert (result.code, result.out) == (0, ""), result.shown
    assert (tmp_path / "x").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("form", ["json", "github", "sarif", "junit"])
def test_a_missing_base_is_a_document_too(good: Scratch, form: str) -> None:
    result = good.call("check", "--base", "nowhere", "--format", form)
    assert result.code == 2, result.shown
    assert "nowhere" in result.out
