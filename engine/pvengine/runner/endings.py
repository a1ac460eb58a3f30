"""Turn the way in which a trial's process ended into what is reported about it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from pvengine.models.trial import Failure
from pvengine.runner.protocol import REPLY_LIMIT_BYTES
from pvengine.runner.tracebacks import bound_text, drop_engine_frames

if TYPE_CHECKING:
    from pvengine.runner.template import Ending

__all__ = ["TrialEndedError", "describe_end", "name_signal", "read_reply"]

_Reply = TypeVar("_Reply", bound=BaseModel)


class TrialEndedError(Exception):
    """A trial's process ended without an answer that can be used."""

    def __init__(self, failure: Failure, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
        self.detail = detail


def name_signal(number: int) -> str:
    """Name a signal, such as ``SIGSEGV (Segmentation fault)``."""
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    text = signal.strsignal(number)
    return f"{name} ({text})" if text else name


def read_reply(ending: Ending, model: type[_Reply], timeout_s: float) -> _Reply:
    """Read the reply of a process that ended as it should.

    Raises
    ------
    TrialEndedError
        It did not, or the reply is not what was asked for.
    """
    failed = describe_end(ending, timeout_s)
    if failed is not None:
        raise failed
    try:
        return model.model_validate_json(bytes(ending.reply))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        reason = f"the reply is not what a worker sends: {f'{place}: ' if place else ''}{first['msg']}"
        raise TrialEndedError(Failure.REPLY, reason, _show_output(ending)) from error


def describe_end(ending: Ending, timeout_s: float) -> TrialEndedError | None:
    """Say why a process ended without an answer; None where it ended as it should."""
    detail = _show_output(ending)
    if ending.is_timed_out:
        return TrialEndedError(Failure.TIMEOUT, f"took longer than {timeout_s:g} s", detail)
    if ending.is_reply_too_large:
        reason = f"the reply is larger than {REPLY_LIMIT_BYTES} bytes"
        return TrialEndedError(Failure.REPLY, reason, detail)
    if ending.status is None:
        return TrialEndedError(Failure.EXIT, "the worker ended before the trial did", detail)
    if os.WIFSIGNALED(ending.status):
        number = os.WTERMSIG(ending.status)
        hint = ", as the system does when memory runs out" if number == signal.SIGKILL else ""
        return TrialEndedError(Failure.SIGNAL, f"killed by {name_signal(number)}{hint}", detail)
    code = os.waitstatus_to_exitcode(ending.status)
    if code != 0 or not ending.reply:
        reason = f"the process exited with code {code} before it replied"
        return TrialEndedError(Failure.EXIT, reason, detail)
    return None


def _show_output(ending: Ending) -> str | None:
    """Return the end of what the plug-in and the interpreter wrote, without the engine's frames."""
    return bound_text(drop_engine_frames(ending.output.decode("utf-8", "replace"))) or None
