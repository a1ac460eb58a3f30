"""Read the blocks of a contract, in both generations of the format, into one shape.

A block is a list of entries or a mapping of named entries, and a key of an entry may stand under another
name. What reads a block gets entries: each with its path in the data, and with its values under the names
that `ALIASES` leads to. Nothing here judges: a value of the wrong shape gives no entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pvengine.yamldoc import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pvengine.yamldoc import Path

__all__ = [
    "ALIASES",
    "CONDITION_SECTIONS",
    "MAX_COMPARED",
    "OBLIGATION_SECTIONS",
    "Blocks",
    "Entry",
    "fold_space",
    "is_blank",
    "iter_entries",
]

ALIASES: Mapping[str, tuple[str, ...]] = {
    "formula": ("statement",),
    "property": ("statement",),
    "rule": ("description", "name"),
    "prediction": ("expected",),
    "test": ("test_harness", "command", "falsification_test"),
    "if_fails": ("fails_if",),
}
"""For each name of a key the other names that it has, in the order in which they count."""

MAX_COMPARED = 10_000
"""Longest text that is looked at as a whole, in characters: aliases can repeat a long one 100,000 times."""
_WIDTH = 60
"""Longest name of an entry that a message shows, in characters."""

OBLIGATION_SECTIONS = ("proof_obligations", "obligations")
"""Blocks of obligations: the first is that of the format, the other a name that its newer generation has."""
CONDITION_SECTIONS = ("falsification", "falsification_conditions")
"""Blocks of the newer generation beside `falsification_tests`."""


def is_blank(value: Any) -> bool:
    """Whether a value holds nothing: null, white space, an empty list or an empty mapping.

    Examples
    --------
    >>> is_blank(None), is_blank("  "), is_blank([]), is_blank(0), is_blank(False)
    (True, True, True, False, False)
    """
    if isinstance(value, str):
        return not value or (len(value) <= MAX_COMPARED and value.isspace())
    return value is None or (isinstance(value, list | dict) and not value)


def fold_space(text: str) -> str:
    """Return a text with single spaces between its words; one that is very long as it is."""
    return " ".join(text.split()) if len(text) <= MAX_COMPARED else text


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a block: where it stands, and what is written in it.

    Attributes
    ----------
    path
        Path of the entry in the data.
    data
        The entry as written.
    """

    path: Path
    data: Mapping[str, Any]

    @property
    def section(self) -> str:
        """The key of the block, at the top of the contract."""
        return str(self.path[0])

    @property
    def key(self) -> str | None:
        """The key of the entry, where its block is a mapping."""
        last = self.path[-1]
        return last if isinstance(last, str) else None

    @property
    def id(self) -> str | None:
        """The id of the entry, else its key; None where it has neither, or a blank one."""
        written = self.data.get("id")
        name = self.key if written is None else written
        return name if isinstance(name, str) and not is_blank(name) else None

    @property
    def name(self) -> str:
        """What messages call the entry: its id, its key or its name, else its path."""
        named = self.id
        if named is None:
            title = self.data.get("name")
            named = title if isinstance(title, str) and not is_blank(title) else None
        if named is None:
            return format_path(self.path)
        return named if len(named) <= _WIDTH else f"{named[: _WIDTH - 3]}..."

    def find_key(self, name: str) -> str | None:
        """Return the key under which a value stands: the name itself or an alias; None where none does."""
        if name in self.data:
            return name
        return next((alias for alias in ALIASES.get(name, ()) if alias in self.data), None)

    def read(self, name: str) -> Any:
        """Return the value under a name or an alias of it; None where there is none."""
        key = self.find_key(name)
        return None if key is None else self.data[key]

    def is_empty(self, name: str) -> bool:
        """Whether a value is absent or blank."""
        return is_blank(self.read(name))

    def locate(self, name: str) -> Path:
        """Return the path of a value, or of the entry where the value is absent."""
        key = self.find_key(name)
        return self.path if key is None else (*self.path, key)


@dataclass(frozen=True)
class Blocks:
    """The blocks of one contract; each list of entries is read once, when it is asked for."""

    data: Mapping[str, Any]

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata; empty where the contract has none that can be read."""
        metadata = self.data.get("metadata")
        return metadata if isinstance(metadata, dict) else {}

    @cached_property
    def equations(self) -> tuple[Entry, ...]:
        """Entries of `equations`."""
        return tuple(iter_entries(self.data, "equations"))

    @cached_property
    def obligations(self) -> tuple[Entry, ...]:
        """Entries of `proof_obligations` and of `obligations`."""
        return tuple(iter_entries(self.data, *OBLIGATION_SECTIONS))

    @cached_property
    def harnesses(self) -> tuple[Entry, ...]:
        """Entries of `kani_harnesses`."""
        return tuple(iter_entries(self.data, "kani_harnesses"))

    @cached_property
    def tests(self) -> tuple[Entry, ...]:
        """Entries of `falsification_tests`."""
        return tuple(iter_entries(self.data, "falsification_tests"))

    @cached_property
    def conditions(self) -> tuple[Entry, ...]:
        """Entries of `falsification` and of `falsification_conditions`."""
        return tuple(iter_entries(self.data, *CONDITION_SECTIONS))

    @cached_property
    def enforcement(self) -> tuple[Entry, ...]:
        """Entries of `enforcement`."""
        return tuple(iter_entries(self.data, "enforcement"))

    @cached_property
    def stages(self) -> tuple[Entry, ...]:
        """Entries of `implementation_stages`."""
        return tuple(iter_entries(self.data, "implementation_stages"))

    @cached_property
    def gate(self) -> Entry | None:
        """The block `qa_gate`, as one entry; None where there is none that can be read."""
        gate = self.data.get("qa_gate")
        return Entry(("qa_gate",), gate) if isinstance(gate, dict) else None

    @cached_property
    def test_ids(self) -> frozenset[str]:
        """Ids of all tests, under whichever key they stand."""
        return frozenset(entry.id for entry in (*self.tests, *self.conditions) if entry.id is not None)


def iter_entries(data: Mapping[str, Any], *sections: str) -> Iterator[Entry]:
    """Iterate over the entries of blocks, each a list or a mapping; what is no mapping is left out."""
    for section in sections:
        block = data.get(section)
        if isinstance(block, dict):
            for key, value in block.items():
                if isinstance(value, dict):
                    yield Entry((section, key), value)
        elif isinstance(block, list):
            for index, value in enumerate(block):
                if isinstance(value, dict):
                    yield Entry((section, index), value)
