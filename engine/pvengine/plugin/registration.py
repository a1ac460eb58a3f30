"""The decorator that turns a function into a falsifier, and the checks that it makes."""

from __future__ import annotations

import contextlib
import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from pvengine.errors import RegistrationError
from pvengine.plugin.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pvengine.plugin.domain import BoundsOf, Vectorised, WorstCase

__all__ = ["Falsifier", "falsifier", "iter_registered", "registering_aside"]

NAME_PATTERN = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*")
"""Lower-case words joined by hyphens, in parts joined by dots: ``softmax.drift-amplification``."""


@dataclass(frozen=True, slots=True)
class Falsifier:
    """A registered falsifier: the function, its parameter model, its subject and its planted faults.

    The others are what it offers to a search; None where it does not.
    """

    name: str
    function: Callable[[Trial, Any], None]
    params_model: type[BaseModel]
    subject: Callable[..., Any]
    planted_faults: Mapping[str, Callable[..., Any]]
    worst_case: WorstCase | None = None
    bounds: BoundsOf | None = None
    vectorised: Vectorised | None = None

    @property
    def summary(self) -> str:
        """First paragraph of the docstring, on one line."""
        return " ".join(inspect.cleandoc(self.function.__doc__ or "").split("\n\n")[0].split())


_registered: dict[str, Falsifier] = {}


def iter_registered() -> Iterator[Falsifier]:
    """Iterate over the falsifiers that this process has registered, by name."""
    return iter([_registered[name] for name in sorted(_registered)])


@contextlib.contextmanager
def registering_aside() -> Iterator[Mapping[str, Falsifier]]:
    """Register into an empty table meanwhile, which is given: a module can be imported twice that way."""
    kept = dict(_registered)
    _registered.clear()
    try:
        yield _registered
    finally:
        _registered.clear()
        _registered.update(kept)


def falsifier(  # noqa: PLR0913 - keyword-only facts of one registration
    name: str,
    *,
    subject: Callable[..., Any],
    planted_faults: Mapping[str, Callable[..., Any]],
    worst_case: WorstCase | None = None,
    bounds: BoundsOf | None = None,
    vectorised: Vectorised | None = None,
) -> Callable[[Callable[[Trial, Any], None]], Callable[[Trial, Any], None]]:
    """Register a function as a falsifier; the function itself is returned unchanged.

    Parameters
    ----------
    name
        The name that contracts use, as a string literal: the engine reads it without running the module.
    subject
        The code under test.
    planted_faults
        Subjects that are broken on purpose, by name; at least one. Each is run before the subject, and a
        test whose falsifier does not notice it discharges nothing.
    worst_case
        Gives params at which the worst is expected, by analysis, for a search to begin with: called with the
        published params and the `Domain`, it gives mappings of the params that differ.
    bounds
        Gives what is proved about metrics over a domain, as `Bound`; a search that finds a point beyond one
        decides nothing.
    vectorised
        Measures many points at once for a search: called with equally many trials and params, it measures on
        each trial what the falsifier measures with its params. What is recorded is measured by the falsifier
        itself.

    Raises
    ------
    RegistrationError
        The name, the signature, the docstring or the faults do not fit.
    """

    def register(function: Callable[[Trial, Any], None]) -> Callable[[Trial, Any], None]:
        where = f"{function.__module__}.{function.__qualname__}"
        _check_name(name, where)
        _check_subjects(name, where, subject, planted_faults)
        if not (function.__doc__ or "").strip():
            raise RegistrationError(
                f"falsifier {name!r} has no docstring",
                where=where,
                why="a falsifier says what it measures",
                fix="add a docstring whose first line names the quantity",
            )
        params_model = _read_params_model(name, where, function)
        _check_aids(name, where, {"worst_case": worst_case, "bounds": bounds, "vectorised": vectorised})
        faults = dict(planted_faults)
        _registered[name] = Falsifier(
            name, function, params_model, subject, faults, worst_case, bounds, vectorised
        )
        return function

    return register


def _check_name(name: str, where: str) -> None:
    if not isinstance(name, str) or not NAME_PATTERN.fullmatch(name):
        raise RegistrationError(
            f"{name!r} is no name for a falsifier",
            where=where,
            why="names are lower-case words joined by hyphens and dots",
            fix="rename it, for example 'softmax.drift-amplification'",
        )
    if name in _registered:
        other = _registered[name].function
        raise RegistrationError(
            f"falsifier {name!r} is defined twice",
            where=where,
            why=f"{other.__module__}.{other.__qualname__} has that name",
            fix="rename one of the two",
        )


def _check_subjects(
    name: str, where: str, subject: Callable[..., Any], planted_faults: Mapping[str, Callable[..., Any]]
) -> None:
    if not callable(subject):
        raise RegistrationError(
            f"the subject of {name!r} is {subject!r}",
            where=where,
            why="a subject is called",
            fix="pass the function under test",
        )
    if not planted_faults:
        raise RegistrationError(
            f"falsifier {name!r} has no planted fault",
            where=where,
            why="a test that cannot fail discharges nothing",
            fix="pass planted_faults={'what is broken': broken_subject}",
        )
    for fault, broken in planted_faults.items():
        if not isinstance(fault, str) or not fault.strip() or not callable(broken) or broken is subject:
            raise RegistrationError(
                f"planted fault {fault!r} of {name!r} is {broken!r}",
                where=where,
                why="a planted fault has a name and is a callable other than the subject",
                fix="pass a function that is broken on purpose",
            )


def _check_aids(name: str, where: str, aids: Mapping[str, Callable[..., Any] | None]) -> None:
    for keyword, aid in aids.items():
        if aid is not None and not callable(aid):
            raise RegistrationError(
                f"{keyword} of {name!r} is {aid!r}",
                where=where,
                why="a search calls it",
                fix=f"pass a function, or leave {keyword} out",
            )


def _read_params_model(name: str, where: str, function: Callable[..., Any]) -> type[BaseModel]:
    fix = "write it as `def measure(trial: Trial, p: SomeParams) -> None`, with SomeParams a Pydantic model"
    try:
        parameters = list(inspect.signature(function, eval_str=True).parameters.values())
    except (NameError, TypeError, AttributeError) as error:
        raise RegistrationError(
            f"the annotations of falsifier {name!r} cannot be read: {error}",
            where=where,
            why="the parameter model is taken from the annotation",
            fix="import Trial and define the model at module level, not under TYPE_CHECKING",
        ) from error
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(parameters) != 2 or len(positional) != 2:  # noqa: PLR2004 - trial and params
        raise RegistrationError(
            f"falsifier {name!r} takes {len(parameters)} parameters",
            where=where,
            why="it takes the trial and its params",
            fix=fix,
        )
    if positional[0].annotation is not Trial:
        raise RegistrationError(
            f"the first parameter of falsifier {name!r} is not annotated with Trial",
            where=where,
            why="the first parameter is the trial",
            fix=fix,
        )
    model = positional[1].annotation
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise RegistrationError(
            f"the second parameter of falsifier {name!r} is annotated with {model!r}",
            where=where,
            why="the parameter model is a Pydantic model, read from the annotation",
            fix=fix,
        )
    return model
