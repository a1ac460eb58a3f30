"""Signatures of records: DSSE envelopes beside them, one file for each record and key.

``<folder of the test's records>/<sha256 of the record>.<first 16 digits of the key id>.dsse``

The payload is the record, byte for byte, so that an envelope can be checked without anything else. Like a
record it is written once; two branches that sign one record with different keys write different files.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.errors import TamperedEvidenceError
from pvengine.ledger.files import create_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from securesystemslib.dsse import Envelope

    from pvengine.ledger.keys import PrivateKey, TrustedKey
    from pvengine.ledger.store import EvidenceStore

__all__ = [
    "PAYLOAD_TYPE",
    "EnvelopeFile",
    "Signer",
    "check_envelope",
    "is_signed",
    "list_envelopes",
    "list_strays",
    "make_envelope",
    "sign_record",
]

PAYLOAD_TYPE = "application/vnd.in-toto+json"
"""What the payload is: an in-toto Statement."""

_NAME = re.compile(r"([0-9a-f]{64})\.([0-9a-f]{16})\.dsse")
_KEYID = re.compile(r"[0-9a-f]{64}")
_SHORT = 16


@dataclass(frozen=True, slots=True)
class EnvelopeFile:
    """A file that is an envelope by its name: of which record, and by which key."""

    path: Path
    digest: str
    key: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed a record: a key id, and the trusted key of that id, where there is one."""

    keyid: str
    trusted: TrustedKey | None


def make_envelope(content: bytes, key: PrivateKey) -> bytes:
    """Sign the bytes of a record; return the bytes of its envelope."""
    from securesystemslib.dsse import Envelope  # noqa: PLC0415 - an extra, there where a key was read

    envelope = Envelope(content, PAYLOAD_TYPE, {})
    envelope.sign(key.signer)
    return (json.dumps(envelope.to_dict(), indent=2) + "\n").encode()


def sign_record(store: EvidenceStore, test: str, digest: str, content: bytes, key: PrivateKey) -> Path:
    """Store the envelope of a record, durable when this returns; one that is there already stays.

    Raises
    ------
    TamperedEvidenceError
        An envelope of this record and key is there and is another one; ed25519 gives one signature only.
    UsageError
        The file cannot be written.
    """
    path = _path_of(store, test, digest, key)
    envelope = make_envelope(content, key)
    try:
        found = path.read_bytes()
    except OSError:
        create_file(path, envelope)
        return path
    if found != envelope:
        raise TamperedEvidenceError(
            f"the envelope of {key.name} for the record {digest[:19]} of {test} is there and is another one",
            where=str(path),
            why="an envelope is written once and never edited",
            fix="restore the file from version control, or delete it",
        )
    return path


def is_signed(store: EvidenceStore, test: str, digest: str, key: PrivateKey) -> bool:
    """Whether this key has signed a record: ed25519 gives one signature only, so the bytes are compared."""
    try:
        content = store.path_of(test, digest).read_bytes()
        return _path_of(store, test, digest, key).read_bytes() == make_envelope(content, key)
    except OSError:
        return False


def _path_of(store: EvidenceStore, test: str, digest: str, key: PrivateKey) -> Path:
    name = f"{digest.removeprefix('sha256:')}.{key.keyid[:_SHORT]}.dsse"
    return store.folder_of(test) / name


def list_envelopes(store: EvidenceStore, test: str) -> list[EnvelopeFile]:
    """List the envelopes of a test whose records are there, in the order of their names."""
    files = _list_files(store, test)
    if not files:
        return []
    records = set(store.list_digests(test))
    named = ((path, _NAME.fullmatch(path.name)) for path in files)
    envelopes = [EnvelopeFile(path, f"sha256:{match[1]}", match[2]) for path, match in named if match]
    return [envelope for envelope in envelopes if envelope.digest in records]


def list_strays(store: EvidenceStore, test: str) -> list[Path]:
    """List the files that look like envelopes and sign no record that is there."""
    known = {envelope.path for envelope in list_envelopes(store, test)}
    return [path for path in _list_files(store, test) if path not in known]


def _list_files(store: EvidenceStore, test: str) -> list[Path]:
    folder = store.folder_of(test)
    try:
        return sorted(folder.glob("*.dsse")) if folder.is_dir() else []
    except OSError:  # a name that no file system takes: nothing can be stored there
        return []


def check_envelope(file: EnvelopeFile, trusted: Mapping[str, TrustedKey]) -> Signer:
    """Check an envelope against the record that its name says; return who signed it.

    The signature of a key that is not among the trusted ones cannot be checked, and is worth nothing.

    Raises
    ------
    TamperedEvidenceError
        It is no envelope in the form of this format, its payload is of another type or is not the record,
        its name says another key, or the signature is not one of that trusted key.
    """
    try:
        content = file.path.read_bytes()
    except OSError as error:
        raise _break(file, f"it cannot be read: {(error.strerror or str(error)).lower()}") from error
    envelope = _parse(content, file)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise _break(file, f"its payload type is {envelope.payload_type!r}, not {PAYLOAD_TYPE!r}")
    if f"sha256:{hashlib.sha256(envelope.payload).hexdigest()}" != file.digest:
        raise _break(file, "its payload is not the record")
    (keyid,) = envelope.signatures
    if not keyid.startswith(file.key):
        raise _break(file, f"its name says the key {file.key}, its signature {keyid[:_SHORT]}")
    key = trusted.get(keyid)
    if key is not None and not _is_signed(envelope, key):
        raise _break(file, f"its signature is not one of the key {key.name} over this payload")
    return Signer(keyid, key)


def _is_signed(envelope: Envelope, key: TrustedKey) -> bool:
    from securesystemslib.exceptions import VerificationError  # noqa: PLC0415 - an extra, as in keys.py

    try:
        envelope.verify([key.public], 1)
    except VerificationError:
        return False
    return True


def _parse(content: bytes, file: EnvelopeFile) -> Envelope:
    """Read an envelope; anything but white space that could be written in two ways is refused.

    The library is lenient: it takes two alphabets of Base64, bits that nothing reads, and keys that it does
    not know. So what it read is written again and compared, white space aside.
    """
    from securesystemslib.dsse import Envelope  # noqa: PLC0415 - an extra, there where a key was read

    try:
        envelope = Envelope.from_dict(json.loads(content))
        written = json.dumps(envelope.to_dict(), separators=(",", ":")).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _break(file, "it is no DSSE envelope") from error
    if written != content.translate(None, b" \t\r\n"):
        raise _break(file, "it is written in another form than an envelope here has")
    signatures = list(envelope.signatures.values())
    if len(signatures) != 1 or signatures[0].unrecognized_fields:
        raise _break(file, "it has not exactly one signature with a `keyid` and a `sig`")
    keyid: object = signatures[0].keyid  # whatever the JSON had
    if not isinstance(keyid, str) or not _KEYID.fullmatch(keyid):
        raise _break(file, "its `keyid` is not 64 hexadecimal digits")
    return envelope


def _break(file: EnvelopeFile, reason: str) -> TamperedEvidenceError:
    return TamperedEvidenceError(
        f"the envelope of the record {file.digest[:19]} does not verify: {reason}",
        where=str(file.path),
        why="an envelope holds the record byte for byte, and a signature over it",
        fix="restore the file from version control, or delete it and sign again",
    )
