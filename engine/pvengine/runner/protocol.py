"""What a supervisor and a worker say to each other, and how it travels.

Supervisor and template process share a socket. To start a trial the supervisor sends ``START`` with three
file descriptors: a file with the request, the pipe that takes the plug-in's output, and the pipe for the
reply. The template answers with two fixed-size messages, ``STARTED`` with the process id of the trial and
``ENDED`` with its wait status. In between, the supervisor may send ``TIME_OUT``. When the socket
closes, the template kills the trial and ends.

Requests and replies are JSON. Floats survive exactly: both sides write the shortest text that reads back.
"""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pvengine.models.base import ClosedModel
from pvengine.models.trial import Failure
from pvengine.registry.sources import ModuleSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "ENDED",
    "MESSAGE",
    "REPLY_LIMIT_BYTES",
    "START",
    "STARTED",
    "START_SEARCH",
    "TIME_OUT",
    "DescribeRequest",
    "Description",
    "FalsifierDescription",
    "SearchRequest",
    "TrialRequest",
    "decode_request",
    "encode_request",
]

START, START_SEARCH, TIME_OUT = b"R", b"S", b"T"
STARTED, ENDED = b"P", b"S"

MESSAGE = struct.Struct("!cq")
"""A message of the template: its kind, and a process id or a wait status."""

REPLY_LIMIT_BYTES = 4 * 1024 * 1024
"""A reply is a few numbers with their units; 4 MiB hold ten thousand measurements with room to spare."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """The search of a trial: what the contract writes, where outcomes change, and how much may be spent.

    ``cuts`` are values of the searched metric at which the claim gives another outcome or verdict;
    ``watched`` are the metrics that the claim names; ``share`` is the part of the budget for this trial.
    """

    search: Mapping[str, Any]
    cuts: tuple[float, ...] = ()
    watched: tuple[str, ...] = ()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class TrialRequest:
    """One trial: the sources to run, the falsifier, its params as the contract writes them, and the fault.

    ``fault`` is None for the subject itself. ``mebibytes`` is what the trial may take on top of what the
    interpreter needs. ``first_party`` names the top-level modules that may only be loaded from ``modules``.
    ``inputs`` are the names and absolute paths of required files. ``project`` is the root of the project: no
    module below it may be loaded but those of ``modules``. With ``is_params_only`` the trial ends, without
    measurements, when the parameter model has taken the params. ``stand_in`` names what takes the subject's
    place; ``mutated`` has modules with another source, from which the subject alone is loaded. With
    ``search`` the trial is a search, and its measurements are those at the worst point.
    """

    modules: tuple[ModuleSource, ...]
    module: str
    falsifier: str
    params: Mapping[str, Any]
    fault: str | None
    seed: int
    mebibytes: int
    first_party: tuple[str, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    project: str | None = None
    is_params_only: bool = False
    stand_in: str | None = None
    mutated: tuple[ModuleSource, ...] = ()
    search: SearchRequest | None = None


@dataclass(frozen=True, slots=True)
class DescribeRequest:
    """A question for the falsifiers that a module registers, without running any of them."""

    modules: tuple[ModuleSource, ...]
    module: str
    mebibytes: int
    first_party: tuple[str, ...] = ()


class FalsifierDescription(ClosedModel):
    """What only an import can tell about a falsifier: its parameter model, its subject and its faults."""

    name: str
    summary: str
    subject: str
    planted_faults: tuple[str, ...]
    params_schema: dict[str, Any] | None


class Description(ClosedModel):
    """The falsifiers that a module registered, or why it could not be imported."""

    falsifiers: tuple[FalsifierDescription, ...] = ()
    failure: Failure | None = None
    reason: str | None = None
    detail: str | None = None

    def find(self, name: str) -> FalsifierDescription | None:
        """Find the description of one falsifier."""
        return next((item for item in self.falsifiers if item.name == name), None)


def encode_request(request: TrialRequest | DescribeRequest) -> bytes:
    """Write a request as JSON."""
    data: dict[str, Any] = {
        "module": request.module,
        "mebibytes": request.mebibytes,
        "first_party": request.first_party,
        "modules": _encode_modules(request.modules),
    }
    if isinstance(request, TrialRequest):
        data["trial"] = [
            request.falsifier,
            dict(request.params),
            request.fault,
            request.seed,
            request.inputs,
            request.project,
            request.is_params_only,
            request.stand_in,
            _encode_modules(request.mutated),
            _encode_search(request.search),
        ]
    return json.dumps(data).encode()


def _encode_search(search: SearchRequest | None) -> list[Any] | None:
    return (
        None
        if search is None
        else [dict(search.search), list(search.cuts), list(search.watched), search.share]
    )


def _encode_modules(modules: Sequence[ModuleSource]) -> list[list[Any]]:
    return [
        [module.name, str(module.path), base64.b64encode(module.source).decode(), module.is_package]
        for module in modules
    ]


def _decode_modules(data: Iterable[Any]) -> tuple[ModuleSource, ...]:
    return tuple(
        ModuleSource(name, Path(path), base64.b64decode(source), is_package)
        for name, path, source, is_package in data
    )


def decode_request(data: bytes) -> TrialRequest | DescribeRequest:
    """Read a request."""
    fields = json.loads(data)
    modules = _decode_modules(fields["modules"])
    module, mebibytes, first_party = fields["module"], fields["mebibytes"], tuple(fields["first_party"])
    if "trial" not in fields:
        return DescribeRequest(modules, module, mebibytes, first_party)
    falsifier, params, fault, seed, inputs, project, is_params_only, stand_in, mutated, search = fields[
        "trial"
    ]
    files = tuple((name, path) for name, path in inputs)
    return TrialRequest(
        modules,
        module,
        falsifier,
        params,
        fault,
        seed,
        mebibytes,
        first_party,
        files,
        project,
        is_params_only,
        stand_in,
        _decode_modules(mutated),
        None if search is None else SearchRequest(search[0], tuple(search[1]), tuple(search[2]), search[3]),
    )
