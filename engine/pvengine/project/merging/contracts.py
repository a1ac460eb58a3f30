"""Merge two versions of a contract that come from one base.

What the engine owns (statuses, verdicts, evidence links, versions, amendments) is merged by meaning and
written alike into all three versions. Then only what people wrote differs, and that is merged line by line.
What cannot be merged is left between markers, with the engine's part merged already where that was possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import semver

from pvengine.diagnostics import ContractError
from pvengine.errors import PvError, UsageError
from pvengine.ledger.amendments import find_pins
from pvengine.ledger.merging import Side, find_touched, merge_histories
from pvengine.lint.kinds import recognise_foreign
from pvengine.loading.contract_file import LoadedContract, load_contract
from pvengine.loading.reading import MAX_BYTES
from pvengine.models.contract import Amendment
from pvengine.models.vocabulary import Status
from pvengine.project.merging.claims import MergeRefusedError, compare_claims
from pvengine.project.merging.soundness import check_comments, check_side, iter_errors
from pvengine.project.merging.texts import TextMerge, blank_lines, force_conflict, merge_texts
from pvengine.project.merging.values import (
    EngineValues,
    compose_word_edits,
    extend_amendments,
)
from pvengine.project.merging.words import derive_words, iter_words, merge_words
from pvengine.yamldoc.applying import apply_edits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pvengine.graph.edges import Key
    from pvengine.ledger.merging import MergedHistory
    from pvengine.models.contract import AmendmentTest
    from pvengine.project.merging.claims import ClaimEdits
    from pvengine.yamldoc import Document, Node

__all__ = ["ContractMerge", "merge_contracts"]

_BASE, _OURS, _THEIRS = "the base", Side.OURS.value, Side.THEIRS.value


@dataclass(frozen=True, slots=True)
class ContractMerge:
    """The text that a merge gave; where it is not clean, ``problems`` say what a person must decide."""

    content: bytes
    is_clean: bool
    notes: tuple[str, ...] = ()
    problems: tuple[PvError, ...] = ()


def merge_contracts(
    base: bytes, ours: bytes, theirs: bytes, *, path: str, marker_size: int = 7
) -> ContractMerge:
    """Merge two versions of the contract at ``path``; neither side is ever lost.

    What is no contract is merged line by line. So is what cannot be read, and that is never clean.

    Raises
    ------
    UsageError
        git is not there, or the contents are no text.
    """
    texts = {_BASE: base, _OURS: ours, _THEIRS: theirs}
    try:
        loaded = {name: _load(name, raw, path) for name, raw in texts.items()}
    except MergeRefusedError as error:
        merged = merge_texts(base, ours, theirs, marker_size=marker_size)
        return ContractMerge(merged.content, is_clean=False, problems=(error,))
    if any(recognise_foreign(each.data) for each in loaded.values()):
        merged = merge_texts(base, ours, theirs, marker_size=marker_size)
        return ContractMerge(merged.content, merged.is_clean)
    try:
        return _Merge(loaded[_BASE], loaded[_OURS], loaded[_THEIRS], marker_size).run()
    except UsageError:
        raise
    except PvError as error:
        forced = force_conflict(base, ours, theirs, marker_size=marker_size)
        return ContractMerge(forced.content, is_clean=False, problems=(error,))


def _load(name: str, raw: bytes, path: str) -> LoadedContract:
    """Load one version; MergeRefusedError where it is no contract that can be read."""
    why = "a contract is merged by its meaning, which takes three versions that can be read"
    fix = "decide about what is between the markers, then look at the whole file: `pv validate`"
    if not raw.strip() or len(raw) > MAX_BYTES:
        said = "both sides added the file" if name == _BASE else f"{name} is empty or too large"
        raise MergeRefusedError(said, where=path, why=why, fix=fix)
    try:
        return load_contract(Path(path), path, raw)
    except ContractError as error:
        first = error.diagnostics[0]
        where = path if first.place is None else f"{path}:{first.line}"
        raise MergeRefusedError(
            f"{name} cannot be read: {first.message}", where=where, why=why, fix=fix
        ) from error


class _Merge:
    """One merge of three versions that could be read."""

    def __init__(
        self, base: LoadedContract, ours: LoadedContract, theirs: LoadedContract, marker_size: int
    ) -> None:
        self.base = base
        self.sides = {Side.OURS: ours, Side.THEIRS: theirs}
        self.marker_size = marker_size

    def run(self) -> ContractMerge:
        """Merge what the engine owns, then the texts."""
        for name, loaded in ((_BASE, self.base), *self.sides.items()):
            check_side(name, loaded, is_base=loaded is self.base)
        values = self._choose_values()
        written = {
            side: values.write(loaded, {key: path for key, path, _ in iter_words(loaded)})
            for side, loaded in ((None, self.base), *self.sides.items())
        }
        base, ours, theirs = (written[side] for side in (None, Side.OURS, Side.THEIRS))
        if self.claims.refused:
            blanked = blank_lines(base, self._iter_refused_nodes(base))
            merged = force_conflict(blanked, ours.raw, theirs.raw, marker_size=self.marker_size)
            return self._leave(merged, *self.claims.refused.values())
        merged = merge_texts(base.raw, ours.raw, theirs.raw, marker_size=self.marker_size)
        if not merged.is_clean:
            return self._leave(merged, _say_conflict(self.base.display_path))
        try:
            content = self._finish(merged.content)
        except PvError as error:
            forced = force_conflict(base.raw, ours.raw, theirs.raw, marker_size=self.marker_size)
            return self._leave(forced, error)
        return ContractMerge(content, is_clean=True, notes=tuple(self._iter_notes()))

    def _leave(self, merged: TextMerge, *problems: PvError) -> ContractMerge:
        notes = tuple(self._iter_notes())
        return ContractMerge(merged.content, is_clean=False, notes=notes, problems=problems)

    @cached_property
    def entries(self) -> dict[str, list[Any]]:
        """The amendments of each version, as written."""
        return {
            name: loaded.data.get("amendments") or []
            for name, loaded in ((_BASE, self.base), *self.sides.items())
        }

    @cached_property
    def touched(self) -> dict[Side, frozenset[str]]:
        """The tests that each side's own amendments speak of."""
        return find_touched(*self.entries.values())

    @cached_property
    def claims(self) -> ClaimEdits:
        """What the sides did to the claims."""
        return compare_claims(self.base, self.sides, self.touched)

    @cached_property
    def draft(self) -> MergedHistory:
        """The amendments of both sides, before it is known what else the merge moves."""
        return self._merge_histories(is_moved=False)

    @cached_property
    def history(self) -> MergedHistory:
        """The amendments of both sides; the version of the last one counts what `words` move, too."""
        written = {(key, word) for each in self.sides.values() for key, _, word in iter_words(each)}
        is_moved = any(item not in written for item in self.words.items())
        return self._merge_histories(is_moved=is_moved)

    def _merge_histories(self, *, is_moved: bool) -> MergedHistory:
        return merge_histories(
            *self.entries.values(),
            versions=[str(loaded.contract.metadata.version) for loaded in self.sides.values()],
            preferred=self.claims.edited,
            is_moved=is_moved,
        )

    @cached_property
    def pins(self) -> dict[str, AmendmentTest]:
        """The last word on each test."""
        return find_pins(Amendment.model_validate(entry) for entry in self.draft.entries)

    @cached_property
    def words(self) -> dict[Key, str]:
        """The words of hypotheses, steps and stages, as both sides let expect them."""
        expected: dict[Key, str] = {}
        for loaded in reversed(self.sides.values()):
            expected |= derive_words(loaded, self.pins, self.stale)
        return merge_words(expected, self._list_pinned_sides())

    @cached_property
    def stale(self) -> dict[str, Side]:
        """Tests whose evidence is of one side, and whose claim the other side edited, by the latter."""
        return {
            name: editor
            for name, editor in self.claims.edited.items()
            if (side := self._find_origin(name)) is not None and side is not editor
        }

    def _find_origin(self, name: str) -> Side | None:
        """Find the side whose own amendment has the last word on a test."""
        if name in self.draft.decided:
            return self.draft.decided[name]
        return next((side for side, names in self.touched.items() if name in names), None)

    def _choose_values(self) -> EngineValues:
        history = self.history
        kept = self.sides[history.kept].document
        other = self.sides[Side.THEIRS if history.kept is Side.OURS else Side.OURS].document
        check_comments(kept, other, self.base.document)
        amendments = extend_amendments(kept, history.entries) if history.entries else None
        return EngineValues(self._choose_version(), self.pins, self.words, amendments)

    def _list_pinned_sides(self) -> list[tuple[LoadedContract, dict[str, AmendmentTest]]]:
        return [(loaded, find_pins(loaded.contract.amendments or ())) for loaded in self.sides.values()]

    def _choose_version(self) -> str | None:
        """Choose the version; None where there are no amendments that it follows from."""
        if not self.history.entries:
            return None
        if self.history.is_joined:
            return str(self.history.entries[-1]["version"])
        base, ours, theirs = (
            loaded.contract.metadata.version for loaded in (self.base, *self.sides.values())
        )
        if theirs in (base, ours):
            return ours if isinstance(ours, str) else None
        if ours == base:
            return theirs if isinstance(theirs, str) else None
        known = [each for each in (ours, theirs) if semver.Version.is_valid(str(each))]
        return max(known, key=semver.Version.parse) if len(known) > 1 else None

    def _iter_refused_nodes(self, base: Document) -> Iterator[Node]:
        """Iterate over the values of the base that both sides changed, and that no lines may decide."""
        paths = [self.base.test_paths[name] for name in self.claims.refused if name in self.base.test_paths]
        statements = [
            {entry.id: entry.statement for entry in loaded.contract.hypotheses or ()}
            for loaded in (self.base, *self.sides.values())
        ]
        places = {key.name: path for key, path, _ in iter_words(self.base) if len(path) == len(("", 0))}
        for name, before in statements[0].items():
            if len({before, *(each.get(name) for each in statements[1:])}) == len(statements):
                paths.append(places[name])
        for path in paths:
            node = base.node_at(path)
            if node is not None:
                yield node

    def _finish(self, content: bytes) -> bytes:
        """Derive the words of the merged text, and check that it has no error that neither side has."""
        path = self.base.display_path
        loaded = load_contract(self.base.path, path, content)
        words = merge_words(derive_words(loaded, self.pins, self.stale), self._list_pinned_sides())
        places = {key: place for key, place, _ in iter_words(loaded)}
        document = apply_edits(loaded.document, compose_word_edits(loaded.document, places, words))
        loaded = load_contract(self.base.path, path, document.raw)
        known = {message for side in self.sides.values() for message, _ in iter_errors(side)}
        for message, issue in iter_errors(loaded):
            if message not in known:
                line = loaded.locate([issue])[0].line
                raise MergeRefusedError(
                    f"the lines of both sides merge, and together they are wrong: {message}",
                    where=f"{path}:{line}",
                    why="what is right on both sides must be right after the merge",
                    fix="decide about what is between the markers, then run `pv validate`",
                )
        return document.raw

    def _iter_notes(self) -> Iterator[str]:
        """Iterate over what somebody who merges should know."""
        if self.history.is_joined:
            count, version = self.history.taken, self.history.entries[-1]["version"]
            what = f"{count} amendment{'s' if count > 1 else ''} of theirs"
            yield f"wrote {what} behind those of ours; the version is {version}"
        for name, side in self.history.decided.items():
            word = self.pins[name].to
            until = "" if word == Status.DISCHARGED.value else ", until it is run again"
            yield f"{name} moved on both sides: {word}, as on {side}, holds{until}"
        for name, side in self.stale.items():
            yield f"{name} is stale: {side} edited the claim that the other side discharged"


def _say_conflict(path: str) -> MergeRefusedError:
    return MergeRefusedError(
        "both sides edited the same lines",
        where=path,
        why="the statuses, verdicts, evidence links and amendments of both sides are merged already; "
        "what people wrote is theirs to decide",
        fix="decide about what is between the markers, then run `pv verify`",
    )
