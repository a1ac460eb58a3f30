"""What was measured again, as text: each test, what differs and by how much, and the denominators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.vocabulary import Outcome
from pvengine.reporters.plain import align, clean, clean_line, count_noun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.models.report import ComparedEntry, Report, RerunEntry, RerunSummary

__all__ = ["fails_check", "iter_rerun_counts", "iter_rerun_lines", "render_reruns", "say_rerun"]


def render_reruns(report: Report) -> str:
    """Render what `verify --rerun` measured again; empty where nothing was asked for."""
    if report.rerun_summary is None:
        return ""
    is_many = len(report.contracts) > 1
    lines = [line for entry in report.reruns for line in iter_rerun_lines(entry, is_many=is_many)]
    return "\n".join(["measured again", *lines, *iter_rerun_counts(report.rerun_summary)])


def iter_rerun_lines(entry: RerunEntry, *, is_many: bool = False) -> Iterator[str]:
    """Iterate over the lines about one test, with the path of its contract where there are many."""
    name = f"{entry.contract}  {entry.id}" if is_many else entry.id
    yield f"  {clean_line(f'{name}  {entry.state}  {say_rerun(entry)}')}"
    yield from (f"    {clean_line(note)}" for note in entry.unlike)
    moved = {metric: each for metric, each in entry.measurements.items() if not each.same_bits or each.reason}
    if moved:
        yield from (f"    {clean_line(note)}" for note in entry.environment)
        yield from align([_row_of(metric, each) for metric, each in moved.items()], "    ")
    if entry.outcome == Outcome.INCONCLUSIVE.value and entry.detail:
        yield from (clean(f"    | {line}") for line in entry.detail.rstrip().split("\n"))


def fails_check(entry: RerunEntry) -> bool:
    """Whether what was measured again fails the check; numbers of other code than the record's do not."""
    is_falsified = entry.outcome == Outcome.FALSIFIED.value != entry.stored_outcome
    return entry.state == "inconclusive" or (entry.state == "differs" and (is_falsified or not entry.unlike))


def say_rerun(entry: RerunEntry) -> str:
    """Say how well a record was reproduced, or why it was not."""
    if entry.state != "reproduced":
        return entry.reason or ""
    if all(compared.same_bits for compared in entry.measurements.values()):
        return f"to the bit: {count_noun(len(entry.measurements), 'metric')}"
    return "within the tolerance"


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


def iter_rerun_counts(counted: RerunSummary) -> Iterator[str]:
    """Iterate over the denominators of measuring again."""
    yield (
        f"{counted.run} of {count_noun(counted.recorded, 'record')} measured again:"
        f" {counted.reproduced} reproduced ({counted.same_bits} to the bit), {counted.differing} differing,"
        f" {counted.inconclusive} inconclusive; {counted.not_run} not run"
    )
    if counted.unlike:
        yield f"{count_noun(counted.unlike, 'test')} with other code or inputs than the record's"
