"""Run trials in worker processes, several at a time, and end them all when told to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self, TypeVar

from pydantic import BaseModel

from pvengine.models.trial import Failure, TrialResult
from pvengine.runner.endings import TrialEndedError, read_reply
from pvengine.runner.protocol import DescribeRequest, Description, TrialRequest, encode_request
from pvengine.runner.template import Ending, Template
from pvengine.runner.tracebacks import bound_text

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Supervisor"]

_Reply = TypeVar("_Reply", bound=BaseModel)


class Supervisor:
    """Runs trials, each in a process of its own. Thread-safe; a context manager that ends every worker.

    A trial is a fork of a template process that has imported NumPy and pydantic and never a plug-in, so
    no trial can see what another one did, and none pays the start of an interpreter. There are as many
    templates as trials that ran at the same time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Template] = []
        self._busy: set[Template] = set()
        self._is_closed = False

    def __enter__(self) -> Self:
        """Return the supervisor itself; nothing is started before the first trial."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End every worker."""
        self.close()

    def close(self) -> None:
        """End every worker; trials that still run are `INTERRUPTED`, and so is every later one."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
            for template in (*self._busy, *idle):
                template.hang_up()
        for template in idle:
            template.end()

    def run_trial(self, request: TrialRequest, timeout_s: float) -> TrialResult:
        """Run one trial; every way in which it can end is a result, with the reason in one line."""
        ending = Ending()
        try:
            result = self._ask(request, TrialResult, ending, timeout_s)
        except TrialEndedError as error:
            return TrialResult(
                fault=request.fault,
                failure=error.failure,
                reason=error.reason,
                detail=error.detail,
                duration_s=ending.elapsed_s,
            )
        if result.fault != request.fault:
            reason = f"the reply is about another trial: {result.fault!r:.80}"
            return TrialResult(fault=request.fault, failure=Failure.REPLY, reason=reason)
        return result

    def describe(self, request: DescribeRequest, timeout_s: float) -> Description:
        """Import a module in a worker and describe the falsifiers that it registers."""
        try:
            return self._ask(request, Description, Ending(), timeout_s)
        except TrialEndedError as error:
            return Description(failure=error.failure, reason=error.reason, detail=error.detail)

    def _ask(
        self,
        request: TrialRequest | DescribeRequest,
        model: type[_Reply],
        ending: Ending,
        timeout_s: float,
    ) -> _Reply:
        data = encode_request(request)
        is_search = isinstance(request, TrialRequest) and request.search is not None
        template, is_new = self._acquire()
        self._run(template, data, ending, timeout_s, is_search=is_search)
        if not ending.is_started and not is_new and not self._is_closed:
            # It was killed from outside while it was idle; nothing has run yet.
            template, _ = self._acquire(is_fresh=True)
            self._run(template, data, ending, timeout_s, is_search=is_search)
        return read_reply(ending, model, timeout_s)

    def _acquire(self, *, is_fresh: bool = False) -> tuple[Template, bool]:
        with self._lock:
            if self._is_closed:
                raise TrialEndedError(Failure.INTERRUPTED, "interrupted before it ran")
            is_new = is_fresh or not self._idle
            template = _start_template() if is_new else self._idle.pop()
            self._busy.add(template)
        return template, is_new

    def _run(
        self, template: Template, data: bytes, ending: Ending, timeout_s: float, *, is_search: bool
    ) -> None:
        """Run a trial; a template that is as it was goes back, any other one is ended."""
        is_intact = False
        try:
            template.run(data, timeout_s, ending, is_search=is_search)
            is_intact = ending.status is not None
        finally:
            with self._lock:
                self._busy.discard(template)
                is_closed = self._is_closed
                if is_intact and not is_closed:
                    self._idle.append(template)
            if not is_intact or is_closed:
                log = template.end()
        if is_closed and ending.status is None:
            raise TrialEndedError(Failure.INTERRUPTED, "interrupted")
        if not is_intact and log:
            ending.output += f"\n{bound_text(log)}".encode()


def _start_template() -> Template:
    try:
        return Template()
    except OSError as error:
        raise TrialEndedError(Failure.EXIT, f"no worker process can be started: {error}") from error
