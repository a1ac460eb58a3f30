"""Plug-ins written by a test, and one supervisor for all of them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pvengine.registry import catalogue
from pvengine.runner.protocol import TrialRequest
from pvengine.runner.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pvengine.models.trial import TrialResult
    from pvengine.registry.catalogue import FalsifierSource

HEAD = """
from pvengine.plugin import Params, Trial, falsifier
import ctypes, os, signal, subprocess, sys, time, threading

class P(Params):
    x: float = 1.0

def subject(): return 1
def broken(): return 2

@falsifier("test.one", subject=subject, planted_faults={"first": broken, "second": lambda: 3})
def measure(trial: Trial, p: P) -> None:
    '''Measure.'''
"""


class WritePlugin(Protocol):
    """Write a plug-in whose function has this body, and find it."""

    def __call__(self, body: str, /, *, head: str = HEAD, **files: str) -> FalsifierSource: ...


class RunBody(Protocol):
    """Run one trial of a plug-in whose function has this body."""

    def __call__(  # noqa: PLR0913 - keyword-only facts of one trial
        self,
        body: str,
        /,
        *,
        seconds: float = 20,
        mebibytes: int = 256,
        fault: str | None = None,
        head: str = HEAD,
        params: Mapping[str, Any] | None = None,
        **files: str,
    ) -> TrialResult: ...


@pytest.fixture(scope="session")
def head() -> str:
    return HEAD


@pytest.fixture(scope="session")
def supervisor() -> Iterator[Supervisor]:
    with Supervisor() as shared:
        yield shared


@pytest.fixture
def write_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WritePlugin:
    monkeypatch.setattr(catalogue, "resolve_entry_points", lambda: iter(()))

    def write(body: str, /, *, head: str = HEAD, **files: str) -> FalsifierSource:
        text = head + textwrap.indent(textwrap.dedent(body), "    ")
        for name, content in {"plug": text, **files}.items():
            (tmp_path / f"{name}.py").write_text(content, encoding="utf-8")
        return catalogue.discover(tmp_path, ["plug.py"]).falsifiers["test.one"]

    return write


@pytest.fixture
def run_body(supervisor: Supervisor, write_plugin: WritePlugin) -> RunBody:
    def run(  # noqa: PLR0913 - keyword-only facts of one trial
        body: str,
        /,
        *,
        seconds: float = 20,
        mebibytes: int = 256,
        fault: str | None = None,
        head: str = HEAD,
        params: Mapping[str, Any] | None = None,
        **files: str,
    ) -> TrialResult:
        source = write_plugin(body, head=head, **files)
        closure = source.closure
        request = TrialRequest(
            closure.modules,
            source.module,
            source.name,
            params or {},
            fault,
            7,
            mebibytes,
            closure.first_party,
        )
        return supervisor.run_trial(request, seconds)

    return run
