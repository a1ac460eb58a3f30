"""Tell where the hypotheses of a contract stand and what its attributions come to (``pv landscape``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pvengine.errors import ExitCode, NothingToCheckError, choose_exit_code
from pvengine.models.landscape import (
    AttributionEntry,
    FigureEntry,
    LandscapeContract,
    LandscapeReport,
    LandscapeSummary,
)
from pvengine.models.vocabulary import Verdict
from pvengine.project.findings import describe_error, list_diagnostics
from pvengine.project.landscape.attributions import Weighed, weigh_attributions
from pvengine.project.landscape.hypotheses import list_hypotheses
from pvengine.project.landscape.searches import list_searches
from pvengine.project.plan import find_blocked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pvengine.models.landscape import LandscapeHypothesis
    from pvengine.project.landscape.figures import FoundFigure
    from pvengine.project.view import ContractView

__all__ = ["survey_landscape"]


def survey_landscape(view: ContractView) -> LandscapeReport:
    """Survey the landscape of a contract; every record that a figure comes from is judged again.

    Warnings, those about attributions among them, do not change the exit code. An error in the contract is 1,
    evidence that was changed or is missing 3, and a contract with neither hypotheses nor attributions 14.
    """
    view = replace(view, reads_whole_chains=True)
    hypotheses = list_hypotheses(view, find_blocked(view, view.assessments))
    weighed, read = weigh_attributions(view)
    searches = list_searches(view)
    issues = [*read.issues, *(issue for each in weighed for issue in each.issues)]
    found = [*view.errors, *view.evidence_diagnostics, *view.loaded.locate(issues)]
    codes = []
    if view.chain_diagnostics or any(entry.is_error for entry in view.evidence_diagnostics):
        codes.append(ExitCode.TAMPERED)
    if set(view.errors) - set(view.chain_diagnostics):
        codes.append(ExitCode.INVALID)
    nothing = [] if hypotheses or weighed or codes else [_say_nothing(view)]
    codes += [error.exit_code for error in nothing]
    version = view.loaded.contract.metadata.version
    return LandscapeReport(
        contract=LandscapeContract(
            path=view.loaded.display_path,
            id=view.loaded.id,
            version=None if version is None else str(version),
            digest=view.loaded.digest,
        ),
        hypotheses=hypotheses,
        attributions=tuple(map(_describe, weighed)),
        searches=searches,
        summary=replace(_count(hypotheses, weighed, read.unread), searches=len(searches)),
        diagnostics=(
            *list_diagnostics(sorted(dict.fromkeys(found), key=lambda entry: entry.sort_key)),
            *map(describe_error, nothing),
        ),
        exit_code=int(choose_exit_code(codes)),
    )


def _say_nothing(view: ContractView) -> NothingToCheckError:
    return NothingToCheckError(
        f"{view.loaded.id} has neither hypotheses nor attributions",
        where=str(view.loaded.display_path),
        why="zero checked is never green",
        fix="write `hypotheses:` with what the tests decide",
    )


def _describe(weighed: Weighed) -> AttributionEntry:
    return AttributionEntry(
        id=weighed.attribution.id,
        note=weighed.attribution.note,
        target=_describe_figure(weighed.target),
        factors=tuple(map(_describe_figure, weighed.factors)),
        product=weighed.product,
        ratio=weighed.ratio,
        residual=weighed.residual,
        explained=weighed.explained,
        stated=weighed.stated,
        stated_difference=weighed.stated_difference,
        findings=tuple(sorted({issue.code for issue in weighed.issues})),
    )


def _describe_figure(found: FoundFigure) -> FigureEntry:
    return FigureEntry(
        name=found.name,
        kind=found.figure.kind,
        value=found.value,
        unit=found.unit,
        number=found.number,
        source=found.figure.source,
        test=found.figure.test,
        metric=found.figure.metric,
        evidence=found.evidence,
        residual=found.is_residual,
        problem=found.problem,
    )


def _count(
    hypotheses: Sequence[LandscapeHypothesis], weighed: Sequence[Weighed], unread: int
) -> LandscapeSummary:
    words = [entry.verdict for entry in hypotheses]
    return LandscapeSummary(
        hypotheses=len(words),
        **{word.value.lower(): words.count(word.value) for word in Verdict},
        scopes=sum(len(entry.scopes) for entry in hypotheses),
        attributions=len(weighed),
        computed=sum(each.product is not None for each in weighed),
        clean=sum(each.product is not None and not each.issues for each in weighed),
        unread=unread,
    )
