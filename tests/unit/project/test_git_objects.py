from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from pvengine.diagnostics import ContractError
from pvengine.errors import UsageError
from pvengine.project.git_objects import read_git_file

if TYPE_CHECKING:
    from pathlib import Path

_WHO = {f"GIT_{role}_{part}": "ada@x" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(  # noqa: S603 - git in a scratch folder
        ["git", "-C", str(folder), *arguments],  # noqa: S607 - as above
        env={**kept, **_WHO, **_ALONE},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    git(root, "init", "--quiet", "--initial-branch=main")
    (root / "a b").mkdir()
    (root / "a b" / "x.yaml").write_bytes(b"one\r\n")
    (root / "link.yaml").symlink_to("a b/x.yaml")
    (root / "lost.yaml").symlink_to("nowhere.yaml")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "one")
    git(root, "tag", "-a", "v1", "-m", "first")
    (root / "a b" / "x.yaml").write_bytes(b"two\n")
    git(root, "add", ".")
    (root / "a b" / "x.yaml").write_bytes(b"three\n")
    return root


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _ALONE.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("folder", "revision", "path", "content"),
    [
        ("", "HEAD", "a b/x.yaml", b"one\r\n"),
        ("", "main", "a b/x.yaml", b"one\r\n"),
        ("", "v1", "a b/x.yaml", b"one\r\n"),
        ("", "", "a b/x.yaml", b"two\n"),
        ("a b", "HEAD", "./x.yaml", b"one\r\n"),
        ("a b", "HEAD", "../a b/x.yaml", b"one\r\n"),
        ("a b", "HEAD", "a b/x.yaml", b"one\r\n"),
        ("", "HEAD", "link.yaml", b"one\r\n"),
    ],
)
def test_a_file_is_read_as_a_revision_has_it(
    repository: Path, folder: str, revision: str, path: str, content: bytes
) -> None:
    before = git(repository, "status", "--porcelain")
    assert read_git_file(repository / folder, revision, path) == content
    assert git(repository, "status", "--porcelain") == before


@pytest.mark.parametrize(
    ("revision", "path", "message"),
    [
        ("HEAD", "y.yaml", "cannot read HEAD:y.yaml: there is no 'y.yaml' in 'HEAD'"),
        ("", "y.yaml", "cannot read :y.yaml: there is no 'y.yaml' in what is staged"),
        ("nope", "x.yaml", "cannot read nope:x.yaml: git knows no revision 'nope'"),
        ("--all", "x.yaml", "cannot read --all:x.yaml: git knows no revision '--all'"),
        ("HEAD", "a b", "cannot read HEAD:a b: it is a folder there, and no file"),
        (
            "HEAD",
            "lost.yaml",
            "cannot read HEAD:lost.yaml: a symbolic link on the way leads to nothing that the revision has",
        ),
        ("HEAD", "a b/x.yaml/z", "cannot read HEAD:a b/x.yaml/z: there is no 'a b/x.yaml/z' in 'HEAD'"),
        ("HEAD", "a\nb", "cannot read HEAD:a\nb: a name with a line break is none that git can be asked for"),
    ],
)
def test_what_is_not_there_is_named(repository: Path, revision: str, path: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_git_file(repository, revision, path)
    assert caught.value.what == message
    assert caught.value.why == "REF:path names a file as a commit has it"
    assert caught.value.fix


def test_a_submodule_is_no_file(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    commit = git(repository, "rev-parse", "HEAD")
    git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    git(tmp_path, "commit", "--quiet", "-m", "sub")
    with pytest.raises(UsageError, match="it is a submodule, or was not fetched into this clone"):
        read_git_file(tmp_path, "HEAD", "sub")
    with pytest.raises(UsageError, match=r"there is no 'sub/x\.yaml' in 'HEAD'"):
        read_git_file(tmp_path, "HEAD", "sub/x.yaml")


def test_a_file_above_the_limit_is_not_read(repository: Path) -> None:
    with pytest.raises(ContractError) as caught:
        read_git_file(repository, "HEAD", "a b/x.yaml", limit=4)
    assert [one.code for one in caught.value.diagnostics] == ["PV113"]
    assert caught.value.diagnostics[0].message == "the file has 5 bytes, and at most 4 are read (0 MiB)"


def test_a_folder_without_a_repository_says_what_git_says(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git cannot answer: fatal: not a git repository"):
        read_git_file(tmp_path, "HEAD", "x.yaml")


def test_without_git_nothing_is_guessed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git cannot be run: it is not installed"):
        read_git_file(repository, "HEAD", "x.yaml")


def test_variables_that_bind_git_to_another_repository_do_not_count(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    assert read_git_file(repository, "HEAD", "a b/x.yaml") == b"one\r\n"
