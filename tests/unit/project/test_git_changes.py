from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pvengine.errors import UsageError
from pvengine.project.git_changes import find_base, find_top, list_changed_files, list_tracked

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Git


@pytest.fixture
def repository(tmp_path: Path, git: Git) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    for name in ("kept", "edited", "gone"):
        (root / name).write_text(name, encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "one")
    return root


def commit(git: Git, root: Path, name: str, text: str) -> str:
    (root / name).write_text(text, encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", name)
    return git(root, "rev-parse", "HEAD")


def test_the_files_of_a_change_are_committed_or_not(repository: Path, git: Git) -> None:
    git(repository, "checkout", "--quiet", "-b", "branch")
    commit(git, repository, "edited", "other")
    (repository / "gone").unlink()
    (repository / "new one").write_text("x", encoding="utf-8")
    (repository / ".gitignore").write_text("hidden\n", encoding="utf-8")
    (repository / "hidden").write_text("x", encoding="utf-8")
    found = list_changed_files(repository, "main")
    assert found.added == {"new one", ".gitignore"}
    assert found.modified == {"edited"}
    assert found.deleted == {"gone"}
    assert found.present == {"new one", ".gitignore", "edited"}
    assert found.every == found.present | {"gone"}


def test_a_file_that_left_the_index_alone_is_modified(repository: Path, git: Git) -> None:
    git(repository, "rm", "--quiet", "--cached", "gone")
    found = list_changed_files(repository, "HEAD")
    assert (found.added, found.modified, found.deleted) == (frozenset(), {"gone"}, frozenset())


def test_a_repository_inside_is_told_apart(repository: Path, git: Git) -> None:
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet", "--initial-branch=main")
    commit(git, inner, "x.yaml", "x")
    git(repository, "-c", "advice.addEmbeddedRepo=false", "add", "inner")
    found = list_changed_files(repository, "HEAD")
    assert (found.submodules, found.every) == ({"inner"}, frozenset())


def test_the_base_is_where_the_change_left_it(repository: Path, git: Git) -> None:
    fork = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "-b", "branch")
    commit(git, repository, "edited", "other")
    assert find_base(repository, "main").is_contained
    git(repository, "checkout", "--quiet", "main")
    tip = commit(git, repository, "kept", "other")
    git(repository, "checkout", "--quiet", "branch")
    base = find_base(repository, "main")
    assert (base.ref, base.tip, base.fork, base.is_contained) == ("main", tip, fork, False)
    git(repository, "merge", "--quiet", "--no-edit", "main")
    assert find_base(repository, "main").is_contained


def test_the_base_that_nobody_names_is_the_main_branch(repository: Path, git: Git) -> None:
    assert find_base(repository, None).ref == "main"
    git(repository, "branch", "-m", "main", "trunk")
    with pytest.raises(UsageError) as caught:
        find_base(repository, None)
    assert caught.value.what == (
        "there is no base: the repository has none of origin/HEAD, origin/main, origin/master, main, master"
    )


def test_before_the_first_commit_everything_is_new(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "x.yaml").write_text("x", encoding="utf-8")
    base = find_base(tmp_path, "HEAD")
    assert (base.ref, base.is_contained) == ("HEAD", True)
    assert list_changed_files(tmp_path, base.fork).added == {"x.yaml"}


def test_a_tree_is_a_base_without_history(repository: Path, git: Git) -> None:
    tree = git(repository, "rev-parse", "HEAD^{tree}")
    base = find_base(repository, tree)
    assert (base.tip, base.fork) == (tree, tree)
    assert list_changed_files(repository, base.fork).every == frozenset()


def test_a_base_that_is_not_there(repository: Path, git: Git) -> None:
    git(repository, "remote", "add", "origin", "nowhere")
    with pytest.raises(UsageError) as caught:
        find_base(repository, "origin/next")
    assert caught.value.what == "there is no base 'origin/next'"
    assert caught.value.fix == "fetch it: `git fetch origin next`, or name another one"
    with pytest.raises(UsageError, match="there is no base 'v9'") as caught:
        find_base(repository, "v9")
    assert caught.value.fix == "fetch it: `git fetch --all`, or name another one"


def test_histories_that_have_nothing_in_common(repository: Path, git: Git) -> None:
    git(repository, "checkout", "--quiet", "--orphan", "alone")
    commit(git, repository, "edited", "other")
    with pytest.raises(UsageError, match="'main' and HEAD have no commit in common"):
        find_base(repository, "main")


def test_a_shallow_clone_says_so(repository: Path, tmp_path: Path, git: Git) -> None:
    git(repository, "checkout", "--quiet", "-b", "branch")
    commit(git, repository, "edited", "other")
    git(repository, "checkout", "--quiet", "main")
    commit(git, repository, "kept", "other")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=branch", repository.as_uri(), "clone")
    clone = tmp_path / "clone"
    with pytest.raises(UsageError) as caught:
        find_base(clone, "origin/main")
    assert caught.value.what == (
        "there is no base 'origin/main': this is a shallow clone, which has only the newest commits"
    )
    assert caught.value.fix == (
        "fetch it: `git fetch origin main --unshallow`; in GitHub Actions set `fetch-depth: 0` of"
        " actions/checkout"
    )
    git(clone, "fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    with pytest.raises(
        UsageError, match="the clone is shallow: where the change left 'origin/main' was not fetched"
    ):
        find_base(clone, "origin/main")


def test_a_folder_without_a_repository(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is in no git repository"):
        find_top(tmp_path)


def test_the_top_is_found_from_below(repository: Path) -> None:
    below = repository / "a" / "b"
    below.mkdir(parents=True)
    assert find_top(below) == repository.resolve()


def test_what_git_tracks_is_taken_literally(repository: Path, git: Git) -> None:
    (repository / "a*").mkdir()
    commit(git, repository, "a*/x", "x")
    assert list_tracked(repository, ["a*"]) == {"a*/x"}
    assert list_tracked(repository, []) == frozenset()
