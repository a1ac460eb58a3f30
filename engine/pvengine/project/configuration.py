"""The configuration of a project: `[tool.pv]` of its `pyproject.toml`, or its `pv.toml`."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pvengine.errors import UsageError
from pvengine.project.cache import make_key
from pvengine.registry.model_source import ModelSource

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from pvengine.project.cache import Cache

__all__ = [
    "CheckPolicy",
    "Configuration",
    "DefaultLimits",
    "SignatureSettings",
    "TeethSettings",
    "find_configuration",
    "read_configuration",
    "select_table",
]

_FOREIGN_WORDS: dict[str, Literal["NEW", "DISCHARGED", "FALSIFIED"]] = {
    "ACTIVE": "NEW",
    "ACTIVE_ALGORITHM_LEVEL": "NEW",
    "ACTIVE_FUNCTIONAL": "NEW",
    "ALGORITHM_LEVEL_DISCHARGED": "DISCHARGED",
    "BLOCKED": "NEW",
    "BLOCKER_FIXTURE_ABSENT": "NEW",
    "DRAFT": "NEW",
    "FUNCTIONAL": "DISCHARGED",
    "OPEN": "NEW",
    "PARTIAL_ALGORITHM_LEVEL": "NEW",
    "PENDING": "NEW",
    "PLANNED": "NEW",
    "PRE-REGISTERED": "NEW",
    "PROPOSED": "NEW",
    "SHIPPED": "DISCHARGED",
}


_UNKNOWN = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
"""What Pydantic says of a key that a model, or a dataclass, does not have."""


_CHECKING: dict[str, Any] = {"extra": "forbid", "strict": True}


@dataclass(frozen=True, kw_only=True)
class DefaultLimits:
    """Limits of one trial where a test states none."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CHECKING

    seconds: int | float = field(
        default=60,
        metadata={"description": "seconds of one trial", "gt": 0, "allow_inf_nan": False},
    )
    mebibytes: int = field(default=1024, metadata={"description": "memory of one trial", "ge": 64})


@dataclass(frozen=True, kw_only=True)
class SignatureSettings:
    """What `pv verify` asks of the signatures of evidence."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CHECKING

    trusted: tuple[str, ...] = field(
        default=(), metadata={"description": "files with public keys, or folders of `.pem` files"}
    )
    require: bool = field(
        default=False,
        metadata={"description": "whether every status needs a signature of one of these keys"},
    )


Which = Literal["all", "new", "report"]
"""Which tests fail a check: all, those that the change brought, or none."""


@dataclass(frozen=True, kw_only=True)
class CheckPolicy:
    """What `pv check` asks of a change before it is merged."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CHECKING

    base: str | None = field(
        default=None,
        metadata={"description": "what a change is compared with where `--base` is not given"},
    )
    self_declared: Which = field(
        default="new",
        metadata={
            "description": "statuses that no evidence grounds: `all` fail the check, those that the change"
            " brought (`new`), or none (`report`)"
        },
    )
    stale: Which = field(
        default="new", metadata={"description": "tests whose evidence speaks of another claim or code"}
    )
    unbound: Which = field(default="report", metadata={"description": "tests that name no falsifier"})
    unrun: Which = field(
        default="report", metadata={"description": "bound tests that no judged trial has settled"}
    )
    blocked: Which = field(default="report", metadata={"description": "tests that cannot run here"})
    toothless: Which = field(
        default="new", metadata={"description": "tests whose falsifier has no planted fault"}
    )
    loosened: Literal["fail", "report"] = field(
        default="report",
        metadata={"description": "a criterion that was loosened after it was falsified"},
    )
    nothing: Literal["fail", "pass"] = field(
        default="fail",
        metadata={"description": "a change that touches no contract and nothing that one rests on"},
    )
    removed_contracts: tuple[str, ...] = field(
        default=(), metadata={"description": "ids of contracts that were taken away on purpose"}
    )


@dataclass(frozen=True, kw_only=True)
class TeethSettings:
    """What `pv falsifiers check --mutants` tries, and asks."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _CHECKING

    mutants: int = field(
        default=40, metadata={"description": "mutants that are tried of each falsifier, at most", "ge": 1}
    )
    minimum_score: int | float | None = field(
        default=None,
        metadata={
            "description": "part of the mutants that a test must notice; without it every score will do",
            "ge": 0,
            "le": 1,
        },
    )


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What a project may configure; an unknown key is an error.

    A plain dataclass: a run that is answered from the cache reads its configuration without Pydantic, which
    checks the values, by the metadata of the fields, when they are new.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _CHECKING

    contracts: tuple[str, ...] = field(
        default=("contracts",), metadata={"description": "folders or files with contracts"}
    )
    falsifiers: tuple[str, ...] = field(
        default=(), metadata={"description": "`.py` files, folders or module names"}
    )
    statuses: dict[str, Literal["NEW", "DISCHARGED", "FALSIFIED"]] = field(
        default_factory=dict, metadata={"description": "what status words of other tools mean here"}
    )
    limits: DefaultLimits = field(
        default=DefaultLimits(), metadata={"description": "limits of one trial where a test states none"}
    )
    jobs: int | None = field(default=None, metadata={"description": "workers at once", "ge": 1})
    models: dict[str, ModelSource] = field(
        default_factory=dict,
        metadata={
            "description": "where model files are, by name; text is short for a table with this `path`"
        },
    )
    model_folders: tuple[str, ...] = field(
        default=(), metadata={"description": "folders with model files, looked into before `PV_MODELS`"}
    )
    severities: dict[str, Literal["off", "note", "warning", "error"]] = field(
        default_factory=dict,
        metadata={"description": "severity of a rule here, by its code; `off` switches it off"},
    )
    ignore: dict[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata={"description": "codes that are not reported in the files that a pattern matches"},
    )
    baseline: str | None = field(
        default=None,
        metadata={"description": "file of the findings that were there when the project adopted `pv`"},
    )
    third_party: Literal["report", "stale", "ignore"] = field(
        default="report",
        metadata={
            "description": "what to do where an imported package has another version than the record says:"
            " `report` it, make the evidence `stale`, or `ignore` it"
        },
    )
    signatures: SignatureSettings = field(
        default=SignatureSettings(),
        metadata={"description": "what `pv verify` asks of the signatures of evidence"},
    )
    check: CheckPolicy = field(
        default=CheckPolicy(), metadata={"description": "what `pv check` asks of a change"}
    )
    teeth: TeethSettings = field(
        default=TeethSettings(),
        metadata={"description": "what `pv falsifiers check --mutants` tries, and asks"},
    )

    @property
    def status_words(self) -> dict[str, str]:
        """Meaning of every status word that is not the engine's own."""
        return {**_FOREIGN_WORDS, **self.statuses}


_TABLES: dict[str | int, type] = {
    "check": CheckPolicy,
    "limits": DefaultLimits,
    "models": ModelSource,
    "signatures": SignatureSettings,
    "teeth": TeethSettings,
}
"""The models of the tables below the configuration."""


def find_configuration(folder: Path) -> Path | None:
    """Return the configuration file of one folder: `pv.toml`, or a `pyproject.toml` with `[tool.pv]`."""
    own = folder / "pv.toml"
    if own.is_file():
        return own
    shared = folder / "pyproject.toml"
    return shared if shared.is_file() and select_table(shared.name, _read_toml(shared)) is not None else None


def select_table(name: str, data: dict[str, Any]) -> Any:
    """Select the configuration in the data of a file: all of `pv.toml`, `[tool.pv]` of any other, or None."""
    if name == "pv.toml":
        return data
    tools = data.get("tool")
    return tools.get("pv") if isinstance(tools, dict) else None


def read_configuration(path: Path, cache: Cache | None = None) -> Configuration:
    """Read a configuration file; values that the cache knows are not checked again.

    Raises
    ------
    UsageError
        It is no TOML, has a key that is not known, or a value of another type.
    """
    data = _read_toml(path)
    table = select_table(path.name, data)
    if not isinstance(table, dict):
        raise UsageError(f"[tool.pv] is {table!r}, not a table", where=str(path), fix="write [tool.pv]")
    if cache is None:
        return _check(table, path)
    key = make_key("configuration", cache.stamp, json.dumps(table, sort_keys=True, default=str))
    known = cache.read([key]).get(key)
    if known is not None:
        with suppress(LookupError, TypeError, AttributeError):  # an entry of another shape is no entry
            return _restore(known)
    checked = _check(table, path)
    cache.write({key: asdict(checked)})
    return checked


def _restore(data: dict[str, Any]) -> Configuration:
    return Configuration(
        **{
            **data,
            "contracts": tuple(data["contracts"]),
            "falsifiers": tuple(data["falsifiers"]),
            "limits": DefaultLimits(**data["limits"]),
            "models": {name: ModelSource(**entry) for name, entry in data["models"].items()},
            "model_folders": tuple(data["model_folders"]),
            "signatures": SignatureSettings(
                trusted=tuple(data["signatures"]["trusted"]), require=data["signatures"]["require"]
            ),
            "check": CheckPolicy(
                **{**data["check"], "removed_contracts": tuple(data["check"]["removed_contracts"])}
            ),
            "ignore": {pattern: tuple(codes) for pattern, codes in data["ignore"].items()},
            "teeth": TeethSettings(**data["teeth"]),
        }
    )


def _spell_out(table: dict[str, Any]) -> dict[str, Any]:
    """Write a model whose path alone is given as a table."""
    models = table.get("models")
    if not isinstance(models, dict):
        return table
    spelt = {name: {"path": entry} if isinstance(entry, str) else entry for name, entry in models.items()}
    return {**table, "models": spelt}


def _check(table: dict[str, Any], path: Path) -> Configuration:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - heavy; a cached run does without

    try:
        text = json.dumps(_spell_out(table), default=str)
        return TypeAdapter(Configuration).validate_json(text)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unknown = next((detail for detail in details if detail["type"] in _UNKNOWN), None)
        raise _refuse_key(unknown, path) if unknown else _refuse_value(details[0], path) from error


def _refuse_key(detail: ErrorDetails, path: Path) -> UsageError:
    name = ".".join(map(str, detail["loc"]))
    model = _TABLES.get(detail["loc"][0], Configuration)
    known = [each.name for each in fields(model)]
    near = get_close_matches(str(detail["loc"][-1]), known, n=1)
    return UsageError(
        f"unknown configuration key {name!r}",
        where=str(path),
        why="a misspelt key would change nothing, and nobody would notice",
        fix=f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}",
    )


def _refuse_value(detail: ErrorDetails, path: Path) -> UsageError:
    name = ".".join(map(str, detail["loc"]))
    message = detail["msg"].removeprefix("Value error, ").replace("valid array", "list")
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
