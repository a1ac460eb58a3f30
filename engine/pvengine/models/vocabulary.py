"""The three words that the field mixes up, each a type of its own.

The *outcome* of a test says what its trial did, the *verdict* what it decided about a hypothesis, and the
*status* where the obligation stands. "A2 was falsified, so FALSIFY-FFN-GGUF-011 is discharged" uses all
three.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["AmendmentKind", "Outcome", "Status", "Verdict"]


class Outcome(StrEnum):
    """What the trial of a falsification test gave."""

    SURVIVED = "survived"
    FALSIFIED = "falsified"
    INCONCLUSIVE = "inconclusive"


class Verdict(StrEnum):
    """What was decided about a hypothesis; bands give the first three."""

    CONFIRMED = "CONFIRMED"
    PARTIALLY_CONFIRMED = "PARTIALLY_CONFIRMED"
    FALSIFIED = "FALSIFIED"
    CONTESTED = "CONTESTED"
    UNTESTED = "UNTESTED"


class Status(StrEnum):
    """Where the obligation of a test, step or stage stands."""

    NEW = "NEW"
    DISCHARGED = "DISCHARGED"
    FALSIFIED = "FALSIFIED"


class AmendmentKind(StrEnum):
    """What made an amendment."""

    DISCHARGE = "discharge"
    EDIT = "edit"
    REOPEN = "reopen"
    MERGE = "merge"
