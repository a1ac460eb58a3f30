"""A project whose evidence is signed, its keys, and envelopes that are written by hand."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Scratch

__all__ = [
    "ASKED",
    "PAYLOAD_TYPE",
    "Signed",
    "discharge_signed",
    "encode",
    "name_key",
    "write_private",
    "write_public",
]

PAYLOAD_TYPE = "application/vnd.in-toto+json"
ASKED = ("verify", "--require-signature", "--trusted", "keys")


def write_private(path: Path, key: Any, passphrase: bytes | None = None) -> None:
    """Write a private key as `openssl genpkey` does."""
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


def write_public(path: Path, key: Any) -> None:
    """Write its public key as `openssl pkey -pubout` does."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def name_key(key: Ed25519PrivateKey) -> str:
    """Name a key as the evidence format says, by hand."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    text = f'{{"keytype":"ed25519","keyval":{{"public":"{raw}"}},"scheme":"ed25519"}}'
    return hashlib.sha256(text.encode()).hexdigest()


def encode(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Encode what a DSSE signature is over, by hand."""
    return b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)


@dataclass
class Signed:
    """A project whose two tests were discharged with a signature, and its keys."""

    scratch: Scratch
    ada: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    mallory: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def envelopes(self, test: str = "FT-001") -> list[Path]:
        """List the envelopes of a test."""
        return sorted((self.scratch.store / test).glob("*.dsse"))

    @property
    def envelope(self) -> Path:
        """The one envelope of the first test."""
        (path,) = self.envelopes()
        return path

    @property
    def record(self) -> str:
        """Short digest of the record of the first test, as messages have it."""
        return f"sha256:{self.envelope.name[:12]}"

    def rewrite(self, **changes: Any) -> None:
        """Change keys of the envelope; one of its signature where it has that key."""
        data = json.loads(self.envelope.read_bytes())
        (signature,) = data["signatures"]
        for key, value in changes.items():
            (signature if key in signature else data)[key] = value
        self.envelope.write_text(json.dumps(data, indent=2))

    def sign_again(self, key: Ed25519PrivateKey, payload: bytes, payload_type: str = PAYLOAD_TYPE) -> None:
        """Write an envelope of this payload, by hand, in place of the one that is there."""
        self.rewrite(
            payload=base64.b64encode(payload).decode(),
            payloadType=payload_type,
            sig=base64.b64encode(key.sign(encode(payload, payload_type))).decode(),
        )


def discharge_signed(scratch: Scratch) -> Signed:
    """Discharge two tests with a signature."""
    signed = Signed(scratch)
    for name in ("ada", "mallory"):
        write_private(scratch.root / f"{name}.pem", getattr(signed, name))
    write_public(scratch.root / "keys" / "ada.pub.pem", signed.ada)
    scratch.contract(scratch.test("FT-001"), scratch.test("FT-002"))
    done = scratch.discharge("--sign", "ada.pem")
    assert done.code == 0, done.shown
    assert done.out.endswith(f"\nsigned 2 records with ada.pem, key {name_key(signed.ada)}\n")
    return signed
