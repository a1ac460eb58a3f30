"""The report of a command, as the published JSON document ``pv/report/v1`` has it.

These are plain dataclasses: making and printing a report needs no validation library, so that a command which
is answered from a cache imports none. A field that ends with an underscore has its key in the metadata.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

from pvengine.models.document import key
from pvengine.models.search_entry import PointName, SearchEntry  # noqa: TC001 - the schema is made from it

__all__ = [
    "ComparedEntry",
    "ContractEntry",
    "DiagnosticEntry",
    "HypothesisEntry",
    "MeasurementEntry",
    "MilestoneEntry",
    "MutationScore",
    "ObligationKind",
    "PackageChange",
    "PlantedFaultEntry",
    "References",
    "ReplayEntry",
    "Report",
    "RerunEntry",
    "RerunSummary",
    "Scope",
    "ScopedVerdictEntry",
    "SignatureEntry",
    "SignatureState",
    "SignatureSummary",
    "SigningKeyEntry",
    "Summary",
    "TestEntry",
    "TransitionEntry",
    "TrialEntry",
    "VersionEntry",
    "list_data",
]


def list_data(value: Any) -> Any:
    """Return a report, or a part of one, as the data of its JSON document."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.metadata.get("alias", each.name): list_data(getattr(value, each.name))
            for each in fields(value)
        }
    if isinstance(value, list | tuple):
        return [list_data(item) for item in value]
    if isinstance(value, dict):
        return {name: list_data(item) for name, item in value.items()}
    return value


ObligationKind = Literal["test", "hypothesis", "step", "stage"]
"""What can have a status or a verdict."""


@dataclass(frozen=True, kw_only=True)
class VersionEntry:
    """The contract's version before and after the command."""

    from_: str | None = field(metadata={"alias": "from"})
    to: str | None


@dataclass(frozen=True, kw_only=True)
class TransitionEntry:
    """One status or verdict that moved."""

    id: str
    kind: ObligationKind
    from_: str = key("the word that stood there; NEW where none did", alias="from")
    to: str
    verdict: str | None = None
    grounded: bool | None = key("true where a self-declared status became grounded", default=None)


@dataclass(frozen=True, kw_only=True)
class MeasurementEntry:
    """One number that a falsifier measured, with its bits and what it was taken over."""

    value: int | float | Literal["nan", "inf", "-inf"]
    dtype: Literal["int", "float32", "float64"]
    bits: str | None = key("IEEE 754 bit pattern, sign first; null for an integer")
    unit: str = key("unit of the value; 1 for a pure number")
    population: str | None = key("what a statistic was taken over")
    aggregation: str | None = key("how the population became one number")
    arithmetic: str | None = key("the arithmetic that computed it")
    normalisation: str | None = key("what that was divided by", default=None)


@dataclass(frozen=True, kw_only=True)
class PlantedFaultEntry:
    """Whether a planted fault was noticed."""

    name: str
    noticed: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class TrialEntry:
    """What happened to one selected test; all keys are there also where it did not run."""

    id: str
    state: Literal["run", "adopted", "blocked", "up to date", "unbound"] = key(
        "what became of it; adopted: a record that an interrupted discharge left was linked, and nothing run"
    )
    outcome: Literal["survived", "falsified", "inconclusive"] | None
    reason: str | None
    verdict: str | None
    falsifier: str | None
    measurements: dict[str, MeasurementEntry]
    planted_faults: tuple[PlantedFaultEntry, ...]
    detail: str | None = key("traceback of the plug-in, where there is one")
    evidence: str | None = key("digest of the record that was made")
    duration_s: float | None
    search: SearchEntry | None = field(
        default=None, metadata={"description": "what a search found, where the claim asks for one"}
    )


@dataclass(frozen=True, kw_only=True)
class ComparedEntry:
    """One number beside what was measured again; a null value was not measured."""

    stored: int | float | Literal["nan", "inf", "-inf"] | None = key("the number in the record")
    value: int | float | Literal["nan", "inf", "-inf"] | None = key("the number that was measured again")
    same_bits: bool = key("whether both are the same number, bit by bit")
    relative_difference: float | None = key(
        "difference relative to the larger of both; null where one is not finite or missing"
    )
    tolerance: float | None = key("relative difference that is allowed; null where the same bits are wanted")
    within: bool = key("whether the number was reproduced")
    reason: str | None = key("why it was not, beyond the size of the difference")


@dataclass(frozen=True, kw_only=True)
class RerunEntry:
    """One test whose newest record was measured again, or why it was not."""

    contract: str = key("path of the contract")
    id: str = key("the test")
    state: Literal["reproduced", "differs", "inconclusive", "not run"] = key(
        "what came of it; `inconclusive` decided nothing"
    )
    reason: str | None = key("why it differs, is inconclusive or was not run")
    evidence: str | None = key("digest of the record that was reproduced")
    stored_outcome: Literal["survived", "falsified"] | None = key("the outcome in the record")
    outcome: Literal["survived", "falsified", "inconclusive"] | None = key("the outcome now")
    stored_verdict: str | None = key("the verdict in the record")
    verdict: str | None = key("the verdict now")
    unlike: tuple[str, ...] = key("code and inputs that are other than the record's")
    environment: tuple[str, ...] = key("what differs in the environment")
    measurements: dict[str, ComparedEntry] = field(
        metadata={"description": "every metric of the record or of the rerun"}
    )
    planted_faults: tuple[PlantedFaultEntry, ...] = key("what the planted faults did now")
    detail: str | None = key("traceback of the plug-in, where there is one")
    duration_s: float | None = key("seconds of all trials of the test")


@dataclass(frozen=True, kw_only=True)
class ReplayEntry:
    """One point of a record, measured again by itself."""

    id: str = key("the test")
    evidence: str = key("digest of the record")
    point: PointName = field(metadata={"description": "which point of the record"})
    params: dict[str, Any] = field(metadata={"description": "of a search, those that vary"})
    state: Literal["reproduced", "differs", "inconclusive"] = field(
        metadata={"description": "whether the numbers of the record came out again"}
    )
    reason: str | None = key("why it differs or is inconclusive")
    verdict: str | None = key("the verdict at this point alone")
    broken: tuple[str, ...] = key("accept conditions that break at this point")
    unlike: tuple[str, ...] = key("code and inputs that are other than the record's")
    environment: tuple[str, ...] = key("what differs in the environment")
    measurements: dict[str, ComparedEntry] = field(
        metadata={"description": "metrics that the record has at this point, and what was measured"}
    )
    detail: str | None = key("traceback of the plug-in, where there is one")
    duration_s: float | None


@dataclass(frozen=True, kw_only=True)
class RerunSummary:
    """The denominators of measuring again; ``run`` is the sum of the first three below it."""

    recorded: int = key("selected tests with a record that can be read", default=0)
    run: int = key("of these, measured again", default=0)
    reproduced: int = key("gave the outcome, the verdict and the numbers of the record", default=0)
    differing: int = key("gave another outcome, verdict or number", default=0)
    inconclusive: int = key("decided nothing this time", default=0)
    same_bits: int = key("of the reproduced, to the last bit", default=0)
    unlike: int = key("of those measured, with other code or inputs than the record's", default=0)
    not_run: int = key("selected bound tests that were not measured", default=0)


SignatureState = Literal["signed", "untrusted", "broken", "unsigned"]
"""What the envelopes of a record come to; the first that applies."""


@dataclass(frozen=True, kw_only=True)
class SigningKeyEntry:
    """A key that signed a record."""

    keyid: str = key("SHA-256 of the public key, see the evidence format")
    name: str | None = key("file of the key; null for one that is not trusted and so not checked")


@dataclass(frozen=True, kw_only=True)
class SignatureEntry:
    """The newest record of one test, and who signed it."""

    contract: str = key("path of the contract")
    id: str = key("the test")
    evidence: str = key("digest of its newest record")
    state: SignatureState = field(
        metadata={"description": "`untrusted` is signed by other keys only"},
    )
    keys: tuple[SigningKeyEntry, ...] = key("the keys whose envelopes are not broken")


@dataclass(frozen=True, kw_only=True)
class SignatureSummary:
    """The denominators of signatures; ``heads`` is the sum of the others."""

    heads: int = key("tests whose status rests on a record", default=0)
    signed: int = key("of these, whose newest record a trusted key signed", default=0)
    untrusted: int = key("signed by other keys only", default=0)
    broken: int = key("with an envelope that does not verify, and none that does", default=0)
    unsigned: int = key("without any envelope", default=0)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The denominators: what was declared, and how much of it rests on what."""

    declared: int = key("tests in the contract", default=0)
    bound: int = key("tests that name a falsifier", default=0)
    run: int = key("tests that this command measured", default=0)
    adopted: int = key(
        "tests whose record an interrupted discharge had left, and that were not run", default=0
    )
    discharged: int = key("DISCHARGED by evidence that is current", default=0)
    falsified: int = key("FALSIFIED by evidence that is current", default=0)
    inconclusive: int = key("tests whose trial in this run decided nothing", default=0)
    stale: int = key("tests whose evidence speaks of another claim or code", default=0)
    blocked: int = key("tests that cannot run now", default=0)
    self_declared: int = key("tests whose status no evidence grounds", default=0)

    def __add__(self, other: Summary) -> Summary:
        """Add the counts of another contract."""
        names = [each.name for each in fields(self)]
        return Summary(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, kw_only=True)
class References:
    """How the tests of contracts say that they are run; each test is counted once."""

    falsifiers: int = key("bound to a falsifier", default=0)
    cargo_tests: int = key("a `cargo` command", default=0)
    rust_paths: int = key("a path in Rust code", default=0)
    pytest_nodes: int = key("a pytest node or command", default=0)
    shell_commands: int = key("another command", default=0)
    source_code: int = key("source code", default=0)
    prose: int = key("text that nothing can run", default=0)
    nothing: int = key("nothing at all", default=0)

    def __add__(self, other: References) -> References:
        """Add the counts of another contract."""
        names = [each.name for each in fields(self)]
        return References(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a command that looks at several contracts left out, and how much of it."""

    ignored_files: int = key("files that git ignores", default=0)
    unindexed_files: int = key("files of the project that references were not looked up in", default=0)
    suppressed: int = key("findings that a comment or the configuration sets aside", default=0)
    baselined: int = key("findings that the baseline knows", default=0)
    fixed: int = key("findings that were mended, or would be", default=0)


@dataclass(frozen=True, kw_only=True)
class DiagnosticEntry:
    """One finding; line and column count from 1 and are null for a whole file."""

    path: str
    line: int | None
    column: int | None
    code: str
    severity: Literal["error", "warning", "note"]
    message: str
    why: str | None = None
    fix: str | None = None
    end_line: int | None = None
    end_column: int | None = None
    snippet: str | None = key("the line of the finding", default=None)
    replacement: str | None = key("the text that mends it, in place of the range", default=None)


@dataclass(frozen=True, kw_only=True)
class PackageChange:
    """A third-party distribution whose installed version is not the recorded one."""

    name: str = key("the distribution; the module, where no distribution had it")
    was: str | None = key("its version in the record; null for a module that no distribution had")
    now: str | None = key("its version now, or what has the module; null where it is not installed")

    @property
    def text(self) -> str:
        """The change as a clause.

        Examples
        --------
        >>> PackageChange(name="scipy", was="1.16.0", now="1.17.0").text
        'scipy was 1.16.0, is 1.17.0'
        >>> PackageChange(name="scipy", was="1.16.0", now=None).text
        'scipy was 1.16.0, is not installed'
        >>> PackageChange(name="yaml", was=None, now="PyYAML 6.0.3").text
        'yaml was of no distribution, is of PyYAML 6.0.3'
        """
        if self.was is None:
            return f"{self.name} was of no distribution, is of {self.now}"
        return f"{self.name} was {self.was}, is {self.now or 'not installed'}"


@dataclass(frozen=True, kw_only=True)
class MutationScore:
    """How many mutants of its subject a test noticed; ``tried`` is the sum of the four below it."""

    generated: int = key("mutants that there are")
    tried: int = key("of these, run")
    noticed: int = key("broke a condition, changed a verdict or gave a number that is not finite")
    unnoticed: int = key("gave other numbers, and nothing of that")
    same_numbers: int = key("kept the bits of every metric; not counted in the score")
    invalid: int = key("crashed, took too long or measured less; not counted in the score")
    score: float | None = key("noticed / (noticed + unnoticed); null without either")
    minimum: float | None = key("what the configuration asks for; null where it asks for nothing")
    seed: int = key("what the mutants were chosen by")

    @property
    def is_enough(self) -> bool:
        """Whether the score is at least the minimum; where there is no score it is not."""
        return self.minimum is None or (self.score is not None and self.score >= self.minimum)

    @property
    def text(self) -> str:
        """The score with its denominators.

        Examples
        --------
        >>> counts = {"noticed": 15, "unnoticed": 2, "same_numbers": 5, "invalid": 3}
        >>> MutationScore(generated=84, tried=25, **counts, score=15 / 17, minimum=0.9, seed=0).text
        'score 0.88, 15 of 17 noticed, 0.9 is wanted; 5 same numbers, 3 invalid; 25 of 84 tried'
        """
        shown = "no score" if self.score is None else f"score {self.score:.2f}"
        wanted = "" if self.is_enough else f", {self.minimum or 0:g} is wanted"
        counted = self.noticed + self.unnoticed
        return (
            f"{shown}, {self.noticed} of {counted} noticed{wanted}; {self.same_numbers} same numbers, "
            f"{self.invalid} invalid; {self.tried} of {self.generated} tried"
        )


@dataclass(frozen=True, kw_only=True)
class TestEntry:
    """Where one test of a contract stands."""

    __test__ = False  # not a test class, whatever its name says to pytest

    id: str
    status: str
    standing: str
    reasons: tuple[str, ...]
    verdict: str | None
    falsifier: str | None
    evidence: str | None
    blocked: str | None = key("why the test cannot run now")
    packages: tuple[PackageChange, ...] = key(
        "third-party versions other than those of its newest record; `verify` alone", default=()
    )
    mutation: MutationScore | None = field(
        default=None,
        metadata={
            "description": "the newest score that this machine, or else its newest record, knows for its"
            " claim and code; `status` alone"
        },
    )


@dataclass(frozen=True, kw_only=True)
class ScopedVerdictEntry:
    """What one test says about a hypothesis in one scope."""

    test: str
    scope: str | None
    verdict: str
    counts: bool


@dataclass(frozen=True, kw_only=True)
class HypothesisEntry:
    """A hypothesis with its verdict in every scope."""

    id: str
    statement: str
    status: str
    derived: str
    verdicts: tuple[ScopedVerdictEntry, ...]


@dataclass(frozen=True, kw_only=True)
class MilestoneEntry:
    """A step or a stage, with the status that evidence gives it."""

    id: str
    kind: Literal["step", "stage"]
    title: str | None
    status: str
    derived: str | None


@dataclass(frozen=True, kw_only=True)
class ContractEntry:
    """One contract in a report on several."""

    path: str
    id: str | None
    version: str | None
    summary: Summary
    tests: tuple[TestEntry, ...] = ()
    hypotheses: tuple[HypothesisEntry, ...] = ()
    milestones: tuple[MilestoneEntry, ...] = ()
    references: References | None = field(
        default=None, metadata={"description": "counted by `validate` alone"}
    )


@dataclass(frozen=True, kw_only=True)
class Report:
    """The one document that a command prints with ``--format json``."""

    schema_: Literal["pv/report/v1"] = key(default="pv/report/v1", alias="schema")
    command: str
    contract: str | None = None
    version: VersionEntry = VersionEntry(from_=None, to=None)
    transitions: tuple[TransitionEntry, ...] = ()
    trials: tuple[TrialEntry, ...] = ()
    contracts: tuple[ContractEntry, ...] = ()
    summary: Summary = Summary()
    references: References | None = field(
        default=None, metadata={"description": "counted by `validate` alone"}
    )
    scope: Scope = Scope()
    diagnostics: tuple[DiagnosticEntry, ...] = ()
    diff: str = ""
    written: bool = key("whether a file was changed", default=False)
    exit_code: int = 0
    reruns: tuple[RerunEntry, ...] = key("what `verify --rerun` measured again", default=())
    rerun_summary: RerunSummary | None = field(
        default=None, metadata={"description": "counted by `verify --rerun` alone"}
    )
    replay: ReplayEntry | None = field(
        default=None, metadata={"description": "what `run --replay` measured again"}
    )
    signatures: tuple[SignatureEntry, ...] = key(
        "who signed, by `discharge --sign` or as `verify --trusted` found it", default=()
    )
    signature_summary: SignatureSummary | None = field(
        default=None, metadata={"description": "counted by `verify --trusted` alone"}
    )
