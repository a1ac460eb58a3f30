"""What commands take on a large evidence store, as ratios against a small one of the same run.

``python tests/benchmarks/store.py`` prints two tables, times and memory; ``--write`` puts them into the page
docs/explanation/performance.md. How is timed, and what the exit code means, is told in validate.py.
"""

from __future__ import annotations

import argparse
import compileall
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from growing import PV, GrownProject
from ratios import ROOT, Ratio, Took, render, time_commands, write_page

if TYPE_CHECKING:
    from collections.abc import Callable

_PARTS = 10
"""How many times smaller the store is that a linear time is compared with."""


@dataclass(frozen=True)
class Sizes:
    """How many records the large stores have, and over how many tests those of one of them are spread."""

    records: int
    tests: int

    @property
    def large(self) -> str:
        """What the store of one test is called."""
        return f"{self.records:,} records"

    @property
    def part(self) -> str:
        """What a part of that is called."""
        return f"{self.records // _PARTS:,} records"

    @property
    def amended(self) -> str:
        """What the store is called whose records came one by one."""
        return f"{self.records // _PARTS:,} amendments"

    @property
    def few(self) -> str:
        """What the small store of many tests is called."""
        return f"{self.tests} tests, 1 record each"

    @property
    def spread(self) -> str:
        """What the large store of many tests is called."""
        return f"{self.tests} tests, {self.records // self.tests:,} records each"


def main() -> int:
    """Measure, print, and write the page where asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="how often each command is run")
    parser.add_argument("--records", type=int, default=20_000, help="records of a large store")
    parser.add_argument("--tests", type=int, default=200, help="tests over which they are spread")
    parser.add_argument("--write", action="store_true", help="write the tables into the page of the docs")
    arguments = parser.parse_args()
    sizes = Sizes(arguments.records, arguments.tests)
    with tempfile.TemporaryDirectory() as scratch:
        took = measure(Path(scratch), sizes, arguments.rounds)
    times, memory = list_times(took, sizes), list_memory(took, sizes)
    tables = render(times) + "\n" + render(memory, "MiB")
    sys.stdout.write(tables)
    if arguments.write:
        write_page("measured: store", tables, f"{arguments.rounds} rounds")
    return 0 if all(ratio.holds for ratio in (*times, *memory)) else 1


def measure(scratch: Path, sizes: Sizes, rounds: int) -> dict[str, Took]:
    """Return what each command took; `pv verify`, which reads every record, runs in a fifth of the rounds.

    The engine's bytecode is written first, as an installer does for a package that is not edited.
    """
    compileall.compile_dir(ROOT / "engine", quiet=2)
    stores = make_stores(scratch, sizes)
    caches = scratch / "caches"
    asked = [name for name in stores if name != sizes.part]
    commands = {
        f"pv status, {name}": [PV, "status", str(stores[name].contract)] for name in ("1 record", sizes.large)
    }
    commands |= {f"pv discharge, {name}": _discharge(stores[name]) for name in asked}
    before: dict[str, Callable[[], None]] = {f"pv discharge, {name}": stores[name].put_back for name in asked}
    took = time_commands(commands, rounds, caches, before, 0)
    for store in stores.values():
        store.put_back()
    slow = {
        f"pv verify, {name}": [PV, "verify", str(stores[name].contract)]
        for name in ("1 record", sizes.part, sizes.large, sizes.spread)
    }
    slow[f"one process, {sizes.large}"] = [*slow[f"pv verify, {sizes.large}"], "--jobs", "1"]
    took |= time_commands(slow, max(1, rounds // 5), caches, {}, 0)
    large = stores[sizes.large]
    large.run(*_discharge(large)[1:])
    left = f"one left over, {sizes.large}"
    again = {left: partial(large.put_back, leaves_record=True)}
    return took | time_commands({left: _discharge(large)}, rounds, caches, again, 0)


def make_stores(scratch: Path, sizes: Sizes) -> dict[str, GrownProject]:
    """Return projects by the names of `Sizes`."""
    one = GrownProject.make(scratch / "one", 1)
    few = GrownProject.make(scratch / "few", sizes.tests)
    stores = {
        "1 record": one,
        sizes.part: one.copy(scratch / "part").grow(sizes.records // _PARTS),
        sizes.amended: one.copy(scratch / "amended").grow(sizes.records // _PARTS).amend(),
        sizes.large: one.copy(scratch / "large").grow(sizes.records),
        sizes.few: few,
        sizes.spread: few.copy(scratch / "spread").grow(sizes.records // sizes.tests),
    }
    for store in stores.values():
        store.keep()
    return stores


def _discharge(store: GrownProject) -> list[str]:
    return [PV, "discharge", str(store.contract), "--test", "FT-000"]


def list_times(took: dict[str, Took], sizes: Sizes) -> list[Ratio]:
    """Return the figures in seconds, with the limits that they are held to."""

    def ratio(name: str, reference: str, limit: float) -> Ratio:
        return Ratio(name, took[name].seconds, reference, took[reference].seconds, limit)

    def linear(name: str, reference: str) -> Ratio:
        # Starting takes as long whatever is read, and would hide what grows: it counts once on either side.
        once = took[reference].seconds
        seconds = _PARTS * once - (_PARTS - 1) * min(once, took["pv verify, 1 record"].seconds)
        return Ratio(name, took[name].seconds, f"{_PARTS} times {reference}, started once", seconds, 1.3)

    large, part, few, spread = sizes.large, sizes.part, sizes.few, sizes.spread
    return [
        ratio(f"pv discharge, {large}", "pv discharge, 1 record", 1.3),
        ratio(f"pv discharge, {spread}", f"pv discharge, {few}", 1.3),
        ratio(f"one left over, {large}", "pv discharge, 1 record", 2),
        ratio(f"pv discharge, {sizes.amended}", "pv discharge, 1 record", float("inf")),
        ratio(f"pv status, {large}", "pv status, 1 record", 1.3),
        linear(f"pv verify, {large}", f"pv verify, {part}"),
        linear(f"pv verify, {spread}", f"pv verify, {part}"),
        ratio(f"one process, {large}", f"pv verify, {large}", float("inf")),
    ]


def list_memory(took: dict[str, Took], sizes: Sizes) -> list[Ratio]:
    """Return the figures in MiB at the peak of the largest process, with the limits that they are held to."""

    def ratio(name: str, reference: str) -> Ratio:
        return Ratio(name, took[name].mebibytes, reference, took[reference].mebibytes, 1.5)

    return [
        ratio(f"pv verify, {sizes.large}", f"pv verify, {sizes.part}"),
        ratio(f"pv discharge, {sizes.large}", "pv discharge, 1 record"),
    ]


if __name__ == "__main__":
    sys.exit(main())
