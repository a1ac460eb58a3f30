"""Statuses, verdicts and evidence links that changed since another version, and that no evidence gives.

They were typed by hand. What evidence gave before its claim was edited is stale, and was not typed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pvengine.diagnostics import Severity
from pvengine.ledger.derivation import iter_ungrounded_words
from pvengine.ledger.grounding import count_stale_as_verified
from pvengine.models.vocabulary import Status
from pvengine.project.merging.words import iter_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.diagnostics import Diagnostic
    from pvengine.loading.contract_file import LoadedContract
    from pvengine.models.contract import FalsificationTest
    from pvengine.project.view import ContractView

__all__ = ["iter_typed_words"]

_NOTHING = (Status.NEW.value, None, None)
"""What a test has that nothing was ever written to."""


def iter_typed_words(view: ContractView, before: LoadedContract) -> Iterator[Diagnostic]:
    """Iterate over what was typed since a version: a warning at each place, with the code of `pv verify`."""
    for found in (*_iter_of_tests(view, before), *_iter_of_others(view, before)):
        message = f"{found.message}; `pv verify` does not follow it"
        yield replace(found, message=message, severity=Severity.WARNING)


def _iter_of_tests(view: ContractView, before: LoadedContract) -> Iterator[Diagnostic]:
    for name, test in view.loaded.tests.items():
        old = before.tests.get(name)
        if _list_values(test) != (_NOTHING if old is None else _list_values(old)):
            found = view.report_standing(name)
            if found is not None:
                yield found


def _list_values(test: FalsificationTest) -> tuple[Any, ...]:
    return test.status or Status.NEW.value, test.verdict, test.evidence


def _iter_of_others(view: ContractView, before: LoadedContract) -> tuple[Diagnostic, ...]:
    """Find the words of hypotheses, steps and stages; what stale evidence gave counts as given."""
    old = {key: word for key, _, word in iter_words(before)}
    changed = {(*path, "status") for key, path, word in iter_words(view.loaded) if word != old.get(key)}
    loaded, as_given = view.loaded, count_stale_as_verified(view.assessments)
    ungrounded = iter_ungrounded_words(loaded.contract, loaded.indexes, as_given)
    return loaded.locate(issue for issue in ungrounded if issue.path in changed)
