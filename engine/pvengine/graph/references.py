"""Read the references that people write: an id with a comment, a contract with a version."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ContractReference", "parse_acceptance", "parse_contract_reference"]

_CONTRACT = re.compile(r"(?P<stem>\S+)(?:\s+v(?P<version>\S+))?(?:\s+\((?P<comment>.*)\))?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ContractReference:
    """A contract that another depends on, by the stem of its file."""

    stem: str
    version: str | None
    comment: str | None


def parse_acceptance(text: str) -> str:
    """Return the id of an expected acceptance, written ``id`` or ``id (comment)``.

    Examples
    --------
    >>> parse_acceptance("FALSIFY-X-001 (signature gate)")
    'FALSIFY-X-001'
    """
    return text.split("(", 1)[0].strip()


def parse_contract_reference(text: str) -> ContractReference:
    """Read ``stem``, ``stem vX.Y.Z`` or ``stem vX.Y.Z (prose)``; a path or ``.yaml`` ending is cut off.

    Examples
    --------
    >>> parse_contract_reference("softmax-kernel-v1 v1.2.0 (row sums)")
    ContractReference(stem='softmax-kernel-v1', version='1.2.0', comment='row sums')
    """
    match = _CONTRACT.fullmatch(text.strip())
    if match is None:
        first = text.split()
        return ContractReference(first[0] if first else "", None, None)
    stem = re.sub(r"\.ya?ml$", "", match["stem"].rsplit("/", 1)[-1])
    return ContractReference(stem, match["version"], match["comment"])
