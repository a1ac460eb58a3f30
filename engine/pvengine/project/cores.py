"""How many workers may run at a time where nobody says."""

from __future__ import annotations

import os

__all__ = ["count_cores"]


def count_cores() -> int:
    """Count the cores that this process may use, which in a container are fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
