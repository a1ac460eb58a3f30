"""What is known about a model before it is looked for: where it may be, its content, how to get it.

A plain dataclass without imports: a run that is answered from the cache reads its configuration by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

__all__ = ["ModelSource"]


@dataclass(frozen=True, kw_only=True)
class ModelSource:
    """An entry of `[tool.pv.models]`, or of a catalogue that a package ships."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}

    path: str | None = field(
        default=None,
        metadata={"description": "path of the file, relative to the project; `~` is the home folder"},
    )
    package: str | None = field(
        default=None, metadata={"description": "the installed distribution that carries the file"}
    )
    file: str | None = field(
        default=None,
        metadata={
            "description": "the file in that distribution; folders are searched for its last part, too"
        },
    )
    sha256: str | None = field(
        default=None,
        metadata={
            "description": "SHA-256 of the content that has this name, in 64 hexadecimal digits",
            "pattern": "^[0-9a-f]{64}$",
        },
    )
    get: str | None = field(default=None, metadata={"description": "the command that gets the file"})
    license: str | None = field(
        default=None, metadata={"description": "the licence or the terms of the model, in a few words"}
    )

    @property
    def filename(self) -> str | None:
        """The name that the file has where it comes from; None where nobody says."""
        return None if self.file is None else self.file.rpartition("/")[2]

    def over(self, other: ModelSource | None) -> ModelSource:
        """Return this entry with what it leaves open taken from another one.

        Examples
        --------
        >>> ModelSource(get="make m").over(ModelSource(package="m", get="pip install m"))
        ModelSource(path=None, package='m', file=None, sha256=None, get='make m', license=None)
        """
        if other is None:
            return self
        names = [each.name for each in fields(self)]
        return ModelSource(**{name: getattr(self, name) or getattr(other, name) for name in names})
