"""A repository as a host of git has it, with requests to merge, and clones as its jobs make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from repositories import Repository

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["clone", "start_host"]

_HEAD = "  description: Bounds.\n  references: [none]\n"


def start_host(scratch: Any) -> Repository:
    """Start what a host has: `main`, which went on after the tag `start`, and three branches from there.

    `good` discharges a test, `typed` has a status that somebody typed, `readme` touches no contract. What
    each would be when it is merged is `refs/pull/NAME/merge`.
    """
    repository = Repository(scratch)
    assert repository.git("init", "--quiet", "--initial-branch=main").code == 0
    assert scratch.call("init").code == 0
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"), head=_HEAD)
    repository.commit("Begin")
    assert repository.git("tag", "start").code == 0
    repository.branch("good")
    repository.discharge("FT-001")
    repository.branch("typed", "main")
    repository.edit("lt: 10.0}\n- id: FT-002", "lt: 10.0}\n  status: DISCHARGED\n- id: FT-002")
    repository.branch("readme", "main")
    scratch.write("README.md", "Bounds.\n")
    repository.commit("Say something")
    repository.checkout("main")
    scratch.write("notes.txt", "The base went on.\n")
    repository.commit("Note")
    for name in ("good", "typed", "readme"):
        assert repository.git("checkout", "--quiet", "--detach", "main").code == 0
        assert repository.merge(name, "--no-ff").code == 0
        assert repository.git("update-ref", f"refs/pull/{name}/merge", "HEAD").code == 0
    repository.checkout("main")
    return repository


def clone(origin: Repository, workspace: Path, ref: str, *words: str) -> None:
    """Fetch one ref, with more words for `git fetch`, into a new repository, and check it out."""
    workspace.mkdir()
    for command in (
        ["init", "--quiet"],
        ["remote", "add", "origin", f"file://{origin.root}"],
        ["fetch", "--quiet", "--no-tags", "origin", f"+{ref}:refs/remotes/job", *words],
        ["checkout", "--quiet", "--force", "refs/remotes/job"],
    ):
        done = origin.git(*command, cwd=workspace)
        assert done.code == 0, done.out
