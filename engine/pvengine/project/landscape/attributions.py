"""What the attributions of a contract come to, and what is wrong with them.

Product and residual are of the numbers alone. Whether they mean anything is told by the findings: kinds that
do not multiply (PV508), a factor that is the rest of a division (PV509), a figure that was typed and is
another (PV510), and one whose test has no measurement (PV511).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.loading.attributions import read_attributions
from pvengine.models.attribution import explain_clash
from pvengine.models.issue import Issue
from pvengine.numerics.products import differ_relatively, divide, is_rounded_to, multiply
from pvengine.project.landscape.figures import FigureReader, FoundFigure, say_number, scale_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.diagnostics import Diagnostic
    from pvengine.loading.attributions import ReadAttributions
    from pvengine.models.attribution import Attribution
    from pvengine.project.view import ContractView
    from pvengine.yamldoc import Path

__all__ = ["Weighed", "find_attribution_findings", "weigh_attributions"]


_AGREEMENT = 0.05
"""How near a product comes to a target that it agrees with: two digits of a factor move it at most so far."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """An attribution with its numbers and what is wrong with it."""

    attribution: Attribution
    path: Path
    target: FoundFigure
    factors: tuple[FoundFigure, ...]
    product: float | None
    explained: float | None
    stated: float | None
    issues: tuple[Issue, ...]

    @property
    def ratio(self) -> float | None:
        """Return product / target."""
        return None if self.product is None else divide(self.product, self.target.number)

    @property
    def residual(self) -> float | None:
        """Return target / product: what the factors leave to be explained."""
        return None if self.target.number is None else divide(self.target.number, self.product)

    @property
    def stated_difference(self) -> float | None:
        """How far the stated product is from the computed one, relative to the larger."""
        if self.stated is None or self.product is None:
            return None
        return differ_relatively(self.stated, self.product)


def weigh_attributions(view: ContractView) -> tuple[tuple[Weighed, ...], ReadAttributions]:
    """Weigh every attribution that can be read, in the order of the text."""
    read = read_attributions(view.loaded.data)
    reader = FigureReader(view)
    return tuple(_weigh(entry, index, reader) for index, entry in read.entries.items()), read


def find_attribution_findings(view: ContractView) -> tuple[Diagnostic, ...]:
    """Find what is wrong with the attributions of a contract."""
    weighed, read = weigh_attributions(view)
    return view.loaded.locate([*read.issues, *(issue for each in weighed for issue in each.issues)])


def _weigh(entry: Attribution, index: int, reader: FigureReader) -> Weighed:
    path: Path = ("attributions", index)
    target = reader.read(entry.target, "target", (*path, "target"))
    factors = tuple(
        reader.read(factor, factor.label or f"factor {number + 1}", (*path, "factors", number))
        for number, factor in enumerate(entry.factors)
    )
    unit = entry.target.unit or target.unit
    stated = None if entry.stated is None else scale_number(entry.stated, unit)
    product = _multiply(factors)
    explained = _multiply(tuple(each for each in factors if not each.is_residual))
    issues = [
        *(_say_missing(entry, each) for each in (target, *factors) if each.problem is not None),
        *_iter_kind_issues(entry, path, factors),
        *_iter_residual_issues(entry, target, factors, explained),
        *_iter_typed_issues(entry, target),
    ]
    where = (*path, "stated")
    quantum = reader.read_quantum(where, unit)
    if stated is not None and product is not None and not is_rounded_to(product, stated, quantum):
        said = say_number(stated, entry.stated, unit)
        text = f"{entry.id} states the product {said}, and its factors give"
        issues.append(_say_typed(text, product, stated, where))
    return Weighed(entry, path, target, factors, product, explained, stated, tuple(issues))


def _multiply(factors: tuple[FoundFigure, ...]) -> float | None:
    numbers = [each.number for each in factors if each.number is not None]
    return multiply(numbers) if numbers and len(numbers) == len(factors) else None


def _say_missing(entry: Attribution, found: FoundFigure) -> Issue:
    return Issue(
        "PV511", (*found.path, "test"), f"{entry.id}: {_say_name(found)} has no number: {found.problem}"
    )


def _iter_kind_issues(entry: Attribution, path: Path, factors: tuple[FoundFigure, ...]) -> Iterator[Issue]:
    clash = explain_clash(entry.target.kind, [(each.name, each.figure.kind) for each in factors])
    if clash is not None:
        yield Issue(
            "PV508", (*path, "factors"), f"the factors of {entry.id} do not multiply: {clash}", at_key=True
        )
    for each in factors:
        if each.figure.kind == "count" and each.number is not None and not _is_count(each.number):
            message = f"{entry.id}: {_say_name(each)} is a count, and {each.shown} is no whole number"
            yield Issue("PV508", (*each.path, "kind"), message)


def _is_count(number: float) -> bool:
    return number.is_integer() and number >= 0


def _iter_residual_issues(
    entry: Attribution, target: FoundFigure, factors: tuple[FoundFigure, ...], explained: float | None
) -> Iterator[Issue]:
    """Report factors that are declared, or look, as if they were the rest of a division."""
    for each in factors:
        if each.is_residual:
            share = None if explained is None else divide(explained, target.number)
            told = (
                ""
                if share is None
                else f": without it the factors give {explained!r}, {share!r} of the target"
            )
            yield Issue(
                "PV509", (*each.path, "residual"), f"{entry.id}: {_say_name(each)} is a residual{told}"
            )
    rests = {} if any(each.is_residual for each in factors) else _find_rests(target, factors)
    if rests:
        found = [each for each in factors if each.path in rests]
        said = ", ".join(f"{_say_name(each)} is {each.shown} beside {rests[each.path]!r}" for each in found)
        yield Issue(
            "PV509",
            (*found[0].path, "value") if len(found) == 1 else (*found[0].path[:-1],),
            f"{entry.id}: the target divided by the other factors gives a typed factor as it is written, so "
            f"it may be the rest of that division: {said}",
            at_key=len(found) > 1,
        )


def _find_rests(target: FoundFigure, factors: tuple[FoundFigure, ...]) -> dict[Path, float]:
    """Find the typed factors that are the target over the others, to their last digit, with that quotient.

    Such a factor may have been obtained by dividing, or the attribution may simply be right: the numbers
    cannot tell, so somebody has to look.
    """
    product = _multiply(factors)
    if len(factors) == 1 or target.number is None or product is None:
        return {}
    if differ_relatively(product, target.number) > _AGREEMENT:
        return {}
    rests = {}
    for each in factors:
        if each.is_typed and each.number is not None and each.quantum is not None:
            rest = divide(target.number, divide(product, each.number))
            if rest is not None and is_rounded_to(rest, each.number, each.quantum):
                rests[each.path] = rest
    return rests


def _iter_typed_issues(entry: Attribution, target: FoundFigure) -> Iterator[Issue]:
    """Report a target that is typed beside the test that measures it, and is another number there."""
    typed, number = target.typed, target.number
    if target.is_typed or typed is None or number is None or target.quantum is None:
        return
    if not is_rounded_to(number, typed, target.quantum):
        said = say_number(typed, entry.target.value, entry.target.unit or "1")
        text = f"{entry.id} states the target {said}, and {entry.target.test} measured"
        yield _say_typed(text, number, typed, (*target.path, "value"))


def _say_typed(text: str, number: float, typed: float, path: Path) -> Issue:
    difference = differ_relatively(number, typed)
    return Issue("PV510", path, f"{text} {number!r}: a relative difference of {difference:.2g}")


def _say_name(found: FoundFigure) -> str:
    """Name a figure in a sentence; one with a name of its own in quotes."""
    return found.name if found.name.startswith(("factor ", "target")) else f"factor {found.name!r}"
