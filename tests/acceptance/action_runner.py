"""Run the steps of a composite action as the runner of GitHub does, save for the actions that it uses.

What is known of the runner: a step of `bash` runs as `bash --noprofile --norc -eo pipefail FILE`, with the
expressions put in before; a step without a condition runs while no step has failed; outputs are lines.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

__all__ = ["ACTION", "REPOSITORY", "ActionRun", "Job", "read_action"]

REPOSITORY = Path(__file__).resolve().parents[2]
ACTION = REPOSITORY / "action.yml"
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_TERM = re.compile(r"(?P<name>[\w.-]+) (?P<sign>==|!=) '(?P<text>[^']*)'")


def read_action() -> Any:
    """Read the file of the action."""
    return yaml.safe_load(ACTION.read_text(encoding="utf-8"))


@dataclass
class ActionRun:
    """What a run of the action gave: the scripts with their exit codes, and the actions that it used."""

    scripts: dict[str, int] = field(default_factory=dict)
    used: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    out: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether a step failed."""
        return any(self.scripts.values())

    @property
    def actions(self) -> list[str]:
        """The names of the actions that were used."""
        return [name.partition("@")[0] for name, _ in self.used]


@dataclass
class Job:
    """A job on a checkout: its folders, the facts of its event, and what its shell has in the environment."""

    workspace: Path
    temp: Path
    event: str = "pull_request"
    context: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """What was appended to the summary."""
        file = self.temp / "summary.md"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def run(self, **inputs: str) -> ActionRun:
        """Run the action with inputs; an underscore in a name stands for a hyphen."""
        action = read_action()
        given = {name.replace("_", "-"): text for name, text in inputs.items()}
        assert given.keys() <= action["inputs"].keys()
        facts = {
            f"inputs.{name}": given.get(name, each["default"]) for name, each in action["inputs"].items()
        }
        facts |= {
            "github.event_name": self.event,
            "github.base_ref": "",
            "github.event.before": "",
            "github.event.merge_group.base_sha": "",
            "github.run_id": "7",
            "github.run_attempt": "1",
            "runner.os": "Linux",
            "runner.arch": "X64",
            **self.context,
        }
        done = ActionRun()
        for step in action["runs"]["steps"]:
            if self._holds(step.get("if", ""), facts, has_failed=done.has_failed):
                self._run_step(step, facts, done)
        for name, each in action["outputs"].items():
            done.outputs[name] = _resolve(each["value"], facts)
        return done

    def _run_step(self, step: dict[str, Any], facts: dict[str, str], done: ActionRun) -> None:
        if "uses" in step:
            done.used.append(
                (step["uses"], {name: _resolve(text, facts) for name, text in step["with"].items()})
            )
            return
        assert step["shell"] == "bash"
        script, output = self.temp / "step.sh", self.temp / "output.txt"
        script.write_text(_resolve(step["run"], facts), encoding="utf-8")
        output.write_text("", encoding="utf-8")
        ended = subprocess.run(  # noqa: S603 - a step of this project's action
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],  # noqa: S607 - as above
            cwd=self.workspace / _resolve(step.get("working-directory", "."), facts),
            env=self._make_environment(output)
            | {name: _resolve(text, facts) for name, text in step.get("env", {}).items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        done.scripts[step["name"]] = ended.returncode
        done.out += ended.stdout
        for line in output.read_text(encoding="utf-8").splitlines():
            name, sign, text = line.partition("=")
            assert sign
            facts[f"steps.{step['id']}.outputs.{name}"] = text

    def _make_environment(self, output: Path) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(self.temp),
            "LANG": "C.UTF-8",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(REPOSITORY),
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "PIP_NO_INDEX": "1",
            **self.env,
        }

    @staticmethod
    def _holds(condition: str, facts: dict[str, str], *, has_failed: bool) -> bool:
        terms = [term for term in condition.split(" && ") if term]
        if "always()" not in terms and has_failed:
            return False
        for term in terms:
            if term != "always()":
                match = _TERM.fullmatch(term)
                assert match, f"the runner of the tests does not know {term!r}"
                is_equal = _look_up(match["name"], facts) == match["text"]
                if is_equal != (match["sign"] == "=="):
                    return False
        return True


def _resolve(text: str, facts: dict[str, str]) -> str:
    return EXPRESSION.sub(lambda match: _look_up(match[1], facts), text)


def _look_up(name: str, facts: dict[str, str]) -> str:
    """Look a fact up; the output of a step that did not run, or wrote none, is empty."""
    return facts.get(name, "") if name.startswith("steps.") else facts[name]
