"""The story of one test as text or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pvengine.models.report import list_data
from pvengine.reporters.claims import iter_claim_rows
from pvengine.reporters.figures import list_figures, shorten
from pvengine.reporters.machine import render_data
from pvengine.reporters.plain import align, clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.project.telling import FalsifierOfTest, Story, Tally, TrialOfTest

__all__ = ["render_story"]


def render_story(story: Story, form: str) -> str:
    """Render a story; JSON is the document `pv/story/v1`."""
    if form == "json":
        data = list_data(story)
        data["amendments"] = [
            {"from" if key == "from_" else key: value for key, value in entry.items()}
            for entry in data["amendments"]
        ]
        summary = data.pop("tally")
        return render_data({"schema": "pv/story/v1", **data, "summary": summary, "diagnostics": []})
    parts = ("claim", _iter_claim(story)), ("falsifier", _iter_falsifier(story.falsifier))
    blocks = ["\n".join(_iter_head(story))]
    blocks += ["\n".join([title, *lines]) for title, lines in parts]
    blocks.append("\n".join(_iter_trials(story)))
    if story.amendments:
        blocks.append("\n".join(["amendments", *_iter_amendments(story)]))
    blocks.append("\n".join(_iter_end(story)))
    return "\n\n".join(blocks) + "\n"


def _iter_head(story: Story) -> Iterator[str]:
    verdict = f"  verdict {story.verdict}" if story.verdict else ""
    yield clean_line(f"{story.id}  {story.status}{verdict}  {story.standing}")
    place = story.contract if story.line is None else f"{story.contract}:{story.line}"
    version = story.version or "no version"
    yield f"  {clean_line(f'{place}  {story.contract_id}  {version}')}"


def _iter_claim(story: Story) -> Iterator[str]:
    rows = list(iter_claim_rows(story.claim))
    rows += [
        ("depends on", clean_line(f"{other}, which {state}")) for other, state in story.depends_on.items()
    ]
    rows += [
        ("requires", clean_line(f"the model {model}, which is {'at hand' if is_there else 'not at hand'}"))
        for model, is_there in story.requires.items()
    ]
    yield from align(rows)


def _iter_falsifier(falsifier: FalsifierOfTest | None) -> Iterator[str]:
    if falsifier is None:
        yield "  none: the test names no falsifier"
        return
    if falsifier.problem is not None:
        yield f"  {clean_line(falsifier.problem)}"
        return
    digest = f", {shorten(falsifier.source_digest)}" if falsifier.source_digest else ""
    yield f"  {clean_line(f'{falsifier.name}  ({falsifier.module}{digest})')}"
    if falsifier.planted_faults is None:
        yield "  planted faults: only a run can tell"
    for fault in falsifier.planted_faults or ():
        yield f"  planted fault {clean_line(repr(fault))}"


def _iter_trials(story: Story) -> Iterator[str]:
    yield _say_tally(story.tally)
    for number, trial in enumerate(story.trials, 1):
        if trial.change:
            yield f"  {clean_line(trial.change)}"
        yield from _iter_trial(number, trial)
    if story.change:
        yield f"  {clean_line(story.change)}"
        yield "  the claim as it stands has not been tried"


def _say_tally(tally: Tally) -> str:
    if not tally.trials:
        return "never tried"
    counts = ((tally.survived, "survived"), (tally.falsified, "falsified"), (tally.unreadable, "unreadable"))
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    times = "once" if tally.trials == 1 else f"{tally.trials} times"
    return f"tried {times}: {said}" + (f"; {tally.unlinked} unlinked" if tally.unlinked else "")


def _iter_trial(number: int, trial: TrialOfTest) -> Iterator[str]:
    linked = f"amendment {trial.amendment}" if trial.amendment else "linked"
    where = f"{linked if trial.linked else 'unlinked'}, {shorten(trial.evidence)}"
    if trial.problem is not None:
        yield f"  {number}. {clean_line(f'unreadable: {trial.problem} ({where})')}"
        return
    verdict = f"  verdict {trial.verdict}" if trial.verdict else ""
    yield f"  {number}. {clean_line(f'{trial.started}  {trial.outcome}{verdict}  ({where})')}"
    yield from (f"     {clean_line(miss)}" for miss in trial.misses)
    yield from list_figures(trial.measurements, "     ")
    for fault in trial.planted_faults:
        word = "noticed" if fault.noticed else "NOT NOTICED"
        yield f"     {clean_line(f'planted fault {fault.name!r}: {word}: {fault.reason}')}"


def _iter_amendments(story: Story) -> Iterator[str]:
    for entry in story.amendments:
        verdict = f"  verdict {entry.verdict}" if entry.verdict else ""
        moved = f"{entry.from_} -> {entry.to}{verdict}"
        reason = f": {entry.reason}" if entry.reason else ""
        counted = f"{entry.count} record{'' if entry.count == 1 else 's'}"
        yield f"  {clean_line(f'{entry.version}  {entry.date}  {entry.kind}  {moved}  ({counted}){reason}')}"


def _iter_end(story: Story) -> Iterator[str]:
    yield f"rests on: {clean_line(story.grounds)}"
    for change in story.packages:
        yield f"differs: {clean_line(change.text)}"
    for point in story.open:
        yield f"open: {clean_line(point)}"
    for command in story.next:
        yield f"next: {clean_line(command)}"
