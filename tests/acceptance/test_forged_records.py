"""A record is edited, and a careful forger names the file by its new digest, pins it and chains anew.

Without the last, the digest in the file name gives each edit away. With it, all that follows from claim and
measurements is derived again and must agree. What follows from nothing, a plausible number above all, is out
of reach of what is stored: `--rerun` measures it again.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner
from forgery import write
from recheck_mutations import chain_again, serialize

import pvrecheck
from pvengine.cli.main import root
from pvengine.models.measurement import encode_bits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from forgery import Bench

Facts = dict[str, Any]
OTHER = "sha256:" + "a" * 64


def flip_verdict(facts: Facts) -> bool:
    for decided in facts["verdicts"][:1]:
        decided["verdict"] = "FALSIFIED"
    return bool(facts["verdicts"])


def edit_outcome(facts: Facts) -> bool:
    facts["outcome"] = "falsified" if facts["outcome"] == "survived" else "survived"
    return True


def edit_value(facts: Facts) -> bool:
    facts["measurements"]["value"]["value"] += 1.0
    return True


def edit_bits(facts: Facts) -> bool:
    facts["measurements"]["single"]["bits"] = "3f800001"
    return True


def edit_number(facts: Facts) -> bool:
    """Give a metric another number, with value and bits that agree, on the other side of the bar."""
    number = -50.0 if facts["outcome"] == "falsified" else 50.0
    facts["measurements"]["value"] |= {"value": number, "bits": encode_bits(number, "float64")}
    if "search" in facts:
        own = facts["measurements"]["value"]
        facts["search"]["worst"]["value"] = own
        facts["search"]["extremes"]["value"] |= {"least": own, "largest": own}
    return True


def rename_metric(facts: Facts) -> bool:
    facts["measurements"]["values"] = facts["measurements"].pop("value")
    return True


def drop_metric(facts: Facts) -> bool:
    del facts["measurements"]["value"]
    return True


def swap_metrics(facts: Facts) -> bool:
    measured = facts["measurements"]
    measured["value"], measured["count"] = measured["count"], measured["value"]
    return facts["test"] == "FT-001"


def drop_faults(facts: Facts) -> bool:
    facts["planted_faults"] = []
    return True


def drop_one_fault(facts: Facts) -> bool:
    facts["planted_faults"] = facts["planted_faults"][:1]
    return True


def deny_notice(facts: Facts) -> bool:
    facts["planted_faults"][0]["noticed"] = False
    return True


def heal_fault(facts: Facts) -> bool:
    """Give a planted fault the subject's measurements: it would not have been noticed."""
    facts["planted_faults"][0]["measurements"] = facts["measurements"]
    return facts["outcome"] == "survived"


def edit_seed(facts: Facts) -> bool:
    facts["seed"] += 1
    return True


def edit_params(facts: Facts) -> bool:
    facts["params"]["value"] = 3.0
    return True


def edit_claim(facts: Facts) -> bool:
    facts["claim"]["rule"] = "Another rule"
    return True


def edit_claim_digest(facts: Facts) -> bool:
    facts["claim_digest"] = OTHER
    return True


def edit_source_digest(facts: Facts) -> bool:
    facts["source_digest"] = OTHER
    return True


def edit_falsifier(facts: Facts) -> bool:
    facts["falsifier"] = "rich.others"
    return True


def edit_test(facts: Facts) -> bool:
    facts["test"] = "FT-002" if facts["test"] != "FT-002" else "FT-003"
    return True


def edit_arithmetic(facts: Facts) -> bool:
    facts["arithmetic"] = ["BLAS, float64"]
    return True


def cut_chain(facts: Facts) -> bool:
    if facts["previous"] is None:
        return False
    facts["previous"] = None
    return True


def close_chain(facts: Facts) -> bool:
    """Let the first record follow one that is not there."""
    if facts["previous"] is not None:
        return False
    facts["previous"] = OTHER
    return True


def give_number(facts: Facts) -> bool:
    """Give a metric a number that was never measured, on the right side of the bar."""
    facts["measurements"]["value"] |= {"value": 1.75, "bits": encode_bits(1.75, "float64")}
    return facts["outcome"] == "survived"


def edit_environment(facts: Facts) -> bool:
    facts["environment"]["numpy"] = "9.9.9"
    return True


def give_number_of_another_test(facts: Facts) -> bool:
    """Give FT-001 the value that was measured for FT-002."""
    facts["measurements"]["value"] |= {"value": 1.25, "bits": encode_bits(1.25, "float64")}
    return facts["test"] == "FT-001"


def forget_search(facts: Facts) -> bool:
    return facts.pop("search", None) is not None


def forget_baseline(facts: Facts) -> bool:
    return facts.pop("baseline", None) is not None


def forget_search_of_fault(facts: Facts) -> bool:
    return facts["planted_faults"][0].pop("search", None) is not None


def add_search(facts: Facts) -> bool:
    """Give a fault the search that another test has."""
    facts["planted_faults"][0]["search"] = SEARCH
    return "search" not in facts


def edit_worst(facts: Facts) -> bool:
    """Let the worst point be a milder one, and the numbers of the test as they were."""
    if "search" in facts:
        facts["search"]["worst"]["value"] = facts["search"]["published"]["value"]
    return "search" in facts


def edit_extreme(facts: Facts) -> bool:
    """Let the search have seen a worse point than the one that is judged."""
    if "search" in facts:
        worse = {"value": 4000.0, "bits": encode_bits(4000.0, "float64")}
        facts["search"]["extremes"]["value"]["largest"] |= worse
    return "search" in facts


def edit_aim(facts: Facts) -> bool:
    if "search" in facts:
        facts["search"]["aim"] = "minimise"
    return "search" in facts


def overspend(facts: Facts) -> bool:
    if "search" in facts:
        facts["search"]["evaluations"] = 41
    return "search" in facts


def edit_start(facts: Facts) -> bool:
    facts["started"] = "2026-01-01T00:00:00.000Z"
    return True


def edit_duration(facts: Facts) -> bool:
    facts["duration_s"] += 1.0
    return True


SEARCH: Facts = {
    "metric": "value", "aim": "maximise", "published": None, "worst": {"params": {}, "value": None},
    "found_by": "random", "nearest": None, "minimal": None, "evaluations": 1, "refused": 0, "seconds": 0.5,
    "ended_by": "methods", "is_vectorised": False, "extremes": {}, "bounds": [], "methods": [],
    "profile": None,
}  # fmt: skip
"""A search that nobody asked for."""
EDITS: dict[Callable[[Facts], bool], str] = {
    flip_verdict: "the record says the verdict ",
    edit_outcome: "the record says ",
    edit_value: "is not the number with the bits",
    edit_bits: "is not the number with the bits",
    edit_number: ", its measurements give ",
    rename_metric: "its measurements give inconclusive",
    drop_metric: "the record names another arithmetic than its measurements do",
    swap_metrics: "its measurements give ",
    drop_faults: "its measurements give inconclusive",
    deny_notice: "the record notices other faults than its measurements do",
    heal_fault: "its measurements give inconclusive",
    edit_seed: "the seed of the record is not that of its claim",
    edit_params: "the record has other params than its claim",
    edit_claim: "the claim in the record has another digest than it states",
    edit_claim_digest: "the claim in the record has another digest than it states",
    edit_source_digest: "the subject of the record is not the falsifier and the claim that it was made with",
    edit_falsifier: "the record names the falsifier rich.others, its claim rich.readings",
    edit_test: "belongs to FT-00",
    edit_arithmetic: "the record names another arithmetic than its measurements do",
    close_chain: "is missing",
    forget_search: "the claim asks for a search, and there is none of the subject",
    forget_baseline: "the claim asks for a search, and there is none of the brief search of the subject",
    forget_search_of_fault: "and there is none of the planted fault 'too much'",
    add_search: "there is a search of the planted fault 'too much', which the claim does not ask for",
    edit_worst: "are not those of the worst point of its search",
    edit_extreme: "are not those of the worst point of its search",
    edit_aim: "the search of the subject is for another metric or aim than the claim's",
    overspend: "the search of the subject has more evaluations than the claim allows",
}


PLAUSIBLE: dict[Callable[[Facts], bool], str] = {
    give_number: "FT-001  differs  not reproduced: value",
    give_number_of_another_test: "FT-001  differs  not reproduced: value",
    drop_one_fault: "the planted faults are too much, too little now, and too much in its record",
}
"""Edits that contradict nothing that is stored, and what measuring again says of them."""
UNHEARD: tuple[Callable[[Facts], bool], ...] = (edit_environment, edit_duration, edit_start, cut_chain)
"""Edits of what nobody measures. A record that follows none may have been made on another branch."""


def iter_edited(bench: Bench, edit: Callable[[Facts], bool]) -> Iterator[tuple[str, Any]]:
    """Iterate over the records that an edit applies to, edited."""
    for name in bench.records:
        record = bench.record(name)
        if edit(record["predicate"]):
            yield name, record


def test_an_edit_under_the_old_name(rich: Bench, tally: Callable[..., None]) -> None:
    answers = [
        (edit.__name__, rich.verify({name: serialize(record)}))
        for edit in (*EDITS, *PLAUSIBLE, *UNHEARD)
        for name, record in iter_edited(rich, edit)
    ]
    missed = [
        (edit, report.diagnostics)
        for edit, report in answers
        if report.exit_code != 3
        or not any("was changed: its digest is now sha256:" in found.message for found in report.diagnostics)
    ]
    assert not missed, missed
    tally(
        group="Forged records",
        row="verdict, outcome, number, metric, planted faults, seed, claim, code or chain edited",
        cases=len(answers),
        missed=len(missed),
        at_least=100,
    )


def test_an_edit_with_every_digest_renewed(rich: Bench, tally: Callable[..., None]) -> None:
    cases, missed = 0, []
    for edit, message in EDITS.items():
        for name, record in iter_edited(rich, edit):
            report = rich.verify(rich.forge(name, record))
            cases += 1
            if report.exit_code != 3 or not any(message in found.message for found in report.diagnostics):
                missed.append((edit.__name__, name, report.exit_code, report.diagnostics))
    assert not missed, missed
    tally(
        group="Forged records",
        row="the same, the file named by its new digest, pinned, and the amendments chained again",
        cases=cases,
        missed=len(missed),
        at_least=80,
    )


def test_a_verdict_that_is_flipped_everywhere(rich: Bench, tally: Callable[..., None]) -> None:
    """Record, contract and amendment agree on another verdict or another status."""
    cases, missed = 0, []
    for test, edit, words in (
        ("FT-001", flip_verdict, {"verdict": "FALSIFIED"}),
        ("FT-001", edit_outcome, {"status": "FALSIFIED", "to": "FALSIFIED"}),
        ("FT-003", edit_outcome, {"status": "DISCHARGED", "to": "DISCHARGED"}),
    ):
        data, record = rich.data, rich.record(rich.head_of(test))
        edit(record["predicate"])
        entries = [entry for amendment in data["amendments"] for entry in amendment["tests"]]
        for entry in (*data["falsification_tests"], entries[-1] if test == "FT-001" else entries[2]):
            if entry["id"] == test:
                entry.update({key: word for key, word in words.items() if key in entry})
        report = rich.verify(rich.forge(rich.head_of(test), record, data))
        cases += 1
        said = [found.message for found in report.diagnostics if found.code == "PV602"]
        if report.exit_code != 3 or len(said) != 1 or "its measurements give " not in said[0]:
            missed.append((test, edit.__name__, report.exit_code, report.diagnostics))
    assert not missed, missed
    tally(
        group="Forged records",
        row="verdict or outcome flipped alike in record, contract and amendment, all digests renewed",
        cases=cases,
        missed=len(missed),
        at_least=3,
    )


def test_records_in_each_others_place(rich: Bench, tally: Callable[..., None]) -> None:
    """Swap the contents of every two records, and pin the record of another test or an older one."""
    names, answers = rich.records, []
    for one, other in itertools.combinations(names, 2):
        report = rich.verify({one: rich.files[other], other: rich.files[one]})
        answers.append((f"{one} {other}", report, "was changed: its digest is now sha256:"))
    for one, other in itertools.permutations([rich.head_of(f"FT-00{number}") for number in (1, 2, 3)], 2):
        copy = f"{one.rpartition('/')[0]}/{other.rpartition('/')[2]}"
        data = pvrecheck.read_yaml(rich.text.replace(one[-69:-5], other[-69:-5]).encode())
        chain_again(data)
        files = {copy: rich.files[other], rich.contract: write(data)}
        answers.append(
            (f"{one} pinned {other}", rich.verify(files), f"belongs to {other.split('/')[-2]}, not to")
        )
    for older in rich.chain_of("FT-001")[1:]:
        data = pvrecheck.read_yaml(rich.text.replace(rich.head_of("FT-001")[-69:-5], older[-69:-5]).encode())
        chain_again(data)
        answers.append((older, rich.verify({rich.contract: write(data)}), "records, the store has "))
    missed = [
        (what, report.exit_code, report.diagnostics)
        for what, report, message in answers
        if report.exit_code != 3 or not any(message in found.message for found in report.diagnostics)
    ]
    assert not missed, missed
    tally(
        group="Forged records",
        row="two records swapped, the record of another test or an older one pinned",
        cases=len(answers),
        missed=len(missed),
        at_least=15,
    )


def test_a_plausible_number_is_out_of_reach_of_what_is_stored(
    rich: Bench, tally: Callable[..., None]
) -> None:
    """Nothing contradicts it, in whichever record it stands; measuring again does."""
    codes = [
        rich.verify(rich.forge(name, record)).exit_code
        for edit in PLAUSIBLE
        for name, record in iter_edited(rich, edit)
    ]
    assert set(codes) == {0}
    tally(
        group="Out of reach",
        row="a plausible number or a shorter list of planted faults, all digests renewed",
        cases=len(codes),
        missed=codes.count(0),
        at_least=5,
    )
    unheard = [
        rich.verify(rich.forge(name, record)).exit_code
        for edit in UNHEARD
        for name, record in iter_edited(rich, edit)
    ]
    assert set(unheard) == {0}
    tally(
        group="Out of reach",
        row="the environment, start or duration of a trial, or the record before it, all digests renewed",
        cases=len(unheard),
        missed=unheard.count(0),
        at_least=15,
    )


def test_measuring_again_tells(rich: Bench, tally: Callable[..., None]) -> None:
    missed = []
    for edit, message in PLAUSIBLE.items():
        name = rich.head_of("FT-001")
        record = rich.record(name)
        assert edit(record["predicate"])
        with rich.changed(rich.forge(name, record)):
            done = CliRunner().invoke(root, ["verify", str(rich.path), "--rerun", "--test", "FT-001"])
        if done.exit_code != 12 or message not in done.stdout:
            missed.append((edit.__name__, done.exit_code, done.stdout))
    assert not missed, missed
    tally(
        group="Forged records",
        row="the same by `pv verify --rerun`: a plausible number, a shorter list of planted faults",
        cases=len(PLAUSIBLE),
        missed=len(missed),
        at_least=3,
    )
