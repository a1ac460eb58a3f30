"""Contracts that are made to exhaust whoever reads them, and what `pv validate` takes for each.

``python tests/fuzz/hostile_texts.py`` runs the command on every one, each in a process of its own, and prints
processor time, the most memory and what was found: the table of `docs/explanation/limits.md`.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HOSTILE", "Usage", "validate"]

SHARE = int(globals().get("SHARE", 1))
"""The texts of many lines are divided by this; who runs the file may set it."""
MANY = 100_000
SOME = MANY // SHARE
LONG = 15_000_000 // SHARE
HEAD = "metadata: {id: x, version: 1.0.0, description: d}\n"
TESTS = HEAD + "falsification_tests:\n"
BOUND = "  falsifier: f\n  accept: [{metric: m, lt: 1}]\n"


def _repeat(line: str, count: int = MANY) -> str:
    return "".join(line.replace("@", str(number)) for number in range(count // SHARE))


def _multiply() -> str:
    levels = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60))
    return HEAD + "a0: &a0 [x, x]\n" + "".join(levels)


HOSTILE: dict[str, Callable[[], str | bytes]] = {
    "100,000 opening brackets": lambda: HEAD + "a: " + "[" * MANY,
    "100,000 nested brackets": lambda: HEAD + "a: " + "[" * MANY + "]" * MANY,
    "100,000 opening braces": lambda: HEAD + "a: " + "{a: " * MANY,
    "100,000 dashes": lambda: HEAD + "a:\n " + "- " * MANY,
    "2,000 nested blocks": lambda: HEAD + "".join(" " * depth + "a:\n" for depth in range(2000)),
    "200 brackets in 40 blocks": lambda: (
        HEAD + "a:\n" + "".join(f"{'  ' * n}- a:\n" for n in range(1, 41)) + "  " * 42 + "[" * 200 + "]" * 200
    ),
    "aliases, 9 to the power of 59": _multiply,
    "a 15 MB scalar": lambda: f"{HEAD}description: {'x' * LONG}\n",
    "a 15 MB id": lambda: f"{TESTS}- id: {'x' * LONG}\n  falsifier: f\n",
    "a 15 MB status": lambda: f"{TESTS}- id: x\n  status: {'x' * LONG}\n",
    "a 15 MB version": lambda: f"metadata:\n  id: x\n  version: '{'1.' * (LONG // 2)}'\n",
    "a 15 MB dependency": lambda: f"metadata: {{id: x, version: 1.0.0, depends_on: [{'x' * LONG}]}}\n",
    "a 15 MB block of text": lambda: HEAD + "description: |\n" + "  xxxxxxxx\n" * (LONG // 11),
    "a 15 MB list on one line": lambda: HEAD + "a: [" + "x, " * (LONG // 3) + "]\n",
    "a 15 MB comment": lambda: f"{HEAD}# {'x' * LONG}\n",
    "15 MB of blank lines": lambda: HEAD + "\n" * LONG,
    "15 MB of blank lines in a block": lambda: HEAD + "a: |\n  x\n" + "\n" * LONG + "b: 1\n",
    "15 MB of spaces": lambda: HEAD + " " * LONG + "a: 1\n",
    "15 MB of control characters": lambda: HEAD + "a: " + "\x1b" * LONG,
    "15 MB of bytes that are no UTF-8": lambda: b"\xff" * LONG,
    "15 MB, and a last byte in Latin-1": lambda: f"{HEAD}a: {'x' * LONG}".encode() + b"\xe9\n",
    "15 MB of quotes never closed": lambda: HEAD + "a: '" + "x\n" * (LONG // 2),
    "a 15 MB key": lambda: f'{HEAD}? "{"k" * LONG}"\n: 1\n',
    "one 5 MB key twice": lambda: HEAD + f"? {'k' * (LONG // 3)}\n: 1\n" * 2,
    "a 15 MB alias": lambda: f"{HEAD}a: *{'x' * LONG}\n",
    "a 15 MB tag": lambda: f"{HEAD}a: !{'x' * LONG} 1\n",
    "a 15 MB number": lambda: f"{HEAD}a: {'9' * LONG}\n",
    "3,000 numbers of 4,200 digits": lambda: HEAD + "a:\n" + f"- {'9' * 4200}\n" * 3000,
    "a 5,000-digit number": lambda: f"{HEAD}a: {'9' * 5000}\n",
    "NUL": lambda: HEAD + "a: \0\n" * MANY,
    "UTF-16": lambda: (HEAD * 1000).encode("utf-16"),
    "Latin-1": lambda: f"{HEAD}a: caf\xe9\n".encode("latin-1"),
    "encoded surrogates": lambda: HEAD.encode() + b"a: " + b"\xed\xa0\x80" * MANY + b"\n",
    "an escaped surrogate": lambda: f'{HEAD}a: "\\ud800"\n',
    "100,000 byte order marks": lambda: "\ufeff" * MANY + HEAD,
    "marks inside 100,000 values": lambda: HEAD + "a: \ufeffx\n" * MANY,
    "every private character, and NEL": lambda: (
        f"{HEAD}a: '{'é' * 5_000_000}{''.join(map(chr, range(0xE000, 0xF8FF)))}\x85'\n"
    ),
    "100,000 keys": lambda: HEAD + _repeat("key@: 1\n"),
    "100,000 keys near a known one": lambda: HEAD + _repeat("falsification_test@: 1\n"),
    "100,000 equal keys": lambda: HEAD + "a: 1\n" * SOME,
    "100,000 anchors": lambda: HEAD + "a:\n" + _repeat("- &a@ 1\n"),
    "100,000 aliases": lambda: HEAD + "b: &a 1\na:\n" + "- *a\n" * SOME,
    "100,000 aliases of nothing": lambda: HEAD + "a: [" + "*x , " * SOME + "]\n",
    "100,000 merge keys": lambda: HEAD + "b: &b {x: 1}\na:\n" + "- <<: *b\n" * SOME,
    "100,000 unknown tags on one line": lambda: HEAD + "a: [" + "!x 1, " * SOME + "]\n",
    "100,000 documents": lambda: HEAD + "---\n" * SOME,
    "20,000 tag handles": lambda: _repeat("%TAG !x@! tag:x\n", 20_000) + "---\n" + HEAD,
    "100,000 proof obligations": lambda: (
        HEAD + "proof_obligations:\n" + _repeat("- type: invariant\n  property: p@\n  formal: f@\n")
    ),
    "100,000 tests": lambda: TESTS + _repeat("- id: T-@\n  rule: r\n  prediction: p\n  if_fails: f\n"),
    "100,000 tests that are aliases": lambda: (
        f"{HEAD}t: &t {{id: T, rule: r}}\nfalsification_tests: [{'*t, ' * SOME}]\n"
    ),
    "100,000 tests of one id": lambda: TESTS + "- id: T\n" * SOME,
    "100,000 tests of one id on a line": lambda: HEAD + "falsification_tests: [" + "{id: T}, " * SOME + "]\n",
    "100,000 tests of a wrong type": lambda: HEAD + "falsification_tests: [" + "5, " * SOME + "]\n",
    "100,000 unknown statuses": lambda: TESTS + _repeat("- id: T@\n  status: discharge@\n"),
    "100,000 references to nothing": lambda: TESTS + _repeat("- id: T@\n  depends_on: [X@]\n"),
    "a chain of 100,000 tests": lambda: (
        TESTS + "- id: T1\n" + "".join(f"- id: T{n}\n  depends_on: [T{n - 1}]\n" for n in range(2, SOME))
    ),
    "a cycle of 100,000 tests": lambda: (
        TESTS + "".join(f"- id: T{n}\n  depends_on: [T{(n or SOME) - 1}]\n" for n in range(SOME))
    ),
    "20,000 cycles within each other": lambda: (
        TESTS
        + "".join(f"- id: T{n}\n  depends_on: [T{max(0, n - 1)}, T{n + 1}]\n" for n in range(20_000 // SHARE))
    ),
    "20,000 tests bound to nothing": lambda: (
        TESTS + _repeat(f"- id: T@\n{BOUND}".replace(": f\n", ": f@\n"), 20_000)
    ),
    "20,000 tests of 20,000 hypotheses": lambda: (
        HEAD
        + "hypotheses:\n"
        + _repeat("- {id: H@, statement: s}\n", 20_000)
        + "falsification_tests:\n"
        + _repeat(f"- id: T@\n  hypothesis: H@\n{BOUND}", 20_000)
    ),
    "100,000 conditions of one test": lambda: (
        f"{TESTS}- id: T\n  falsifier: f\n  accept:\n" + _repeat("  - {metric: m@, lt: 1}\n")
    ),
    "30,000 stages in a row": lambda: (
        HEAD
        + "implementation_stages:\n- id: S0\n"
        + "".join(
            f"- id: S{n}\n  steps: [{{id: a}}]\n  needs: [S{n - 1}]\n" for n in range(1, 30_000 // SHARE)
        )
    ),
    "50,000 steps with needs": lambda: (
        f"{HEAD}implementation_stages:\n- id: S\n  steps:\n"
        + _repeat("  - id: s@\n    needs: [x@]\n    expected_acceptance: [y@ (a)]\n", 50_000)
    ),
    "100,000 dependencies": lambda: (
        "metadata:\n  id: x\n  version: 1.0.0\n  depends_on:\n" + _repeat("  - c@ v1.0.0\n")
    ),
}
"""Hostile contracts by what they are; each is below the size that is read."""


@dataclass(frozen=True)
class Usage:
    """How the command ended and what it took."""

    code: int
    seconds: float
    mebibytes: float
    out: bytes
    err: str


def validate(folder: Path, *arguments: str, seconds: int, mebibytes: int) -> Usage:
    """Run `pv validate` in a folder within limits that the kernel holds; code below 0: it was ended.

    The coverage of the code is not measured: that takes longer than the command.
    """

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (mebibytes << 20, mebibytes << 20))

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(  # noqa: S603 - this project's command
            [sys.executable, "-m", "pvengine", "validate", "--no-cache", *arguments],
            cwd=folder,
            env={name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            preexec_fn=limit,  # noqa: PLW1509 - no thread is running here
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        scale = 2**20 if sys.platform == "darwin" else 2**10
        return Usage(
            process.returncode,
            used.ru_utime + used.ru_stime,
            used.ru_maxrss / scale,
            out.read(),
            err.read().decode("utf-8", "replace"),
        )


def write(folder: Path, name: str) -> Path:
    """Write one hostile contract into a folder, with a configuration that makes it a project."""
    text = HOSTILE[name]()
    (folder / "pv.toml").write_text('contracts = ["."]\n', encoding="utf-8")
    path = folder / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def main() -> None:
    """Print what each contract takes, as a Markdown table."""
    print("| contract | MB | seconds | MiB | exit | findings printed, MB |\n|---|--:|--:|--:|--:|--:|")  # noqa: T201 - its purpose
    for name in HOSTILE:
        with tempfile.TemporaryDirectory() as folder:
            size = write(Path(folder), name).stat().st_size
            used = validate(Path(folder), "x.yaml", seconds=120, mebibytes=4096)
        facts = f"{used.seconds:.1f} | {used.mebibytes:.0f} | {used.code} | {len(used.out) / 1e6:.1f}"
        print(f"| {name} | {size / 1e6:.1f} | {facts} |", flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    main()
