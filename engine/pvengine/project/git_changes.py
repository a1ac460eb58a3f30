"""What changed between a commit and the working tree: the base of a change, and the files that differ."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pvengine.errors import UsageError
from pvengine.project.git_calls import ask_git, list_answers, run_git
from pvengine.project.ignored import find_repository

__all__ = [
    "Base",
    "ChangedFiles",
    "find_base",
    "find_top",
    "had_version",
    "list_changed_files",
    "list_tracked",
]

_CANDIDATES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
"""Where a change goes to when nobody says so; the first that is there."""
_SUBMODULE = "160000"
_WHY = "what a change did is told by the commit that it goes to"


@dataclass(frozen=True, slots=True)
class Base:
    """The commit that a change goes to, and the one that it began at.

    Attributes
    ----------
    ref
        As it was named.
    tip
        The commit, or the tree where a tree was named; its content is the current base.
    fork
        The best common ancestor of ``tip`` and HEAD: what differs from it is the change. Equal to ``tip``
        where the change has all of it.
    """

    ref: str
    tip: str
    fork: str

    @property
    def is_contained(self) -> bool:
        """Whether the change was made on, merged with or rebased onto the whole base."""
        return self.tip == self.fork


@dataclass(frozen=True, slots=True)
class ChangedFiles:
    """Files that differ between a commit and the working tree, by their paths from the top of the repository.

    ``submodules`` are the repositories inside this one, whose content it does not have.
    """

    top: Path
    added: frozenset[str] = frozenset()
    modified: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    submodules: frozenset[str] = frozenset()

    @property
    def every(self) -> frozenset[str]:
        """All of them."""
        return self.added | self.modified | self.deleted

    @property
    def present(self) -> frozenset[str]:
        """Those that are there now."""
        return self.added | self.modified


def find_top(folder: Path) -> Path:
    """Return the top folder of the repository that a folder belongs to; UsageError where there is none."""
    top = find_repository(os.path.realpath(folder))
    if top is None:
        raise UsageError(
            f"{folder} is in no git repository",
            why=_WHY,
            fix="run it in a working tree, or use `pv validate` and `pv verify`, which need no base",
        )
    return Path(top)


def find_base(top: Path, ref: str | None) -> Base:
    """Find the base of a change.

    Parameters
    ----------
    top
        Top folder of the repository.
    ref
        A commit or tree as git names it; None for the branch that the remote calls its main one.

    Raises
    ------
    UsageError
        There is no such commit, or it has no ancestor in common with HEAD, as in a shallow clone.
    """
    if _resolve(top, "HEAD") is None:  # nothing was ever committed: everything is new
        empty = _empty_tree(top)
        return Base(ref or "nothing", empty, empty)
    name = ref or next((each for each in _CANDIDATES if _resolve(top, each)), None)
    if name is None:
        raise UsageError(
            f"there is no base: the repository has none of {', '.join(_CANDIDATES)}",
            why=_WHY,
            fix="name it with --base REF, or write `base` into [tool.pv.check]",
        )
    commit = _resolve(top, name)
    if commit is None:
        tree = _resolve(top, name, kind="tree")
        if tree is not None:
            return Base(name, tree, tree)
        raise _say_missing(top, name)
    done = ask_git(top, "merge-base", commit, "HEAD")
    fork = os.fsdecode(done.stdout).strip()
    if done.returncode or not fork:
        raise _say_unrelated(top, name)
    return Base(name, commit, fork)


def _resolve(top: Path, name: str, kind: str = "commit") -> str | None:
    done = ask_git(top, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{{kind}}}")
    return None if done.returncode else os.fsdecode(done.stdout).strip()


def _empty_tree(top: Path) -> str:
    return os.fsdecode(run_git(top, "hash-object", "-t", "tree", "--stdin")).strip()


def _is_shallow(top: Path) -> bool:
    return run_git(top, "rev-parse", "--is-shallow-repository").strip() == b"true"


def _say_missing(top: Path, name: str) -> UsageError:
    shallow = _is_shallow(top)
    remote, slash, branch = name.partition("/")
    remotes = os.fsdecode(run_git(top, "remote")).split()
    fetch = f"git fetch {remote} {branch}" if slash and remote in remotes else "git fetch --all"
    return UsageError(
        f"there is no base {name!r}"
        + (": this is a shallow clone, which has only the newest commits" * shallow),
        why=_WHY,
        fix=f"fetch it: `{fetch}{' --unshallow' * shallow}`"
        + (
            "; in GitHub Actions set `fetch-depth: 0` of actions/checkout"
            if shallow
            else ", or name another one"
        ),
    )


def _say_unrelated(top: Path, name: str) -> UsageError:
    if _is_shallow(top):
        return UsageError(
            f"the clone is shallow: where the change left {name!r} was not fetched",
            why=_WHY,
            fix="run `git fetch --unshallow`; in GitHub Actions set `fetch-depth: 0` of actions/checkout, "
            "in GitLab CI `GIT_DEPTH: 0`",
        )
    return UsageError(
        f"{name!r} and HEAD have no commit in common",
        why=_WHY,
        fix="name the branch that the change goes to",
    )


def list_changed_files(top: Path, commit: str) -> ChangedFiles:
    """List the files that differ between a commit, or a tree, and the working tree.

    Files that git does not track are new, save those that it ignores. A file that was written again with the
    bytes that it had may be among them.
    """
    options = ("--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty")
    answers = iter(list_answers(run_git(top, "diff", *options, commit, "--")))
    groups: dict[str, set[str]] = {"A": set(), "M": set(), "D": set(), "": set()}
    for facts, path in zip(answers, answers, strict=True):
        before, after, *_, letter = facts.removeprefix(":").split(" ")
        groups["" if _SUBMODULE in (before, after) else _KINDS.get(letter[:1], "M")].add(path)
    untracked = list_answers(run_git(top, "ls-files", "--others", "--exclude-standard", "-z"))
    again = groups["D"].intersection(untracked)
    return ChangedFiles(
        top,
        added=frozenset(groups["A"].union(untracked) - again),
        modified=frozenset(groups["M"] | again),
        deleted=frozenset(groups["D"] - again),
        submodules=frozenset(groups[""]),
    )


_KINDS = {"A": "A", "D": "D"}
"""Letters of git that are not a modification."""


def had_version(top: Path, base: Base, path: str) -> bool:
    """Whether a commit of the change had a file just as the tip of the base has it.

    True in a branch that was stacked on one which is merged by now, whatever way that was merged.
    """
    now = ask_git(top, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{base.tip}:{path}")
    options = ("--format=", "--raw", "--no-abbrev", "-z", "--no-renames", "--no-ext-diff", "-m")
    log = run_git(top, "--literal-pathspecs", "log", *options, f"{base.fork}..HEAD", "--", path)
    blob = os.fsdecode(now.stdout).strip()
    return bool(blob) and any(blob in facts.split(" ")[3:4] for facts in list_answers(log))


def list_tracked(top: Path, paths: list[str]) -> frozenset[str]:
    """List the files below some paths that git tracks; paths are taken literally."""
    if not paths:
        return frozenset()
    answer = run_git(top, "--literal-pathspecs", "ls-files", "-z", "--", *paths)
    return frozenset(list_answers(answer))
