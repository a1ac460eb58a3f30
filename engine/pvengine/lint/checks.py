"""The checks of one contract, in the order of their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pvengine.loading import LoadedContract
    from pvengine.models.issue import Issue

    Check = Callable[[LoadedContract], Iterator[Issue]]

__all__ = ["CHECKS", "iter_lint_issues"]

CHECKS: tuple[Check, ...] = ()


def iter_lint_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over what the checks find in one contract."""
    for check in CHECKS:
        yield from check(loaded)
