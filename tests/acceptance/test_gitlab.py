"""The templates of `docs/ci/gitlab-ci.yml`: their scripts, run with the variables that GitLab sets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import junitparser
import pytest
import yaml
from hosted import clone, start_host

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch
    from repositories import Repository

TEMPLATE = Path(__file__).resolve().parents[2] / "docs" / "ci" / "gitlab-ci.yml"
MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    "CI_MERGE_REQUEST_PROJECT_ID": "7",
    "CI_COMMIT_BEFORE_SHA": "0" * 40,
}


@pytest.fixture(scope="module")
def template() -> Any:
    return yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))[".pv-check"]


@pytest.fixture(scope="module")
def origin(make_scratch: Callable[[], Scratch]) -> Repository:
    return start_host(make_scratch())


def run_job(
    template: Any, origin: Repository, folder: Path, name: str, shell: str = "bash", **variables: str
) -> tuple[int, str]:
    """Run the job on a clone that has its own commits alone; pip is looked at and not called."""
    workspace = folder / "project"
    clone(origin, workspace, f"refs/pull/{name}/merge")
    (folder / "python").write_text('#!/bin/sh\necho "python $*"\n', encoding="utf-8")
    (folder / "python").chmod(0o755)
    path = [str(folder), str(Path(sys.executable).parent), os.environ["PATH"]]
    given = {key: str(value) for key, value in template["variables"].items()}
    done = subprocess.run(  # noqa: S603 - the script of this project's template
        [shell, "-e", "-c", "\n".join([*template["before_script"], *template["script"]])],
        cwd=workspace,
        env={
            **given,
            "PATH": os.pathsep.join(path),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "CI_PROJECT_ID": "7",
            "CI_PROJECT_DIR": str(workspace),
            **variables,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_merge_request_that_holds(template: Any, origin: Repository, tmp_path: Path) -> None:
    code, out = run_job(template, origin, tmp_path, "good", "sh", **MERGE_REQUEST)
    assert code == 0, out
    assert out.startswith("python -m pip install --quiet --disable-pip-version-check pvengine\n")
    assert origin.git("status", "--porcelain", cwd=tmp_path / "project").out == ""
    for file in (*template["artifacts"]["paths"], template["artifacts"]["reports"]["junit"]):
        assert (tmp_path / "project" / file).stat().st_size


def test_a_merge_request_with_a_typed_status(template: Any, origin: Repository, tmp_path: Path) -> None:
    code, out = run_job(template, origin, tmp_path, "typed", **MERGE_REQUEST)
    assert code == 11, out
    found = junitparser.JUnitXml.fromfile(str(tmp_path / "project" / ".pv-check" / "pv-check.xml"))
    assert found.tests


def test_a_merge_request_of_a_fork_goes_to_the_base_of_its_target(
    template: Any, origin: Repository, tmp_path: Path
) -> None:
    address = f"file://{tmp_path}/target"
    assert origin.git("clone", "--quiet", "--bare", str(origin.root), f"{tmp_path}/target.git").code == 0
    variables = MERGE_REQUEST | {"CI_PROJECT_ID": "8", "CI_MERGE_REQUEST_PROJECT_URL": address}
    code, out = run_job(template, origin, tmp_path, "readme", **variables)
    assert code == 14, out
    wanted = origin.git("rev-parse", "main", cwd=tmp_path / "target.git").out
    assert origin.git("rev-parse", "origin/main", cwd=tmp_path / "project").out == wanted


def test_a_base_that_is_gone_is_no_success(template: Any, origin: Repository, tmp_path: Path) -> None:
    code, out = run_job(
        template, origin, tmp_path, "good", **MERGE_REQUEST | {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "gone"}
    )
    assert (code, "gone" in out) == (128, True), out


def test_a_push_is_checked_against_what_stood_there(
    template: Any, origin: Repository, tmp_path: Path
) -> None:
    commit = origin.git("rev-parse", "main").out.strip()
    code, out = run_job(template, origin, tmp_path, "good", PV_RERUN="none", CI_COMMIT_BEFORE_SHA=commit)
    assert code == 0, out


def test_the_template_fetches_everything_and_both_jobs_are_templates(template: Any) -> None:
    jobs = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
    assert sorted(jobs) == [".pv-check", ".pv-check-cached"]
    assert template["variables"]["GIT_DEPTH"] == 0
    assert jobs[".pv-check-cached"]["extends"] == ".pv-check"
    assert "cache" not in template
