"""What was measured again, as text: each test, what differs and by how much, and the denominators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.vocabulary import Outcome
from pvengine.reporters.plain import align, clean, clean_line, count_noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.report import ComparedEntry, Report, RerunEntry, RerunSummary

__all__ = ["render_reruns"]


def render_reruns(report: Report) -> str:
    """Render what `verify --rerun` measured again; empty where nothing was asked for."""
    if report.rerun_summary is None:
        return ""
    is_many = len(report.contracts) > 1
    lines = [line for entry in report.reruns for line in _iter_entry(entry, is_many=is_many)]
    return "\n".join(["measured again", *lines, *_iter_count(report.rerun_summary)])


def _iter_entry(entry: RerunEntry, *, is_many: bool) -> Iterator[str]:
    name = f"{entry.contract}  {entry.id}" if is_many else entry.id
    if entry.state == "reproduced":
        exact = all(compared.same_bits for compared in entry.measurements.values())
        said = (
            f"to the bit: {count_noun(len(entry.measurements), 'metric')}"
            if exact
            else "within the tolerance"
        )
    else:
        said = entry.reason or ""
    yield f"  {clean_line(f'{name}  {entry.state}  {said}')}"
    yield from (f"    {clean_line(note)}" for note in entry.unlike)
    moved = {metric: each for metric, each in entry.measurements.items() if not each.same_bits or each.reason}
    if moved:
        yield from (f"    {clean_line(note)}" for note in entry.environment)
        yield from align([_row_of(metric, each) for metric, each in moved.items()], "    ")
    if entry.outcome == Outcome.INCONCLUSIVE.value and entry.detail:
        yield from (clean(f"    | {line}") for line in entry.detail.rstrip().split("\n"))


def _row_of(metric: str, compared: ComparedEntry) -> tuple[str, ...]:
    value = "not measured" if compared.value is None else str(compared.value)
    stored = "nothing" if compared.stored is None else str(compared.stored)
    size = ""
    if compared.relative_difference is not None:
        size = f"relative difference {compared.relative_difference:.3g}"
    allowed = "the same bits" if compared.tolerance is None else str(compared.tolerance)
    end = f"wanted {allowed}" if compared.tolerance is None else f"allowed {allowed}"
    mark = "reproduced" if compared.within else "NOT REPRODUCED"
    return clean_line(metric), f"{value}, stored {stored}", size, f"{end}: {mark}"


def _iter_count(counted: RerunSummary) -> Iterator[str]:
    yield (
        f"{counted.run} of {count_noun(counted.recorded, 'record')} measured again:"
        f" {counted.reproduced} reproduced ({counted.same_bits} to the bit), {counted.differing} differing,"
        f" {counted.inconclusive} inconclusive; {counted.not_run} not run"
    )
    if counted.unlike:
        yield f"{count_noun(counted.unlike, 'test')} with other code or inputs than the record's"
