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
import shutil
import sys
import tempfile
from pathlib import Path

from ratios import ROOT, Ratio, Took, render, time_commands, write_page

PLAIN_LOADER = """
import sys, yaml
for name in sys.argv[1:]:
    with open(name, "rb") as stream:
        yaml.load(stream.read(), Loader=yaml.CSafeLoader)
"""


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
        write_page("measured", table, f"{arguments.rounds} rounds, {sample}")
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


def list_ratios(took: dict[str, Took]) -> list[Ratio]:
    """Return the figures with the limits that they are held to."""

    def ratio(
        name: str, reference: str, limit: float, factor: int = 1, *, is_at_least: bool = False
    ) -> Ratio:
        shown = reference if factor == 1 else f"{factor} times {reference}"
        seconds = took[name].seconds
        return Ratio(name, seconds, shown, factor * took[reference].seconds, limit, is_at_least)

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


if __name__ == "__main__":
    sys.exit(main())
