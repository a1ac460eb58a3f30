"""Run the blocks of a page from top to bottom in a scratch folder, as a reader would.

``console``
    Lines with ``$ `` are commands (continued by lines with ``> ``); the lines below are their output, which
    is compared where some is shown. A command ends with 0, unless ``$ echo $?`` comes next and shows
    another exit code. ``...`` stands for any text. Digests, dates, durations and the scratch folder are
    made equal on both sides before the comparison; progress lines are left out.
``sh``
    A script, run as a whole; it ends with 0.
``python``
    Run as a script, unless it is a file.
``yaml``
    A contract or a part of one: validated without an error, unless it is a file.
``toml``, ``json``
    Read; what is configuration of pv is validated.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doc_pages import REPOSITORY, Action, Block, Page

from pvengine import open_project
from pvengine.errors import PvError
from pvengine.lint.silencing.severities import check_ignore, check_severities
from pvengine.models.contract import Contract, FalsificationTest
from pvengine.project.configuration import Configuration, read_configuration
from pvengine.yamldoc import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["HOME", "Command", "Runner", "match_output", "run_page", "split_session"]

HOME = "/home/ada/project"
"""What the pages show instead of the scratch folder."""

_TIMEOUT_S = 60
_PROGRESS = re.compile(r"\[\d+/\d+\] .*\n")
_NOT_HERE = frozenset({"PV302", "PV304", "PV306", "PV401"})
"""Findings that a part of a contract has because the rest is not there."""

_PART = "metadata: {id: C-PART, version: 0.1.0, kind: pattern, description: A part., references: [none]}"
"""What stands above a part of a contract, so that the part alone decides what is found."""


@dataclass(frozen=True)
class Command:
    """A command of a console block, with the output that is shown below it."""

    text: str
    expected: str
    line: int


def run_page(page: Page, folder: Path, programs: Path | None = None) -> None:
    """Run a page; AssertionError, with the place, where something is not as the page says.

    What lies in the folder ``programs`` is started instead of the installed program of that name.
    """
    runner = Runner(page, folder, programs)
    runner.start_folder()
    for item in page.items:
        runner.run(item)
    runner.finish()


@dataclass
class Runner:
    """The state between two blocks: the scratch folder, the working folder, variables, the last exit code."""

    page: Page
    parent: Path
    programs: Path | None = None
    count: int = 0
    code: int = 0
    home: Path = field(init=False)
    cwd: Path = field(init=False)
    variables: dict[str, str] = field(init=False)

    def start_folder(self) -> None:
        """Start in an empty folder that is a git repository."""
        self.count += 1
        self.home = self.cwd = self.parent / str(self.count) / "project"
        self.home.mkdir(parents=True)
        self.variables = _make_variables(self.home, self.programs)
        assert self._execute("git init --quiet --initial-branch=main")[0] == 0

    def run(self, item: Block | Action) -> None:
        """Run one block or action."""
        if isinstance(item, Action):
            if item.name == "new folder":
                self.start_folder()
            else:
                code, output = self._execute(item.argument)
                assert code == 0, f"{self._place(item.line)}: setup ended with {code}:\n{output}"
        elif item.marker == "file":
            path = self.cwd / item.argument
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(item.text, encoding="utf-8")
        elif item.marker == "edit":
            self._edit(item)
        elif item.marker is None:
            self._run_block(item)

    def _run_block(self, block: Block) -> None:
        if block.language == "console":
            for command in split_session(block):
                self._run_command(command)
        elif block.language == "sh":
            code, output = self._execute(f"set -eu -o pipefail\n{block.text}")
            assert code == 0, f"{self._place(block.line)}: the script ended with {code}:\n{output}"
        elif block.language == "python":
            done = subprocess.run(  # noqa: S603 - what the page shows
                [sys.executable, "-W", "error", "-c", block.text],
                cwd=self.cwd,
                env=self.variables,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
                check=False,
            )
            assert done.returncode == 0, f"{self._place(block.line)}: {done.stdout}{done.stderr}"
        elif block.language in _READERS:
            _READERS[block.language](block, self._place(block.line), self.parent / "parts")
        else:
            known = ", ".join(["console", "sh", "python", *_READERS])
            raise AssertionError(
                f"{self._place(block.line)}: a block in the language {block.language!r} is not run; write it"
                f" as one of {known}, or put `<!-- not run: REASON -->` above it"
            )

    def _run_command(self, command: Command) -> None:
        if command.text == "echo $?":
            assert command.expected.strip() == str(self.code), (
                f"{self._place(command.line)}: the exit code is {self.code}"
            )
            self.code = 0
            return
        assert self.code == 0, f"{self._place(command.line)}: the command before ended with {self.code}"
        self.code, output = self._execute(command.text)
        if command.expected:
            self.compare(command, output)

    def compare(self, command: Command, output: str) -> None:
        """Compare what a command printed with what the page shows."""
        found, wanted = self.normalise(output), self.normalise(command.expected)
        assert match_output(found, wanted), (
            f"{self._place(command.line)}: `{command.text}` printed\n{found}\nand the page shows\n{wanted}"
        )

    def finish(self) -> None:
        """Check that the last command ended well."""
        assert self.code == 0, f"{self.page.name}: the last command ended with {self.code}"

    def _edit(self, block: Block) -> None:
        path = self.cwd / block.argument
        text = path.read_text(encoding="utf-8")
        old = "".join(f"{line[1:]}\n" for line in block.lines if not line.startswith("+"))
        new = "".join(f"{line[1:]}\n" for line in block.lines if not line.startswith("-"))
        assert text.count(old) == 1, f"{self._place(block.line)}: {text.count(old)} places in {path} fit"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _execute(self, command: str) -> tuple[int, str]:
        """Run a command in bash; folder and exported variables are kept for the next."""
        state = self.home.parent / "state"
        script = f'{command}\n_code=$?; {{ pwd; env -0; }} > "{state}"; exit $_code'
        done = subprocess.run(  # noqa: S603 - what the page shows
            ["bash", "-c", script],  # noqa: S607 - the reader's shell
            cwd=self.cwd,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        if state.exists():
            folder, _, variables = state.read_text(encoding="utf-8").partition("\n")
            self.cwd = Path(folder)
            self.variables = dict(entry.split("=", 1) for entry in variables.split("\0") if "=" in entry)
            state.unlink()
        return done.returncode, done.stdout + _PROGRESS.sub("", done.stderr)

    def normalise(self, text: str) -> str:
        """Make equal what differs from run to run."""
        text = text.replace(str(self.home), HOME)
        text = re.sub(r"sha256:[0-9a-f]+", "sha256:DIGEST", text)
        text = re.sub(r"\b[0-9a-f]{64}\b", "DIGEST", text)
        text = re.sub(r"\b\d{4}-\d\d-\d\d\b", "DATE", text)
        text = re.sub(r"\b\d+\.\d\d s\b", "TIME", text)
        return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())

    def _place(self, line: int) -> str:
        return f"{self.page.name}:{line}"


def split_session(block: Block) -> Iterator[Command]:
    """Split a console block into commands with their output."""
    command: list[str] = []
    output: list[str] = []
    start = block.line
    for number, line in enumerate(block.lines, block.line):
        if line.startswith("$ "):
            if command:
                yield Command("\n".join(command), "".join(output), start)
            command, output, start = [line[2:]], [], number
        elif line.startswith("> ") and command and not output:
            command.append(line[2:])
        elif not command:
            raise AssertionError(f"line {number}: a console block begins with a command after '$ '")
        else:
            output.append(f"{line}\n")
    if command:
        yield Command("\n".join(command), "".join(output), start)


def match_output(found: str, wanted: str) -> bool:
    """Whether output is as shown; ``...`` stands for any text.

    Examples
    --------
    >>> match_output("a 1 b", "a ... b"), match_output("a 1 c", "a ... b")
    (True, False)
    """
    pattern = ".*?".join(map(re.escape, wanted.strip("\n").split("...")))
    return re.fullmatch(pattern, found.strip("\n"), re.DOTALL) is not None


def _make_variables(home: Path, programs: Path | None) -> dict[str, str]:
    """Make the environment of a reader: this interpreter's commands first, nothing of git's own set-up."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PV_", "GIT_", "XDG_", "PYTEST", "COV"))
    }
    return {
        **kept,
        "PATH": os.pathsep.join(
            [
                *([str(programs)] if programs else []),
                str(REPOSITORY / ".venv" / "bin"),
                sys.prefix + "/bin",
                kept.get("PATH", ""),
            ]
        ),
        "HOME": str(home.parent),
        "REPOSITORY": str(REPOSITORY),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "ada@example.org" for who in ("AUTHOR", "COMMITTER")},
    }


def _read_yaml(block: Block, place: str, folder: Path) -> None:
    """Validate a contract, a part of one, or keys of one falsification test."""
    data = read_document(block.text.encode(), place).data
    text = block.text
    if "metadata" not in data:
        if not set(data) <= set(Contract.model_fields):
            assert set(data) <= set(FalsificationTest.model_fields), f"{place}: no part of a contract"
            text = _wrap_test(block, data)
        text = f"{_PART}\n{text}"
    folder.mkdir(exist_ok=True)
    path = folder / "part-v1.yaml"
    path.write_text(text, encoding="utf-8")
    report = open_project(path).validate([path])
    errors = [
        entry for entry in report.diagnostics if entry.severity != "note" and entry.code not in _NOT_HERE
    ]
    assert not errors, f"{place}: {errors}"


def _wrap_test(block: Block, data: dict[str, Any]) -> str:
    """Make a whole test of some of its keys."""
    lines = [f"  {line}" for line in block.lines]
    lines[:0] = [f"  {key}: {value}" for key, value in (("id", "T"), ("falsifier", "f")) if key not in data]
    if "accept" not in data and "decides" not in data:
        lines.append("  accept: [{metric: m, lt: 1.0}]")
    if "decides" in data and "hypothesis" not in data:
        lines.append("  hypothesis: H")
    lines[0] = f"- {lines[0].lstrip()}"
    return "".join(f"{line}\n" for line in ["falsification_tests:", *lines])


def _read_toml(block: Block, place: str, folder: Path) -> None:
    """Read TOML; what is configuration of pv is checked as pv checks it."""
    data = tomllib.loads(block.text)
    is_shared = "pv" in data.get("tool", {})
    if not is_shared and not set(data) <= {each.name for each in fields(Configuration)}:
        return
    folder.mkdir(exist_ok=True)
    path = folder / ("pyproject.toml" if is_shared else "pv.toml")
    path.write_text(block.text, encoding="utf-8")
    try:
        configuration = read_configuration(path)
        check_severities(configuration.severities, place)
        check_ignore(configuration.ignore, place)
    except PvError as error:
        raise AssertionError(f"{place}: {error.what}") from error
    finally:
        path.unlink()


def _read_json(block: Block, place: str, folder: Path) -> None:
    del place, folder
    json.loads(block.text)


_READERS = {"yaml": _read_yaml, "toml": _read_toml, "json": _read_json}
