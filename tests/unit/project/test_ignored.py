"""What git ignores is left out; what git cannot say is not, and nothing of a repository is run."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from pvengine.project import ignored
from pvengine.project.discovery import FoundFiles, find_contract_files, list_contract_files
from pvengine.project.ignored import find_ignored, find_repository

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def run_git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(  # noqa: S603 - git with fixed arguments
        ["git", *settings, *arguments],  # noqa: S607 - the git of the machine
        cwd=folder,
        check=True,
        capture_output=True,
        env=environment | {"GIT_CONFIG_GLOBAL": os.devnull},
    )


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("metadata: {id: x, version: 1.0.0}\n")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder = tmp_path / "work"
    folder.mkdir()
    run_git(folder, "init", "--quiet")
    (folder / ".gitignore").write_text("build/\n*.tmp.yaml\n")
    return folder


def names_of(found: FoundFiles, root: Path) -> list[str]:
    return [file.relative_to(root).as_posix() for file in found.files]


def test_what_git_ignores_is_left_out_and_counted(root: Path) -> None:
    write(root, "a.yaml", "b.tmp.yaml", "build/c.yaml", "build/d/e.yml", "sub/f.yaml")
    found = find_contract_files([root])
    assert names_of(found, root) == ["a.yaml", "sub/f.yaml"]
    assert found.ignored == 3
    assert list_contract_files([root]) == list(found.files)


def test_without_depth_only_the_folder_itself_is_searched(root: Path) -> None:
    write(root, "a.yaml", "b.tmp.yaml", "sub/f.yaml")
    found = find_contract_files([root], is_deep=False)
    assert (names_of(found, root), found.ignored) == (["a.yaml"], 1)


def test_a_tracked_file_is_kept_although_a_pattern_names_it(root: Path) -> None:
    write(root, "kept.tmp.yaml", "other.tmp.yaml")
    run_git(root, "add", "--force", "kept.tmp.yaml")
    assert names_of(find_contract_files([root]), root) == ["kept.tmp.yaml"]


def test_a_file_that_is_named_is_checked(root: Path) -> None:
    write(root, "a.yaml", "b.tmp.yaml")
    for paths in ([root / "b.tmp.yaml", root], [root, root / "b.tmp.yaml"]):
        found = find_contract_files(paths)
        assert (sorted(names_of(found, root)), found.ignored) == (["a.yaml", "b.tmp.yaml"], 0)


@pytest.mark.parametrize("folder", ["build", "build/d"])
def test_a_folder_that_is_named_is_searched_although_git_ignores_it(root: Path, folder: str) -> None:
    write(root, "build/d/e.yaml")
    assert names_of(find_contract_files([root / folder]), root) == ["build/d/e.yaml"]


def test_inside_a_folder_that_is_named_the_rules_hold(root: Path) -> None:
    write(root, "sub/a.yaml", "sub/b.tmp.yaml", "sub/build/c.yaml")
    assert names_of(find_contract_files([root / "sub"]), root) == ["sub/a.yaml"]


def test_a_repository_inside_another_has_its_own_rules(root: Path) -> None:
    write(root, "inner/a.yaml", "inner/b.tmp.yaml", "inner/own.yaml")
    run_git(root / "inner", "init", "--quiet")
    (root / "inner" / ".gitignore").write_text("own.yaml\n")
    found = find_contract_files([root])
    assert names_of(found, root) == ["inner/a.yaml", "inner/b.tmp.yaml"]
    assert found.ignored == 1


def test_a_repository_in_an_ignored_folder_is_ignored_with_it(root: Path) -> None:
    write(root, "a.yaml", "build/dependency/x.yaml", "build/dependency/deeper/y.yaml")
    run_git(root / "build" / "dependency", "init", "--quiet")
    run_git(root / "build" / "dependency" / "deeper", "init", "--quiet")
    found = find_contract_files([root])
    assert (names_of(found, root), found.ignored) == (["a.yaml"], 2)


def test_a_submodule_is_read_by_its_own_rules(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "s.yaml", "s.tmp.yaml")
    run_git(source, "init", "--quiet")
    run_git(source, "add", ".")
    run_git(source, "commit", "--quiet", "-m", "x")
    run_git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(source), "module")
    write(root, "a.yaml", "b.tmp.yaml")
    assert names_of(find_contract_files([root]), root) == ["a.yaml", "module/s.tmp.yaml", "module/s.yaml"]
    (root / "module" / ".git").unlink()  # now git refuses every question about a path in it
    found = find_contract_files([root])
    assert names_of(found, root) == ["a.yaml", "module/s.tmp.yaml", "module/s.yaml"]
    assert found.ignored == 1


def test_a_folder_behind_a_symbolic_link_is_searched_where_it_is(root: Path, tmp_path: Path) -> None:
    write(root, "sub/a.yaml", "sub/b.tmp.yaml")
    (tmp_path / "link").symlink_to(root / "sub")
    (root / "loop").symlink_to(root)
    found = find_contract_files([tmp_path / "link"])
    assert found.files == (tmp_path / "link" / "a.yaml",)
    assert find_contract_files([root]).files == (root / "sub" / "a.yaml",)


def test_names_that_git_could_take_for_patterns(root: Path) -> None:
    names = [":(top)x.yaml", ":!y.yaml", "[a].yaml", 'q"\n.yaml', "-n.yaml", "\\t.yaml", "é \udcff.yaml"]
    write(root, *names)
    write(root, "a.tmp.yaml")
    found = find_contract_files([root])
    assert sorted(names_of(found, root)) == sorted(names)
    assert found.ignored == 1


def test_the_variables_of_a_hook_do_not_mislead(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "a.yaml", "b.tmp.yaml")
    monkeypatch.setenv("GIT_DIR", str(root / "nowhere"))
    monkeypatch.setenv("GIT_WORK_TREE", "/")
    monkeypatch.setenv("GIT_INDEX_FILE", "/dev/null")
    assert names_of(find_contract_files([root]), root) == ["a.yaml"]


def test_nothing_that_a_repository_names_is_run(root: Path, tmp_path: Path) -> None:
    write(root, "a.yaml", "b.tmp.yaml")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "pager.check-ignore", "core.sshCommand", "core.editor"):
        run_git(root, "config", key, str(trap))
    hooks = root / ".git" / "hooks"
    shutil.rmtree(hooks, ignore_errors=True)
    hooks.mkdir()
    for name in ("post-index-change", "fsmonitor-watchman", "query-watchman", "post-checkout"):
        shutil.copy(trap, hooks / name)
    assert names_of(find_contract_files([root]), root) == ["a.yaml"]
    assert not (tmp_path / "sprung").exists()


def test_outside_a_repository_git_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.yaml", "b.yaml")

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(ignored, "_ask", refuse)
    assert find_contract_files([tmp_path]).files == (tmp_path / "a.yaml", tmp_path / "b.yaml")
    assert find_contract_files([tmp_path / "a.yaml"]).files == (tmp_path / "a.yaml",)


def test_for_files_alone_git_is_not_asked(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "b.tmp.yaml")
    monkeypatch.setattr(ignored, "_ask", None)
    assert names_of(find_contract_files([root / "b.tmp.yaml"]), root) == ["b.tmp.yaml"]


def test_without_git_nothing_is_left_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "b.tmp.yaml")
    monkeypatch.setenv("PATH", str(root))
    assert find_contract_files([root]) == FoundFiles((root / "b.tmp.yaml",), 0)


def test_a_git_of_the_working_folder_is_not_run(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "git").write_text("#!/bin/sh\ntouch sprung\n")
    (root / "git").chmod(0o755)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", ".:")
    assert find_ignored(str(root), [str(root / "x.yaml")], time.monotonic() + 5) == frozenset()
    assert not (root / "sprung").exists()


def test_a_repository_that_git_cannot_read_ignores_nothing(root: Path) -> None:
    write(root, "b.tmp.yaml")
    (root / ".git" / "HEAD").unlink()
    assert names_of(find_contract_files([root]), root) == ["b.tmp.yaml"]


def test_git_is_not_waited_for_for_ever(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "b.tmp.yaml", "sub/c.yaml")
    os.mkfifo(root / "sub" / ".gitignore")  # git would wait for someone who writes into it
    monkeypatch.setattr("pvengine.project.discovery.TIMEOUT_S", 0.5)
    start = time.monotonic()
    assert find_contract_files([root]).ignored == 0
    assert time.monotonic() - start < 5


def test_paths_that_git_refuses_do_not_hide_the_others(root: Path) -> None:
    write(root, *(f"{number}.tmp.yaml" for number in range(9)), "real/x.yaml")
    (root / "link").symlink_to("real")
    asked = [*(str(root / f"{number}.tmp.yaml") for number in range(9)), str(root / "link" / "x.yaml")]
    assert find_ignored(str(root), asked, time.monotonic() + 5) == frozenset(asked[:-1])


def test_the_nearest_repository_counts(root: Path, tmp_path: Path) -> None:
    assert find_repository(str(root / "a" / "b")) == str(root)
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert find_repository(str(tmp_path)) == str(tmp_path)
    assert find_repository("/") == ("/" if os.path.lexists("/.git") else None)
