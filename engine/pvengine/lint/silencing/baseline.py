"""Adopt an old corpus: findings that were there already are known, and their number may only fall.

A finding is known again by its code, its file and the text of its line. Line numbers, columns and messages
do not count: lines may be inserted above, the line may be indented, and messages may be worded anew, and no
entry changes. Equal findings are counted. Findings that no configuration can drop (about the command, about
a file that cannot be read, about evidence) are in no baseline: what cannot be read was never checked.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from pvengine.diagnostics import Diagnostic, get_rule
from pvengine.errors import UsageError
from pvengine.lint.silencing.root_paths import RootPaths
from pvengine.lint.silencing.rule_codes import explain_lock, stops_reading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "SCHEMA",
    "Baseline",
    "Entry",
    "Matched",
    "make_baseline",
    "match_baseline",
    "read_baseline",
    "render_baseline",
    "shrink_baseline",
]

SCHEMA = "pv/baseline/v1"

_MAX_BYTES = 64 * 2**20
_CHUNK_BYTES = 2**20
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_KEYS = ("path", "code", "fingerprint", "count")
_FINGERPRINT_LENGTH = 32  # hexadecimal digits: 128 bits
_WHY = "a baseline that is read wrongly would hide new findings"
_FIX = "restore the file, or delete it and make it anew with `pv validate --write-baseline`"


class Entry(NamedTuple):
    """What a finding is known again by: path below the root of the project, code, digest of its line."""

    path: str
    code: str
    fingerprint: str


class Baseline(NamedTuple):
    """How often each known finding was there; ``display_path`` is what messages show for its file."""

    display_path: str
    counts: Mapping[Entry, int]


class Matched(NamedTuple):
    """Findings that are new, those that the baseline knows, and PV009 where it knows more than there are."""

    new: tuple[Diagnostic, ...]
    known: tuple[Diagnostic, ...]
    gone: tuple[Diagnostic, ...]


def make_baseline(findings: Iterable[Diagnostic], root: Path, display_path: str) -> Baseline:
    """Make the baseline under which none of these findings is new, save those that no baseline may hold.

    A finding in a file outside the root, or in the standard input, has no name there and stays new.
    """
    paths = RootPaths(root)
    entries = (_entry_of(finding, paths) for finding in findings)
    return Baseline(display_path, Counter(entry for entry in entries if entry is not None))


def match_baseline(
    findings: Iterable[Diagnostic],
    baseline: Baseline,
    root: Path,
    *,
    checked: Collection[str] | None = None,
    unchecked: Collection[str] = (),
) -> Matched:
    """Part findings into new and known ones, and report what is gone.

    Where there are more equal findings than the baseline counts, the last ones are new.

    Parameters
    ----------
    checked
        The files of this run, as findings name them; None where it checked all of the project. Findings
        of another file are gone only when the file is.
    unchecked
        Codes whose rules this run left out; they are never gone.
    """
    paths = RootPaths(root)
    left = dict(baseline.counts)
    new: list[Diagnostic] = []
    known: list[Diagnostic] = []
    unread: set[str | None] = set()
    for finding in findings:
        entry = _entry_of(finding, paths)
        if _hides_others(finding.code):
            unread.add(paths.name(finding.path))
        if entry is not None and left.get(entry, 0) > 0:
            left[entry] -= 1
            known.append(finding)
        else:
            new.append(finding)
    scope = _Scope(root, _names_of(checked, paths), frozenset(unchecked), frozenset(unread))
    gone = _report_gone(baseline, {entry: count for entry, count in left.items() if scope.has(entry)})
    return Matched(tuple(new), tuple(known), tuple(gone))


def shrink_baseline(
    baseline: Baseline,
    findings: Iterable[Diagnostic],
    root: Path,
    *,
    checked: Collection[str] | None = None,
    unchecked: Collection[str] = (),
) -> Baseline:
    """Take out of a baseline what is gone; nothing comes in, and no count goes up.

    The parameters are those of `match_baseline`.
    """
    paths = RootPaths(root)
    every = list(findings)
    present = Counter(entry for entry in (_entry_of(finding, paths) for finding in every) if entry)
    unread = frozenset(paths.name(finding.path) for finding in every if _hides_others(finding.code))
    scope = _Scope(root, _names_of(checked, paths), frozenset(unchecked), unread)
    counts = {
        entry: min(count, present[entry]) if scope.has(entry) else count
        for entry, count in baseline.counts.items()
    }
    return Baseline(baseline.display_path, {entry: count for entry, count in counts.items() if count})


def render_baseline(baseline: Baseline) -> bytes:
    """Return the content of the file: sorted, one entry a line, so that two branches merge well."""
    lines = [
        json.dumps({**entry._asdict(), "count": count}) for entry, count in sorted(baseline.counts.items())
    ]
    body = "".join(f"\n    {line}," for line in lines).removesuffix(",")
    end = "\n  ]" if lines else "]"
    return f'{{\n  "schema": {json.dumps(SCHEMA)},\n  "findings": [{body}{end}\n}}\n'.encode()


def read_baseline(path: Path, display_path: str) -> Baseline:
    """Read a baseline file.

    Raises
    ------
    UsageError
        It cannot be read, is no JSON, or is no baseline of this schema.
    """
    try:
        data = json.loads(_read_bytes(path))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"cannot read the baseline: {reason}",
            where=display_path,
            why="without it every known finding would be new",
            fix="correct the path, or make the file with `pv validate --write-baseline`",
        ) from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise _refuse(f"the baseline is no JSON: {reason}", display_path) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        shown = _shorten(data.get("schema")) if isinstance(data, dict) else "not there"
        raise _refuse(f"the schema of the baseline is {shown}, not {SCHEMA!r}", display_path)
    findings = data.get("findings")
    if not isinstance(findings, list) or len(data) > len(("schema", "findings")):
        raise _refuse("the baseline is no object with `schema` and a list `findings`", display_path)
    counts: dict[Entry, int] = {}
    for number, item in enumerate(findings):
        entry, count = _read_entry(item, f"findings[{number}]", display_path)
        if entry in counts:
            raise _refuse(f"findings[{number}] stands twice: {entry.code} in {entry.path}", display_path)
        counts[entry] = count
    return Baseline(display_path, counts)


def _read_bytes(path: Path) -> bytes:
    """Read a regular file, and not much more than a baseline can have."""
    descriptor = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        parts: list[bytes] = []
        while part := os.read(descriptor, _CHUNK_BYTES):
            parts.append(part)
            if len(parts) * _CHUNK_BYTES > _MAX_BYTES:
                raise OSError(errno.EFBIG, f"it is larger than {_MAX_BYTES // 2**20} MiB")
        return b"".join(parts)
    finally:
        os.close(descriptor)


def _read_entry(item: Any, name: str, display_path: str) -> tuple[Entry, int]:
    if not isinstance(item, dict) or sorted(item) != sorted(_KEYS):
        raise _refuse(f"{name} has other keys than {', '.join(_KEYS)}", display_path)
    for key in _KEYS[:3]:
        if not isinstance(item[key], str):
            raise _refuse(f"{name}.{key} is {_shorten(item[key])}, not text", display_path)
    count = item["count"]
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise _refuse(f"{name}.count is {_shorten(count)}, not a number of at least 1", display_path)
    return Entry(item["path"], item["code"], item["fingerprint"]), count


def _entry_of(finding: Diagnostic, paths: RootPaths) -> Entry | None:
    """Return what a finding is known by; None for one that no baseline holds."""
    name = None if explain_lock(finding.code) is not None else paths.name(finding.path)
    if name is None:
        return None
    line = " ".join(finding.place.snippet.split()) if finding.place else ""
    digest = hashlib.sha256(f"{finding.code}\0{name}\0{line}".encode("utf-8", "surrogatepass")).hexdigest()
    return Entry(name, finding.code, digest[:_FINGERPRINT_LENGTH])


def _names_of(checked: Collection[str] | None, paths: RootPaths) -> frozenset[str | None] | None:
    return None if checked is None else frozenset(paths.name(path) for path in checked)


def _hides_others(code: str) -> bool:
    """Whether a finding of this code means that others of its file are not known."""
    return stops_reading(code) or code == "PV010"


class _Scope(NamedTuple):
    """Of which entries a run can say that they are gone."""

    root: Path
    checked: frozenset[str | None] | None
    unchecked: frozenset[str]
    unread: frozenset[str | None]

    def has(self, entry: Entry) -> bool:
        """Whether the run would have found the finding of an entry, were it there."""
        if entry.code in self.unchecked or entry.path in self.unread:
            return False
        if self.checked is None or entry.path in self.checked:
            return True
        return not os.path.lexists(self.root / entry.path)


def _report_gone(baseline: Baseline, left: Mapping[Entry, int]) -> Iterator[Diagnostic]:
    """Report what is left of a baseline, one finding for a code and a path."""
    totals: Counter[tuple[str, str]] = Counter()
    for entry, count in left.items():
        totals[entry.path, entry.code] += count
    for (path, code), count in sorted(totals.items()):
        if count:
            times = "once" if count == 1 else f"{count} times"
            message = f"{code} in {path}, which the baseline knows, is no longer found ({times})"
            yield get_rule("PV009").report(message, baseline.display_path)


def _refuse(what: str, display_path: str) -> UsageError:
    return UsageError(what, where=display_path, why=_WHY, fix=_FIX)


def _shorten(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."  # noqa: PLR2004 - as wide as other messages show a value
