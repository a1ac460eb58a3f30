"""The keys of signatures: ed25519, in PEM, read with the packages of the extra `sign`.

Only what signs or checks signatures needs these packages, so they are imported when a key is read.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from securesystemslib.signer import CryptoSigner, SSlibKey

__all__ = ["PASSPHRASE_VARIABLE", "PrivateKey", "TrustedKey", "read_private_key", "read_trusted_keys"]

PASSPHRASE_VARIABLE = "PV_SIGN_PASSPHRASE"  # noqa: S105 - the name of a variable, no secret
"""The environment variable with the passphrase of an encrypted private key."""

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_MAKE = "make one with `openssl genpkey -algorithm ed25519 -out KEY`"
_MAKE_PUBLIC = "write the public key with `openssl pkey -in KEY -pubout -out KEY.pub.pem`"


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that signs; ``name`` is that of its file."""

    keyid: str
    name: str
    signer: CryptoSigner


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key that signatures are believed of; ``name`` is that of its file."""

    keyid: str
    name: str
    public: SSlibKey


def read_private_key(path: Path, passphrase: str | None = None) -> PrivateKey:
    """Read an ed25519 key that signs, in PEM (PKCS #8); the passphrase opens one that is encrypted.

    Raises
    ------
    UsageError
        The file cannot be read, is no such key, or the passphrase does not open it; or the packages of the
        extra `sign` are not installed.
    """
    _check_installed()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - an extra
        Ed25519PrivateKey,
    )
    from securesystemslib.signer import CryptoSigner  # noqa: PLC0415 - as above

    key = _open_private_key(path, passphrase)
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            f"{path.name} is a key of another type: {type(key).__name__}",
            where=str(path),
            why="evidence is signed with ed25519",
            fix=_MAKE,
        )
    signer = CryptoSigner(key)
    return PrivateKey(signer.public_key.keyid, path.name, signer)


def _open_private_key(path: Path, passphrase: str | None) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - as above

    content = _read(path)
    try:
        return load_pem_private_key(content, None)
    except (ValueError, UnsupportedAlgorithm) as error:
        is_public = b"-----BEGIN PUBLIC KEY-----" in content
        raise UsageError(
            f"{path.name} is {'a public key' if is_public else 'no private key in PEM (PKCS #8)'}",
            where=str(path),
            why="a signature is made with the private key",
            fix="name the file of the private key" if is_public else _MAKE,
        ) from error
    except TypeError:  # it is encrypted
        pass
    if not passphrase:
        raise UsageError(
            f"{path.name} is encrypted, and {PASSPHRASE_VARIABLE} is not set",
            where=str(path),
            why="a passphrase on the command line could be read by others",
            fix=f"set the environment variable {PASSPHRASE_VARIABLE}",
        )
    try:
        return load_pem_private_key(content, passphrase.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(
            f"the passphrase in {PASSPHRASE_VARIABLE} does not open {path.name}",
            where=str(path),
            why="the key is encrypted",
            fix=f"correct the environment variable {PASSPHRASE_VARIABLE}",
        ) from error


def read_trusted_keys(paths: Iterable[Path]) -> dict[str, TrustedKey]:
    """Read public ed25519 keys in PEM, by key id: those of files, and of the `*.pem` files of folders.

    A file that is no public key is an error and not passed over: a key that is missing without a word
    would be noticed as evidence that nobody signed.

    Raises
    ------
    UsageError
        A path cannot be read or holds something else, or there is no key at all; or the packages of the
        extra `sign` are not installed.
    """
    _check_installed()
    named = list(paths)
    found: dict[str, TrustedKey] = {}
    for path in named:
        for file in sorted(path.glob("*.pem")) if path.is_dir() else [path]:
            for key in _iter_public_keys(file):
                found.setdefault(key.keyid, key)
    if not found:
        raise UsageError(
            f"there is no trusted key in {', '.join(map(str, named)) or 'nothing'}",
            why="a signature of anybody would be as good as none",
            fix="put public keys there as files whose names end with .pem",
        )
    return found


def _iter_public_keys(path: Path) -> Iterator[TrustedKey]:
    from securesystemslib.signer import SSlibKey  # noqa: PLC0415 - an extra

    content = _read(path)
    blocks = list(_BLOCK.finditer(content))
    for block in blocks:
        key = SSlibKey.from_crypto(_load_public_key(path, block))
        yield TrustedKey(key.keyid, path.name, key)
    if not blocks or len(blocks) != content.count(b"-----BEGIN"):
        raise UsageError(
            f"{path.name} {'has a key without its end' if blocks else 'holds no public key in PEM'}",
            where=str(path),
            why="each trusted file holds public ed25519 keys",
            fix=_MAKE_PUBLIC,
        )


def _load_public_key(path: Path, block: re.Match[bytes]) -> Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - as above
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - as above

    label = block[1].decode()
    if label.endswith("PRIVATE KEY"):
        raise UsageError(
            f"{path.name} holds a private key",
            where=str(path),
            why="who reads a private key can sign with it; a public one is enough to check",
            fix=_MAKE_PUBLIC,
        )
    try:
        key = load_pem_public_key(block[0])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(
            f"{path.name} holds a {label.lower()} that cannot be read",
            where=str(path),
            why="each trusted file holds public ed25519 keys",
            fix=_MAKE_PUBLIC,
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(
            f"{path.name} is a key of another type: {type(key).__name__}",
            where=str(path),
            why="evidence is signed with ed25519",
            fix=_MAKE,
        )
    return key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot read the key {path.name}: {(error.strerror or str(error)).lower()}",
            where=str(path),
            why="without the key there is nothing to sign or to check with",
            fix="name a file that is there and can be read",
        ) from error


def _check_installed() -> None:
    for name in ("cryptography.hazmat.primitives.serialization", "securesystemslib.dsse"):
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise UsageError(
                f"signatures need the package {name.partition('.')[0]}, which is not installed",
                why="signing is an extra of pvengine, so that who does not sign need not install it",
                fix="pip install 'pvengine[sign]'",
            ) from error
