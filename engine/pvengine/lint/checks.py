"""The checks of one contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.lint.rules.conditions import iter_condition_issues
from pvengine.lint.rules.counts import iter_count_issues
from pvengine.lint.rules.dates import iter_date_issues
from pvengine.lint.rules.dependencies import iter_dependency_issues
from pvengine.lint.rules.field import iter_field_issues
from pvengine.lint.rules.mentions import iter_mention_issues
from pvengine.lint.rules.searches import iter_search_issues
from pvengine.lint.rules.sections import iter_description_issues, iter_section_issues
from pvengine.lint.rules.text import iter_text_issues
from pvengine.lint.rules.versions import iter_version_issues
from pvengine.lint.rules.words import iter_word_issues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.issue import Issue

    Check = Callable[[LoadedContract], Iterator[Issue]]

__all__ = ["CHECKS", "iter_lint_issues"]

CHECKS: tuple[Check, ...] = (
    iter_text_issues,
    iter_word_issues,
    iter_section_issues,
    iter_description_issues,
    iter_date_issues,
    iter_dependency_issues,
    iter_field_issues,
    iter_condition_issues,
    iter_search_issues,
    iter_mention_issues,
    iter_count_issues,
    iter_version_issues,
)
"""Each looks at one contract alone, takes linear time, and raises nothing, whatever shape the data has."""


def iter_lint_issues(loaded: LoadedContract) -> Iterator[Issue]:
    """Iterate over what the checks find in one contract."""
    for check in CHECKS:
        yield from check(loaded)
