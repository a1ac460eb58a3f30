"""The evidence store of one contract: one immutable file for each judged trial.

``<folder of the contract>/evidence/<file stem>/<test id, percent-encoded>/<sha256 of the bytes>.json``
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.files import create_file, remove_leftovers
from pvengine.ledger.records import digest_bytes, parse_record
from pvengine.yamldoc.markers import has_markers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pvengine.models.evidence import EvidenceRecord

__all__ = ["EvidenceStore", "MissingEvidenceError"]


class MissingEvidenceError(TamperedEvidenceError):
    """A record that the contract pins is not there."""


@dataclass(frozen=True, slots=True)
class EvidenceStore:
    """The records of one contract below ``folder``."""

    folder: Path

    @classmethod
    def of(cls, contract_path: Path) -> EvidenceStore:
        """Return the store that belongs to a contract file."""
        return cls(contract_path.parent / "evidence" / contract_path.stem)

    @property
    def lock(self) -> Path:
        """The lock file of a discharge."""
        return self.folder.with_name(f".{self.folder.name}.lock")

    def folder_of(self, test: str) -> Path:
        """Return the folder of a test's records."""
        return self.folder / _encode(test)

    def path_of(self, test: str, digest: str) -> Path:
        """Return the path of a record."""
        return self.folder_of(test) / f"{digest.removeprefix('sha256:')}.json"

    def add(self, test: str, content: bytes) -> str:
        """Store the bytes of a record, durable when this returns; return its digest.

        Raises
        ------
        TamperedEvidenceError
            A file with this name is there and has other bytes; it stays as it is.
        """
        digest = digest_bytes(content)
        path = self.path_of(test, digest)
        try:
            found = path.read_bytes()
        except OSError:
            create_file(path, content)
        else:
            _check_digest(test, digest, found, path)
        return digest

    def read(self, test: str, digest: str) -> EvidenceRecord:
        """Read one record and check that its bytes have the digest that names it.

        Raises
        ------
        MissingEvidenceError
            There is no such file.
        TamperedEvidenceError
            Its bytes have another digest, or are no record.
        """
        path = self.path_of(test, digest)
        try:
            content = path.read_bytes()
        except OSError as error:
            is_gone = isinstance(error, FileNotFoundError)
            state = "is missing" if is_gone else f"cannot be read: {(error.strerror or str(error)).lower()}"
            raise MissingEvidenceError(
                f"the record {_short(digest)} of {test} {state}",
                where=str(path),
                why="the contract's amendments pin it",
                fix="restore the file from version control" if is_gone else "make the file readable",
            ) from error
        _check_digest(test, digest, content, path)
        return parse_record(content, str(path))

    def read_own(self, test: str, digest: str) -> EvidenceRecord:
        """Read one record and check that it is one of the test.

        Raises
        ------
        MissingEvidenceError
            There is no such file.
        TamperedEvidenceError
            Its bytes have another digest, or are no record, or one of another test.
        """
        record = self.read(test, digest)
        if record.predicate.test != test:
            raise TamperedEvidenceError(
                f"the record {_short(digest)} belongs to {record.predicate.test}, not to {test}",
                where=str(self.path_of(test, digest)),
                fix="restore the folder from version control",
            )
        return record

    def iter_chain(self, test: str, head: str) -> Iterator[tuple[str, EvidenceRecord]]:
        """Iterate over a test's records with their digests, from the newest, ``head``, to its first.

        Raises
        ------
        TamperedEvidenceError
            A record is missing, changed, or belongs to another test.
        """
        digest: str | None = head
        while digest is not None:
            record = self.read_own(test, digest)
            yield digest, record
            digest = record.predicate.previous

    def remove_leftovers(self, tests: Iterable[str]) -> int:
        """Remove what killed processes left half-written among the records of tests; return how much."""
        return sum(remove_leftovers(self.folder_of(test)) for test in tests)

    def count_records(self, test: str) -> int:
        """Count the records of a test by their names alone, also those that nothing links."""
        return len(self._list_names(test))

    def list_digests(self, test: str) -> list[str]:
        """List the digests of all records of a test, also those that nothing links."""
        return sorted(f"sha256:{name.removesuffix('.json')}" for name in self._list_names(test))

    def _list_names(self, test: str) -> list[str]:
        """List the names of the record files of a test; an object for each would take most of the time."""
        folder = self.folder_of(test)
        try:
            if not folder.is_dir():
                return []
        except OSError:  # a name that no file system takes: nothing can be stored there
            return []
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.name.endswith(".json")]


@functools.lru_cache(maxsize=16)
def _encode(test: str) -> str:
    """Return the name of a test's folder; a chain asks for it once for each record."""
    encoded = quote(test, safe="")
    return encoded if encoded.strip(".") else encoded.replace(".", "%2E")


def _check_digest(test: str, digest: str, content: bytes, path: Path) -> None:
    found = digest_bytes(content)
    if found != digest:
        how = "merge markers stand in it" if has_markers(content) else f"its digest is now {_short(found)}"
        raise TamperedEvidenceError(
            f"the record {_short(digest)} of {test} was changed: {how}",
            where=str(path),
            why="a record is named by the SHA-256 of its bytes and never edited",
            fix="restore the file from version control",
        )


def _short(digest: str) -> str:
    return digest[:19]
