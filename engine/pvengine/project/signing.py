"""Which key signs what a run records, and which keys a verification trusts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pvengine.errors import UsageError
from pvengine.ledger.keys import PASSPHRASE_VARIABLE, read_private_key, read_trusted_keys
from pvengine.project.discovery import show_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pvengine.ledger.keys import PrivateKey, TrustedKey
    from pvengine.project.workspace import PathLike, Workspace

__all__ = ["SignaturePolicy", "choose_policy", "open_key"]


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """The keys that signatures are believed of, by key id, and whether every status needs one."""

    trusted: Mapping[str, TrustedKey]
    is_required: bool


def open_key(path: PathLike) -> PrivateKey:
    """Read the key that signs, with the passphrase of `PV_SIGN_PASSPHRASE` where it is encrypted.

    Raises
    ------
    UsageError
        It cannot be read, or is no ed25519 key.
    """
    return read_private_key(Path(path), os.environ.get(PASSPHRASE_VARIABLE))


def choose_policy(
    workspace: Workspace, trusted: Sequence[PathLike], *, require: bool
) -> SignaturePolicy | None:
    """Choose what is asked of signatures; None where nobody asks anything.

    Keys that are named here take the place of the configured ones: who can write the configuration shall
    not add a key to them.

    Raises
    ------
    UsageError
        Signatures are required and no key is trusted, or a key cannot be read.
    """
    configured = workspace.configuration.signatures
    paths = [Path(path) for path in trusted] or [workspace.root / path for path in configured.trusted]
    is_required = require or configured.require
    if paths:
        return SignaturePolicy(read_trusted_keys(paths), is_required)
    if is_required:
        raise UsageError(
            "signatures are required, and no trusted key is named",
            where=None if require else show_path(workspace.configuration_file or workspace.root),
            why="a signature of anybody would be as good as none",
            fix="name public keys, or a folder of them, with --trusted or in `signatures.trusted`",
        )
    return None
