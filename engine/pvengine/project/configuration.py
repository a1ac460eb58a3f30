"""The configuration of a project: `[tool.pv]` of its `pyproject.toml`, or its `pv.toml`."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError

from pvengine.errors import UsageError
from pvengine.models.base import ClosedModel, FiniteNumber, Items

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = ["Configuration", "DefaultLimits", "find_configuration", "read_configuration"]

_FOREIGN_WORDS: dict[str, Literal["NEW", "DISCHARGED", "FALSIFIED"]] = {
    "ACTIVE": "NEW",
    "ALGORITHM_LEVEL_DISCHARGED": "DISCHARGED",
    "BLOCKED": "NEW",
    "BLOCKER_FIXTURE_ABSENT": "NEW",
    "DRAFT": "NEW",
    "FUNCTIONAL": "DISCHARGED",
    "OPEN": "NEW",
    "PARTIAL_ALGORITHM_LEVEL": "NEW",
    "PENDING": "NEW",
    "PLANNED": "NEW",
    "PROPOSED": "NEW",
    "SHIPPED": "DISCHARGED",
}


class DefaultLimits(ClosedModel):
    """Limits of one trial where a test states none."""

    seconds: Annotated[FiniteNumber, Field(gt=0)] = 60
    mebibytes: Annotated[int, Field(ge=64)] = 1024


class Configuration(ClosedModel):
    """What a project may configure; an unknown key is an error."""

    contracts: Items[str] = Field(default=("contracts",), description="folders or files with contracts")
    falsifiers: Items[str] = Field(default=(), description="`.py` files, folders or module names")
    statuses: dict[str, Literal["NEW", "DISCHARGED", "FALSIFIED"]] = Field(
        default_factory=dict, description="what status words of other tools mean here"
    )
    limits: DefaultLimits = DefaultLimits()
    jobs: Annotated[int, Field(ge=1)] | None = Field(default=None, description="workers at once")
    models: dict[str, str] = Field(default_factory=dict, description="paths of model files, by name")

    @property
    def status_words(self) -> dict[str, str]:
        """Meaning of every status word that is not the engine's own."""
        return {**_FOREIGN_WORDS, **self.statuses}


def find_configuration(folder: Path) -> Path | None:
    """Return the configuration file of one folder: `pv.toml`, or a `pyproject.toml` with `[tool.pv]`."""
    own = folder / "pv.toml"
    if own.is_file():
        return own
    shared = folder / "pyproject.toml"
    return shared if shared.is_file() and _find_table(_read_toml(shared)) is not None else None


def _find_table(data: dict[str, Any]) -> Any:
    """Return what stands under `[tool.pv]`; None where there is nothing."""
    tools = data.get("tool")
    return tools.get("pv") if isinstance(tools, dict) else None


def read_configuration(path: Path) -> Configuration:
    """Read a configuration file.

    Raises
    ------
    UsageError
        It is no TOML, has a key that is not known, or a value of another type.
    """
    data = _read_toml(path)
    table = data if path.name == "pv.toml" else _find_table(data)
    if not isinstance(table, dict):
        raise UsageError(f"[tool.pv] is {table!r}, not a table", where=str(path), fix="write [tool.pv]")
    try:
        return Configuration.model_validate(table)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unknown = next((detail for detail in details if detail["type"] == "extra_forbidden"), None)
        raise _refuse_key(unknown, path) if unknown else _refuse_value(details[0], path) from error


def _refuse_key(detail: ErrorDetails, path: Path) -> UsageError:
    name = ".".join(map(str, detail["loc"]))
    model = DefaultLimits if detail["loc"][0] == "limits" else Configuration
    near = get_close_matches(str(detail["loc"][-1]), model.model_fields, n=1)
    return UsageError(
        f"unknown configuration key {name!r}",
        where=str(path),
        why="a misspelt key would change nothing, and nobody would notice",
        fix=f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(model.model_fields)}",
    )


def _refuse_value(detail: ErrorDetails, path: Path) -> UsageError:
    name = ".".join(map(str, detail["loc"]))
    message = detail["msg"].removeprefix("Value error, ").replace("valid tuple", "list")
    return UsageError(
        f"configuration key {name!r}: {message[:1].lower()}{message[1:]}, got {detail['input']!r}",
        where=str(path),
        fix="docs/reference/configuration.md lists every key",
    )


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"cannot read the configuration: {(error.strerror or str(error)).lower()}", where=str(path)
        ) from error
    except ValueError as error:
        raise UsageError(
            f"the configuration is no TOML: {error}",
            where=str(path),
            why="without its configuration a project has other contracts and falsifiers",
            fix="correct the line that the message names",
        ) from error
