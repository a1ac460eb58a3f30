"""The table of classes: for each kind of field, what each kind of change does to the version, and why.

It is the only place that says so. The reference is made from it, and every change that is told comes from one
of its rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pvengine.comparing.change import ChangeKind
from pvengine.ledger.transitions import Bump

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ROWS", "Row"]

_WEAKENED, _STRENGTHENED = ChangeKind.WEAKENED, ChangeKind.STRENGTHENED
_CHANGED, _REWORDED, _MOVED = ChangeKind.CHANGED, ChangeKind.REWORDED, ChangeKind.MOVED
_ADDED, _REMOVED, _RENAMED = ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RENAMED
_MAJOR, _MINOR, _PATCH, _NONE = Bump.MAJOR, Bump.MINOR, Bump.PATCH, Bump.NONE

Class = tuple[Bump, str]
"""What a change does to the version, and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """The classes of one kind of field.

    Attributes
    ----------
    name
        What the row is called, in reports too.
    fields
        Which fields it is about, for people.
    classes
        Class and reason of each kind of change that such a field can have.
    is_engine_owned
        Whether the engine's commands write these fields.
    """

    name: str
    fields: str
    classes: Mapping[ChangeKind, Class]
    is_engine_owned: bool = False


_STALE = "the claim digest changes with it, so evidence for the claim is stale"
_NO_CLAIM = "no claim depends on it"
_SAME_DATA = (_PATCH, "it says the same in other words")
_SAME_CLAIM = (_MINOR, f"it says the same in other words; {_STALE}")


def _strength(
    weaker: str, stronger: str, undecided: str, *, same: Class = _SAME_DATA
) -> dict[ChangeKind, Class]:
    """Return the classes of a field that is weaker or stronger: the law is the same for all of them."""
    return {
        _WEAKENED: (_MAJOR, weaker),
        _STRENGTHENED: (_MINOR, stronger),
        _CHANGED: (_MAJOR, undecided),
        _REWORDED: same,
    }


def _everything(bump: Bump, reason: str) -> dict[ChangeKind, Class]:
    """Return the classes of a field in which all changes weigh the same."""
    return dict.fromkeys((_CHANGED, _REWORDED, _ADDED, _REMOVED), (bump, reason))


_ELEMENTS = (
    Row(
        "entry",
        "a test, hypothesis, stage, step, equation, obligation, harness, enforcement rule, gate or phase",
        {
            _ADDED: (_MINOR, "a claim or an obligation more"),
            _REMOVED: (_MAJOR, "who relied on it relies on nothing"),
            _RENAMED: (_MAJOR, "records, amendments and everybody else know it by its old name"),
            _CHANGED: (_MAJOR, "what it was before is gone"),
            _REWORDED: (_PATCH, "nothing is in it, before and after"),
            _MOVED: (_NONE, "it is known by its name, not by its place"),
        },
    ),
)

_CLAIMS = (
    Row(
        "accept",
        "`accept`: the values that all conditions on a metric accept together",
        {
            **_strength(
                "values are accepted that were not: a looser bar is a weaker claim",
                "fewer values are accepted: a tighter bar is a stronger claim",
                "values may be accepted that were not: a bar that moved counts as loosened",
                same=_SAME_CLAIM,
            ),
            _MOVED: (_MINOR, f"the same values are accepted; {_STALE}"),
        },
    ),
    Row(
        "bands",
        "the bands of `decides`: which values give which verdict",
        {
            _WEAKENED: (_MAJOR, "values give a higher verdict than before: a band moved"),
            _STRENGTHENED: (
                _MAJOR,
                "values give a lower verdict than before: a band moved, and refuting became easier",
            ),
            _CHANGED: (_MAJOR, "values give another verdict than before: a band moved"),
            _REWORDED: _SAME_CLAIM,
            _MOVED: (_MINOR, f"every value gives the same verdict; {_STALE}"),
        },
    ),
    Row(
        "decision",
        "an entry of `decides`, its `metric`, `scope` and `hypothesis`, and the `hypothesis` of a test",
        {
            _ADDED: (_MINOR, "the test decides more"),
            _REMOVED: (_MAJOR, "the test decides less"),
            _CHANGED: (_MAJOR, "the verdict speaks about something else"),
            _REWORDED: _SAME_CLAIM,
            _MOVED: (_MINOR, f"the test decides the same; {_STALE}"),
        },
    ),
    Row(
        "experiment",
        "`falsifier` and `params`",
        {
            _STRENGTHENED: (_MINOR, "the claim is measured from now on"),
            _WEAKENED: (_MAJOR, "nothing measures the claim any more"),
            _CHANGED: (_MAJOR, "another experiment: what it shows cannot be compared with what was shown"),
            _REWORDED: _SAME_CLAIM,
            _MOVED: (_MAJOR, "the order of params is a part of the experiment"),
        },
    ),
    Row(
        "planted fault",
        "the planted faults of a test, as the newest records before and after name them",
        {
            _ADDED: (_MINOR, "the test has to notice one more fault"),
            _REMOVED: (_MAJOR, "nobody shows any more that the test would notice this fault"),
            _CHANGED: (_MAJOR, "another fault is planted"),
            _REWORDED: _SAME_DATA,
        },
    ),
    Row(
        "input",
        "`requires`: a model, and the digest that it must have",
        {
            **_strength(
                "an input that was required may be any, or missing",
                "what is measured is pinned more narrowly",
                "the claim is about another input",
                same=_SAME_CLAIM,
            ),
            _MOVED: (_MINOR, f"the same inputs are required; {_STALE}"),
        },
    ),
    Row(
        "search",
        "`search`: whether the worst is looked for, with which `budget` and which `methods`",
        {
            **_strength(
                "a smaller search finds less",
                "a larger search finds more",
                "another search: neither budget is known to be larger",
                same=_SAME_CLAIM,
            ),
            _MOVED: (_MINOR, f"the methods run in an order of their own; {_STALE}"),
        },
    ),
    Row(
        "search domain",
        "`domain` and `constraints` of a search: over which points the claim speaks",
        _strength(
            "the claim speaks about fewer points: what was found beside them counts no more",
            "the claim speaks about more points",
            "the claim speaks about other points: neither domain holds the other",
            same=_SAME_CLAIM,
        ),
    ),
    Row(
        "search aim",
        "`maximise`, `minimise` and `margin` of a search: what makes a point the worst",
        {
            _CHANGED: (_MAJOR, "the worst of something else is looked for: another claim"),
            _REWORDED: _SAME_CLAIM,
        },
    ),
    Row(
        "reproduce",
        "`reproduce.relative`: how close a repeated measurement must come",
        _strength(
            "a larger tolerance is a weaker claim",
            "a smaller tolerance is a stronger claim",
            "neither is weaker: the default is the same bits where it was recorded, and 1.0e-6 elsewhere",
            same=_SAME_CLAIM,
        ),
    ),
    Row(
        "statement",
        "the text of a claim: `rule`, `prediction`, the `statement` of a hypothesis, the `property` of an "
        "obligation, invariants, and how a test or a check is run",
        {
            **_strength(
                "a statement that was claimed is gone",
                "a statement more",
                "other figures or hardly a word in common: another claim, and no machine orders two texts",
                same=(_MINOR, f"wording, with the same figures; {_STALE}"),
            ),
            _MOVED: (_NONE, "the statements are the same"),
        },
    ),
)

_BLOCKS = (
    Row(
        "assumption",
        "`preconditions` of an equation: what is assumed and not shown",
        {
            **_strength(
                "more is assumed, so less is claimed",
                "less is assumed, so more is claimed",
                "other figures or hardly a word in common: another assumption",
                same=(_MINOR, "wording of an assumption: the figures in it are the same"),
            ),
            _MOVED: (_NONE, "the assumptions are the same"),
        },
    ),
    Row(
        "formula",
        "`formula`, `formal`, `domain`, `codomain`, `where`, `type` of an obligation, `lean_theorem`",
        {
            **_strength(
                "a formal statement is gone",
                "a formal statement more",
                "another formal statement: no machine decides whether it follows from the old one",
                same=(_PATCH, "only white space or the writing of a sign differs"),
            ),
            _MOVED: (_NONE, "the statements are the same"),
        },
    ),
    Row(
        "tolerance",
        "`tolerance` of an obligation, and in blocks of other tools `tolerance_*`, `atol`, `rtol`, `tol`",
        _strength(
            "a larger tolerance, or none, is a weaker bar",
            "a smaller tolerance, or one where none stood, is a stronger bar",
            "what is no number that can be compared counts as loosened",
        ),
    ),
    Row(
        "bound",
        "`bound` of a kani harness",
        _strength(
            "a smaller bound covers fewer inputs",
            "a larger bound covers more inputs",
            "what is no number that can be compared counts as smaller",
        ),
    ),
    Row(
        "strategy",
        "`strategy` of a kani harness",
        _strength(
            "not every input is gone through any more, or nobody says how",
            "every input is gone through, or it is said how",
            "another strategy: neither covers what the other does",
        ),
    ),
    Row(
        "lean",
        "`lean`: how far the proof of an obligation is",
        _strength(
            "what was proved is not, or a proof is gone",
            "a proof came further",
            "a word that is not known counts as a step back",
        ),
    ),
    Row(
        "severity",
        "`severity` of a test, an enforcement rule or any other entry",
        _strength(
            "breaking the rule weighs less",
            "breaking the rule weighs more",
            "the words are of different scales: what cannot be compared counts as less",
        ),
    ),
    Row(
        "target",
        "`applies_to` of an obligation, `obligation` of a harness",
        {
            **_strength(
                "it is shown for less",
                "it is shown for more",
                "it is shown for something else",
            ),
            _MOVED: (_NONE, "it is shown for the same"),
        },
    ),
    Row(
        "check",
        "an entry of `qa_gate.checks`, `discharged_by` of an obligation",
        {
            **_strength("less is checked", "more is checked", "something else is checked"),
            _MOVED: (_NONE, "the same is checked"),
        },
    ),
    Row(
        "criteria",
        "`pass_criteria` and `must_pass*` of the gate",
        {
            **_strength(
                "a number in it fell, or the criteria are gone",
                "a number in it rose, or criteria came",
                "figures and words differ: another bar, and no machine orders two texts",
                same=(_MINOR, "wording of a bar: the figures in it are the same"),
            ),
            _MOVED: (_NONE, "the criteria are the same"),
        },
    ),
    Row(
        "dependency",
        "`depends_on`, `needs`, `expected_acceptance`",
        {
            _WEAKENED: (_MAJOR, "it no longer rests on what it rested on, or on an earlier version of it"),
            _STRENGTHENED: (_MINOR, "it rests on more, or on a later version"),
            _CHANGED: (_MAJOR, "it rests on something else"),
            _REWORDED: (_PATCH, "the same name and version; a comment beside it is no claim"),
            _MOVED: (_NONE, "the order says nothing"),
        },
    ),
)

_IDENTITY = (
    Row(
        "identity",
        "`id` of the contract or of its gate",
        {
            _ADDED: (_MINOR, "it can be named from now on"),
            _REMOVED: (_MAJOR, "who names it finds nothing"),
            _CHANGED: (_MAJOR, "who names it finds nothing"),
            _REWORDED: _SAME_DATA,
        },
    ),
    Row(
        "contract kind",
        "`kind` and `registry` of the contract",
        {
            _ADDED: (_MINOR, "it is said which rules hold"),
            _REMOVED: (_MAJOR, "other rules hold for the contract"),
            _CHANGED: (_MAJOR, "other rules hold for the contract"),
            _REWORDED: _SAME_DATA,
        },
    ),
    Row(
        "wording",
        "descriptions, titles, names beside an id, `if_fails`, notes, references, dates, authors, counts",
        {**_everything(_PATCH, _NO_CLAIM), _MOVED: (_NONE, _NO_CLAIM)},
    ),
    Row(
        "limits",
        "`limits` of a trial",
        _everything(
            _PATCH, "a trial that reaches a limit is inconclusive: a limit never makes a claim survive"
        ),
    ),
    Row(
        "status word",
        "`status` that another tool writes: of the contract, of its metadata, of a foreign block",
        _everything(_MINOR, "a status change"),
    ),
    Row(
        "unknown",
        "every key that pv does not know",
        {
            **_strength(
                "what cannot be weighed counts as a claim: less of it is weaker",
                "what cannot be weighed counts as a claim: more of it is stronger",
                "what cannot be weighed counts as a claim, and another value as a weaker one",
                same=(_MINOR, "what cannot be weighed counts as a claim; the figures in it are the same"),
            ),
            _ADDED: (_MINOR, "what cannot be weighed counts as a claim"),
            _REMOVED: (_MAJOR, "what cannot be weighed counts as a claim"),
            _RENAMED: (_MAJOR, "what cannot be weighed may be known by its old name"),
            _MOVED: (_MINOR, "the order may say something"),
        },
    ),
)

_ENGINE = (
    Row(
        "status",
        "`status` of a test, hypothesis, stage or step, and `verdict` of a test",
        _everything(_MINOR, "a status change"),
        is_engine_owned=True,
    ),
    Row(
        "evidence",
        "`evidence` of a test",
        {
            _CHANGED: (_PATCH, "a renewal: new evidence, the same status"),
            _ADDED: (_MINOR, "the status is grounded from now on"),
            _REMOVED: (_MINOR, "nothing grounds the status any more"),
            _REWORDED: _SAME_DATA,
        },
        is_engine_owned=True,
    ),
    Row(
        "version",
        "`metadata.version`, and `version` at the top",
        _everything(_NONE, "the version follows from the other changes"),
        is_engine_owned=True,
    ),
    Row(
        "amendment",
        "`amendments`",
        {
            **_everything(_NONE, "the history is no claim; `pv verify` checks that it holds together"),
            _MOVED: (_NONE, "the history is no claim; `pv verify` checks that it holds together"),
        },
        is_engine_owned=True,
    ),
)

ROWS: dict[str, Row] = {row.name: row for row in (*_ELEMENTS, *_CLAIMS, *_BLOCKS, *_IDENTITY, *_ENGINE)}
"""All rows by name, in the order of the reference."""
