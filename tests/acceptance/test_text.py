"""The text that a person reads, to the last character; only durations and digests are normalised."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Scratch

DECIDES = (
    "hypothesis: H1\ndecides: {metric: value, scope: one reading, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}"
)
HEAD = "hypotheses:\n- id: H1\n  statement: The value is below five.\n  status: UNTESTED\n"
TAIL = "implementation_stages:\n- {id: M0, title: measured, needs: [FT-001]}\n"

DISCHARGED = """\
FT-001  survived  verdict CONFIRMED  (probe.value, SECONDS)
  value  1.0    1 reading
  planted fault 'reads too high': noticed: value 1001.0, allowed < 10.0 (it would hold at 1010)

FT-002  falsified  (probe.value, SECONDS)
  value 11.5, allowed < 10.0 (it would hold at 11.6)
  value  11.5    1 reading
  planted fault 'reads too high': noticed: value 1011.5, allowed < 10.0 (it would hold at 1020)

FT-003  unbound: names no falsifier

wrote contracts/x-v1.yaml  1.0.0 -> 1.1.0
  FT-001: NEW -> DISCHARGED (verdict CONFIRMED)
  FT-002: NEW -> FALSIFIED
  hypothesis H1: UNTESTED -> CONFIRMED
  stage M0: NEW -> DISCHARGED

--- a/contracts/x-v1.yaml
+++ b/contracts/x-v1.yaml
@@ -1,10 +1,10 @@
 metadata:
   id: C-X
-  version: 1.0.0
+  version: 1.1.0
 hypotheses:
 - id: H1
   statement: The value is below five.
-  status: UNTESTED
+  status: CONFIRMED
 falsification_tests:
 - id: FT-001
   rule: The value is small
@@ -14,12 +14,25 @@
   - {metric: value, lt: 10.0}
   hypothesis: H1
   decides: {metric: value, scope: one reading, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}
+  status: DISCHARGED
+  verdict: CONFIRMED
+  evidence: DIGEST
 - id: FT-002
   rule: The value is small
   falsifier: probe.value
   params: {value: 11.5, mode: measure}
   accept:
   - {metric: value, lt: 10.0}
+  status: FALSIFIED
+  evidence: DIGEST
 - {id: FT-003, rule: nobody measures this}
 implementation_stages:
-- {id: M0, title: measured, needs: [FT-001]}
+- {id: M0, title: measured, needs: [FT-001], status: DISCHARGED}
+amendments:
+- version: 1.1.0
+  date: '2024-01-02'
+  kind: discharge
+  tests:
+  - {id: FT-001, from: NEW, to: DISCHARGED, verdict: CONFIRMED, head: 'DIGEST', count: 1}
+  - {id: FT-002, from: NEW, to: FALSIFIED, head: 'DIGEST', count: 1}
+  previous: null

3 tests: 2 bound, 2 run, 1 discharged, 1 falsified, 0 inconclusive, 0 stale, 0 blocked, 0 self-declared
"""
STATUS = """\
contracts/x-v1.yaml  C-X  1.1.0
  hypotheses
    H1  CONFIRMED    The value is below five.
          CONFIRMED  in the scope of one reading, by FT-001
  tests
    FT-001  DISCHARGED  CONFIRMED  verified
    FT-002  FALSIFIED   -          verified
    FT-003  NEW         -          unbound: names no falsifier
  milestones
    M0  DISCHARGED  measured

3 tests: 2 bound, 0 run, 1 discharged, 1 falsified, 0 inconclusive, 0 stale, 0 blocked, 0 self-declared
"""


def normalise(text: str) -> str:
    return re.sub(r"sha256:[0-9a-f]+", "DIGEST", re.sub(r"\d+\.\d\d s\b", "SECONDS", text))


def test_a_discharge_and_the_status_behind_it(scratch: Scratch) -> None:
    scratch.contract(
        scratch.test("FT-001", extra=DECIDES),
        scratch.test("FT-002", 11.5),
        "- {id: FT-003, rule: nobody measures this}\n",
        head=HEAD,
        tail=TAIL,
    )
    result = scratch.discharge("--jobs", "1", env={"SOURCE_DATE_EPOCH": "1704164645"})
    assert result.code == 10
    assert normalise(result.out) == DISCHARGED
    assert result.err == (
        "[1/2] FT-001 survived: CONFIRMED\n"
        "[2/2] FT-002 falsified: value 11.5, allowed < 10.0 (it would hold at 11.6)\n"
    )
    assert normalise(scratch.pv("status").out) == STATUS


def test_a_finding_shows_its_line(scratch: Scratch) -> None:
    scratch.contract(scratch.test(extra="status: dischraged"), version="1.0.0\n  description: An example.")
    assert scratch.pv("validate").out == (
        "contracts/x-v1.yaml:12:11: warning[PV203]: FT-001 has the unknown status 'dischraged'; did you mean"
        " 'DISCHARGED'?\n"
        "  12 |   status: dischraged\n"
        "     |           ^^^^^^^^^^\n"
        "  why: a test is NEW until `pv discharge` has recorded evidence\n"
        "  fix: leave the status to `pv discharge`, or map the word under [tool.pv.statuses]\n"
        "\n"
        "1 test: 1 bound, 0 run, 0 discharged, 0 falsified, 0 inconclusive, 0 stale, 0 blocked, "
        "1 self-declared; 0 errors, 1 warning\n"
    )


@pytest.mark.parametrize(
    ("extra", "line", "carets"),
    [
        (
            f"hypothesis: [{'x' * 90}, H9, {'y' * 90}]",
            f"  12 | ...{'x' * 18}, H9, {'y' * 86}...",
            None,
        ),
        ("hypothesis: 你好\t", "  12 |   hypothesis: 你好", "     |               ^^^^"),
        ('hypothesis: "H\u202e9"', '  12 |   hypothesis: "H\\u202e9"', "     |               ^^^^^^^^^^"),
    ],
)
def test_long_wide_and_forged_lines(scratch: Scratch, extra: str, line: str, carets: str | None) -> None:
    scratch.contract(scratch.test(extra=extra), version="1.0.0\n  description: An example.")
    out = scratch.pv("validate").out.split("\n")
    if carets is None:
        found = next(number for number, text in enumerate(out) if "names 'H9'" in text)
        shown = out[found + 1]
        assert shown.startswith("  12 | ...")
        assert shown.endswith("...")
        assert len(shown) < 130
        assert out[found + 2].index("^^") == shown.index("H9")
    else:
        assert out[1:3] == [line, carets]


def test_terminal_escapes_never_reach_the_terminal(scratch: Scratch) -> None:
    evil = r'"\e]0;title\a\e[2J\x9b31m\rFT-999 survived\nFT-998 survived"'
    scratch.contract(
        scratch.test("FT-001", extra=f"status: {evil}"),
        scratch.test("FT-002", extra=f"depends_on: [{evil}]"),
        head=f"hypotheses:\n- {{id: H1, statement: {evil}}}\n",
        tail=f"implementation_stages:\n- {{id: M0, title: {evil}, status: {evil}}}\n",
    )
    for command in ("validate", "status", "graph", "run"):
        arguments = ["contracts/x-v1.yaml"] if command in ("graph", "run") else []
        result = scratch.pv(command, *arguments)
        assert result.code in (0, 1)
        assert not set("\x1b\x07\x9b\r") & set(result.shown), command
        lines = result.shown.splitlines()
        assert not any(line.startswith(("FT-998", "FT-999")) for line in lines), command


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is needed")
def test_a_terminal_gets_a_live_display(scratch: Scratch) -> None:
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002", 99.0))
    master, slave = os.openpty()
    code = (
        "import os, subprocess, sys\n"
        "command = [sys.executable, '-m', 'pvengine', 'run', 'contracts/x-v1.yaml']\n"
        f"done = subprocess.run(command, stderr={slave}, stdout=subprocess.DEVNULL)\n"
        "sys.exit(done.returncode)\n"
    )
    from subprocess import DEVNULL, run  # noqa: PLC0415 - only this test hands a descriptor on

    done = run(  # noqa: S603 - this interpreter and this package
        [sys.executable, "-c", code],
        cwd=scratch.root,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        pass_fds=[slave],
        stdin=DEVNULL,
        check=False,
    )
    os.close(slave)
    shown = b""
    try:
        while data := os.read(master, 65536):
            shown += data
    except OSError:  # Linux: the other end is closed
        pass
    os.close(master)
    assert done.returncode == 10
    text = shown.decode()
    assert "FT-001 survived" in text
    assert "FT-002 falsified: value 99.0, allowed < 10.0" in text
    assert "tests" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") > 0, "the cursor is given back"
