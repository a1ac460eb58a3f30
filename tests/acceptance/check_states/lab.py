"""A repository in which changes are made by real commands, and what `pv check` says about them."""

from __future__ import annotations

import copy
import difflib
import functools
import hashlib
import json
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest import mock

import jsonschema
import rfc8785
from repositories import CONTRACT, Repository

from pvengine.cli import check as check_command
from pvengine.cli.output import finish
from pvengine.models.schemas import find_schema
from pvengine.reporters.check import render_check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Result

__all__ = ["CONTRACT", "DAY", "DECIDES", "HEAD", "STAGE", "Checked", "Lab", "seal", "start_lab"]

DAY = {
    "SOURCE_DATE_EPOCH": "1767225600",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}
HEAD = """\
  description: Some bounds.
  references: [none]
hypotheses:
- {id: H, statement: The value is small, status: UNTESTED}
"""
DECIDES = """\
hypothesis: H
decides: {metric: value, CONFIRMED: {lt: 10.0}, FALSIFIED: {ge: 10.0}}
"""
STAGE = """\
implementation_stages:
- id: S
  steps:
  - {id: a, needs: [FT-001, FT-002], status: NEW}
"""
_FINDING = re.compile(r"^\S.*?: (?:error|warning|note)\[([A-Z]+-?\d{3})\]: (.*)$", re.MULTILINE)
"""A finding in the text, whatever stands around it."""
_DIGEST = re.compile(r"\b[0-9a-f]{12,64}\b")
"""Digests of records and commits: durations stand in the records, so that no two runs give the same."""
_WIDTH = 100
_STATES = ("added", "changed", "renamed", "affected", "deleted")


@dataclass(frozen=True)
class Checked:
    """What `pv check` said."""

    document: Any
    shown: str

    @property
    def affected(self) -> dict[str, list[str]]:
        """Why the change can have made another result of tests, by their ids."""
        return {test["id"]: test["affected"] for test in self.document["tests"]}

    def says(self, expected: str) -> None:
        """Compare what was said with what has to be."""
        differing = difflib.ndiff(expected.splitlines(), self.shown.splitlines())
        assert self.shown == expected, "\n".join(differing)


class Lab(Repository):
    """A repository whose changes are checked."""

    def run(self, *args: str, cwd: Path | None = None) -> Result:
        """Run the command in this process, in any folder."""
        scratch = copy.copy(self.scratch)
        scratch.root = cwd or self.root
        done: Result = scratch.call(*args)
        return done

    def pv(self, *args: str, code: int = 0) -> None:
        """Run a command that has to end in a known way."""
        done = self.run(*args)
        assert done.code == code, done.shown

    def check(self, *options: str, base: str | None = "main", cwd: Path | None = None) -> Checked:
        """Check the change; the text of the same report has to have the findings of the document alone."""
        reports: list[Any] = []

        def note(report: Any, *rest: Any) -> None:
            reports.append(report)
            finish(report, *rest)

        given = () if base is None else ("--base", base)
        with mock.patch.object(check_command, "finish", note):
            done = self.run("check", *given, *options, "--format", "json", cwd=cwd)
        document = done.report
        assert document["exit_code"] == done.code
        name = "check" if reports else "report"  # an error that ends a command gives the same for all of them
        assert (document["schema"], document["command"]) == (f"pv/{name}/v1", "check")
        open_validator(name).validate(document)
        found = [(each["code"], each["message"]) for each in document["diagnostics"]]
        has_errors = any(each["severity"] == "error" for each in document["diagnostics"])
        assert has_errors or done.code in (0, 10, 12), "what fails is an error, save what is measured again"
        assert not (has_errors and done.code == 0)
        for report in reports:
            assert _FINDING.findall(render_check("text")(report)) == found
        return Checked(document, describe(document, self.root))

    def begin_change(self) -> None:
        """Let the change begin where the repository is."""
        assert self.git("checkout", "--quiet", "-B", "change").code == 0

    def take_discharge(self, test: str) -> None:
        """Do what `discharge` does on top of what `main` began with; it was done beforehand, once for all."""
        assert self.git("reset", "--quiet", "--hard", f"discharged-{test}").code == 0

    def accept(self) -> None:
        """Let the base have what the change has: what follows is another change."""
        assert self.git("branch", "--force", "main").code == 0

    def bump(self, contract: str = CONTRACT) -> None:
        """Record what was edited since the base, and commit."""
        self.pv("bump", contract, "--base", "main")
        self.commit("Bump")

    def configure(self, text: str) -> None:
        """Add lines to the configuration."""
        self.scratch.write("pv.toml", f"{self.read('pv.toml')}{text}")

    def write_contract(self, name: str, known_as: str, *tests: str, head: str = "", tail: str = "") -> None:
        """Write another contract, of the version 0.1.0."""
        facts = {"id": known_as, "version": "0.1.0", "description": "More.", "references": "[none]"}
        metadata = "".join(f"  {key}: {value}\n" for key, value in facts.items())
        body = "".join(tests) or self.scratch.test("FT-101")
        self.scratch.write(name, f"metadata:\n{metadata}{head}falsification_tests:\n{body}{tail}")

    def add_amendment(self, body: str, version: str = "1.2.0") -> None:
        """Type an amendment that pins the one before it, as a careful person would, with its version."""
        last = self.data()["amendments"][-1]
        entry = f"- version: {version}\n  date: '2026-01-01'\n{body}  previous: {seal(last)}\n"
        text = self.read().replace(f"  version: {last['version']}\n", f"  version: {version}\n", 1)
        self.scratch.write(CONTRACT, f"{text}{entry}")
        self.commit("Type")

    def forge(self, test: str) -> None:
        """Make a record say another number, give it the name that follows, pin that, and commit."""
        (old,) = self.scratch.records(test)
        data = json.loads(old.read_text(encoding="utf-8"))
        data["predicate"]["measurements"]["value"] |= {"value": 2.0, "bits": "4000000000000000"}
        content = (json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
        name = hashlib.sha256(content).hexdigest()
        old.unlink()
        old.with_name(f"{name}.json").write_bytes(content)
        self.scratch.write(CONTRACT, self.read().replace(old.stem, name))
        self.commit("Forge")

    def beside(self, name: str) -> Path:
        """Return a path outside of the repository, for this state alone."""
        return self.root.with_name(f"{self.root.name}-{name}")

    def at(self, folder: Path) -> Lab:
        """Return the same as it stands in another folder."""
        scratch = copy.copy(self.scratch)
        scratch.root = folder
        scratch.path = folder / CONTRACT
        return Lab(scratch)

    def copy(self, scratch: Any) -> Lab:
        """Copy everything into another scratch project."""
        super().copy(scratch)
        return Lab(scratch)


@functools.cache
def open_validator(name: str) -> jsonschema.Draft202012Validator:
    """Open what validates a document against its published schema."""
    text = find_schema(f"{name}-v1.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def describe(document: Any, top: Path) -> str:
    """Describe a check in lines: exit, findings, counts, what is missing, and what was measured again."""
    lines = [f"exit {document['exit_code']}"]
    for found in document["diagnostics"]:
        place = f"{found['path']}:{found['line']}" if found["line"] else found["path"] or "-"
        lines.append(f"{place} {found['severity']} {found['code']} {found['message']}")
    if "counts" in document:
        lines += [*_iter_counts(document["counts"]), *_iter_tests(document)]
    clean = (_DIGEST.sub("#", line.replace(str(top), "<top>")) for line in lines)
    return "".join(f"{textwrap.fill(line, _WIDTH, subsequent_indent='  ')}\n" for line in clean)


def _iter_counts(counts: Any) -> Iterator[str]:
    states = ", ".join(f"{counts[state]} {state}" for state in _STATES if counts[state])
    looked_at = f"{counts['checked']} of {counts['contracts']} contracts{': ' * bool(states)}{states}"
    yield f"{counts['files']} files; {looked_at}; {counts['affected_tests']} tests affected"


def _iter_tests(document: Any) -> Iterator[str]:
    for concern in document["concerns"]:
        names = ", ".join(test["id"] + " new" * test["new"] for test in concern["tests"])
        yield f"{concern['word']}{' fails' * concern['fails']}: {names}"
    for again in document["reruns"]:
        yield f"{again['id']} {again['state']}" + (f": {again['reason']}" if again["reason"] else "")


def seal(entry: Any) -> str:
    """Return the digest by which the next amendment pins one."""
    return f"sha256:{hashlib.sha256(rfc8785.dumps(entry)).hexdigest()}"


def start_lab(scratch: Any) -> Lab:
    """Start a repository: `begin` has a contract of three tests, on `main` two of them are discharged."""
    lab = Lab(scratch)
    assert lab.git("init", "--quiet", "--initial-branch=main").code == 0
    lab.pv("init", "--git")
    tests = [scratch.test("FT-001", extra=DECIDES), *(scratch.test(f"FT-00{each}") for each in (2, 3))]
    scratch.contract(*tests, head=HEAD, tail=STAGE)
    lab.commit("Begin")
    assert lab.git("tag", "begin").code == 0
    lab.discharge("FT-001", "FT-002")
    for test in ("FT-002", "FT-003"):
        lab.branch(f"discharged-{test}")
        lab.discharge(test)
    lab.checkout("main")
    return lab
