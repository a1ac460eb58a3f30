"""Time whole processes side by side, and tell what they took as ratios against references of the same run."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_SINK = subprocess.DEVNULL
_KIBIBYTES = 1024
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "performance.md"


@dataclass(frozen=True)
class Ratio:
    """One figure: what a command takes against a reference, and what it may; in seconds, or in MiB."""

    name: str
    amount: float
    reference: str
    reference_amount: float
    limit: float
    is_at_least: bool = False

    @property
    def value(self) -> float:
        """Amount over amount of the reference."""
        return self.amount / self.reference_amount

    @property
    def holds(self) -> bool:
        """Whether the figure is within its limit."""
        return self.value >= self.limit if self.is_at_least else self.value <= self.limit


@dataclass(frozen=True)
class Took:
    """What a process took, its descendants included: time, and memory at the peak of the largest of them."""

    seconds: float
    mebibytes: float


def time_commands(  # noqa: PLR0913, PLR0917 - what is run, and all that is around it
    commands: Mapping[str, Sequence[str]],
    rounds: int,
    caches: Path,
    before: Mapping[str, Callable[[], None]],
    code: int | None = None,
    folders: Mapping[str, Path] = MappingProxyType({}),
) -> dict[str, Took]:
    """Return the least seconds and the least memory that each command took.

    Each has a cache folder of its own below ``caches``; ``before`` has what is done, untimed, before one.
    ``folders`` has where one is run that is not run here. Where a ``code`` is given, all must end with it:
    what fails early would look fast.
    """
    least = dict.fromkeys(commands, Took(float("inf"), float("inf")))
    for _ in range(rounds):
        for name, command in commands.items():
            if name in before:
                before[name]()
            environment = {**os.environ, "PV_CACHE_DIR": str(caches / name)}
            took, ended = _time(command, environment, folders.get(name))
            if code not in (None, ended):
                message = f"{' '.join(command)} ended with {ended}, not {code}"
                raise RuntimeError(message)
            known = least[name]
            least[name] = Took(min(known.seconds, took.seconds), min(known.mebibytes, took.mebibytes))
    return least


def _time(command: Sequence[str], environment: Mapping[str, str], folder: Path | None) -> tuple[Took, int]:
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, cwd=folder, stdout=_SINK, stderr=_SINK)  # noqa: S603 - own
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for: nothing is left to do
    return Took(seconds, usage.ru_maxrss / _KIBIBYTES), process.returncode


def render(ratios: Sequence[Ratio], unit: str = "seconds") -> str:
    """Return the table."""
    lines = [f"| what | {unit} | against | {unit} | ratio | limit |", "|---|---|---|---|---|---|"]
    digits = 3 if unit == "seconds" else 1
    for ratio in ratios:
        bound = f"at {'least' if ratio.is_at_least else 'most'} {ratio.limit:g}"
        limit = "none" if ratio.limit == float("inf") else bound
        mark = "" if ratio.holds else " (not met)"
        lines.append(
            f"| {ratio.name} | {ratio.amount:.{digits}f} | {ratio.reference} "
            f"| {ratio.reference_amount:.{digits}f} | {ratio.value:.2f} | {limit}{mark} |"
        )
    return "\n".join(lines) + "\n"


def write_page(mark: str, table: str, said: str) -> None:
    """Put a table between the markers of a section of the page, with what it was measured on."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->\n"
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(begin, 1)
    machine = f"{os.cpu_count()} cores ({platform.machine()})"
    where = f"Measured with Python {platform.python_version()} on {machine}, {said}.\n\n"
    PAGE.write_text(head + begin + where + table + end + rest.split(end, 1)[1], encoding="utf-8")
