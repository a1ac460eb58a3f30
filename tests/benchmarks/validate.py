"""How long `pv validate` takes, as ratios against references that are measured in the same run.

``python tests/benchmarks/validate.py`` prints a table; ``--write`` puts it into the page
docs/explanation/performance.md. Whole processes are timed side by side: every command once a round, and the
least time of all rounds counts. That is what the work takes when nothing else runs; a ratio of two such times
of one run says more than either of them. Real contracts are read from the folder that ``PV_CORPUS`` names;
where it is not set, contracts of this project's tests take their place. Exit code 1: a ratio is outside its
limit.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_SINK = subprocess.DEVNULL
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "performance.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end of measured -->\n"

PLAIN_LOADER = """
import sys, yaml
for name in sys.argv[1:]:
    with open(name, "rb") as stream:
        yaml.load(stream.read(), Loader=yaml.CSafeLoader)
"""


@dataclass(frozen=True)
class Ratio:
    """One figure: how long a command takes against a reference, and how long it may."""

    name: str
    seconds: float
    reference: str
    reference_seconds: float
    limit: float
    is_at_least: bool = False

    @property
    def value(self) -> float:
        """Time over time of the reference."""
        return self.seconds / self.reference_seconds

    @property
    def holds(self) -> bool:
        """Whether the figure is within its limit."""
        return self.value >= self.limit if self.is_at_least else self.value <= self.limit


def time_commands(
    commands: Mapping[str, Sequence[str]],
    rounds: int,
    caches: Path,
    before: Mapping[str, Callable[[], None]],
) -> dict[str, float]:
    """Return the least seconds that each command took.

    Each has a cache folder of its own below ``caches``; ``before`` has what is done, untimed, before one.
    """
    least = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):
        for name, command in commands.items():
            if name in before:
                before[name]()
            environment = {**os.environ, "PV_CACHE_DIR": str(caches / name)}
            began = time.perf_counter()
            subprocess.run(command, env=environment, stdout=_SINK, stderr=_SINK, check=False)  # noqa: S603 - own
            least[name] = min(least[name], time.perf_counter() - began)
    return least


def main() -> int:
    """Measure, print, and write the page where asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="how often each command is run")
    parser.add_argument("--write", action="store_true", help="write the table into the page of the docs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        ratios, sample = measure(Path(scratch), arguments.rounds)
    table = render(ratios)
    sys.stdout.write(table)
    if arguments.write:
        write_page(table, sample, arguments.rounds)
    return 0 if all(ratio.holds for ratio in ratios) else 1


def measure(scratch: Path, rounds: int) -> tuple[list[Ratio], str]:
    """Return the ratios, and what was read.

    The engine's bytecode is written first, as an installer does for a package that is not edited.
    """
    compileall.compile_dir(ROOT / "engine", quiet=2)
    files, sample = copy_contracts(scratch / "corpus")
    make_many(scratch / "hundred", 100)
    make_many(scratch / "twelve-hundred", 1200)
    pv = str(Path(sys.executable).with_name("pv"))
    caches = scratch / "caches"
    check = [pv, "validate"]
    plainly = [*check, "--no-cache", "--jobs", "1"]
    corpus = str(scratch / "corpus")
    contracts = [path for path in files if b"\nmetadata:" in b"\n" + path.read_bytes()]
    one = str(max(contracts, key=lambda path: path.stat().st_size))
    commands = {
        "bare interpreter": [sys.executable, "-I", "-c", "pass"],
        "pv --help": [pv, "--help"],
        "one contract, cached": [*check, one],
        "one contract, no cache": [*plainly, one],
        "C loader alone": [sys.executable, "-I", "-c", PLAIN_LOADER, *map(str, files)],
        "corpus, no cache": [*plainly, corpus],
        "corpus, first run": [*check, corpus],
        "corpus, unchanged": [*check, corpus],
        "100 contracts": [*plainly, str(scratch / "hundred")],
        "1,200 contracts": [*plainly, str(scratch / "twelve-hundred")],
    }
    slow = {
        "100 contracts": commands.pop("100 contracts"),
        "1,200 contracts": commands.pop("1,200 contracts"),
    }
    first = "corpus, first run"
    empty = {first: lambda: shutil.rmtree(caches / first, ignore_errors=True)}
    warm = {name: commands[name] for name in ("one contract, cached", "corpus, unchanged")}
    time_commands(warm, 1, caches, {})
    took = time_commands(commands, rounds, caches, empty)
    took |= time_commands(slow, max(2, rounds // 5), caches, {})
    return list_ratios(took), sample


def list_ratios(took: dict[str, float]) -> list[Ratio]:
    """Return the figures with the limits that they are held to."""

    def ratio(
        name: str, reference: str, limit: float, factor: int = 1, *, is_at_least: bool = False
    ) -> Ratio:
        shown = reference if factor == 1 else f"{factor} times {reference}"
        return Ratio(name, took[name], shown, factor * took[reference], limit, is_at_least)

    return [
        ratio("pv --help", "bare interpreter", 6),
        ratio("one contract, cached", "bare interpreter", 18),
        ratio("corpus, no cache", "C loader alone", 4),
        ratio("1,200 contracts", "100 contracts", 1.3, 12),
        ratio("corpus, first run", "corpus, unchanged", 3, is_at_least=True),
        ratio("one contract, no cache", "bare interpreter", float("inf")),
    ]


def copy_contracts(folder: Path) -> tuple[list[Path], str]:
    """Copy the contracts to read into a folder; return them, and what they are."""
    named = os.environ.get("PV_CORPUS")
    source = Path(named) / "provable-contracts" if named else ROOT / "tests" / "contracts" / "valid"
    found = sorted(source.rglob("*.yaml"))
    for path in found:
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    what = "real contracts of `PV_CORPUS`" if named else "example contracts of this project"
    return sorted(folder.rglob("*.yaml")), f"{len(found)} {what}"


def make_many(folder: Path, count: int) -> None:
    """Write contracts of some 60 lines, each with ids of its own."""
    folder.mkdir(parents=True)
    for number in range(count):
        tests = "".join(
            f"- id: FT-{number:04}-{test:02}\n  rule: The sum of the row is one\n"
            f"  prediction: Every row of {number + test} values sums to one within the tolerance.\n"
            "  test: cargo test sum_of_rows\n  if_fails: A value is lost in the reduction.\n"
            for test in range(8)
        )
        text = (
            f"metadata:\n  version: 1.0.{number}\n  description: The row sums of kernel {number}.\n"
            "  references: [A textbook on floating point summation.]\n"
            "equations:\n  row_sum:\n    formula: sum(p) = 1\n"
            "proof_obligations:\n- {type: invariant, property: Rows sum to one, formal: sum(p) = 1}\n"
            f"falsification_tests:\n{tests}"
            f"kani_harnesses:\n- {{id: KANI-{number:04}, obligation: Rows sum to one, bound: 8}}\n"
            f"qa_gate: {{id: QA-{number:04}, name: Row sums, checks: [row_sum], pass_criteria: All hold.}}\n"
        )
        (folder / f"kernel-{number:04}-v1.yaml").write_text(text, encoding="utf-8")


def render(ratios: list[Ratio]) -> str:
    """Return the table."""
    lines = ["| what | seconds | against | seconds | ratio | limit |", "|---|---|---|---|---|---|"]
    for ratio in ratios:
        bound = f"at {'least' if ratio.is_at_least else 'most'} {ratio.limit:g}"
        limit = "none" if ratio.limit == float("inf") else bound
        mark = "" if ratio.holds else " (not met)"
        lines.append(
            f"| {ratio.name} | {ratio.seconds:.3f} | {ratio.reference} | {ratio.reference_seconds:.3f} "
            f"| {ratio.value:.2f} | {limit}{mark} |"
        )
    return "\n".join(lines) + "\n"


def write_page(table: str, sample: str, rounds: int) -> None:
    """Put the table into the page, with what it was measured on."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN, 1)
    said = (
        f"Measured with Python {platform.python_version()} on {os.cpu_count()} cores ({platform.machine()}), "
        f"{rounds} rounds, {sample}.\n\n"
    )
    PAGE.write_text(head + BEGIN + said + table + END + rest.split(END, 1)[1], encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
