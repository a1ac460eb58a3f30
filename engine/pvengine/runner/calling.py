"""Call into a plug-in: whatever it raises becomes the failure of a trial."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from pvengine.models.trial import Failure, ParamsRefusal
from pvengine.runner.confinement import lift_memory_limit
from pvengine.runner.tracebacks import describe_error, format_plugin_traceback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from pvengine.plugin import Trial

__all__ = [
    "TrialError",
    "call_plugin",
    "measure_once",
    "refuse_compared",
    "refuse_returned",
    "validate_params",
]


class TrialError(Exception):
    """A trial that measured nothing, with what is reported about it."""

    def __init__(
        self,
        failure: Failure,
        reason: str,
        detail: str | None = None,
        refusals: tuple[ParamsRefusal, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
        self.detail = detail
        self.refusals = refusals


def measure_once(
    function: Callable[[Trial, Any], None], trial: Trial, params: BaseModel, mebibytes: int
) -> Any:
    """Run a falsifier; what it compared in vain ends the trial, also where it caught the exception."""
    try:
        return call_plugin(lambda: function(trial, params), Failure.EXCEPTION, mebibytes)
    finally:
        refuse_compared(trial)


def refuse_returned(name: str, returned: object) -> None:
    """End a trial whose falsifier returned something: it measures through the trial."""
    if returned is not None:
        raise TrialError(
            Failure.REPLY,
            f"{name} returned a {type(returned).__name__}: "
            "a falsifier returns nothing and measures through trial.measure",
        )


def refuse_compared(trial: Trial) -> None:
    """End a trial that compared what cannot be compared."""
    if trial.refusal is not None:
        raise TrialError(Failure.NOT_COMPARABLE, trial.refusal)


def call_plugin(call: Callable[[], Any], failure: Failure, mebibytes: int) -> Any:
    """Call into the plug-in; turn whatever it raises into the failure that it is."""
    try:
        return call()
    except MemoryError as error:
        lift_memory_limit()
        reason = f"more than {mebibytes} MiB of memory: {describe_error(error)}"
        raise TrialError(Failure.MEMORY, reason, format_plugin_traceback(error)) from error
    except SystemExit as error:
        reason = f"the plug-in called sys.exit({error.code!r:.80})"
        raise TrialError(Failure.EXIT, reason, format_plugin_traceback(error)) from error
    except BaseException as error:
        lift_memory_limit()
        raise TrialError(failure, describe_error(error), format_plugin_traceback(error)) from error


def validate_params(model: type[BaseModel], params: Mapping[str, Any]) -> BaseModel:
    """Validate params as JSON data: nothing is converted (a text is no number), no key is unknown.

    Both hold for nested models too, whatever the configuration of a model says.
    """
    try:
        return model.model_validate_json(json.dumps(dict(params)), strict=True, extra="forbid")
    except ValidationError as error:
        refusals = tuple(
            _refuse(model, item)
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        )
        reason = "; ".join(refusal.message for refusal in refusals)
        raise TrialError(Failure.PARAMS, reason, refusals=refusals) from error
    except Exception as error:  # a validator is the plug-in's code, and raises what it likes
        refusal = ParamsRefusal(path=(), message=describe_error(error))
        detail = format_plugin_traceback(error)
        raise TrialError(Failure.PARAMS, refusal.message, detail, (refusal,)) from error


def _refuse(model: type[BaseModel], item: ErrorDetails) -> ParamsRefusal:
    """Say in plain words what is wrong with one param; Pydantic's own words where they are plain."""
    path = tuple(item["loc"])
    name = ".".join(map(str, path)) or "params"
    if item["type"] == "missing":
        return ParamsRefusal(path=path, message=f"`{name}` is missing")
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), model.model_fields, n=1) if len(path) == 1 else []
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return ParamsRefusal(path=path, message=f"`{name}` is no param of this falsifier{hint}", at_key=True)
    message = item["msg"].removeprefix("Value error, ")
    return ParamsRefusal(path=path, message=f"`{name}`: {message[:1].lower()}{message[1:]}")
