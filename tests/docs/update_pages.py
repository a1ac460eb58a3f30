"""Rewrite the output that pages show where commands print something else: ``python update_pages.py PAGE...``.

Read the diff before you keep it. Output that holds ``...`` is left to you, and so is an exit code.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from doc_pages import read_page
from doc_runner import HOME, Command, Runner, match_output


@dataclass
class _Updater(Runner):
    """A runner that collects what was printed instead of comparing it: line of the command to output."""

    printed: dict[int, Command] = field(default_factory=dict)

    def compare(self, command: Command, output: str) -> None:
        found, wanted = self.normalise(output), self.normalise(command.expected)
        if "..." in wanted:
            super().compare(command, output)
        elif not match_output(found, wanted):
            shown = output.replace(str(self.home), HOME).strip("\n")
            text = "".join(f"{line.rstrip()}\n" for line in shown.splitlines())
            self.printed[command.line] = Command(command.text, text, len(command.expected.splitlines()))


def update_page(path: Path) -> int:
    """Rewrite one page; return how many outputs changed."""
    page = read_page(path)
    with tempfile.TemporaryDirectory() as folder:
        updater = _Updater(page, Path(folder))
        updater.start_folder()
        for item in page.items:
            updater.run(item)
        updater.finish()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for line, command in sorted(updater.printed.items(), reverse=True):
        start = line + command.text.count("\n")
        lines[start : start + command.line] = [command.expected]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return len(updater.printed)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        sys.stdout.write(f"{argument}: {update_page(Path(argument).resolve())} outputs changed\n")
