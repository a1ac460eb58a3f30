"""The independent checker and `pv verify` give the same answer, whatever was changed."""

from __future__ import annotations

import ast
import importlib.util
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import pvrecheck
from pvengine import open_project
from pvengine.loading.spelling import is_slip

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from conftest import Scratch

ROOT = Path(__file__).resolve().parents[2]
FLAGSHIP = "contracts/trace-ffn-sub-block-gguf-v1.yaml"
DECIDES = "hypothesis: H1\ndecides: {metric: value, scope: one, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}"
BOTH = (
    "hypothesis: [H1, H2]\ndecides:\n"
    "- {hypothesis: H1, metric: value, CONFIRMED: {lt: 5}, FALSIFIED: {ge: 5}}\n"
    "- {hypothesis: H2, metric: value, CONFIRMED: [{lt: -1}, {gt: 1}], PARTIALLY_CONFIRMED: {ge: -1, lt: 0},"
    " FALSIFIED: {ge: 0, le: 1}}\ndepends_on: [FT-001]"
)
HEAD = (
    "hypotheses:\n- {id: H1, statement: small}\n- {id: H2, statement: far from zero}\n"
    "- {id: H3, statement: undecided, status: UNTESTED}\n"
)
TAIL = (
    "implementation_stages:\n- id: M0\n  needs: [FT-001, FT-002]\n  steps:\n  - {id: a, needs: [FT-001]}\n"
    "  - {id: b, expected_acceptance: [FT-003 (later)]}\n- {id: M1, needs: [M0]}\n"
)


SEARCHED = '''\
"""Falsifiers whose worst point lies beside the published one."""

from pvengine.plugin import Bound, Domain, Params, Trial, falsifier


class RatioParams(Params):
    """Two numbers."""

    top: float
    bottom: float


def divide(top: float, bottom: float) -> float:
    """Divide: the subject."""
    return top / bottom


def divide_by_less(top: float, bottom: float) -> float:
    """Divide by far too little: a fault planted on purpose."""
    return 20.0 * top / bottom


def list_bounds(p: RatioParams, domain: Domain) -> list[Bound]:
    """Bound the ratio by the corners of the box."""
    top, bottom = domain["top"], domain["bottom"]
    return [
        Bound("ratio", "divide is monotonic", at_most=top.high / bottom.low, rounding=1e-12),
        Bound("ratio", "both numbers are positive", at_least=0.0, any_subject=True),
    ]


@falsifier(
    "ratio.largest", subject=divide, planted_faults={"too little": divide_by_less}, bounds=list_bounds
)
def measure_ratio(trial: Trial, p: RatioParams) -> None:
    """The ratio, and how far it is from that of whole numbers."""
    ratio = trial.subject(p.top, p.bottom)
    trial.measure("ratio", ratio)
    trial.measure("wholes", int(round(ratio)))
'''
SEARCHED_TESTS = """\
- id: FT-001
  rule: The ratio is small
  hypothesis: H1
  falsifier: ratio.largest
  params: {top: 1.0, bottom: 2.0}
  search:
    domain: {top: {kind: real, range: [1, 4]}, bottom: {kind: real, range: [0.5, 2], grid: 0.25}}
    constraints: [{variable: top, norm: L2, le: 3.5}]
    maximise: ratio
    budget: {evaluations: 60}
    methods: [random, refinement, nearest, minimal]
  accept:
  - {metric: wholes, le: 7}
  - {metric: ratio, lt: 9.5}
  decides: {metric: ratio, scope: the box, CONFIRMED: {lt: 1}, FALSIFIED: {ge: 1}}
  if_fails: it is large
- id: FT-002
  rule: The ratio stays above one
  falsifier: ratio.largest
  params: {top: 4.0, bottom: 1.0}
  search:
    domain: {top: {kind: real, range: [1, 4]}, bottom: {kind: real, range: [1, 2], grid: 0.25}}
    minimise: ratio
    budget: {evaluations: 40, seconds: 20}
  accept:
  - {metric: ratio, gt: 1, lt: 50}
  if_fails: it is small
"""


def load_beside(name: str) -> ModuleType:
    """Load a module beside this one: no folder of tests is on the path."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


mutations = load_beside("recheck_mutations")


class Answers:
    """Asks both programs about one project, unchanged or under a mutation."""

    def __init__(self, root: Path, contract: str) -> None:
        self.root, self.path = root, root / contract
        self.contract = contract
        self.files = {
            str(path.relative_to(root)): path.read_bytes()
            for path in (self.path, *(self.path.parent / "evidence" / self.path.stem).rglob("*.json"))
        }
        self.project = open_project(root)

    def ask_pv(self) -> tuple[dict[str, str], int]:
        report = self.project.verify([self.path])
        tests = [test for contract in report.contracts for test in contract.tests]
        return {test.id: test.standing for test in tests}, report.exit_code

    def ask_recheck(self) -> tuple[dict[str, str], int]:
        checks, code = pvrecheck.recheck([self.path])
        return {name: state for check in checks for name, (state, _) in check.tests.items()}, code

    def ask_both(self, files: dict[str, bytes | None]) -> list[tuple[dict[str, str], int]]:
        try:
            for name, content in files.items():
                self.put(name, content)
            return [self.ask_pv(), self.ask_recheck()]
        finally:
            for name in files:
                self.put(name, self.files.get(name))

    def put(self, name: str, content: bytes | None) -> None:
        path = self.root / name
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def compare(self, count: int, seed: int) -> tuple[list[str], set[tuple[str, int]]]:
        """Return the mutations on which the answers differ, and the states and codes that came up."""
        base = self.ask_pv()
        different, seen = [], set()
        for mutation in mutations.Mutator(self.files, self.contract, seed).make(count):
            theirs, ours = self.ask_both(mutation.files)
            if theirs != ours or (mutation.is_neutral and ours != base):
                states = {name: (theirs[0].get(name), ours[0].get(name)) for name in {*theirs[0], *ours[0]}}
                unlike = {name: pair for name, pair in states.items() if pair[0] != pair[1]}
                different.append(f"{mutation.name}: {unlike} {theirs[1]} {ours[1]}")
            seen |= {(state, ours[1]) for state in ours[0].values()}
        assert self.ask_pv() == base, "the project was not put back"
        return different, seen


@pytest.fixture(scope="module")
def small(make_scratch: Callable[[], Scratch]) -> Answers:
    """Discharge a project: two records, two decisions, a falsified test, and one that is new."""
    scratch = make_scratch()
    high = scratch.test("FT-003", value=50.0, extra="if_fails: it is large\n")
    new = scratch.test("FT-004").replace("  falsifier: probe.value\n", "  status: NEW\n")
    tests = [scratch.test("FT-001", extra=DECIDES), scratch.test("FT-002", extra=BOTH), high, new]
    scratch.contract(*tests, head=HEAD, tail=TAIL)
    scratch.discharge()
    assert scratch.discharge("--test", "FT-001").code == 0
    assert scratch.verify() == 0
    return Answers(scratch.root, "contracts/x-v1.yaml")


@pytest.fixture(scope="module")
def searched(make_scratch: Callable[[], Scratch]) -> Answers:
    """Discharge two searched tests: one survives with its bounds, one is falsified beside its point."""
    scratch = make_scratch()
    scratch.write("ratio.py", SEARCHED)
    scratch.write("pv.toml", 'contracts = ["contracts"]\nfalsifiers = ["ratio.py"]\n')
    scratch.contract(SEARCHED_TESTS, head=HEAD)
    done = scratch.call("discharge", "contracts/x-v1.yaml")
    assert done.code == 10, done.shown
    assert scratch.verify() == 0
    return Answers(scratch.root, "contracts/x-v1.yaml")


@pytest.fixture(scope="module")
def flagship(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Copy the flagship, and discharge what its code has made stale: the checker cannot see code."""
    root = tmp_path_factory.mktemp("flagship")
    shutil.copytree(ROOT / "contracts", root / "contracts")
    (root / "pv.toml").write_text('contracts = ["contracts"]\n')
    project = open_project(root)
    if project.verify().exit_code:
        project.discharge(root / FLAGSHIP)
    assert open_project(root).verify().exit_code == 0
    return Answers(root, FLAGSHIP)


@pytest.mark.slow
def test_both_give_one_answer_on_a_small_project(small: Answers, tally: Callable[..., None]) -> None:
    different, seen = small.compare(915, seed=1)
    tally(
        group="The independent checker",
        row="a mutation of a small project: `pv verify` and `pv-recheck` differ",
        cases=915,
        missed=len(different),
        at_least=900,
    )
    assert not different, "\n".join(different)
    assert {state for state, _ in seen} == {
        "verified",
        "new",
        "stale",
        "tampered",
        "missing",
        "self-declared",
    }
    assert {code for _, code in seen} == {0, 1, 3, 11}


@pytest.mark.slow
def test_both_give_one_answer_on_searched_tests(searched: Answers, tally: Callable[..., None]) -> None:
    different, seen = searched.compare(600, seed=3)
    tally(
        group="The independent checker",
        row="a mutation of two searched tests: `pv verify` and `pv-recheck` differ",
        cases=600,
        missed=len(different),
        at_least=600,
    )
    assert not different, "\n".join(different)
    assert {state for state, _ in seen} >= {"verified", "stale", "tampered", "missing"}


@pytest.mark.slow
def test_both_give_one_answer_on_the_flagship(flagship: Answers, tally: Callable[..., None]) -> None:
    different, seen = flagship.compare(105, seed=2)
    tally(
        group="The independent checker",
        row="a mutation of the flagship: `pv verify` and `pv-recheck` differ",
        cases=105,
        missed=len(different),
        at_least=100,
    )
    assert not different, "\n".join(different)
    assert {code for _, code in seen} >= {0, 1, 3, 11}


def test_the_seed_is_derived(small: Answers) -> None:
    maker = mutations.Mutator(small.files, small.contract, seed=0)
    name = next(name for name in maker.records if "FT-003" in name)
    record = json.loads(small.files[name])
    record["predicate"]["seed"] += 1
    theirs, ours = small.ask_both(maker.forge("seed", name, mutations.serialize(record)).files)
    assert (ours[0]["FT-003"], ours[1]) == ("tampered", 3)
    assert theirs == ours


def flip(record: Any) -> str:
    """Say the other outcome, without any other number."""
    record["predicate"]["outcome"] = "falsified"
    return "outcome"


def lower(record: Any) -> str:
    """Let the planted fault give what the subject gives, and stay noticed."""
    facts = record["predicate"]
    facts["planted_faults"][0]["measurements"] = facts["measurements"]
    return "fault"


def decide(record: Any) -> str:
    """Say the other verdict."""
    record["predicate"]["verdicts"][0]["verdict"] = "FALSIFIED"
    return "verdict"


def retell(record: Any) -> str:
    """Edit what follows from nothing."""
    record["predicate"]["environment"]["numpy"] = "9.9.9"
    return "environment"


@pytest.mark.parametrize(
    ("edit", "state"), [(flip, "tampered"), (lower, "tampered"), (decide, "tampered"), (retell, "verified")]
)
def test_a_record_that_others_follow_is_judged_again(
    small: Answers, edit: Callable[[Any], str], state: str
) -> None:
    forged = mutations.Mutator(small.files, small.contract, seed=0).forge_older_record(edit)
    theirs, ours = small.ask_both(forged.files)
    assert ours[0]["FT-001"] == state
    assert ours[1] == (3 if state == "tampered" else 0)
    assert theirs == ours


def widen(facts: Any) -> None:
    """Let the search have seen a point at which a condition breaks."""
    facts["search"]["extremes"]["wholes"]["largest"] |= {"value": 8}


def mend_fault(facts: Any) -> None:
    """Let the search of the fault find what the brief search of the subject found."""
    facts["planted_faults"][0] |= facts["baseline"]


def flatten(facts: Any) -> None:
    """Let the metric be the same everywhere, as far as the extremes say."""
    for trial in (facts, facts["baseline"], *facts["planted_faults"]):
        ratio = trial["measurements"]["ratio"] = facts["measurements"]["ratio"]
        trial["search"]["worst"]["value"] = ratio
        trial["search"]["extremes"]["ratio"] |= {"least": ratio, "largest": ratio}


def exceed(facts: Any) -> None:
    """State a bound that the record itself exceeds."""
    facts["search"]["bounds"][0]["at_most"] = 1.0


def empty(facts: Any) -> None:
    """State a bound on any subject that leaves nothing to ask."""
    bound = facts["search"]["bounds"][0]
    bound |= {"metric": "wholes", "at_most": 7.0, "at_least": None, "any_subject": True, "is_met": True}
    facts["measurements"]["wholes"] |= {"value": 7}
    facts["search"]["extremes"]["wholes"]["largest"] |= {"value": 7}


def move(facts: Any) -> None:
    """Say that the worst point is another one: only measuring it again can tell."""
    facts["search"]["worst"]["params"]["top"] = 1.5


@pytest.mark.parametrize(
    ("edit", "state", "reason"),
    [
        (widen, "tampered", "the record says survived, its measurements give falsified"),
        (mend_fault, "tampered", "the fault too little is recorded otherwise than measured"),
        (flatten, "tampered", "vacuous over the domain: the searched metric is the same everywhere"),
        (exceed, "tampered", "a bound of the subject is recorded otherwise than measured"),
        (empty, "tampered", "vacuous over the domain: no subject breaks what is asked of wholes"),
        (move, "verified", "not recomputed"),
    ],
)
def test_a_search_that_was_edited(
    searched: Answers, edit: Callable[[Any], None], state: str, reason: str
) -> None:
    maker = mutations.Mutator(searched.files, searched.contract, seed=0)
    name = next(name for name in maker.records if "FT-001" in name)
    record = json.loads(searched.files[name])
    edit(record["predicate"])
    files = maker.forge(edit.__name__, name, mutations.serialize(record)).files
    theirs, ours = searched.ask_both(files)
    assert theirs == ours
    assert ours[0]["FT-001"] == state
    for path, content in files.items():
        searched.put(path, content)
    try:
        assert reason in pvrecheck.check_contract(searched.path).tests["FT-001"][1]
    finally:
        for path in files:
            searched.put(path, searched.files.get(path))


def test_forged_claims_are_judged_and_not_only_refused(small: Answers) -> None:
    maker = mutations.Mutator(small.files, small.contract, seed=3)
    states = {
        tuple(small.ask_both(mutation.files)[1][0].values())[:3]
        for mutation in (make() for make in (maker.forge_claim, maker.forge_measurement) for _ in range(40))
    }
    assert ("verified", "verified", "verified") in states
    assert any("tampered" in each for each in states)


def test_it_imports_the_standard_library_and_pyyaml_alone() -> None:
    tree = ast.parse(Path(str(pvrecheck.__file__)).read_bytes())
    names = [each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    names += [name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names]
    assert {str(name).split(".")[0] for name in names} - sys.stdlib_module_names == {"yaml"}


@pytest.mark.parametrize(
    ("data", "form"),
    [
        ({"b": 1.0, "a": [1e-5, 1e-7]}, '{"a":[0.00001,1e-7],"b":1}'),
        ([1e21, 123e18, 0.1, 5e-324, -1.5e-10], "[1e+21,123000000000000000000,0.1,5e-324,-1.5e-10]"),
        ({"\ue000": None, "\U00010000": True}, '{"\U00010000":true,"\ue000":null}'),
        (['\x1f"\\/\n\x7f', 2**53 - 1, 0.0], '["\\u001f\\"\\\\/\\n\x7f",9007199254740991,0]'),
    ],
)  # fmt: skip
def test_the_canonical_form_is_that_of_rfc_8785(data: object, form: str) -> None:
    assert pvrecheck.canonicalize(data) == form


@pytest.mark.parametrize("value", [2**53, -0.0, float("nan"), float("inf"), "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        pvrecheck.canonicalize([value])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", 1),
        (b"a: [", 1),
        (b"\xff\xfe", 1),
        (b"a: 1\na: 2\n", 1),
        (b"a: &a [*a]\n", 1),
        (b"[" * 100_000, 1),
        (b"a: !!python/object:os.system x\n", 1),
        (b"metadata: {version: 0x}\n", 0),
        (b"metadata: {}\nfalsification_tests: 3\n", 1),
        (b"metadata: {}\nfalsification_tests: [{id: T, status: DISCHARGED}]\n", 11),
        (b"metadata: {}\namendments: [{version: 1.0.0, date: x, kind: edit, previous: null}]\n", 3),
        (b"metadata: {}\namendments: [" + b"[" * 90 + b"]" * 90 + b"]\n", 1),
        (b"x: 1" + b"0" * 5000, 1),
        (b"metadata: {}\nfalsification_test: []\n", 1),
        (b"metadata: {}\nAmendmets: [x]\n", 1),
        (b"metadata: {}\nqa-gate: {}\n", 1),
        (b"metadata: {}\nqa-gate: {}\nqa_gate: {}\n", 0),
        (b"metadata: {}\nhypotheses_: x\n", 0),
        (b"metadata: {}\nattribution: []\n", 0),
    ],
)
def test_bad_input_has_an_exit_code_and_no_traceback(tmp_path: Path, text: bytes, code: int) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(text)
    assert pvrecheck.recheck([path])[1] == code
    assert open_project(tmp_path).verify([path]).exit_code == code


def test_a_slip_of_spelling_is_one_for_both() -> None:
    letters = random.Random(5)  # noqa: S311 - words, not secrets
    seen = []
    for name in pvrecheck.SECTIONS * 20:
        word = list(name)
        for _ in range(letters.randrange(4)):
            place = letters.randrange(len(word))
            word[place : place + letters.randrange(3)] = letters.choice(
                ["", "a", "_", "-", "E", "ta", word[place]]
            )
        text = "".join(word) or "x"
        seen.append(is_slip(text, name))
        assert pvrecheck._is_slip(text, name) == seen[-1], text
    assert 40 < sum(seen) < len(seen) - 40


def run(*arguments: str | Path) -> tuple[int, str]:
    command = [sys.executable, str(pvrecheck.__file__), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_the_command_prints_a_line_for_each_test(small: Answers) -> None:
    code, out = run(small.root / "contracts")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split() == ["contract", str(small.path)]
    assert [line.split()[:2] for line in lines[1:]] == [
        ["verified", "FT-001"], ["verified", "FT-002"], ["verified", "FT-003"], ["new", "FT-004"],
    ]  # fmt: skip


def test_the_command_ends_with_2_and_14(tmp_path: Path) -> None:
    assert run(tmp_path)[0] == 14
    assert run(tmp_path / "lost.yaml")[0] == 2
    assert run("--unknown")[0] == 2
