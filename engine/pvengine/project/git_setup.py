"""Set up git for contracts: which paths have an attribute, and the merge driver in the configuration."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.ledger.files import create_file
from pvengine.project.discovery import show_path
from pvengine.project.git_calls import make_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["add_attributes", "check_repository", "describe_driver", "install_driver", "list_merge_attributes"]

_DRIVER = "merge.pv"
_SPECIAL = re.compile(r"([\\*?\[])")


def add_attributes(path: Path, lines: Iterable[str]) -> bool:
    """Add the lines that a `.gitattributes` has not; return whether there were any.

    A symbolic link stays, its target is written.
    """
    present = path.read_bytes() if path.exists() else b""
    known = present.splitlines()
    missing = [line.encode() for line in lines if line.encode() not in known]
    if missing:
        gap = b"" if not present or present.endswith(b"\n") else b"\n"
        create_file(path.resolve(), present + gap + b"".join(line + b"\n" for line in missing))
    return bool(missing)


def list_merge_attributes(root: Path, contracts: Sequence[str]) -> list[str]:
    """List the lines of `.gitattributes` in ``root`` that give contracts the merge driver.

    Raises
    ------
    UsageError
        An entry of the configuration leads out of the project, where its attributes say nothing.
    """
    lines = []
    for name in contracts:
        path = os.path.normpath(name).replace(os.sep, "/")
        if path.startswith("..") or os.path.isabs(path):  # noqa: PTH117 - a text of the configuration
            raise UsageError(
                f"the contracts in {name} lie outside of the project",
                why="`.gitattributes` says nothing about paths outside of its folder",
                fix=f"write `*.yaml merge=pv` into a `.gitattributes` in {name}, and the folder into the "
                "configuration of its own project",
            )
        if Path(path).suffix in {".yaml", ".yml"} and not (root / path).is_dir():
            lines.append(f"{_quote(path)} merge=pv")
            continue
        folder = "" if path == "." else f"{_quote(path)}/**/"
        lines += [f"{folder}*.yaml merge=pv", f"{folder}*.yml merge=pv"]
    return [_requote(line) for line in lines]


def _quote(path: str) -> str:
    return _SPECIAL.sub(r"\\\1", path)


def _requote(line: str) -> str:
    """Put a pattern with white space or a quote in quotes, as git reads it."""
    pattern, attribute = line.rsplit(" ", 1)
    if not re.search(r'[\s"]|^[#!]', pattern):
        return line
    escaped = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" {attribute}'


def check_repository(root: Path) -> None:
    """Raise UsageError where a folder is in no git repository, or git is not there."""
    done = _run_git(root, "rev-parse", "--is-inside-work-tree")
    if done.returncode or done.stdout.strip() != "true":
        said = next(iter(done.stderr.strip().splitlines()), "it is no working tree")
        raise UsageError(
            f"{show_path(root)} is in no git repository: {said}",
            why="the merge driver stands in the configuration of a repository",
            fix="run `git init`, or `pv init` without --git",
        )


def describe_driver() -> dict[str, str]:
    """Describe the driver as keys of git's configuration.

    The command names this interpreter by its full path, so that it works in every worktree and without an
    environment that is active. Where it is gone, git merges the lines. ``-P`` keeps modules of the
    repository from being imported. The bases of a criss-cross merge are not merged, an older one stands for
    them: amendments are known again by what they say.
    """
    python = f"{shlex.quote(sys.executable)} -P"
    lines = "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"
    own = f"{python} -m pvengine merge-driver --marker-size=%L --path=%P %O %A %B"
    return {
        f"{_DRIVER}.name": "contracts by their meaning (pv merge-driver)",
        f"{_DRIVER}.driver": f"if {python} -c 'import pvengine' 2>/dev/null; then {own}; else {lines}; fi",
        f"{_DRIVER}.recursive": "binary",
    }


def install_driver(root: Path) -> Path | None:
    """Set the driver in the configuration of the repository; return its file, None where it is set."""
    is_changed = False
    for key, value in describe_driver().items():
        if _run_git(root, "config", "--local", "--get-all", key).stdout.removesuffix("\n") == value:
            continue
        done = _run_git(root, "config", "--local", "--replace-all", key, value)
        if done.returncode:
            raise UsageError(
                f"git cannot set {key}: {done.stderr.strip()}",
                where=show_path(root),
                fix="check the permissions of the repository's configuration",
            )
        is_changed = True
    if not is_changed:
        return None
    shown = _run_git(root, "rev-parse", "--git-path", "config").stdout.removesuffix("\n")
    return root / shown


def _run_git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - the user's own git, in the user's own repository
            ["git", "-C", str(root), *arguments],  # noqa: S607 - as above
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            env=make_environment(is_question=False),
            check=False,
        )
    except OSError as error:
        raise UsageError(
            f"git cannot be run: {(error.strerror or str(error)).lower()}",
            why="--git sets up a git repository",
            fix="install git, or run `pv init` without --git",
        ) from error
