"""Edits that the states make: what stands in the repository of `lab.py` once, and what stands there then."""

from __future__ import annotations

__all__ = [
    "BROKEN",
    "DISCHARGED_LOOSER",
    "DISCHARGED_TIGHTER",
    "FIELD",
    "LOOSER",
    "PROSE",
    "REFERENCE",
    "SUBJECT",
    "TYPED",
    "VERSION",
]

PROSE = ("Some bounds.", "Some tight bounds.")
"""Text that no claim depends on."""
REFERENCE = ("references: [none]", "references: [some]")
"""Some more of it."""
FIELD = ("- id: S\n", "- id: S\n  description: The probe.\n")
"""Still more, far enough from the others that git merges them."""
LOOSER = ("- {metric: value, lt: 10.0}\nimpl", "- {metric: value, lt: 20.0}\nimpl")
"""A weaker claim of FT-003, which has no evidence."""
DISCHARGED_LOOSER = ("- {metric: value, lt: 10.0}\n  status", "- {metric: value, lt: 20.0}\n  status")
"""A weaker claim of FT-002, which has some."""
DISCHARGED_TIGHTER = ("- {metric: value, lt: 10.0}\n  status", "- {metric: value, lt: 5.0}\n  status")
"""A stronger one."""
TYPED = ("lt: 10.0}\nimpl", "lt: 10.0}\n  status: DISCHARGED\nimpl")
"""A status below FT-003 that nobody measured."""
VERSION = ("  version: 1.1.0\n", "  version: 2.0.0\n")
"""A version that nobody recorded."""
SUBJECT = ("    return value\n\n\ndef read_too_high", "    return value + 0.5\n\n\ndef read_too_high")
"""Other code behind the falsifier, of which the claims still hold; in probe.py."""
BROKEN = ("    return value\n\n\ndef read_too_high", "    return value + 20.0\n\n\ndef read_too_high")
"""Other code, of which they do not."""
